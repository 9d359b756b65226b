// How are a birth certificate and its excerpt told, and where do their fields stand?

import * as codes from "../codes.js";
import { ETHNIC_GROUPS, NATIONALITIES } from "../lists.js";
import type { PaperRule } from "../rule.js";
import * as values from "../values.js";

export const BIRTH_CERTIFICATE: PaperRule = {
  paperClass: "birthCertificate",
  titles: ["giấy khai sinh", "trích lục khai sinh"],
  echoes: ["nơi đăng ký khai sinh", "người ký giấy khai sinh", "người đi khai sinh"],
  sections: [
    { id: "child", starts: ["giấy khai sinh", "trích lục khai sinh"] },
    { id: "mother", starts: ["họ, chữ đệm, tên người mẹ", "họ và tên mẹ", "họ và tên người mẹ"] },
    { id: "father", starts: ["họ, chữ đệm, tên người cha", "họ và tên cha", "họ và tên người cha"] },
    {
      id: "registration",
      starts: [
        "họ, chữ đệm, tên người đi khai sinh",
        "họ và tên người đi khai sinh",
        "nơi đăng ký khai sinh",
        "nơi đăng ký:",
        "ngày, tháng, năm đăng ký",
      ],
    },
  ],
  labels: [
    "ghi bằng chữ:",
    "bằng chữ:",
    "nơi cư trú:",
    "nơi thường trú/tạm trú:",
    "giấy tờ tùy thân:",
    "ghi chú:",
    "quan hệ:",
    "quan hệ với người được khai sinh:",
    "họ, chữ đệm, tên người đi khai sinh:",
    "họ và tên người đi khai sinh:",
  ],
  fields: [
    { key: "number", label: { vi: "Số", en: "Number" }, anchors: ["Số:"], validate: codes.registryNumber },
    {
      key: "fullName",
      label: { vi: "Họ và tên", en: "Full name" },
      anchors: ["Họ, chữ đệm, tên:", "Họ và tên:"],
      validate: values.name,
      section: "child",
    },
    {
      key: "birthDate",
      label: { vi: "Ngày sinh", en: "Date of birth" },
      anchors: ["Ngày, tháng, năm sinh:", "Ngày sinh:"],
      validate: values.date,
      section: "child",
    },
    {
      key: "sex",
      label: { vi: "Giới tính", en: "Sex" },
      anchors: ["Giới tính:", "Nam hay nữ:"],
      validate: values.sex,
      section: "child",
    },
    {
      key: "ethnicity",
      label: { vi: "Dân tộc", en: "Ethnicity" },
      anchors: ["Dân tộc:"],
      validate: values.oneOf(ETHNIC_GROUPS),
      section: "child",
    },
    {
      key: "nationality",
      label: { vi: "Quốc tịch", en: "Nationality" },
      anchors: ["Quốc tịch:"],
      validate: values.oneOf(NATIONALITIES),
      section: "child",
    },
    {
      key: "birthPlace",
      label: { vi: "Nơi sinh", en: "Place of birth" },
      anchors: ["Nơi sinh:"],
      validate: values.place,
      section: "child",
      moreLines: 2,
    },
    {
      key: "placeOfOrigin",
      label: { vi: "Quê quán", en: "Place of origin" },
      anchors: ["Quê quán:"],
      validate: values.place,
      section: "child",
      moreLines: 2,
    },
    {
      key: "personalNumber",
      label: { vi: "Số định danh cá nhân", en: "Personal number" },
      anchors: ["Số định danh cá nhân:"],
      validate: codes.personalNumber,
      section: "child",
    },
    {
      key: "motherName",
      label: { vi: "Họ tên mẹ", en: "Mother's name" },
      anchors: ["Họ, chữ đệm, tên người mẹ:", "Họ và tên mẹ:", "Họ và tên người mẹ:"],
      validate: values.name,
    },
    {
      key: "motherBirthYear",
      label: { vi: "Năm sinh của mẹ", en: "Mother's year of birth" },
      anchors: ["Năm sinh:"],
      validate: values.year,
      section: "mother",
    },
    {
      key: "fatherName",
      label: { vi: "Họ tên cha", en: "Father's name" },
      anchors: ["Họ, chữ đệm, tên người cha:", "Họ và tên cha:", "Họ và tên người cha:"],
      validate: values.name,
    },
    {
      key: "fatherBirthYear",
      label: { vi: "Năm sinh của cha", en: "Father's year of birth" },
      anchors: ["Năm sinh:"],
      validate: values.year,
      section: "father",
    },
    {
      key: "registrationPlace",
      label: { vi: "Nơi đăng ký", en: "Registered at" },
      anchors: ["Nơi đăng ký khai sinh:", "Nơi đăng ký:"],
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
    { kind: "citizenNumber", number: "personalNumber", birth: "birthDate", sex: "sex" },
    { kind: "dateInWords", date: "birthDate", labels: ["ghi bằng chữ:", "bằng chữ:"] },
    { kind: "yearInNumber", number: "number", date: "registrationDate" },
    { kind: "order", earlier: "birthDate", later: "registrationDate" },
    { kind: "years", from: "motherBirthYear", to: "birthDate", least: 12, most: 60 },
    { kind: "years", from: "fatherBirthYear", to: "birthDate", least: 12, most: 90 },
  ],
};
