// Which digits stand on a page, where exactly, and how are they drawn?
import type { Box, Word } from "../reader.js";
import type { Planes } from "./planes.js";

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

interface Field {
  readonly width: number;
  readonly height: number;
  /** 0 paper … 1 full ink. */
  readonly ink: Float32Array;
  readonly left: number;
  readonly top: number;
}

/** Lowest digit in pixels that is still looked at: below it, blur says more than the type. */
const LEAST_HEIGHT_PX = 12;
const MOST_WORD_PX = 900;
const brightness = (data: Uint8Array, i: number): number =>
  ((data[i] as number) + 2 * (data[i + 1] as number) + (data[i + 2] as number)) >> 2;

const inkField = ({ page, paperAt }: Planes, { box }: Word): Field | null => {
  const pad = Math.round(box.h * 0.22);
  const left = Math.max(0, box.x - 3);
  const top = Math.max(0, box.y - pad);
  const width = Math.min(page.width - left, box.w + 6);
  const height = Math.min(page.height - top, box.h + 2 * pad);
  if (width < 4 || height < LEAST_HEIGHT_PX || width > MOST_WORD_PX || height > MOST_WORD_PX / 3) return null;
  const levels = new Uint32Array(256);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      (levels[brightness(page.data, ((top + y) * page.width + left + x) * 3)] as number) += 1;
  const at = (share: number): number => {
    let left0 = width * height * share;
    for (let value = 0; value < 256; value += 1) {
      left0 -= levels[value] as number;
      if (left0 <= 0) return value;
    }
    return 255;
  };
  const paper = Math.min(at(0.8), paperAt(left + width / 2, top + height / 2) * 1.1);
  const black = at(0.04);
  if (paper - black < 40) return null;
  const ink = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const value = brightness(page.data, ((top + y) * page.width + left + x) * 3);
      ink[y * width + x] = Math.max(0, Math.min(1, (paper - value) / (paper - black)));
    }
  return { width, height, ink, left, top };
};

interface Part {
  left: number;
  top: number;
  right: number;
  bottom: number;
  area: number;
}

/** Connected ink (8 neighbours) of at least half darkness, from left to right. */
const partsOf = ({ width, height, ink }: Field): readonly Part[] => {
  const seen = new Uint8Array(width * height);
  const stack: number[] = [];
  const parts: Part[] = [];
  for (let start = 0; start < ink.length; start += 1) {
    if (seen[start] === 1 || (ink[start] as number) < 0.5) continue;
    const part: Part = { left: width, top: height, right: 0, bottom: 0, area: 0 };
    seen[start] = 1;
    stack.push(start);
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      const [x, y] = [i % width, Math.floor(i / width)];
      part.left = Math.min(part.left, x);
      part.right = Math.max(part.right, x + 1);
      part.top = Math.min(part.top, y);
      part.bottom = Math.max(part.bottom, y + 1);
      part.area += 1;
      for (let dy = -1; dy <= 1; dy += 1)
        for (let dx = -1; dx <= 1; dx += 1) {
          const [nx, ny] = [x + dx, y + dy];
          const n = ny * width + nx;
          if (nx < 0 || ny < 0 || nx >= width || ny >= height || seen[n] === 1 || (ink[n] as number) < 0.5)
            continue;
          seen[n] = 1;
          stack.push(n);
        }
    }
    parts.push(part);
  }
  return parts.sort((a, b) => a.left - b.left);
};

/** A mark over or under a letter is part of it. */
const stacked = (parts: readonly Part[]): readonly Part[] => {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    const shared = last === undefined ? 0 : Math.min(last.right, part.right) - Math.max(last.left, part.left);
    if (last !== undefined && shared > 0.5 * Math.min(last.right - last.left, part.right - part.left)) {
      last.left = Math.min(last.left, part.left);
      last.right = Math.max(last.right, part.right);
      last.top = Math.min(last.top, part.top);
      last.bottom = Math.max(last.bottom, part.bottom);
      last.area += part.area;
    } else out.push({ ...part });
  }
  return out;
};

/** Row, to a part of one, at which the darkest ink of the row first passes one half, going inwards by `step`. */
const edge = (field: Field, part: Part, char: string, step: 1 | -1): number => {
  const end = step === 1 ? part.top : part.bottom - 1;
  const { width, ink } = field;
  const darkest = (row: number): number => {
    let most = 0;
    for (let x = part.left; x < part.right; x += 1) most = Math.max(most, ink[row * width + x] ?? 0);
    return most;
  };
  const from = POINTED.has(char) ? end : end + step * hairOf(field, part, end, step);
  const [outer, inner] = [darkest(from - step), darkest(from)];
  const share = inner - outer < 0.05 ? 0 : (0.5 - outer) / (inner - outer);
  return from - step + step * Math.max(0, Math.min(1, share));
};

/** A 4 and a 1 end in a point of their own, and so does a 7 at its foot. */
const POINTED = new Set(["1", "4", "7"]);

/** A stroke ends within two rows; what goes on longer no wider than a pixel or two is a speck that touches it. */
const HAIR = { px: 2, rows: 3 } as const;

/** Rows from `end` inwards that are no more than a hair. */
const hairOf = (
  { width, ink }: Field,
  { left, right, top, bottom }: Part,
  end: number,
  step: 1 | -1,
): number => {
  const most = Math.floor((bottom - top) * 0.3);
  let rows = 0;
  for (let row = end; rows < most; row += step, rows += 1) {
    let dark = 0;
    for (let x = left; x < right; x += 1) if ((ink[row * width + x] ?? 0) >= 0.5) dark += 1;
    if (dark > HAIR.px) break;
  }
  return rows >= HAIR.rows && rows < most ? rows : 0;
};

const inkAt = ({ width, height, ink }: Field, u: number, v: number): number => {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) return 0;
  const [fx, fy] = [u - x, v - y];
  const i = y * width + x;
  const upper = (ink[i] as number) * (1 - fx) + (ink[i + 1] as number) * fx;
  const lower = (ink[i + width] as number) * (1 - fx) + (ink[i + width + 1] as number) * fx;
  return upper * (1 - fy) + lower * fy;
};

const shapeOf = (field: Field, part: Part): Float32Array => {
  const { columns, rows } = SHAPE;
  const out = new Float32Array(columns * rows);
  const cell = (part.bottom - part.top) / rows;
  const left = (part.left + part.right - columns * cell) / 2;
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const u = left + (column + 0.5) * cell - 0.5;
      // Beside it another digit may stand.
      const own = u >= part.left - 1 && u <= part.right;
      out[row * columns + column] = own ? inkAt(field, u, part.top + (row + 0.5) * cell - 0.5) : 0;
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
  const near = nearInk(field);
  return parts.flatMap((part, place): readonly Glyph[] => {
    const char = characters[place] ?? "";
    if (!/\d/.test(char) || part.bottom - part.top < LEAST_HEIGHT_PX || part.right - part.left < 3) return [];
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
        top: field.top + edge(field, part, char, 1),
        bottom: field.top + edge(field, part, char, -1) + 1,
        stroke: strokeOf(field, part),
        dark: darkOf(field, part),
        shape: shapeOf(field, part),
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
