// How is a decision of an authority told, and where do its fields stand?
import * as codes from "../codes.js";
import type { PaperRule } from "../rule.js";
import * as values from "../values.js";

export const DECISION: PaperRule = {
  paperClass: "decision",
  titles: ["quyết định"],
  echoes: ["quyết định này có hiệu lực", "chịu trách nhiệm thi hành", "căn cứ luật", "điều 2"],
  labels: ["Điều 2.", "Điều 3.", "Điều 4.", "Nơi nhận:", "Chủ tịch Ủy ban nhân dân", "Căn cứ Luật"],
  fields: [
    { key: "number", label: { vi: "Số", en: "Number" }, anchors: ["Số:"], validate: codes.officialNumber },
    {
      key: "issueDate",
      label: { vi: "Ngày ban hành", en: "Issued on" },
      find: "placeDate",
      validate: values.dateInSentence,
    },
    {
      key: "issuer",
      label: { vi: "Cơ quan ban hành", en: "Issued by" },
      find: "authority",
      validate: values.capitals,
    },
    {
      key: "subject",
      label: { vi: "Về việc", en: "Subject" },
      anchors: ["Về việc", "V/v"],
      validate: values.sentence,
      moreLines: 3,
      centred: true,
    },
    {
      key: "article1",
      label: { vi: "Điều 1", en: "Article 1" },
      anchors: ["Điều 1."],
      validate: values.sentence,
      moreLines: 6,
    },
    { key: "signerName", label: { vi: "Người ký", en: "Signed by" }, find: "signer", validate: values.name },
  ],
};
