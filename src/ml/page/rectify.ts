// How does the page in a frame become a straight picture of the page?
import { applyHomography, emptyRgb, homography, type Point, type Quad } from "./homography.js";
import type { Rgb } from "./raster.js";

/** From the page, 0…1 each way, to pixels of the frame. */
export type PageMap = (u: number, v: number) => Point;

/** A cell of this many pixels is mapped as a parallelogram: over it the bend of perspective is under 0.02 px. */
const CELL_PX = 16;
/** Bows flatter than this part of the page's side are measuring noise. */
const LEAST_BOW = 0.0012;
const UNIT: Quad = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

/**
 * `bows`: how far the middle of each side stands out from the straight line between its corners, in frame pixels.
 * What lies between is bent in proportion (a Coons patch): it takes out a lens' barrel and paper that arches.
 * Null for a quad that is folded.
 */
export const pageMap = (quad: Quad, bows: readonly number[]): PageMap | null => {
  const h = homography(UNIT, quad);
  if (h === null) return null;
  const pushes = quad.map((p, i) => {
    const q = quad[((i + 1) % 4) as 0];
    const length = Math.max(1, Math.hypot(q.x - p.x, q.y - p.y));
    const bow = Math.abs(bows[i] ?? 0) < LEAST_BOW * length ? 0 : (bows[i] ?? 0);
    return { x: ((q.y - p.y) / length) * bow, y: (-(q.x - p.x) / length) * bow };
  });
  const [top, right, bottom, left] = pushes as [Point, Point, Point, Point];
  if (pushes.every(({ x, y }) => x === 0 && y === 0)) return (u, v) => applyHomography(h, { x: u, y: v });
  return (u, v) => {
    const { x, y } = applyHomography(h, { x: u, y: v });
    const [along, down] = [4 * u * (1 - u), 4 * v * (1 - v)];
    return {
      x: x + along * ((1 - v) * top.x + v * bottom.x) + down * (u * right.x + (1 - u) * left.x),
      y: y + along * ((1 - v) * top.y + v * bottom.y) + down * (u * right.y + (1 - u) * left.y),
    };
  };
};

/** The same page turned about its middle, clockwise by `degrees`; `aspect` is width over height. */
export const turnedMap = (map: PageMap, degrees: number, aspect: number): PageMap => {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (u, v) => {
    const [x, y] = [(u - 0.5) * aspect, v - 0.5];
    return map((x * cos - y * sin) / aspect + 0.5, x * sin + y * cos + 0.5);
  };
};

/** Fills one cell's row of pixels along a straight line in the source; coordinates in 1/256 pixels. */
const fillRow = (
  source: Rgb,
  out: Uint8Array,
  place: { at: number; readonly end: number; u: number; v: number; readonly du: number; readonly dv: number },
): void => {
  const { width, height, data } = source;
  const stride = width * 3;
  const [mostU, mostV] = [(width - 1) * 256 - 1, (height - 1) * 256 - 1];
  let { at, u, v } = place;
  const { end, du, dv } = place;
  for (; at < end; at += 3, u += du, v += dv) {
    const cu = u < 0 ? 0 : u > mostU ? mostU : u | 0;
    const cv = v < 0 ? 0 : v > mostV ? mostV : v | 0;
    const fx = cu & 255;
    const fy = cv & 255;
    const p = (cv >> 8) * stride + (cu >> 8) * 3;
    const w11 = fx * fy;
    const w01 = (fx << 8) - w11;
    const w10 = (fy << 8) - w11;
    const w00 = 65536 - (fx << 8) - w10;
    const q = p + stride;
    out[at] =
      ((data[p] as number) * w00 +
        (data[p + 3] as number) * w01 +
        (data[q] as number) * w10 +
        (data[q + 3] as number) * w11) >>
      16;
    out[at + 1] =
      ((data[p + 1] as number) * w00 +
        (data[p + 4] as number) * w01 +
        (data[q + 1] as number) * w10 +
        (data[q + 4] as number) * w11) >>
      16;
    out[at + 2] =
      ((data[p + 2] as number) * w00 +
        (data[p + 5] as number) * w01 +
        (data[q + 2] as number) * w10 +
        (data[q + 5] as number) * w11) >>
      16;
  }
};

/** `width` × `height` pixels of the page, bilinear; beyond the frame its edge is held. */
export const rectify = (
  frame: Rgb,
  map: PageMap,
  { width, height }: { readonly width: number; readonly height: number },
): Rgb => {
  const page = emptyRgb(width, height);
  const columns = Math.ceil(width / CELL_PX);
  const nodes = (y: number): readonly Point[] =>
    Array.from({ length: columns + 1 }, (_, i) => map((i * CELL_PX + 0.5) / width, (y + 0.5) / height));
  let above = nodes(0);
  for (let top = 0; top < height; top += CELL_PX) {
    const below = nodes(top + CELL_PX);
    const bottom = Math.min(height, top + CELL_PX);
    for (let y = top; y < bottom; y += 1) {
      const t = (y - top) / CELL_PX;
      for (let column = 0; column < columns; column += 1) {
        const [a, b, c, d] = [above[column], above[column + 1], below[column], below[column + 1]] as [
          Point,
          Point,
          Point,
          Point,
        ];
        const [x0, y0] = [a.x + (c.x - a.x) * t, a.y + (c.y - a.y) * t];
        const [x1, y1] = [b.x + (d.x - b.x) * t, b.y + (d.y - b.y) * t];
        const left = column * CELL_PX;
        fillRow(frame, page.data, {
          at: (y * width + left) * 3,
          end: (y * width + Math.min(width, left + CELL_PX)) * 3,
          u: x0 * 256,
          v: y0 * 256,
          du: ((x1 - x0) * 256) / CELL_PX,
          dv: ((y1 - y0) * 256) / CELL_PX,
        });
      }
    }
    above = below;
  }
  return page;
};
