// By what does one see whether a word was printed or written by hand?
//
// Print repeats itself: one stroke width, one height of small letters, one baseline, letters apart. A pen does not,
// is often blue, joins letters, and the recogniser, which knows print, is unsure of it.
import type { Gray, Rgb } from "../page/raster.js";
import type { Box, Word } from "../reader.js";
import { type Blob, findBlobs, type Mask } from "./blobs.js";

/** Directions of edges that are told apart, over half a turn. */
const DIRECTIONS = 8;

/** What one word looks like, and what print on the same page usually looks like. */
interface Measures {
  /** Natural logarithm of the word's height in usual words' heights. */
  readonly height: number;
  /** Height of its usual letter, in usual words' heights. */
  readonly body: number;
  /** How much brighter blue is than red where the ink is, less what the paper has; fraction of the paper. */
  readonly blueness: number;
  /** Grey of its darker ink; 1 is where ink begins. */
  readonly darkness: number;
  /** Pixels of edges a pixel of ink: thin strokes have more. */
  readonly edges: number;
  /** Of the line on which its letters stand; pixels a pixel. */
  readonly slope: number;
  /** Shares of its edges by direction, from upright strokes' (0) on. */
  readonly directions: readonly number[];
}

export interface PageLook {
  /** Flattened, without seals. */
  readonly page: Gray;
  readonly colour: Rgb;
  /** Usual height of a printed word, pixels. */
  readonly letterPx: number;
  /** Of the page's print; middles. */
  readonly usual: Measures;
}

/** The order of a word's features; the weights have the same. */
export const FEATURES = [
  "doubt",
  "letters",
  "heights",
  "widest",
  "strokeVariation",
  "height",
  "body",
  "blueness",
  "darkness",
  "edges",
  "slope",
  ...Array.from({ length: DIRECTIONS }, (_, at) => `direction${at}`),
] as const;

const INK_BELOW = 150;

const inkIn = (page: Gray, { x, y, w, h }: Box): Mask => {
  const data = new Uint8Array(w * h);
  for (let row = 0, at = 0; row < h; row += 1)
    for (let column = 0; column < w; column += 1, at += 1)
      if ((page.data[(y + row) * page.width + x + column] ?? 255) < INK_BELOW) data[at] = 1;
  return { width: w, height: h, data };
};

const middleOf = (values: readonly number[]): number =>
  Float64Array.from(values).sort()[values.length >> 1] ?? 0;

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

/** Sum of Sobel's two, from which on there is an edge; print's own edges have several times as much. */
const EDGE_FROM = 100;

/** Shares of the edges by direction, each between the two next to it by nearness (as in Dalal and Triggs 2005). */
const edgesIn = (
  { width, height, data }: Gray,
  { x, y, w, h }: Box,
): { readonly count: number; readonly directions: readonly number[] } => {
  const sums = new Float64Array(DIRECTIONS + 1);
  let [count, all] = [0, 0];
  const [right, bottom] = [Math.min(width - 1, x + w), Math.min(height - 1, y + h)];
  for (let row = Math.max(1, y); row < bottom; row += 1)
    for (let at = row * width + Math.max(1, x), end = row * width + right; at < end; at += 1) {
      const [above, below] = [at - width, at + width];
      const falling = (data[below + 1] as number) - (data[above - 1] as number);
      const rising = (data[above + 1] as number) - (data[below - 1] as number);
      const across = falling + rising + 2 * ((data[at + 1] as number) - (data[at - 1] as number));
      const down = falling - rising + 2 * ((data[below] as number) - (data[above] as number));
      const square = across * across + down * down;
      if (square <= EDGE_FROM * EDGE_FROM) continue;
      const strength = Math.sqrt(square);
      count += 1;
      all += strength;
      const turn = ((Math.atan2(down, across) / Math.PI + 1) % 1) * DIRECTIONS;
      const from = Math.floor(turn);
      sums[from] = (sums[from] as number) + strength * (1 - turn + from);
      sums[from + 1] = (sums[from + 1] as number) + strength * (turn - from);
    }
  // Half a turn on from the last direction is the first.
  sums[0] = (sums[0] as number) + (sums[DIRECTIONS] as number);
  return { count, directions: Array.from(sums.subarray(0, DIRECTIONS), (sum) => sum / Math.max(1, all)) };
};

