// How is a commune's letter of confirmation told, and where do its fields stand?
import * as codes from "../codes.js";
import type { PaperRule } from "../rule.js";
import * as values from "../values.js";

export const CONFIRMATION_LETTER: PaperRule = {
  paperClass: "confirmationLetter",
  titles: ["giấy xác nhận", "giấy xác nhận tình trạng hôn nhân"],
  echoes: [
    "ủy ban nhân dân xã xác nhận",
    "nội dung xác nhận",
    "giấy xác nhận này có giá trị",
    "giấy này được cấp để",
  ],
  labels: ["Giấy xác nhận này có giá trị", "Quốc tịch:", "Dân tộc:", "cấp ngày:", "do:"],
  fields: [
    { key: "number", label: { vi: "Số", en: "Number" }, anchors: ["Số:"], validate: codes.officialNumber },
    {
      key: "issueDate",
      label: { vi: "Ngày cấp", en: "Issued on" },
      find: "placeDate",
      validate: values.dateInSentence,
    },
    {
      key: "issuer",
      label: { vi: "Cơ quan cấp", en: "Issued by" },
      find: "authority",
      validate: values.capitals,
    },
    {
      key: "fullName",
      label: { vi: "Họ và tên", en: "Full name" },
      anchors: ["Ông (Bà):", "Ông/Bà:", "Ông:", "Bà:", "Họ và tên:", "Họ, chữ đệm, tên:"],
      validate: values.name,
    },
    {
      key: "birthDate",
      label: { vi: "Ngày sinh", en: "Date of birth" },
      anchors: ["Sinh ngày:", "Ngày sinh:", "Ngày, tháng, năm sinh:"],
      validate: values.date,
    },
    { key: "sex", label: { vi: "Giới tính", en: "Sex" }, anchors: ["Giới tính:"], validate: values.sex },
    {
      key: "personalNumber",
      label: { vi: "Số định danh cá nhân", en: "Personal number" },
      anchors: ["Số định danh cá nhân:", "Căn cước công dân số:", "Số CCCD:", "CCCD số:", "Số căn cước:"],
      validate: codes.identityNumber,
    },
    {
      key: "residence",
      label: { vi: "Nơi cư trú", en: "Residence" },
      anchors: ["Nơi cư trú:", "Nơi thường trú:", "Hộ khẩu thường trú:"],
      validate: values.place,
      moreLines: 2,
    },
    {
      key: "content",
      label: { vi: "Nội dung xác nhận", en: "What is confirmed" },
      anchors: ["Nội dung xác nhận:"],
      validate: values.sentence,
      moreLines: 6,
    },
    {
      key: "purpose",
      label: { vi: "Mục đích", en: "Purpose" },
      anchors: ["Mục đích:", "Lý do:"],
      validate: values.sentence,
      moreLines: 3,
    },
    { key: "signerName", label: { vi: "Người ký", en: "Signed by" }, find: "signer", validate: values.name },
  ],
  agreements: [
    { kind: "citizenNumber", number: "personalNumber", birth: "birthDate", sex: "sex" },
    { kind: "order", earlier: "birthDate", later: "issueDate" },
  ],
};
