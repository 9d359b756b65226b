// Which characters of a page's print can be told apart, and how is each drawn?
//
// Only words in which as many pieces of ink stand as characters were read: where letters touch, or a mark was lost,
// nobody knows which piece is which.
import type { Box, Word } from "../reader.js";
import { median } from "./median.js";
import type { Planes } from "./planes.js";
import { edge, type Field, inkField, type Part, partsOf, stacked } from "./word-ink.js";

export interface Drawing {
  /** Ink in `CELLS`, 0 for paper, in units of its own deviation; laid by its ends and its centre of ink. */
  readonly shape: Float32Array;
  /** Of `shape`. */
  readonly mean: number;
}

export interface Letter extends Drawing {
  /** Letter or digit, composed (NFC). */
  readonly char: string;
  /** Index into the page's words. */
  readonly word: number;
  readonly box: Box;
  /** Rows of the page, to a part of one: where the ink is half as dark as it gets. */
  readonly top: number;
  readonly bottom: number;
  /** Mean width of the strokes, over the letter's height. */
  readonly weight: number;
  /** How far its ink leans to the right on its way up. */
  readonly slant: number;
  /** Standard deviation of the ink across, over the letter's height. */
  readonly breadth: number;
  /** What its word is like as a whole: bold and cursive words are compared with their like. */
  readonly style: Style;
}

export interface Style {
  /** Width of the word's strokes over what those of its letters have on this page: 1.3 and more in bold among regular. */
  readonly weight: number;
  /** How far the word leans to the right on its way up beyond what its letters do on this page; 0.2 in cursive. */
  readonly slant: number;
}

/** Cells in which shapes are laid over each other; `slack` on each side is room for doing so. */
const CELLS = { columns: 16, rows: 20, slack: 2 } as const;
const COLUMNS = CELLS.columns + 2 * CELLS.slack;
const ROWS = CELLS.rows + 2 * CELLS.slack;

const inkAt = ({ width, height, ink }: Field, u: number, v: number): number => {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) return 0;
  const [fx, fy] = [u - x, v - y];
  const i = y * width + x;
  const upper = (ink[i] as number) * (1 - fx) + (ink[i + 1] as number) * fx;
  const lower = (ink[i + width] as number) * (1 - fx) + (ink[i + width + 1] as number) * fx;
  return upper * (1 - fy) + lower * fy;
};

const meanOf = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const drawingOf = (ink: Float32Array): Drawing => {
  const mean = meanOf(ink);
  const length = Math.sqrt(ink.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1;
  return { shape: ink.map((value) => value / length), mean: mean / length };
};

const drawingIn = (field: Field, part: Part, ends: readonly [number, number], middle: number): Drawing => {
  const [top, bottom] = ends;
  const cell = (bottom - top) / CELLS.rows;
  const left = middle - (COLUMNS * cell) / 2;
  const out = new Float32Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row += 1)
    for (let column = 0; column < COLUMNS; column += 1) {
      const u = left + (column + 0.5) * cell - 0.5;
      // Beside it another letter may stand.
      const own = u >= part.left - 1 && u <= part.right;
      out[row * COLUMNS + column] = own ? inkAt(field, u, top + (row - CELLS.slack + 0.5) * cell - 0.5) : 0;
    }
  return drawingOf(out);
};

interface Moments {
  /** Columns of the field. */
  readonly middle: number;
  readonly spread: number;
  readonly slant: number;
  /** Area over half the outline: for a stroke much longer than wide, its width. */
  readonly stroke: number;
}

