// How are a marriage certificate and its excerpt told, and where do their fields stand?
import * as codes from "../codes.js";
import { ETHNIC_GROUPS, NATIONALITIES } from "../lists.js";
import type { FieldRule, PaperRule } from "../rule.js";
import * as values from "../values.js";

const spouse = (
  who: "wife" | "husband",
  { vi, en }: { readonly vi: string; readonly en: string },
): readonly FieldRule[] => [
  {
    key: `${who}Name`,
    label: { vi: `Họ tên ${vi}`, en: `${en}'s name` },
    anchors: [`Họ, chữ đệm, tên ${vi}:`, `Họ và tên ${vi}:`],
    validate: values.name,
    moreLines: 1,
  },
  {
    key: `${who}BirthDate`,
    label: { vi: `Ngày sinh của ${vi}`, en: `${en}'s date of birth` },
    anchors: ["Ngày, tháng, năm sinh:", "Ngày sinh:"],
    validate: values.date,
    section: who,
  },
  {
    key: `${who}Ethnicity`,
    label: { vi: `Dân tộc của ${vi}`, en: `${en}'s ethnicity` },
    anchors: ["Dân tộc:"],
    validate: values.oneOf(ETHNIC_GROUPS),
    section: who,
  },
  {
    key: `${who}Nationality`,
    label: { vi: `Quốc tịch của ${vi}`, en: `${en}'s nationality` },
    anchors: ["Quốc tịch:"],
    validate: values.oneOf(NATIONALITIES),
    section: who,
  },
  {
    key: `${who}Residence`,
    label: { vi: `Nơi cư trú của ${vi}`, en: `${en}'s residence` },
    anchors: ["Nơi cư trú:", "Nơi thường trú/tạm trú:"],
    validate: values.place,
    section: who,
    moreLines: 3,
  },
  {
    key: `${who}IdNumber`,
    label: { vi: `Số giấy tờ của ${vi}`, en: `${en}'s identity number` },
    anchors: ["Giấy tờ tùy thân:", "Số định danh cá nhân:"],
    validate: codes.identityNumber,
    section: who,
    moreLines: 1,
  },
];

export const MARRIAGE_CERTIFICATE: PaperRule = {
  paperClass: "marriageCertificate",
  titles: ["giấy chứng nhận kết hôn", "trích lục kết hôn", "giấy chứng nhận đăng ký kết hôn"],
  echoes: ["nơi đăng ký kết hôn", "họ chữ đệm tên vợ", "họ chữ đệm tên chồng", "chứng nhận kết hôn"],
  columns: true,
  sections: [
    { id: "wife", starts: ["họ, chữ đệm, tên vợ", "họ và tên vợ"] },
    { id: "husband", starts: ["họ, chữ đệm, tên chồng", "họ và tên chồng"] },
    { id: "registration", starts: ["nơi đăng ký kết hôn", "nơi đăng ký:", "ngày, tháng, năm đăng ký"] },
  ],
  labels: ["ghi chú:"],
  fields: [
    { key: "number", label: { vi: "Số", en: "Number" }, anchors: ["Số:"], validate: codes.registryNumber },
    ...spouse("wife", { vi: "vợ", en: "Wife" }),
    ...spouse("husband", { vi: "chồng", en: "Husband" }),
    {
      key: "registrationPlace",
      label: { vi: "Nơi đăng ký", en: "Registered at" },
      anchors: ["Nơi đăng ký kết hôn:", "Nơi đăng ký:"],
      validate: values.place,
      moreLines: 2,
    },
    {
      key: "registrationDate",
      label: { vi: "Ngày đăng ký", en: "Registered on" },
      anchors: ["Ngày, tháng, năm đăng ký:", "Ngày đăng ký:"],
      validate: values.date,
    },
  ],
  agreements: [
    { kind: "citizenNumber", number: "wifeIdNumber", birth: "wifeBirthDate", knownSex: "Nữ" },
    { kind: "citizenNumber", number: "husbandIdNumber", birth: "husbandBirthDate", knownSex: "Nam" },
    { kind: "yearInNumber", number: "number", date: "registrationDate" },
    { kind: "years", from: "wifeBirthDate", to: "registrationDate", least: 16, most: 90 },
    { kind: "years", from: "husbandBirthDate", to: "registrationDate", least: 16, most: 90 },
  ],
};
