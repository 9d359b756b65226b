// How is the first page of a land-use certificate told, and where do its fields stand?
import * as codes from "../codes.js";
import type { PaperRule } from "../rule.js";
import * as values from "../values.js";

export const LAND_USE_CERTIFICATE: PaperRule = {
  paperClass: "landUseCertificate",
  titles: [
    "giấy chứng nhận quyền sử dụng đất",
    "quyền sử dụng đất",
    "quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất",
    "quyền sở hữu nhà ở và tài sản khác gắn liền với đất",
  ],
  echoes: [
    "người sử dụng đất, chủ sở hữu",
    "tên người sử dụng đất",
    "tài sản gắn liền với đất",
    "thửa đất được quyền sử dụng",
    "số vào sổ cấp giấy chứng nhận",
    "tờ bản đồ số",
  ],
  sections: [
    {
      id: "owner",
      starts: [
        "người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất",
        "người sử dụng đất, chủ sở hữu tài sản gắn liền với đất",
        "tên người sử dụng đất",
      ],
    },
    {
      id: "parcel",
      starts: ["thông tin thửa đất", "thửa đất được quyền sử dụng", "thửa đất số"],
    },
    { id: "buildings", starts: ["thông tin tài sản gắn liền với đất", "tài sản gắn liền với đất:"] },
    { id: "notes", starts: ["ghi chú:"] },
  ],
  labels: ["Nguồn gốc sử dụng đất:", "Nguồn gốc sử dụng:", "Ghi chú:", "Bằng chữ:"],
  fields: [
    {
      key: "ownerName",
      label: { vi: "Chủ sử dụng đất", en: "Owner" },
      anchors: ["Ông:", "Bà:", "Hộ ông:", "Hộ bà:"],
      validate: values.name,
      section: "owner",
    },
    {
      key: "ownerBirthYear",
      label: { vi: "Năm sinh", en: "Year of birth" },
      anchors: ["Năm sinh:"],
      validate: values.year,
      section: "owner",
    },
    {
      key: "ownerIdNumber",
      label: { vi: "Số giấy tờ", en: "Identity number" },
      anchors: ["Căn cước công dân số:", "Căn cước số:", "CCCD số:", "CMND số:", "Số CMND:"],
      validate: codes.identityNumber,
      section: "owner",
    },
    {
      key: "ownerAddress",
      label: { vi: "Địa chỉ", en: "Address" },
      anchors: ["Địa chỉ thường trú:", "Địa chỉ:"],
      validate: values.place,
      section: "owner",
      moreLines: 2,
    },
    {
      key: "parcelNumber",
      label: { vi: "Thửa đất số", en: "Parcel" },
      anchors: ["Thửa đất số:"],
      validate: codes.parcelNumber,
    },
    {
      key: "mapSheet",
      label: { vi: "Tờ bản đồ số", en: "Map sheet" },
      anchors: ["Tờ bản đồ số:"],
      validate: codes.parcelNumber,
    },
    {
      key: "parcelAddress",
      label: { vi: "Địa chỉ thửa đất", en: "Where the parcel is" },
      anchors: ["Địa chỉ thửa đất:", "Địa chỉ:"],
      validate: values.place,
      section: "parcel",
      moreLines: 2,
    },
    {
      key: "area",
      label: { vi: "Diện tích (m²)", en: "Area (m²)" },
      anchors: ["Diện tích:"],
      validate: codes.area,
      section: "parcel",
    },
    {
      key: "useForm",
      label: { vi: "Hình thức sử dụng", en: "Form of use" },
      anchors: ["Hình thức sử dụng đất:", "Hình thức sử dụng:"],
      validate: values.shortWords,
      section: "parcel",
    },
    {
      key: "landUse",
      label: { vi: "Mục đích sử dụng", en: "Use of the land" },
      anchors: ["Mục đích sử dụng đất:", "Mục đích sử dụng:", "Loại đất:"],
      validate: values.place,
      section: "parcel",
      moreLines: 1,
    },
    {
      key: "term",
      label: { vi: "Thời hạn sử dụng", en: "Term" },
      anchors: ["Thời hạn sử dụng đất:", "Thời hạn sử dụng:"],
      validate: values.place,
      section: "parcel",
    },
    {
      key: "registerNumber",
      label: { vi: "Số vào sổ", en: "Register number" },
      anchors: ["Số vào sổ cấp Giấy chứng nhận:", "Số vào sổ cấp GCN:"],
      validate: codes.registerNumber,
    },
    {
      key: "serialNumber",
      label: { vi: "Số phát hành", en: "Serial number" },
      find: "anywhere",
      validate: codes.landSerial,
    },
    {
      key: "issueDate",
      label: { vi: "Ngày cấp", en: "Issued on" },
      find: "placeDate",
      validate: values.dateInSentence,
    },
  ],
  agreements: [
    { kind: "citizenNumber", number: "ownerIdNumber", birth: "ownerBirthYear" },
    { kind: "years", from: "ownerBirthYear", to: "issueDate", least: 0, most: 110 },
  ],
};
