// By what does one see whether a word was printed or written by hand?
//
// Print repeats itself: one stroke width, one height of small letters, one baseline, letters apart. A pen does not,
// is often blue, joins letters, and the recogniser, which knows print, is unsure of it.
import type { Gray, Rgb } from "../page/raster.js";
import type { Box, Word } from "../reader.js";
import { type Blob, findBlobs, type Mask } from "./blobs.js";

export interface PageLook {
  /** Flattened, without seals. */
  readonly page: Gray;
  readonly colour: Rgb;
  /** Usual height of a printed word and width of a printed stroke, pixels. */
  readonly letterPx: number;
  readonly strokePx: number;
}

export const FEATURES = [
  "doubt",
  "blueness",
  "strokeRatio",
  "strokeVariation",
  "bottoms",
  "heights",
  "density",
  "widest",
  "oddText",
] as const;
export type Features = Readonly<Record<(typeof FEATURES)[number], number>>;

const INK_BELOW = 150;

const inkIn = (page: Gray, { x, y, w, h }: Box): Mask => {
  const data = new Uint8Array(w * h);
  for (let row = 0, at = 0; row < h; row += 1)
    for (let column = 0; column < w; column += 1, at += 1)
      if ((page.data[(y + row) * page.width + x + column] ?? 255) < INK_BELOW) data[at] = 1;
  return { width: w, height: h, data };
};

const middleOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Median distance from the median. */
const spreadOf = (values: readonly number[]): number => {
  const middle = middleOf(values);
  return middleOf(values.map((value) => Math.abs(value - middle)));
};

/** Widths of strokes: the shorter of the runs along the row and along the column, at every third ink pixel. */
const strokeWidths = ({ width, height, data }: Mask): readonly number[] => {
  const run = (at: number, step: number, low: number, high: number): number => {
    let length = 1;
    for (let to = at - step; to >= low && data[to] === 1; to -= step) length += 1;
    for (let to = at + step; to < high && data[to] === 1; to += step) length += 1;
    return length;
  };
  const widths: number[] = [];
  let seen = 0;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      if (data[at] !== 1) continue;
      seen += 1;
      if (seen % 3 !== 0) continue;
      const across = run(at, 1, y * width, (y + 1) * width);
      widths.push(Math.min(across, run(at, width, x, data.length)));
    }
  return widths;
};

/** Pixels; 0 without ink. */
export const strokeWidthIn = (page: Gray, box: Box): number => middleOf(strokeWidths(inkIn(page, box)));

/** How much brighter blue is than red where the ink is, less what the paper has; fraction of the paper. */
const bluenessOf = (colour: Rgb, box: Box, ink: Mask): number => {
  const sums = { ink: [0, 0, 0], paper: [0, 0, 0] };
  for (let row = 0, at = 0; row < box.h; row += 1)
    for (let column = 0; column < box.w; column += 1, at += 1) {
      const pixel = ((box.y + row) * colour.width + box.x + column) * 3;
      const sum = ink.data[at] === 1 ? sums.ink : sums.paper;
      sum[0] = (sum[0] ?? 0) + (colour.data[pixel] ?? 0);
      sum[1] = (sum[1] ?? 0) + (colour.data[pixel + 2] ?? 0);
      sum[2] = (sum[2] ?? 0) + 1;
    }
  const [inkRed = 0, inkBlue = 0, inkCount = 0] = sums.ink;
  const [paperRed = 0, paperBlue = 0, paperCount = 0] = sums.paper;
  if (inkCount === 0 || paperCount === 0) return 0;
  const [red, blue] = [Math.max(1, paperRed / paperCount), Math.max(1, paperBlue / paperCount)];
  return inkBlue / inkCount / blue - inkRed / inkCount / red;
};

const ODD = /[^\p{L}\p{N}\p{M}.,:;/()"'“”–+%\-\s]|\p{Ll}\p{Lu}|\p{L}\p{N}\p{L}/gu;

/** Letters of the word: no specks, no marks, no rules. */
const bodies = (blobs: readonly Blob[], letter: number): readonly Blob[] =>
  blobs.filter(({ box }) => box.h >= 0.3 * letter && box.h <= 2 * letter && box.w >= 0.06 * letter);

const withinPage = ({ x, y, w, h }: Box, { width, height }: Gray): Box => {
  const [left, top] = [Math.max(0, Math.floor(x) - 2), Math.max(0, Math.floor(y) - 2)];
  return {
    x: left,
    y: top,
    w: Math.max(1, Math.min(width, Math.ceil(x + w) + 2) - left),
    h: Math.max(1, Math.min(height, Math.ceil(y + h) + 2) - top),
  };
};

export const featuresOf = (word: Word, look: PageLook): Features => {
  const box = withinPage(word.box, look.page);
  const ink = inkIn(look.page, box);
  const letters = bodies(findBlobs(ink).blobs, look.letterPx);
  const widths = strokeWidths(ink);
  const stroke = middleOf(widths);
  const mean = widths.reduce((sum, value) => sum + value, 0) / Math.max(1, widths.length);
  const variance = widths.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, widths.length);
  const long = Math.max(1, word.text.length);
  return {
    doubt: 1 - word.confidence,
    blueness: bluenessOf(look.colour, box, ink),
    strokeRatio: Math.abs(Math.log(Math.max(0.5, stroke) / Math.max(0.5, look.strokePx))),
    strokeVariation: Math.min(1.5, Math.sqrt(variance) / Math.max(1, mean)),
    bottoms: Math.min(0.5, spreadOf(letters.map((blob) => blob.box.y + blob.box.h)) / look.letterPx),
    heights: Math.min(0.5, spreadOf(letters.map((blob) => blob.box.h)) / look.letterPx),
    density: Math.min(3, (letters.length * look.letterPx) / Math.max(1, box.w)),
    widest: Math.min(4, Math.max(0, ...letters.map((blob) => blob.box.w)) / look.letterPx),
    oddText: Math.min(1, (word.text.match(ODD)?.length ?? 0) / long),
  };
};

const SURE = 0.85;
const LEAST_WORDS = 8;
const MEASURED_WORDS = 60;

/** The page's usual print: of the words that were surely read, where there are enough of them. */
export const lookOf = (page: Gray, colour: Rgb, words: readonly Word[]): PageLook => {
  const sure = words.filter(({ confidence }) => confidence >= SURE);
  const usual = sure.length >= LEAST_WORDS ? sure : words;
  const step = Math.max(1, Math.floor(usual.length / MEASURED_WORDS));
  const some = usual.filter((_, index) => index % step === 0);
  return {
    page,
    colour,
    letterPx: Math.max(8, middleOf(usual.map(({ box }) => box.h))),
    strokePx: Math.max(1, middleOf(some.map(({ box }) => strokeWidthIn(page, withinPage(box, page))))),
  };
};
