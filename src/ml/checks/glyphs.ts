// Which digits stand on a page, where exactly, and how are they drawn?
import type { Box, Word } from "../reader.js";
import type { Planes } from "./planes.js";
import { edge, type Field, inkField, LEAST_HEIGHT_PX, type Part, partsOf, stacked } from "./word-ink.js";

export interface Glyph {
  readonly char: string;
  /** Index into the page's words. */
  readonly word: number;
  readonly box: Box;
  /** Pixels of the page, to a part of a pixel: where the ink is half as dark as it gets. */
  readonly top: number;
  readonly bottom: number;
  /** Mean width of the strokes in pixels. */
  readonly stroke: number;
  /** Darkness of the darkest quarter of its ink against the paper, 0 … 1. */
  readonly dark: number;
  /** Ink in `SHAPE` cells as wide as they are high, mean 0, length 1. */
  readonly shape: Float32Array;
  /** How far the ink leans to the right on its way up: 0.2 in cursive. */
  readonly slant: number;
  /** The bare paper close around it. */
  readonly ground: Ground;
}

export interface Ground {
  /** sRGB. */
  readonly level: readonly [red: number, green: number, blue: number];
  /** Mean step between neighbouring pixels, in 8-bit steps of grey. */
  readonly noise: number;
  /** Pixels that were looked at. */
  readonly count: number;
}

/** Cells in which shapes are compared. */
export const SHAPE = { columns: 18, rows: 24 } as const;

const inkAt = ({ width, height, ink }: Field, u: number, v: number): number => {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) return 0;
  const [fx, fy] = [u - x, v - y];
  const i = y * width + x;
  const upper = (ink[i] as number) * (1 - fx) + (ink[i + 1] as number) * fx;
  const lower = (ink[i + width] as number) * (1 - fx) + (ink[i + width + 1] as number) * fx;
  return upper * (1 - fy) + lower * fy;
};

/** Of the ink between two columns, as a column. */
const middleOf = ({ width, ink }: Field, part: Part): number => {
  let [mass, moment] = [0, 0];
  for (let y = part.top; y < part.bottom; y += 1)
    for (let x = part.left; x < part.right; x += 1) {
      const value = ink[y * width + x] as number;
      mass += value;
      moment += value * (x + 0.5);
    }
  return mass === 0 ? (part.left + part.right) / 2 : moment / mass;
};

/** Laid by its ends and its centre of ink to a part of a pixel: half a pixel aside, a digit is little like itself. */
const shapeOf = (field: Field, part: Part, [top, bottom]: readonly [number, number]): Float32Array => {
  const { columns, rows } = SHAPE;
  const out = new Float32Array(columns * rows);
  const cell = (bottom - top) / rows;
  const left = middleOf(field, part) - (columns * cell) / 2;
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const u = left + (column + 0.5) * cell - 0.5;
      // Beside it another digit may stand.
      const own = u >= part.left - 1 && u <= part.right;
      out[row * columns + column] = own ? inkAt(field, u, top + (row + 0.5) * cell) : 0;
    }
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
  const length = Math.sqrt(out.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1;
  return out.map((value) => (value - mean) / length);
};

const LIGHT = 0.16;
const INKED = 0.35;

