// In which orders may what is printed on a sample paper be read out?
//
// Row by row over the whole width, or block by block where two stand side by side: both are a person's. Ours and
// native are judged by whichever fits each of them better.
import { GlyphFont } from "../../src/ml/glyphs.js";
import { inReadingOrder, type Line } from "../../src/ml/lines/reading-order.js";
import { type Item, paperText, type SamplePaper } from "../../src/ml/samples/papers.js";
import { fontFile } from "../../src/ml/samples/render.js";

const MM_PER_PT = 25.4 / 72;
/** Pixels a millimetre: the order does not depend on it. */
const SCALE = 10;

/** Where the item's words are printed. */
const lineOf = (item: Item, paper: SamplePaper): Line => {
  const face = new GlyphFont(fontFile(paper.font, item.face));
  const em = item.pt * MM_PER_PT;
  const width = face.width(item.text, em);
  const shift = item.align === "centre" ? 0.5 : item.align === "right" ? 1 : 0;
  let x = item.x - width * shift;
  return item.text.split(" ").map((text) => {
    const w = face.width(text, em);
    const box = { x: x * SCALE, y: (item.y - 0.75 * em) * SCALE, w: w * SCALE, h: em * SCALE };
    x += w + face.width(" ", em);
    return { text, confidence: 1, box };
  });
};

export const readingTruths = (paper: SamplePaper): readonly string[] => {
  const lines = inReadingOrder(paper.items.map((item) => lineOf(item, paper)));
  return [paperText(paper), lines.map((line) => line.map(({ text }) => text).join(" ")).join("\n")];
};
