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
        ground: groundOf(planes, field, near, part),
      },
    ];
  });
};

/** Words in which as many pieces of ink stand as characters were read; the others can not be told apart. */
export const digitsOf = (planes: Planes, words: readonly Word[]): readonly Glyph[] =>
  words.flatMap((word, index) => (/\d/.test(word.text) ? glyphsOfWord(planes, word, index) : []));
