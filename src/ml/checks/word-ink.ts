// Which pieces of ink is a word made of, and where exactly do they end?
import type { Word } from "../reader.js";
import type { Planes } from "./planes.js";

/** A word's surroundings as ink. */
export interface Field {
  readonly width: number;
  readonly height: number;
  /** 0 paper … 1 full ink. */
  readonly ink: Float32Array;
  readonly left: number;
  readonly top: number;
}

/** Lowest digit in pixels that is still looked at: below it, blur says more than the type. */
export const LEAST_HEIGHT_PX = 12;
const MOST_WORD_PX = 900;
const brightness = (data: Uint8Array, i: number): number =>
  ((data[i] as number) + 2 * (data[i + 1] as number) + (data[i + 2] as number)) >> 2;

export const inkField = ({ page, paperAt }: Planes, { box }: Word): Field | null => {
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

/** A piece of ink; pixels of the field. */
export interface Part {
  left: number;
  top: number;
  right: number;
  bottom: number;
  area: number;
}

/** Connected ink (8 neighbours) of at least half darkness, from left to right. */
export const partsOf = ({ width, height, ink }: Field): readonly Part[] => {
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
export const stacked = (parts: readonly Part[]): readonly Part[] => {
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
export const edge = (field: Field, part: Part, char: string, step: 1 | -1): number => {
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
