// What does a sample paper look like whose values somebody wrote in by hand?
import { GlyphFont } from "../glyphs.js";
import { handwritten, inventWriter } from "./handwriting.js";
import type { Item, SamplePaper } from "./papers.js";
import type { Random } from "./random.js";
import { fontFile } from "./render.js";

const MM_PER_PT = 25.4 / 72;

export interface HandBox {
  /** Millimetres. */
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly text: string;
}

export interface HandwrittenForm {
  /** Its items are what is printed; the hand is part of its drawing. */
  readonly paper: SamplePaper;
  readonly hand: readonly HandBox[];
}

const LABELLED = /^(.{2,48}?:)\s+(\S.*)$/;
const LONGEST_MM = 105;

const isLabelled = ({ text, align }: Item): boolean => align === "left" && LABELLED.test(text);

/** One writer fills in about `share` of the labelled values. */
export const fillByHand = (paper: SamplePaper, random: Random, share = 0.6): HandwrittenForm => {
  const writer = inventWriter(random);
  const hand: HandBox[] = [];
  let drawing = paper.drawing;
  const items = paper.items.map((item): Item => {
    if (!isLabelled(item) || random.next() > share) return item;
    const [, label = "", value = ""] = LABELLED.exec(item.text) ?? [];
    const face = new GlyphFont(fontFile(paper.font, item.face));
    const em = item.pt * MM_PER_PT;
    const x = item.x + face.width(`${label} `, em);
    const size = em * random.between(1.05, 1.5);
    const { svg, width } = handwritten(value, { x, y: item.y, size }, writer, random);
    if (width > LONGEST_MM || x + width > paper.widthMm - 6) return item;
    drawing += svg;
    hand.push({ x, y: item.y - 0.85 * size, w: width, h: 1.1 * size, text: value });
    return { ...item, text: label };
  });
  return { paper: { ...paper, items, drawing }, hand };
};