const momentsOf = ({ width, ink }: Field, { left, right, top, bottom }: Part): Moments => {
  let [mass, sx, sy, sxx, sxy, syy, outline] = [0, 0, 0, 0, 0, 0, 0];
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) {
      const value = ink[y * width + x] as number;
      const [dx, dy] = [x - left, y - top];
      mass += value;
      sx += value * dx;
      sy += value * dy;
      sxx += value * dx * dx;
      sxy += value * dx * dy;
      syy += value * dy * dy;
      outline +=
        Math.abs(value - (ink[y * width + x + 1] ?? 0)) + Math.abs(value - (ink[(y + 1) * width + x] ?? 0));
    }
  const n = Math.max(1e-6, mass);
  const [xx, xy, yy] = [sxx - (sx * sx) / n, sxy - (sx * sy) / n, syy - (sy * sy) / n];
  return {
    middle: left + sx / n + 0.5,
    spread: Math.sqrt(Math.max(0, xx / n)),
    slant: yy <= 0 ? 0 : -xy / yy,
    // The outline counted along both axes is 4/π too long for edges of every direction.
    stroke: outline === 0 ? 0 : (2 * mass) / (outline * (Math.PI / 4)),
  };
};

type Drawn = Omit<Letter, "style">;

const drawn = (field: Field, part: Part, char: string, word: number): Drawn => {
  const ends = [edge(field, part, char, 1), edge(field, part, char, -1) + 1] as const;
  const [top, bottom] = ends;
  const { middle, spread, slant, stroke } = momentsOf(field, part);
  return {
    char,
    word,
    box: {
      x: field.left + part.left,
      y: field.top + part.top,
      w: part.right - part.left,
      h: part.bottom - part.top,
    },
    top: field.top + top,
    bottom: field.top + bottom,
    breadth: spread / (bottom - top),
    weight: stroke / (bottom - top),
    slant,
    ...drawingIn(field, part, ends, middle),
  };
};

/** Brightness of the paper, 0 … 255: below it the sensor's noise is as strong as fine strokes. */
const DARK = 120;

/** Weighted 1 2 1 along both axes: noise of single pixels says nothing of a letter. */
const smoothed = (field: Field): Field => {
  const { width, height, ink } = field;
  const along = new Float32Array(ink.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const i = y * width + x;
      const here = ink[i] as number;
      const before = x > 0 ? (ink[i - 1] as number) : here;
      const after = x < width - 1 ? (ink[i + 1] as number) : here;
      along[i] = (before + 2 * here + after) / 4;
    }
  const out = new Float32Array(ink.length);
  for (let i = 0; i < ink.length; i += 1) {
    const here = along[i] as number;
    out[i] = ((along[i - width] ?? here) + 2 * here + (along[i + width] ?? here)) / 4;
  }
  return { ...field, ink: out };
};

