// What does a form look like that handwriting fonts filled in, and where on it is what?
import { GlyphFont } from "../../glyphs.js";
import type { Box } from "../../reader.js";
import type { HandwrittenForm } from "../../samples/handwritten-form.js";
import type { Item, SamplePaper } from "../../samples/papers.js";
import type { Random } from "../../samples/random.js";
import { fontFile } from "../../samples/render.js";
import type { Face } from "../handwriting/fonts.js";
import { inventHand, shapeLine } from "../handwriting/hand.js";

const INKS = ["#1a2f8a", "#20309c", "#2438b0", "#15151d", "#22222a", "#3b2a86"] as const;
const MM_PER_PT = 25.4 / 72;
const LABELLED = /^(.{2,48}?:)\s+(\S.*)$/;
const LONGEST_MM = 110;

/** As `fillByHand` of the samples, with whole letter forms: about `share` of the labelled values, one writer a form. */
export const fillByFont = (
  paper: SamplePaper,
  faces: readonly Face[],
  random: Random,
  share: number,
): HandwrittenForm => {
  const writer = inventHand(faces, random);
  const ink = random.pick(INKS);
  const hand: HandwrittenForm["hand"][number][] = [];
  let drawing = paper.drawing;
  const items = paper.items.map((item): Item => {
    const [, label, text = ""] = item.align === "left" ? (LABELLED.exec(item.text) ?? []) : [];
    if (label === undefined || random.next() > share) return item;
    const em = item.pt * MM_PER_PT;
    const x = item.x + new GlyphFont(fontFile(paper.font, item.face)).width(`${label} `, em);
    const line = shapeLine(text, writer, random);
    // Handwriting is a little taller than the print beside it.
    const size = (em * random.between(0.5, 0.65)) / writer.face.xHeight;
    if (line.advance * size > LONGEST_MM || x + line.advance * size > paper.widthMm - 6) return item;
    const path = (points: readonly number[]): string =>
      points
        .map((value, i) => (i % 2 === 0 ? x + value * size : item.y - value * size).toFixed(3))
        .reduce((all, value, i) => `${all}${i === 0 ? "M" : i % 2 === 0 ? "L" : " "}${value}`, "");
    drawing += `<path d="${line.contours.map((c) => `${path(c)}Z`).join("")}" fill="${ink}"/>`;
    drawing += `<path d="${line.strokes.map(path).join("")}" fill="none" stroke="${ink}" stroke-width="${(writer.pen * size).toFixed(3)}" stroke-linecap="round"/>`;
    const { left, right, top, bottom } = line.box;
    hand.push({
      ...{ x: x + left * size, y: item.y - top * size },
      ...{ w: (right - left) * size, h: (top - bottom) * size, text },
    });
    return { ...item, text: label };
  });
  return { paper: { ...paper, items, drawing }, hand };
};

/** Of an item's print, millimetres; its letters stand on `y`. */
const printOf = ({ text, pt, x, y, align, face }: Item, paper: SamplePaper): Box => {
  const em = pt * MM_PER_PT;
  const w = new GlyphFont(fontFile(paper.font, face)).width(text, em);
  const left = align === "left" ? x : align === "right" ? x - w : x - w / 2;
  return { x: left, y: y - 0.75 * em, w, h: em };
};

/** A signature and a seal lie over print near the foot: what stands there is not asked. */
const isUnderSeal = ({ x, y, w, h }: Box, { seal }: SamplePaper): boolean =>
  seal !== null && Math.hypot(x + w / 2 - seal.x, y + h / 2 - seal.y) < 3 * seal.radius;

/** Where words or numbers are printed and nothing lies over them; millimetres. */
export const printedPlaces = (paper: SamplePaper): readonly Box[] =>
  paper.items
    .filter(({ text }) => /\p{L}{2}|\d{2}/u.test(text))
    .map((item) => printOf(item, paper))
    .filter((box) => !isUnderSeal(box, paper));
