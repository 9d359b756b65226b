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

const RED_BLUE = 0xff00ff;

/**
 * Red, green and blue in the lower three bytes: the four pixels around a place, weighted in 256ths. Red and blue share
 * a multiplication, since neither overflows its 16 bits. `p`: where the upper left pixel starts; six bytes from there
 * and six a row further down are read. `parts`: of the way right, and of the way down times 256.
 */
const blended = (view: DataView, p: number, stride: number, parts: number): number => {
  const fx = parts & 255;
  const fy = parts >> 8;
  const q = (p + stride) | 0;
  const w11 = (fx * fy) >> 8;
  const w01 = (fx - w11) | 0;
  const w10 = (fy - w11) | 0;
  const w00 = (256 - fx - w10) | 0;
  const a = view.getInt32(p, true);
  const b = view.getInt32(p + 2, true) >> 8;
  const c = view.getInt32(q, true);
  const d = view.getInt32(q + 2, true) >> 8;
  const redBlue =
    (Math.imul(a & RED_BLUE, w00) +
      Math.imul(b & RED_BLUE, w01) +
      Math.imul(c & RED_BLUE, w10) +
      Math.imul(d & RED_BLUE, w11)) |
    0;
  const green =
    (Math.imul((a >> 8) & 255, w00) +
      Math.imul((b >> 8) & 255, w01) +
      Math.imul((c >> 8) & 255, w10) +
      Math.imul((d >> 8) & 255, w11)) |
    0;
  return ((redBlue >>> 8) & RED_BLUE) | (green & 0xff00);
};

interface Source {
  readonly view: DataView;
  readonly stride: number;
  /** The last places with a pixel to the right and below; fixed point. */
  readonly mostU: number;
  readonly mostV: number;
}

const sourceOf = ({ width, height, data }: Rgb): Source => ({
  view: new DataView(data.buffer, data.byteOffset, data.byteLength),
  stride: width * 3,
  mostU: (width - 1) * FIXED - 1,
  mostV: (height - 1) * FIXED - 1,
});

/** Fills a run of pixels along a straight line in the source, bilinear with weights in 256ths. */
const fillRun = ({ view, stride, mostU, mostV }: Source, out: Uint8Array, run: Run): void => {
  const { end, du, dv } = run;
  let { at, u, v } = run;
  const steps = (end - at) / 3 - 1;
  const [lastU, lastV] = [u + steps * du, v + steps * dv];
  const inside =
    Math.min(u, lastU) >= 0 &&
    Math.max(u, lastU) <= mostU &&
    Math.min(v, lastV) >= 0 &&
    Math.max(v, lastV) <= mostV;
  for (; at < end; at += 3) {
    const cu = inside ? u : u < 0 ? 0 : u > mostU ? mostU : u;
    const cv = inside ? v : v < 0 ? 0 : v > mostV ? mostV : v;
    const p = (Math.imul(cv >> 16, stride) + Math.imul(cu >> 16, 3)) | 0;
    const rgb = blended(view, p, stride, ((cu >> 8) & 255) | (cv & 0xff00));
    out[at] = rgb & 255;
    out[at + 1] = (rgb >> 8) & 255;
    out[at + 2] = rgb >> 16;
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
  const source = sourceOf(frame);
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
        fillRun(source, page.data, run);
        x0 = x1;
        y0 = y1;
      }
    }
    above = below;
  }
  return page;
};

/** Pixels: nothing that is read or seen moves by that. */
const UNMOVED = 0.01;
/** Corners, the middles of the sides and the page's own: bows and turns show there. */
const PARTS = [0, 0.5, 1] as const;

/**
 * The same for whoever does not write on it: of a scan that lies straight and has the size that is wanted it is the
 * frame itself, not a copy.
 */
export const rectified = (
  frame: Rgb,
  map: PageMap,
  size: { readonly width: number; readonly height: number },
): Rgb => {
  const { width, height } = frame;
  const stays = (u: number, v: number): boolean => {
    const { x, y } = map(u, v);
    return Math.abs(x - u * width + 0.5) < UNMOVED && Math.abs(y - v * height + 0.5) < UNMOVED;
  };
  const isItself =
    size.width === width && size.height === height && PARTS.every((u) => PARTS.every((v) => stays(u, v)));
  return isItself ? frame : rectify(frame, map, size);
};