/** Marks that are not as high as letters; a colon is, where its points are counted as one piece. */
const SMALL = /[.,·'"“”‘’_–-]/gu;
const COLONS = /[:;]/gu;
/** Of the tallest piece: what is lower is a mark. */
const LETTER_HEIGHT = 0.4;
const SURE = 0.4;

const lettersOfWord = (planes: Planes, word: Word, index: number, isDark: boolean): readonly Drawn[] => {
  const text = word.text.normalize("NFC").replaceAll(SMALL, "");
  if (word.confidence < SURE || !/[\p{L}\d]/u.test(text)) return [];
  const raw = inkField(planes, word);
  if (raw === null) return [];
  const field = isDark ? smoothed(raw) : raw;
  const all = stacked(partsOf(field));
  const tallest = Math.max(0, ...all.map(({ top, bottom }) => bottom - top));
  const parts = all.filter(({ top, bottom }) => bottom - top > LETTER_HEIGHT * tallest);
  const characters = [text.replaceAll(COLONS, ""), text]
    .map((way) => [...way])
    .find(({ length }) => length === parts.length);
  if (characters === undefined) return [];
  return parts.flatMap((part, place): readonly Drawn[] => {
    const char = characters[place] ?? "";
    // What goes on beyond the word's surroundings hangs together with something else: its ends are nobody's.
    const whole = part.top > 0 && part.bottom < field.height;
    return whole && /[\p{L}\d]/u.test(char) ? [drawn(field, part, char, index)] : [];
  });
};

export const byKey = <T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> => {
  const out = new Map<K, T[]>();
  for (const item of items) {
    const own = out.get(keyOf(item));
    if (own === undefined) out.set(keyOf(item), [item]);
    else own.push(item);
  }
  return out;
};

/** What a character is like on the page: a b leans one way and a d the other, and an ê is higher than an e. */
const usualStyles = (all: readonly Drawn[]): ReadonlyMap<string, Style> =>
  new Map(
    [...byKey(all, ({ char }) => char)]
      .filter(([, same]) => same.length >= LEAST_OF_KIND)
      .map(([char, same]) => [
        char,
        { slant: median(same.map(({ slant }) => slant)), weight: median(same.map(({ weight }) => weight)) },
      ]),
  );

const LEAST_OF_KIND = 4;
/** Letters that tell a style; a shorter word takes it from the words beside it. */
const ENOUGH = 6;
const BESIDE = 3;

const sameRow = (a: Box, b: Box): boolean =>
  Math.abs(a.y + a.h / 2 - b.y - b.h / 2) < 0.5 * Math.max(a.h, b.h);

/** From left to right in each word, word by word. */
export const lettersOn = (planes: Planes, words: readonly Word[]): readonly Letter[] => {
  const isDark = median(words.map(({ box }) => planes.paperAt(box.x, box.y))) < DARK;
  const all = words.flatMap((word, index) => lettersOfWord(planes, word, index, isDark));
  const usual = usualStyles(all);
  const byWord = byKey(all, ({ word }) => word);
  const told = (index: number, isTold: (char: string) => boolean): readonly Style[] =>
    (byWord.get(index) ?? []).flatMap(({ char, slant, weight }): readonly Style[] => {
      const own = usual.get(char);
      return own === undefined || !isTold(char)
        ? []
        : [{ slant: slant - own.slant, weight: weight / (own.weight || 1) }];
    });
  /** Of the word, and of those beside it until there is enough. */
  const around = (index: number, isTold: (char: string) => boolean): readonly Style[] => {
    const box = words[index]?.box;
    const styles = [...told(index, isTold)];
    for (let away = 1; away <= BESIDE && styles.length < ENOUGH; away += 1)
      for (const other of [index - away, index + away]) {
        const beside = words[other]?.box;
        if (box !== undefined && beside !== undefined && sameRow(box, beside))
          styles.push(...told(other, isTold));
      }
    return styles;
  };
  const styleOf = (index: number): Style => {
    const every = around(index, () => true);
    // Cursive digits reach over each other: letters tell better how far a line leans.
    const letters = around(index, (char) => !/\d/.test(char));
    return {
      slant:
        every.length === 0 ? 0 : median((letters.length === 0 ? every : letters).map(({ slant }) => slant)),
      weight: every.length === 0 ? 1 : median(every.map(({ weight }) => weight)),
    };
  };
  return [...byWord].flatMap(([index, mates]) => {
    const style = styleOf(index);
    return mates.map((letter): Letter => ({ ...letter, style }));
  });
};

export const heightOf = ({ top, bottom }: Pick<Letter, "top" | "bottom">): number => bottom - top;

/** Ink that both have, with `b` moved by whole cells; the outermost cells are paper. */
const common = ({ shape: a }: Drawing, { shape: b }: Drawing, shift: number): number => {
  let sum = 0;
  for (let i = COLUMNS + 1; i < (ROWS - 1) * COLUMNS - 1; i += 1)
    sum += (a[i] as number) * (b[i + shift] as number);
  return sum;
};

/** Near the best of laying one over the other within a cell each way: first up and down, then across. */
const STEPS = [
  [-COLUMNS, COLUMNS],
  [-1, 1],
] as const;

/** −1 … 1: correlation of the ink of one laid over the other. */
export const likeness = (a: Drawing, b: Drawing): number => {
  let [best, at] = [common(a, b, 0), 0];
  for (const steps of STEPS) {
    const from = at;
    for (const step of steps) {
      const sum = common(a, b, from + step);
      if (sum > best) [best, at] = [sum, from + step];
    }
  }
  return best - COLUMNS * ROWS * a.mean * b.mean;
};
