// Which papers are known, by which words is each told, and where do its fields stand?
import type { KnownPaperClass } from "../../core/paper-class.js";
import * as values from "./values.js";

export interface FieldRule {
  readonly key: string;
  readonly label: { readonly vi: string; readonly en: string };
  /** Printed labels before the value, most common first. */
  readonly anchors: readonly string[];
  readonly validate: values.Validator;
  /** Printed words that end the value on the same line; other fields' anchors always do. */
  readonly until?: readonly string[];
  /** The label stands in this part: after the first anchor of that section. */
  readonly section?: string;
  /** The value may run on over this many further lines. */
  readonly moreLines?: number;
}

export interface PaperRule {
  readonly paperClass: KnownPaperClass;
  /** Headings; one of them must be there. */
  readonly titles: readonly string[];
  readonly fields: readonly FieldRule[];
}

const BIRTH_CERTIFICATE: PaperRule = {
  paperClass: "birthCertificate",
  titles: ["giấy khai sinh", "trích lục khai sinh"],
  fields: [
    {
      key: "number",
      label: { vi: "Số", en: "Number" },
      anchors: ["Số:"],
      validate: values.documentNumber,
      until: ["Họ"],
    },
    {
      key: "fullName",
      label: { vi: "Họ và tên", en: "Full name" },
      anchors: ["Họ, chữ đệm, tên:", "Họ và tên:"],
      validate: values.name,
    },
    {
      key: "birthDate",
      label: { vi: "Ngày sinh", en: "Date of birth" },
      anchors: ["Ngày, tháng, năm sinh:", "Ngày sinh:"],
      validate: values.date,
    },
    { key: "sex", label: { vi: "Giới tính", en: "Sex" }, anchors: ["Giới tính:"], validate: values.sex },
    {
      key: "ethnicity",
      label: { vi: "Dân tộc", en: "Ethnicity" },
      anchors: ["Dân tộc:"],
      validate: values.words,
    },
    {
      key: "nationality",
      label: { vi: "Quốc tịch", en: "Nationality" },
      anchors: ["Quốc tịch:"],
      validate: values.words,
    },
    {
      key: "birthPlace",
      label: { vi: "Nơi sinh", en: "Place of birth" },
      anchors: ["Nơi sinh:"],
      validate: values.words,
      moreLines: 1,
    },
    {
      key: "placeOfOrigin",
      label: { vi: "Quê quán", en: "Place of origin" },
      anchors: ["Quê quán:"],
      validate: values.words,
      moreLines: 1,
    },
    {
      key: "personalNumber",
      label: { vi: "Số định danh cá nhân", en: "Personal number" },
      anchors: ["Số định danh cá nhân:"],
      validate: values.personalNumber,
    },
    {
      key: "motherName",
      label: { vi: "Họ tên mẹ", en: "Mother's name" },
      anchors: ["Họ, chữ đệm, tên người mẹ:", "Họ và tên mẹ:"],
      validate: values.name,
    },
    {
      key: "motherBirthYear",
      label: { vi: "Năm sinh của mẹ", en: "Mother's year of birth" },
      anchors: ["Năm sinh:"],
      validate: values.year,
      section: "tên người mẹ",
    },
    {
      key: "fatherName",
      label: { vi: "Họ tên cha", en: "Father's name" },
      anchors: ["Họ, chữ đệm, tên người cha:", "Họ và tên cha:"],
      validate: values.name,
    },
    {
      key: "fatherBirthYear",
      label: { vi: "Năm sinh của cha", en: "Father's year of birth" },
      anchors: ["Năm sinh:"],
      validate: values.year,
      section: "tên người cha",
    },
    {
      key: "registrationPlace",
      label: { vi: "Nơi đăng ký", en: "Registered at" },
      anchors: ["Nơi đăng ký khai sinh:"],
      validate: values.words,
      moreLines: 1,
    },
    {
      key: "registrationDate",
      label: { vi: "Ngày đăng ký", en: "Registered on" },
      anchors: ["Ngày, tháng, năm đăng ký:"],
      validate: values.date,
    },
  ],
};

const DIPLOMA: PaperRule = {
  paperClass: "diploma",
  titles: ["bằng tốt nghiệp", "bằng cử nhân", "bằng kỹ sư", "bằng thạc sĩ"],
  fields: [
    {
      key: "fullName",
      label: { vi: "Họ và tên", en: "Full name" },
      anchors: ["Cho:", "Cấp cho:", "Họ và tên:"],
      validate: values.name,
    },
    {
      key: "birthDate",
      label: { vi: "Ngày sinh", en: "Date of birth" },
      anchors: ["Ngày sinh:", "Sinh ngày:"],
      validate: values.date,
    },
    {
      key: "birthPlace",
      label: { vi: "Nơi sinh", en: "Place of birth" },
      anchors: ["Nơi sinh:"],
      validate: values.words,
    },
    { key: "sex", label: { vi: "Giới tính", en: "Sex" }, anchors: ["Giới tính:"], validate: values.sex },
    {
      key: "ethnicity",
      label: { vi: "Dân tộc", en: "Ethnicity" },
      anchors: ["Dân tộc:"],
      validate: values.words,
    },
    {
      key: "school",
      label: { vi: "Trường", en: "School" },
      anchors: ["Học sinh trường:", "Trường:"],
      validate: values.words,
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
      validate: values.words,
    },
    {
      key: "serialNumber",
      label: { vi: "Số hiệu", en: "Serial number" },
      anchors: ["Số hiệu:"],
      validate: values.documentNumber,
    },
    {
      key: "registerNumber",
      label: { vi: "Số vào sổ", en: "Register number" },
      anchors: ["Số vào sổ gốc cấp bằng:", "Số vào sổ cấp bằng:", "Số vào sổ:"],
      validate: values.documentNumber,
    },
    {
      key: "issueDate",
      label: { vi: "Ngày cấp", en: "Issued on" },
      anchors: [","],
      validate: values.dateInSentence,
    },
  ],
};

export const PAPERS: readonly PaperRule[] = [BIRTH_CERTIFICATE, DIPLOMA];
