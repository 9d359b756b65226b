// With whose letter forms does the bench write, and what does a form look like that they filled in?
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GlyphFont } from "../../src/ml/glyphs.js";
import { handwritingModelIn, OWN_MANIFEST } from "../../src/ml/models.js";
import type { HandwrittenForm } from "../../src/ml/samples/handwritten-form.js";
import type { Item, SamplePaper } from "../../src/ml/samples/papers.js";
import type { Random } from "../../src/ml/samples/random.js";
import { fontFile } from "../../src/ml/samples/render.js";
import { type Face, loadFaces, type Role } from "../../src/ml/training/handwriting/fonts.js";
import { inventHand, shapeLine } from "../../src/ml/training/handwriting/hand.js";

/** Where fetch-fonts.js put the fonts, and which model is measured. */
export interface HandBench {
  readonly faces: readonly Face[];
  readonly manifest: URL;
}

/** Why there is nothing to measure, in words; the fonts of training are not carried by the program. */
export const handBench = (
  { MOTCUA_FONTS = "", MOTCUA_MODELS = "" }: NodeJS.ProcessEnv,
  role: Role = "unseen",
): HandBench | string => {
  const manifest = MOTCUA_MODELS === "" ? OWN_MANIFEST : new URL(`file://${MOTCUA_MODELS}`);
  if (MOTCUA_FONTS === "" || !existsSync(MOTCUA_FONTS))
    return "skipped: MOTCUA_FONTS names no folder; node dist/src/ml/training/handwriting/fetch-fonts.js FOLDER fills one";
  if (handwritingModelIn(manifest) === null)
    return `skipped: ${fileURLToPath(manifest)} names no model for handwriting; MOTCUA_MODELS names another list`;
  return { faces: loadFaces(MOTCUA_FONTS, role), manifest };
};

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
