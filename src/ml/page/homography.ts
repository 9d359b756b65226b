// How is a flat page seen from an angle laid straight?
import type { Rgb } from "./raster.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Corners clockwise from the top left as the page is held. */
export type Quad = readonly [Point, Point, Point, Point];

/** Gaussian elimination with partial pivoting on rows of `size + 1` numbers; null when singular. */
const solve = (rows: number[][], size: number): number[] | null => {
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    if (Math.abs(at(pivot, column)) < 1e-12) return null;
    const [a, b] = [rows[column], rows[pivot]];
    if (a === undefined || b === undefined) return null;
    rows[column] = b;
    rows[pivot] = a;
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const factor = at(row, column) / at(column, column);
      rows[row] = (rows[row] ?? []).map((value, k) => value - factor * at(column, k));
    }
  }
  return rows.map((_, row) => at(row, size) / at(row, row));
};

/** The 3×3 matrix, row by row, that takes `from` to `to` (Hartley & Zisserman 4.1). Null for degenerate quads. */
export const homography = (from: Quad, to: Quad): readonly number[] | null => {
  const rows = from.flatMap((p, i) => {
    const q = to[i] ?? p;
    return [
      [p.x, p.y, 1, 0, 0, 0, -q.x * p.x, -q.x * p.y, q.x],
      [0, 0, 0, p.x, p.y, 1, -q.y * p.x, -q.y * p.y, q.y],
    ];
  });
  const found = solve(rows, 8);
  return found === null ? null : [...found, 1];
};

export const applyHomography = (h: readonly number[], p: Point): Point => {
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, i = 0, j = 1] = h;
  const w = g * p.x + i * p.y + j;
  return { x: (a * p.x + b * p.y + c) / w, y: (d * p.x + e * p.y + f) / w };
};

/** Fills `out` by looking up each of its pixels in `source` through `h` (out → source), bilinear, edges held. */
export const warpRgb = (source: Rgb, h: readonly number[], out: Rgb, outside?: Rgb): Rgb => {
  const { width: sw, height: sh, data: s } = source;
  const { width, height, data: o } = out;
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, i = 0, j = 1] = h;
  const stride = sw * 3;
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      const w = 1 / (g * x + i * y + j);
      let u = (a * x + b * y + c) * w;
      let v = (d * x + e * y + f) * w;
      if (outside !== undefined && (u < 0 || v < 0 || u > sw - 1 || v > sh - 1)) {
        o[at] = outside.data[at] ?? 0;
        o[at + 1] = outside.data[at + 1] ?? 0;
        o[at + 2] = outside.data[at + 2] ?? 0;
        continue;
      }
      u = Math.max(0, Math.min(u, sw - 1.001));
      v = Math.max(0, Math.min(v, sh - 1.001));
      const x0 = u | 0;
      const y0 = v | 0;
      const fx = ((u - x0) * 256) | 0;
      const fy = ((v - y0) * 256) | 0;
      const p = y0 * stride + x0 * 3;
      const w11 = fx * fy;
      const w01 = (fx << 8) - w11;
      const w10 = (fy << 8) - w11;
      const w00 = 65536 - (fx << 8) - (fy << 8) + w11;
      o[at] =
        ((s[p] as number) * w00 +
          (s[p + 3] as number) * w01 +
          (s[p + stride] as number) * w10 +
          (s[p + stride + 3] as number) * w11) >>
        16;
      o[at + 1] =
        ((s[p + 1] as number) * w00 +
          (s[p + 4] as number) * w01 +
          (s[p + stride + 1] as number) * w10 +
          (s[p + stride + 4] as number) * w11) >>
        16;
      o[at + 2] =
        ((s[p + 2] as number) * w00 +
          (s[p + 5] as number) * w01 +
          (s[p + stride + 2] as number) * w10 +
          (s[p + stride + 5] as number) * w11) >>
        16;
    }
  }
  return out;
};

export const emptyRgb = (width: number, height: number): Rgb => ({
  width,
  height,
  data: new Uint8Array(width * height * 3),
});

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/**
 * Width and height of the flat page that `quad` shows. The longer of each pair of opposite sides is nearer
 * to the camera and keeps all the detail.
 */
export const quadSize = (quad: Quad): { readonly width: number; readonly height: number } => ({
  width: Math.max(distance(quad[0], quad[1]), distance(quad[3], quad[2])),
  height: Math.max(distance(quad[0], quad[3]), distance(quad[1], quad[2])),
});
