// How is a vehicle registration told, as a card and as a paper, and where do its fields stand?
import * as codes from "../codes.js";
import type { PaperRule } from "../rule.js";
import * as values from "../values.js";

export const VEHICLE_REGISTRATION: PaperRule = {
  paperClass: "vehicleRegistration",
  titles: [
    "chứng nhận đăng ký xe ô tô",
    "chứng nhận đăng ký xe mô tô, xe máy",
    "chứng nhận đăng ký xe mô tô, xe gắn máy",
    "chứng nhận đăng ký xe mô tô",
    "chứng nhận đăng ký xe",
  ],
  echoes: ["tên chủ xe", "biển số đăng ký", "số khung", "đăng ký lần đầu ngày"],
  columns: true,
  labels: ["Tải trọng:", "Số chỗ đứng:"],
  fields: [
    {
      key: "number",
      label: { vi: "Số", en: "Number" },
      anchors: ["Số (Number):", "Số:"],
      validate: codes.wholeNumber(9),
    },
    {
      key: "ownerName",
      label: { vi: "Tên chủ xe", en: "Owner" },
      anchors: ["Tên chủ xe (Owner's full name):", "Tên chủ xe:"],
      validate: values.name,
    },
    {
      key: "address",
      label: { vi: "Địa chỉ", en: "Address" },
      anchors: ["Địa chỉ (Address):", "Địa chỉ:"],
      validate: values.place,
      moreLines: 2,
    },
    {
      key: "brand",
      label: { vi: "Nhãn hiệu", en: "Brand" },
      anchors: ["Nhãn hiệu (Brand):", "Nhãn hiệu:"],
      validate: values.capitals,
    },
    {
      key: "model",
      label: { vi: "Số loại", en: "Model" },
      anchors: ["Số loại (Model code):", "Số loại:"],
      validate: values.capitals,
    },
    {
      key: "colour",
      label: { vi: "Màu sơn", en: "Colour" },
      anchors: ["Màu sơn (Color):", "Màu sơn:"],
      validate: values.shortWords,
    },
    {
      key: "capacity",
      label: { vi: "Dung tích", en: "Capacity" },
      anchors: ["Dung tích (Capacity):", "Dung tích:"],
      validate: codes.capacity,
    },
    {
      key: "seats",
      label: { vi: "Số chỗ ngồi", en: "Seats" },
      anchors: ["Số chỗ ngồi (Seats):", "Số chỗ ngồi:"],
      validate: codes.wholeNumber(2),
    },
    {
      key: "engineNumber",
      label: { vi: "Số máy", en: "Engine number" },
      anchors: ["Số máy (Engine N°):", "Số máy:"],
      validate: codes.engineNumber,
    },
    {
      key: "chassisNumber",
      label: { vi: "Số khung", en: "Chassis number" },
      anchors: ["Số khung (Chassis N°):", "Số khung:"],
      validate: codes.chassisNumber,
    },
    {
      key: "plateNumber",
      label: { vi: "Biển số", en: "Plate" },
      anchors: ["Biển số đăng ký (N° plate):", "Biển số đăng ký", "Biển số:"],
      validate: codes.plateNumber,
    },
    {
      key: "firstRegistrationDate",
      label: { vi: "Đăng ký lần đầu", en: "First registered on" },
      anchors: ["Đăng ký lần đầu ngày:", "Đăng ký lần đầu:"],
      validate: values.date,
    },
    {
      key: "issueDate",
      label: { vi: "Ngày cấp", en: "Issued on" },
      find: "placeDate",
      validate: values.dateInSentence,
    },
  ],
  agreements: [{ kind: "order", earlier: "firstRegistrationDate", later: "issueDate" }],
};
