// Which made-up scans do the tests of documents work on?

import type { Scan, ScanPage, ScanWord } from "../../src/documents/scan.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";

/** 22 November 2026, 16:05 in Vietnam. */
export const SCANNED_AT_MS = Date.UTC(2026, 10, 22, 9, 5, 9);

const WORD_PX = { w: 90, h: 26 };

/** Words in a row, as wide apart as print is. */
export const wordsInRow = (text: string, left: number, top: number): readonly ScanWord[] => {
  let x = left;
  return text.split(" ").map((word) => {
    const box = { x, y: top, w: Math.max(20, word.length * 14), h: WORD_PX.h };
    x += box.w + 12;
    return { text: word, box };
  });
};

export const LINES = [
  "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
  "Độc lập – Tự do – Hạnh phúc",
  "Họ và tên: Nguyễn Thị Ngọc Ẩn, ngày sinh 01/02/1990",
  "phục vụ được ỵ ặ ậ ợ ự Đăk Lăk",
].map((line) => line.normalize("NFC"));

export const samplePage = async (seed = 11, dpi = 100): Promise<ScanPage> => {
  const picture = await renderPage(layOutPaper("birthCertificate", seed), dpi);
  return {
    jpeg: await scanJpeg(picture),
    widthPx: picture.width,
    heightPx: picture.height,
    dpi,
    words: LINES.flatMap((line, index) => wordsInRow(line, 60, 100 + 60 * index)),
  };
};

export const sampleScan = async (pages = 2): Promise<Scan> => ({
  title: { vi: "Giấy khai sinh", en: "Birth certificate" },
  pages: await Promise.all(Array.from({ length: pages }, (_, index) => samplePage(11 + index))),
  kiosk: { id: "KIOSK-01", place: { vi: "Nhà văn hóa thôn Đông", en: "Culture house of Dong" } },
  scannedAt: { epochMs: SCANNED_AT_MS, trust: "trusted" },
  submission: "0b6d8a0e-6c1f-4c53-9a52-3f9d7a1c2b10",
  lookupCode: "motcua:0b6d8a0e6c1f4c53",
});
