// Where exactly do the page's sides run, at the picture's full sharpness?
//
// A corner may be under a finger or bent: each side is fitted along its whole length, and the corners are where
// the sides meet.
import { distance, type Point, type Quad } from "./homography.js";
import type { Rgb } from "./raster.js";

export interface RefinedQuad {
  readonly quad: Quad;
  /** How far the middle of each side stands out from the straight line between its ends, in pixels. */
  readonly bows: readonly [number, number, number, number];
}

export interface Refinement {
  readonly own: readonly boolean[];
  readonly bright: boolean;
  /** How far from the given quad the true side may be, in pixels. */
  readonly reachPx: number;
}

const SAMPLES = 96;
/** Ends of a side are left out: corners are bent, worn and held. */
const ENDS = 0.04;
const FEWEST = 16;
const ROUNDS = 6;

interface Fit {
  /** Offset along the inward normal at the side's middle, slope and bow, over t in -1 … 1. */
  readonly middle: number;
  readonly slope: number;
  readonly bow: number;
}

interface Crossing {
  readonly t: number;
  readonly off: number;
}

const lumaAt = ({ width, height, data }: Rgb, x: number, y: number): number => {
  const px = Math.max(0, Math.min(width - 1, Math.round(x)));
  const py = Math.max(0, Math.min(height - 1, Math.round(y)));
  const p = (py * width + px) * 3;
  return (data[p] as number) * 77 + (data[p + 1] as number) * 150 + (data[p + 2] as number) * 29;
};

/** The steepest place of the profile across a side, to a part of a pixel; null where it is flat. */
const steepest = (profile: Float64Array): number | null => {
  const width = 3;
  let [best, place] = [0, -1];
  const rise = (i: number): number => {
    let sum = 0;
    for (let d = 1; d <= width; d += 1) sum += (profile[i + d] ?? 0) - (profile[i - d] ?? 0);
    return sum;
  };
  for (let i = width; i < profile.length - width; i += 1) {
    const value = rise(i);
    if (value > best) [best, place] = [value, i];
  }
  if (place <= width || place >= profile.length - width - 1) return null;
  const [before, after] = [rise(place - 1), rise(place + 1)];
  const curve = before - 2 * best + after;
  return curve >= 0 ? null : place + (0.5 * (before - after)) / curve;
};

const crossings = (
  image: Rgb,
  ends: readonly [Point, Point],
  { bright, reachPx }: Refinement,
): Crossing[] => {
  const [p, q] = ends;
  const length = Math.max(1, distance(p, q));
  const [dx, dy] = [(q.x - p.x) / length, (q.y - p.y) / length];
  const found: Crossing[] = [];
  const size = 2 * Math.ceil(reachPx) + 1;
  for (let i = 0; i < SAMPLES; i += 1) {
    const part = ENDS + ((1 - 2 * ENDS) * i) / (SAMPLES - 1);
    const profile = new Float64Array(size);
    for (let k = 0; k < size; k += 1) {
      const off = k - (size - 1) / 2;
      for (let along = -3; along <= 3; along += 1.5) {
        const x = p.x + dx * (part * length + along) - dy * off;
        const y = p.y + dy * (part * length + along) + dx * off;
        profile[k] = (profile[k] as number) + (bright ? 1 : -1) * lumaAt(image, x, y);
      }
    }
    const place = steepest(profile);
    if (place !== null) found.push({ t: 2 * part - 1, off: place - (size - 1) / 2 });
  }
  return found;
};

/** Weighted least squares for middle + slope·t + bow·(1 − t²). */
const solve3 = (points: readonly Crossing[], weights: readonly number[]): Fit | null => {
  const m = Array.from({ length: 3 }, () => [0, 0, 0, 0]);
  points.forEach(({ t, off }, i) => {
    const basis = [1, t, 1 - t * t];
    const w = weights[i] ?? 0;
    m.forEach((row, r) => {
      for (let c = 0; c < 3; c += 1) row[c] = (row[c] ?? 0) + w * (basis[r] ?? 0) * (basis[c] ?? 0);
      row[3] = (row[3] ?? 0) + w * (basis[r] ?? 0) * off;
    });
  });
  for (let c = 0; c < 3; c += 1) {
    const pivot = m[c] as number[];
    if (Math.abs(pivot[c] ?? 0) < 1e-9) return null;
    for (let r = 0; r < 3; r += 1) {
      const row = m[r] as number[];
      if (r === c) continue;
      const factor = (row[c] ?? 0) / (pivot[c] ?? 1);
      for (let k = c; k < 4; k += 1) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0);
    }
  }
  const [a, b, c] = m.map((row, i) => (row[3] ?? 0) / (row[i] ?? 1));
  return { middle: a ?? 0, slope: b ?? 0, bow: c ?? 0 };
};

const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

/** Tukey's biweight, reweighted until it settles: what lies off the side (a finger, a fold) loses its say. */
const fitSide = (points: readonly Crossing[]): Fit | null => {
  if (points.length < FEWEST) return null;
  let fit: Fit = { middle: medianOf(points.map(({ off }) => off)), slope: 0, bow: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const errors = points.map(({ t, off }) => off - fit.middle - fit.slope * t - fit.bow * (1 - t * t));
    const scale = Math.max(0.4, 1.4826 * medianOf(errors.map(Math.abs)));
    const weights = errors.map((error) => {
      const u = error / (4.685 * scale);
      return Math.abs(u) < 1 ? (1 - u * u) ** 2 : 0;
    });
    const next = solve3(points, weights);
    if (next === null) return null;
    fit = next;
  }
  return fit;
};

const meet = (a: readonly [Point, Point], b: readonly [Point, Point]): Point | null => {
  const [ax, ay] = [a[1].x - a[0].x, a[1].y - a[0].y];
  const [bx, by] = [b[1].x - b[0].x, b[1].y - b[0].y];
  const turn = ax * by - ay * bx;
  if (Math.abs(turn) < 1e-6) return null;
  const s = ((b[0].x - a[0].x) * by - (b[0].y - a[0].y) * bx) / turn;
  return { x: a[0].x + s * ax, y: a[0].y + s * ay };
};

/** Corners that the sides do not agree on stay where they were. */
export const refineQuad = (image: Rgb, quad: Quad, given: Refinement): RefinedQuad => {
  const sides = quad.map((p, i) => {
    const q = quad[((i + 1) % 4) as 0];
    const straight = { ends: [p, q] as readonly [Point, Point], bow: 0 };
    if (given.own[i] === false) return straight;
    const fit = fitSide(crossings(image, [p, q], given));
    if (fit === null) return straight;
    const length = Math.max(1, distance(p, q));
    const [nx, ny] = [-(q.y - p.y) / length, (q.x - p.x) / length];
    const at = (end: Point, off: number): Point => ({ x: end.x + nx * off, y: end.y + ny * off });
    return {
      ends: [at(p, fit.middle - fit.slope), at(q, fit.middle + fit.slope)] as readonly [Point, Point],
      bow: -fit.bow,
    };
  });
  const corner = (i: 0 | 1 | 2 | 3): Point => {
    const [before, after] = [sides[((i + 3) % 4) as 0], sides[i]];
    const met = before === undefined || after === undefined ? null : meet(before.ends, after.ends);
    return met !== null && distance(met, quad[i]) <= 2 * given.reachPx ? met : quad[i];
  };
  const bow = (i: 0 | 1 | 2 | 3): number => sides[i]?.bow ?? 0;
  return {
    quad: [corner(0), corner(1), corner(2), corner(3)],
    bows: [bow(0), bow(1), bow(2), bow(3)],
  };
};
