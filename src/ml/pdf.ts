// How do read pages become one PDF whose text can be searched and copied?
import { readFileSync } from "node:fs";
import fontkit from "@pdf-lib/fontkit";
import { PDFDocument, type PDFFont, type PDFPage, setTextRenderingMode, TextRenderingMode } from "pdf-lib";
import { notoSansFile } from "./glyphs.js";
import type { ReadPage, Word } from "./reader.js";

/** Without a better guess the page is as large as on paper if it was scanned at this resolution. */
const GUESSED_DPI = 200;
const A4_LONG_PT = 841.89;
const A4_RATIO = Math.SQRT2;

/** Points a pixel. What has the shape of A4 (or A5, A3) is taken for A4; a camera tells no size. */
const pointsAPixel = ({ widthPx, heightPx }: ReadPage): number => {
  const [long, short] = [Math.max(widthPx, heightPx), Math.min(widthPx, heightPx)];
  const isA4 = Math.abs(long / short / A4_RATIO - 1) < 0.06;
  return isA4 ? A4_LONG_PT / long : 72 / GUESSED_DPI;
};

interface Placing {
  readonly heightPt: number;
  readonly ptPerPx: number;
}

const drawWord = (page: PDFPage, font: PDFFont, word: Word, { heightPt, ptPerPx }: Placing): void => {
  const width = font.widthOfTextAtSize(word.text, 10);
  if (width === 0) return;
  // As wide as on the picture, so that a selection lies over the print.
  page.drawText(word.text, {
    x: word.box.x * ptPerPx,
    y: heightPt - (word.box.y + word.box.h * 0.85) * ptPerPx,
    size: (10 * word.box.w * ptPerPx) / width,
    font,
  });
};

/** The bytes of a PDF: each page's picture with its words, invisible, where they stand. */
export const pagesToPdf = async (pages: readonly ReadPage[]): Promise<Uint8Array> => {
  const document = await PDFDocument.create();
  document.registerFontkit(fontkit);
  // `ccmp` would take ụ apart: what is copied out of the page would lack the mark.
  const features = { ccmp: false, locl: false };
  const font = await document.embedFont(readFileSync(notoSansFile("regular")), { subset: true, features });
  for (const read of pages) {
    const ptPerPx = pointsAPixel(read);
    const [width, height] = [read.widthPx * ptPerPx, read.heightPx * ptPerPx];
    const page = document.addPage([width, height]);
    page.drawImage(await document.embedJpg(read.jpeg), { x: 0, y: 0, width, height });
    page.pushOperators(setTextRenderingMode(TextRenderingMode.Invisible));
    for (const word of read.words) drawWord(page, font, word, { heightPt: height, ptPerPx });
  }
  return document.save();
};
