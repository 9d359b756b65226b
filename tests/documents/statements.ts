// What does the made-up officer state in the tests of documents?
import type { CopyStatement } from "../../src/documents/scan.js";

export const STATEMENT: CopyStatement = {
  registerNumber: "1234",
  book: "01-SCT/BS",
  date: "2026-11-22",
  authority: "Ủy ban nhân dân phường Đông (bịa)",
  officer: { name: "Trần Văn Bình", position: "Phó Chủ tịch" },
};