/** 1 where there is ink within two pixels. */
const nearInk = ({ width, height, ink }: Field): Uint8Array => {
  const along = new Uint8Array(ink.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if ((ink[y * width + x] as number) > INKED)
        along.fill(1, y * width + Math.max(0, x - 2), y * width + Math.min(width, x + 3));
  const out = new Uint8Array(ink.length);
  for (let y = 0; y < height; y += 1)
    for (let from = Math.max(0, y - 2); from <= Math.min(height - 1, y + 2); from += 1)
      for (let x = 0; x < width; x += 1) if (along[from * width + x] === 1) out[y * width + x] = 1;
  return out;
};

/** Light pixels in a part's own cell that have no ink within two pixels. */
const groundOf = ({ page }: Planes, field: Field, near: Uint8Array, part: Part): Ground => {
  const level: [number, number, number] = [0, 0, 0];
  let [count, steps, pairs] = [0, 0, 0];
  const [w, h] = [field.width, field.height];
  const [from, to] = [Math.max(0, part.left - 2), Math.min(w, part.right + 2)];
  const [top, bottom] = [Math.max(0, part.top - 4), Math.min(h, part.bottom + 3)];
  for (let y = top; y < bottom; y += 1) {
    let before = -1;
    for (let x = from; x < to; x += 1) {
      if ((field.ink[y * w + x] as number) > LIGHT || near[y * w + x] === 1) {
        before = -1;
        continue;
      }
      const i = ((field.top + y) * page.width + field.left + x) * 3;
      const value = page.data[i + 1] as number;
      level[0] += page.data[i] as number;
      level[1] += value;
      level[2] += page.data[i + 2] as number;
      if (before >= 0) {
        steps += Math.abs(value - before);
        pairs += 1;
      }
      before = value;
      count += 1;
    }
  }
  const n = Math.max(1, count);
  return { level: [level[0] / n, level[1] / n, level[2] / n], noise: pairs === 0 ? 0 : steps / pairs, count };
};

/** By second moments of the ink. */
const slantOf = ({ width, ink }: Field, part: Part): number => {
  let [mass, sx, sy] = [0, 0, 0];
  const each = (act: (value: number, x: number, y: number) => void): void => {
    for (let y = part.top; y < part.bottom; y += 1)
      for (let x = part.left; x < part.right; x += 1) act(ink[y * width + x] as number, x, y);
  };
  each((value, x, y) => {
    mass += value;
    sx += value * x;
    sy += value * y;
  });
  const [cx, cy] = [sx / Math.max(1e-6, mass), sy / Math.max(1e-6, mass)];
  let [xy, yy] = [0, 0];
  each((value, x, y) => {
    xy += value * (x - cx) * (y - cy);
    yy += value * (y - cy) ** 2;
  });
  return yy === 0 ? 0 : -xy / yy;
};

/** Area over half the outline: for a stroke much longer than wide, its width. */
const strokeOf = ({ width, ink }: Field, part: Part): number => {
  let [cover, outline] = [0, 0];
  for (let y = part.top; y < part.bottom; y += 1)
    for (let x = part.left; x < part.right; x += 1) {
      const value = ink[y * width + x] as number;
      cover += value;
      outline +=
        Math.abs(value - (ink[y * width + x + 1] ?? 0)) + Math.abs(value - (ink[(y + 1) * width + x] ?? 0));
    }
  // The outline counted along both axes is 4/π too long for edges of every direction.
  return outline === 0 ? 0 : (2 * cover) / (outline * (Math.PI / 4));
};

const darkOf = ({ width, ink }: Field, part: Part): number => {
  const values: number[] = [];
  for (let y = part.top; y < part.bottom; y += 1)
    for (let x = part.left; x < part.right; x += 1) {
      const value = ink[y * width + x] as number;
      if (value > 0.5) values.push(value);
    }
  values.sort((a, b) => b - a);
  const best = values.slice(0, Math.max(1, values.length >> 2));
  return best.reduce((sum, value) => sum + value, 0) / Math.max(1, best.length);
};

/** What is drawn as one piece of ink a character; marks that are not as high as a digit do not count. */
const SMALL = /[.,:;·'"“”‘’_–-]/gu;

const glyphsOfWord = (planes: Planes, word: Word, index: number): readonly Glyph[] => {
  const characters = [...word.text.replaceAll(SMALL, "")];
  const digits = characters.filter((character) => /\d/.test(character)).length;
  if (digits === 0) return [];
  const field = inkField(planes, word);
  if (field === null) return [];
  const all = stacked(partsOf(field));
  const tallest = Math.max(0, ...all.map(({ top, bottom }) => bottom - top));
  const parts = all.filter(({ top, bottom }) => bottom - top > 0.55 * tallest);
  if (parts.length !== characters.length) return [];
  // What goes on beyond the word's surroundings hangs together with something else: its ends are nobody's.
  if (parts.some(({ top, bottom }) => top === 0 || bottom === field.height)) return [];
  const near = nearInk(field);
  return parts.flatMap((part, place): readonly Glyph[] => {
    const char = characters[place] ?? "";
    if (!/\d/.test(char) || part.bottom - part.top < LEAST_HEIGHT_PX || part.right - part.left < 3) return [];
    const [top, bottom] = [edge(field, part, char, 1), edge(field, part, char, -1)];
    return [
      {
        char,
        word: index,
        box: {
          x: field.left + part.left,
          y: field.top + part.top,
          w: part.right - part.left,
          h: part.bottom - part.top,
        },
        top: field.top + top,
        bottom: field.top + bottom + 1,
        stroke: strokeOf(field, part),
        dark: darkOf(field, part),
        shape: shapeOf(field, part, [top, bottom]),
        slant: slantOf(field, part),
        ground: groundOf(planes, field, near, part),
      },
    ];
  });
};

/** Words in which as many pieces of ink stand as characters were read; the others can not be told apart. */
export const digitsOf = (planes: Planes, words: readonly Word[]): readonly Glyph[] =>
  words.flatMap((word, index) => (/\d/.test(word.text) ? glyphsOfWord(planes, word, index) : []));

/** −1 … 1. */
export const likeness = (a: Glyph, b: Glyph): number => {
  let sum = 0;
  for (let i = 0; i < a.shape.length; i += 1) sum += (a.shape[i] as number) * (b.shape[i] as number);
  return sum;
};
