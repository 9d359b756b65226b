// How do read pages become one PDF whose text can be searched and copied?
import { readFileSync } from "node:fs";
import fontkit from "@pdf-lib/fontkit";
import { PDFDocument, type PDFFont, type PDFPage, setTextRenderingMode, TextRenderingMode } from "pdf-lib";
import { notoSansFile } from "./glyphs.js";
import type { ReadPage, Word } from "./reader.js";

/** Points a pixel: the page is as large as on paper if it was scanned at this resolution. */
const DPI = 200;
const PT_PER_PX = 72 / DPI;

const drawWord = (page: PDFPage, font: PDFFont, word: Word, heightPt: number): void => {
  const width = font.widthOfTextAtSize(word.text, 10);
  if (width === 0) return;
  // As wide as on the picture, so that a selection lies over the print.
  page.drawText(word.text, {
    x: word.box.x * PT_PER_PX,
    y: heightPt - (word.box.y + word.box.h * 0.85) * PT_PER_PX,
    size: (10 * word.box.w * PT_PER_PX) / width,
    font,
  });
};

/** The bytes of a PDF: each page's picture with its words, invisible, where they stand. */
export const pagesToPdf = async (pages: readonly ReadPage[]): Promise<Uint8Array> => {
  const document = await PDFDocument.create();
  document.registerFontkit(fontkit);
  const font = await document.embedFont(readFileSync(notoSansFile("regular")), { subset: true });
  for (const read of pages) {
    const [width, height] = [read.widthPx * PT_PER_PX, read.heightPx * PT_PER_PX];
    const page = document.addPage([width, height]);
    page.drawImage(await document.embedJpg(read.jpeg), { x: 0, y: 0, width, height });
    page.pushOperators(setTextRenderingMode(TextRenderingMode.Invisible));
    for (const word of read.words) drawWord(page, font, word, height);
  }
  return document.save();
};
