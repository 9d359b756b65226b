// What would a perfect recogniser read on a sample paper, and where?
import type { PageInput } from "../../src/ml/checks/page-checks.js";
import { GlyphFont } from "../../src/ml/glyphs.js";
import type { Rgb } from "../../src/ml/page/raster.js";
import type { ReadField, TextLine, Word } from "../../src/ml/reader.js";
import type { Item, SamplePaper } from "../../src/ml/samples/papers.js";
import { fontFile } from "../../src/ml/samples/render.js";

const MM_PER_PT = 25.4 / 72;

const wordsOf = (item: Item, font: GlyphFont, pxPerMm: number): readonly Word[] => {
  const size = item.pt * MM_PER_PT;
  const whole = font.width(item.text, size);
  const left = item.align === "left" ? item.x : item.align === "right" ? item.x - whole : item.x - whole / 2;
  return [...item.text.matchAll(/\S+/g)].map(({ 0: text, index }) => {
    const x = left + font.width(item.text.slice(0, index), size);
    // Capitals and digits: as high as a recogniser's boxes are, marks apart.
    const box = { x, y: item.y - size * 0.74, w: font.width(text, size), h: size * 0.76 };
    const px = (mm: number): number => Math.round(mm * pxPerMm);
    return { text, confidence: 0.96, box: { x: px(box.x), y: px(box.y), w: px(box.w), h: px(box.h) } };
  });
};

const fieldOf = ([key, value]: readonly [string, string]): ReadField => ({
  key,
  label: { vi: key, en: key },
  value,
  confidence: 0.96,
  box: null,
  source: "print",
  correction: null,
});

/** The page's input with the paper's own words and fields. `page` shows the whole paper. */
export const perfectlyRead = (
  paper: SamplePaper,
  page: Rgb,
  source: PageInput["source"] = "file",
): PageInput => {
  const pxPerMm = page.width / paper.widthMm;
  const fonts = {
    regular: new GlyphFont(fontFile(paper.font, "regular")),
    bold: new GlyphFont(fontFile(paper.font, "bold")),
    italic: new GlyphFont(fontFile(paper.font, "italic")),
  };
  const words: Word[] = [];
  const lines: TextLine[] = [];
  for (const item of paper.items) {
    const own = wordsOf(item, fonts[item.face], pxPerMm);
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) continue;
    const box = { x: first.box.x, y: first.box.y, w: last.box.x + last.box.w - first.box.x, h: first.box.h };
    lines.push({ box, script: "print", from: words.length, to: words.length + own.length });
    words.push(...own);
  }
  return {
    page,
    dpi: pxPerMm * 25.4,
    words,
    lines,
    fields: Object.entries(paper.fields).map(fieldOf),
    paperClass: paper.kind,
    codes: [],
    source,
  };
};
