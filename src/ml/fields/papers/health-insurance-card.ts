// How is a health-insurance card told, and where do its fields stand?
import * as codes from "../codes.js";
import type { PaperRule } from "../rule.js";
import * as values from "../values.js";

export const HEALTH_INSURANCE_CARD: PaperRule = {
  paperClass: "healthInsuranceCard",
  titles: ["thẻ bảo hiểm y tế"],
  echoes: ["bảo hiểm xã hội việt nam", "nơi đăng ký kcb ban đầu", "nơi đk kcb bđ", "năm liên tục"],
  columns: true,
  labels: ["Mã nơi cấp:", "Nơi cấp, đổi thẻ BHYT:"],
  fields: [
    {
      key: "number",
      label: { vi: "Mã số", en: "Number" },
      anchors: ["Mã số:"],
      validate: codes.insuranceNumber,
    },
    {
      key: "fullName",
      label: { vi: "Họ và tên", en: "Full name" },
      anchors: ["Họ và tên:"],
      validate: values.name,
    },
    {
      key: "birthDate",
      label: { vi: "Ngày sinh", en: "Date of birth" },
      anchors: ["Ngày sinh:"],
      validate: values.date,
    },
    { key: "sex", label: { vi: "Giới tính", en: "Sex" }, anchors: ["Giới tính:"], validate: values.sex },
    {
      key: "address",
      label: { vi: "Địa chỉ", en: "Address" },
      anchors: ["Địa chỉ:"],
      validate: values.place,
      moreLines: 1,
    },
    {
      key: "benefitCode",
      label: { vi: "Mã hưởng", en: "Benefit code" },
      anchors: ["Mã hưởng:", "Mã mức hưởng:"],
      validate: codes.benefitCode,
    },
    {
      key: "areaCode",
      label: { vi: "Mã nơi sinh sống", en: "Area code" },
      anchors: ["Mã nơi đối tượng sinh sống:", "Mã nơi sinh sống:"],
      validate: codes.areaCode,
    },
    {
      key: "hospital",
      label: { vi: "Nơi khám chữa bệnh ban đầu", en: "First hospital" },
      anchors: ["Nơi đăng ký KCB ban đầu:", "Nơi ĐK KCB BĐ:", "Nơi KCB BĐ:"],
      validate: values.place,
      moreLines: 1,
    },
    {
      key: "validFrom",
      label: { vi: "Có giá trị từ", en: "Valid from" },
      anchors: ["Giá trị sử dụng:", "Giá trị sử dụng từ ngày:", "Thời hạn sử dụng:"],
      validate: values.date,
    },
    {
      key: "fiveYearsFrom",
      label: { vi: "Đủ 5 năm liên tục từ", en: "Five years without a break from" },
      anchors: ["Thời điểm đủ 05 năm liên tục:", "Thời điểm đủ 5 năm liên tục:"],
      validate: values.date,
    },
  ],
  agreements: [
    { kind: "order", earlier: "birthDate", later: "validFrom" },
    { kind: "order", earlier: "birthDate", later: "fiveYearsFrom" },
  ],
};