/** Slope of the line through the letters' feet, by least squares; two letters tell nothing. */
const slopeOf = (letters: readonly Blob[]): number => {
  if (letters.length < 3) return 0;
  const feet = letters.map(({ box }) => [box.x + box.w / 2, box.y + box.h] as const);
  const middle = (at: 0 | 1): number => feet.reduce((sum, foot) => sum + foot[at], 0) / feet.length;
  const [x, y] = [middle(0), middle(1)];
  const [along, down] = feet.reduce(
    ([xx, xy], foot) => [xx + (foot[0] - x) ** 2, xy + (foot[0] - x) * (foot[1] - y)] as const,
    [0, 0] as readonly [number, number],
  );
  return along === 0 ? 0 : Math.max(-0.5, Math.min(0.5, down / along));
};

/** Of ink's pixels, which grey the darkest fifth has at least; fraction of where ink begins. */
const darknessIn = (page: Gray, box: Box): number => {
  const counts = new Uint32Array(INK_BELOW);
  let ink = 0;
  for (let row = 0; row < box.h; row += 1)
    for (let column = 0; column < box.w; column += 1) {
      const grey = page.data[(box.y + row) * page.width + box.x + column] ?? 255;
      if (grey >= INK_BELOW) continue;
      counts[grey] = (counts[grey] ?? 0) + 1;
      ink += 1;
    }
  if (ink === 0) return 1;
  let seen = 0;
  const at = counts.findIndex((count) => {
    seen += count;
    return seen > ink / 5;
  });
  return at / INK_BELOW;
};

interface Seen {
  readonly measures: Measures;
  readonly ink: Mask;
  readonly letters: readonly Blob[];
}

const see = ({ box: wordBox }: Word, { page, colour, letterPx }: Omit<PageLook, "usual">): Seen => {
  const box = withinPage(wordBox, page);
  const ink = inkIn(page, box);
  const letters = bodies(findBlobs(ink).blobs, letterPx);
  const { count, directions } = edgesIn(page, box);
  const inkPixels = ink.data.reduce((sum, value) => sum + value, 0);
  return {
    ink,
    letters,
    measures: {
      height: Math.log(Math.max(1, wordBox.h) / letterPx),
      body: middleOf(letters.map((blob) => blob.box.h)) / letterPx,
      blueness: bluenessOf(colour, box, ink),
      darkness: darknessIn(page, box),
      edges: Math.min(8, count / Math.max(1, inkPixels)),
      slope: slopeOf(letters),
      directions,
    },
  };
};

const strokeVariationOf = (ink: Mask): number => {
  const widths = strokeWidths(ink);
  const mean = widths.reduce((sum, value) => sum + value, 0) / Math.max(1, widths.length);
  const variance = widths.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, widths.length);
  return Math.min(1.5, Math.sqrt(variance) / Math.max(1, mean));
};

/** In the order of FEATURES: what the word is by itself, then how far it is from the page's usual print. */
export const featuresOf = (word: Word, look: PageLook): readonly number[] => {
  const { measures, ink, letters } = see(word, look);
  const { usual, letterPx } = look;
  const from = (name: Exclude<keyof Measures, "directions">): number => measures[name] - usual[name];
  return [
    1 - word.confidence,
    (word.text.match(/\p{L}/gu)?.length ?? 0) / Math.max(1, word.text.length),
    Math.min(0.5, spreadOf(letters.map((blob) => blob.box.h)) / letterPx),
    Math.min(4, Math.max(0, ...letters.map((blob) => blob.box.w)) / letterPx),
    strokeVariationOf(ink),
    from("height"),
    from("body"),
    from("blueness"),
    from("darkness"),
    from("edges"),
    from("slope"),
    ...measures.directions.map((share, at) => share - (usual.directions[at] ?? 0)),
  ];
};

const SURE = 0.85;
const LEAST_WORDS = 8;
const MEASURED_WORDS = 60;

/** The page's usual print: of the words that were surely read, where there are enough of them. */
export const lookOf = (page: Gray, colour: Rgb, words: readonly Word[]): PageLook => {
  const sure = words.filter(({ confidence, text }) => confidence >= SURE && text.length > 1);
  const usual = sure.length >= LEAST_WORDS ? sure : words;
  const letterPx = Math.max(8, middleOf(usual.map(({ box }) => box.h)));
  const step = Math.max(1, Math.floor(usual.length / MEASURED_WORDS));
  const seen = usual
    .filter((_, index) => index % step === 0)
    .map((word) => see(word, { page, colour, letterPx }).measures);
  const middle = (name: Exclude<keyof Measures, "directions">): number =>
    middleOf(seen.map((measures) => measures[name]));
  return {
    page,
    colour,
    letterPx,
    usual: {
      height: middle("height"),
      body: middle("body"),
      blueness: middle("blueness"),
      darkness: middle("darkness"),
      edges: middle("edges"),
      slope: middle("slope"),
      directions: Array.from({ length: DIRECTIONS }, (_, at) =>
        middleOf(seen.map(({ directions }) => directions[at] ?? 0)),
      ),
    },
  };
};
