// How does the page in a frame become a straight picture of the page?
import { applyHomography, emptyRgb, homography, type Point, type Quad } from "./homography.js";
import type { Rgb } from "./raster.js";

/** From the page, 0…1 each way, to pixels of the frame. */
export type PageMap = (u: number, v: number) => Point;

/** A cell of this many pixels is mapped as a parallelogram: over it the bend of perspective is under 0.02 px. */
const CELL_PX = 32;
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

/** Coordinates in the source are counted in 1/65536 pixels: whole numbers, as the processor likes them. */
const FIXED = 65_536;

interface Run {
  at: number;
  end: number;
  /** Place in the source, and its step a pixel; fixed point. */
  u: number;
  v: number;
  du: number;
  dv: number;
}

/** Fills a run of pixels along a straight line in the source, bilinear with weights in 256ths. */
const fillRun = (source: Rgb, out: Uint8Array, run: Run): void => {
  const { width, height, data } = source;
  const stride = width * 3;
  const [mostU, mostV] = [(width - 1) * FIXED - 1, (height - 1) * FIXED - 1];
  const { end, du, dv } = run;
  let { at, u, v } = run;
  for (; at < end; at += 3) {
    const cu = u < 0 ? 0 : u > mostU ? mostU : u;
    const cv = v < 0 ? 0 : v > mostV ? mostV : v;
    const fx = (cu >> 8) & 255;
    const fy = (cv >> 8) & 255;
    const p = (cv >> 16) * stride + (cu >> 16) * 3;
    const q = p + stride;
    const w11 = (fx * fy) >> 8;
    const w01 = fx - w11;
    const w10 = fy - w11;
    const w00 = 256 - fx - w10;
    out[at] =
      ((data[p] as number) * w00 +
        (data[p + 3] as number) * w01 +
        (data[q] as number) * w10 +
        (data[q + 3] as number) * w11) >>
      8;
    out[at + 1] =
      ((data[p + 1] as number) * w00 +
        (data[p + 4] as number) * w01 +
        (data[q + 1] as number) * w10 +
        (data[q + 4] as number) * w11) >>
      8;
    out[at + 2] =
      ((data[p + 2] as number) * w00 +
        (data[p + 5] as number) * w01 +
        (data[q + 2] as number) * w10 +
        (data[q + 5] as number) * w11) >>
      8;
    u = (u + du) | 0;
    v = (v + dv) | 0;
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
  const limit = 16_000;
  const nodes = (y: number): Float64Array => {
    const row = new Float64Array(2 * (columns + 1));
    for (let i = 0; i <= columns; i += 1) {
      const p = map((i * CELL_PX + 0.5) / width, (y + 0.5) / height);
      // Far outside of the frame is as good as just outside, and fits in a whole number.
      row[2 * i] = Math.max(-limit, Math.min(limit, p.x));
      row[2 * i + 1] = Math.max(-limit, Math.min(limit, p.y));
    }
    return row;
  };
  const run: Run = { at: 0, end: 0, u: 0, v: 0, du: 0, dv: 0 };
  let above = nodes(0);
  for (let top = 0; top < height; top += CELL_PX) {
    const below = nodes(top + CELL_PX);
    const bottom = Math.min(height, top + CELL_PX);
    for (let y = top; y < bottom; y += 1) {
      const t = (y - top) / CELL_PX;
      const at = (i: number): number => (above[i] as number) * (1 - t) + (below[i] as number) * t;
      let [x0, y0] = [at(0), at(1)];
      for (let column = 0; column < columns; column += 1) {
        const [x1, y1] = [at(2 * column + 2), at(2 * column + 3)];
        run.at = (y * width + column * CELL_PX) * 3;
        run.end = (y * width + Math.min(width, (column + 1) * CELL_PX)) * 3;
        run.u = (x0 * FIXED) | 0;
        run.v = (y0 * FIXED) | 0;
        run.du = (((x1 - x0) * FIXED) / CELL_PX) | 0;
        run.dv = (((y1 - y0) * FIXED) / CELL_PX) | 0;
        fillRun(frame, page.data, run);
        x0 = x1;
        y0 = y1;
      }
    }
    above = below;
  }
  return page;
};
