// How are a school diploma and a university degree told, and where do their fields stand?
import * as codes from "../codes.js";
import { ETHNIC_GROUPS, GRADES } from "../lists.js";
import type { PaperRule } from "../rule.js";
import * as values from "../values.js";

const DEGREES = ["bằng cử nhân", "bằng kỹ sư", "bằng thạc sĩ", "bằng tiến sĩ", "bằng bác sĩ", "bằng dược sĩ"];

export const DIPLOMA: PaperRule = {
  paperClass: "diploma",
  titles: [
    "bằng tốt nghiệp trung học phổ thông",
    "bằng tốt nghiệp trung học cơ sở",
    "bằng tốt nghiệp đại học",
    "bằng tốt nghiệp cao đẳng",
    "bằng tốt nghiệp trung cấp",
    "bằng tốt nghiệp",
    ...DEGREES,
  ],
  echoes: ["số vào sổ gốc cấp bằng", "xếp loại tốt nghiệp", "năm tốt nghiệp", "the degree of"],
  labels: [
    "Hình thức đào tạo:",
    "Upon:",
    "Date of birth:",
    "Year of graduation:",
    "Degree classification:",
    "Mode of study:",
    "Reg. No:",
    "Hội đồng thi:",
    "Học sinh trường:",
  ],
  fields: [
    {
      key: "fullName",
      label: { vi: "Họ và tên", en: "Full name" },
      anchors: ["Cho:", "Cấp cho:", "Cho ông:", "Cho bà:", "Cho ông/bà:", "Họ và tên:"],
      validate: values.name,
    },
    {
      key: "birthDate",
      label: { vi: "Ngày sinh", en: "Date of birth" },
      anchors: ["Ngày sinh:", "Sinh ngày:", "Ngày, tháng, năm sinh:"],
      validate: values.date,
    },
    {
      key: "birthPlace",
      label: { vi: "Nơi sinh", en: "Place of birth" },
      anchors: ["Nơi sinh:"],
      validate: values.place,
      moreLines: 1,
    },
    { key: "sex", label: { vi: "Giới tính", en: "Sex" }, anchors: ["Giới tính:"], validate: values.sex },
    {
      key: "ethnicity",
      label: { vi: "Dân tộc", en: "Ethnicity" },
      anchors: ["Dân tộc:"],
      validate: values.oneOf(ETHNIC_GROUPS),
    },
    {
      key: "school",
      label: { vi: "Trường", en: "School" },
      anchors: ["Học sinh trường:", "Trường:"],
      validate: values.place,
      moreLines: 1,
    },
    {
      key: "major",
      label: { vi: "Ngành", en: "Major" },
      anchors: DEGREES,
      validate: values.shortWords,
      below: true,
    },
    {
      key: "graduationYear",
      label: { vi: "Năm tốt nghiệp", en: "Year of graduation" },
      anchors: ["Năm tốt nghiệp:"],
      validate: values.year,
    },
    {
      key: "grade",
      label: { vi: "Xếp loại", en: "Grade" },
      anchors: ["Xếp loại tốt nghiệp:", "Xếp loại:"],
      validate: values.oneOf(GRADES),
    },
    {
      key: "serialNumber",
      label: { vi: "Số hiệu", en: "Serial number" },
      anchors: ["Số hiệu:"],
      validate: codes.serialNumber,
    },
    {
      key: "registerNumber",
      label: { vi: "Số vào sổ", en: "Register number" },
      anchors: ["Số vào sổ gốc cấp bằng:", "Số vào sổ cấp bằng:", "Số vào sổ:"],
      validate: codes.documentNumber,
    },
    {
      key: "issueDate",
      label: { vi: "Ngày cấp", en: "Issued on" },
      find: "placeDate",
      validate: values.dateInSentence,
    },
  ],
  agreements: [
    { kind: "years", from: "birthDate", to: "graduationYear", least: 14, most: 70 },
    { kind: "years", from: "graduationYear", to: "issueDate", least: 0, most: 2 },
    { kind: "yearInNumber", number: "registerNumber", date: "issueDate" },
  ],
};
