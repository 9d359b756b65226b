// How is a driving licence told, and where do its fields stand?
import * as codes from "../codes.js";
import { NATIONALITIES } from "../lists.js";
import type { PaperRule } from "../rule.js";
import * as values from "../values.js";

export const DRIVING_LICENCE: PaperRule = {
  paperClass: "drivingLicence",
  titles: ["giấy phép lái xe", "giấy phép lái xe/driver's license", "driver's license", "driving licence"],
  echoes: ["hạng/class", "có giá trị đến/expires", "nơi cư trú/address", "họ tên/full name"],
  fields: [
    {
      key: "number",
      label: { vi: "Số", en: "Number" },
      anchors: ["Số/No:", "Số/No.:", "Số:"],
      validate: codes.personalNumber,
    },
    {
      key: "fullName",
      label: { vi: "Họ và tên", en: "Full name" },
      anchors: ["Họ tên/Full name:", "Họ và tên/Full name:", "Họ tên:", "Full name:"],
      validate: values.name,
    },
    {
      key: "birthDate",
      label: { vi: "Ngày sinh", en: "Date of birth" },
      anchors: ["Ngày sinh/Date of Birth:", "Ngày sinh:", "Date of Birth:"],
      validate: values.date,
    },
    {
      key: "nationality",
      label: { vi: "Quốc tịch", en: "Nationality" },
      anchors: ["Quốc tịch/Nationality:", "Quốc tịch:", "Nationality:"],
      validate: values.oneOf(NATIONALITIES),
    },
    {
      key: "residence",
      label: { vi: "Nơi cư trú", en: "Address" },
      anchors: ["Nơi cư trú/Address:", "Nơi cư trú:", "Address:"],
      validate: values.place,
      moreLines: 2,
    },
    {
      key: "licenceClass",
      label: { vi: "Hạng", en: "Class" },
      anchors: ["Hạng/Class:", "Hạng:", "Class:"],
      validate: codes.licenceClass,
    },
    {
      key: "issueDate",
      label: { vi: "Ngày cấp", en: "Issued on" },
      find: "placeDate",
      validate: values.dateInSentence,
    },
    {
      key: "expiryDate",
      label: { vi: "Có giá trị đến", en: "Expires" },
      anchors: ["Có giá trị đến/Expires:", "Có giá trị đến:", "Expires:"],
      validate: values.dateOrEndless,
    },
  ],
  agreements: [
    { kind: "years", from: "birthDate", to: "issueDate", least: 16, most: 90 },
    { kind: "order", earlier: "issueDate", later: "expiryDate" },
  ],
};
