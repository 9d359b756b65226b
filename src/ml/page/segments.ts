// Which unbroken straight edges meet at corners, as a sheet's sides do?
//
// Among a table's many long lines (stripes, joints, grain, rows of print) a sheet's sides are no longer than the
// others. But each runs from corner to corner without a gap.
import type { Edges } from "./edges.js";
import { distance, type Point } from "./homography.js";
import { type EdgeLine, linesAlong } from "./lines.js";

export interface Segment {
  readonly ends: readonly [Point, Point];
  readonly length: number;
  /** Its line, with x·nx + y·ny = far, the brighter side being the normal's. */
  readonly nx: number;
  readonly ny: number;
  readonly far: number;
}

/** Cosine of the largest angle between an edge pixel's direction and its run's. */
const AGREES = Math.cos((24 * Math.PI) / 180);
const AGREES_CLOSELY = Math.cos((9 * Math.PI) / 180);
/** A run that strays further from its line than this is a curve. */
const MOST_STRAY_PX = 1.1;
const FEWEST_PX = 10;
const MOST_RUNS = 180;
/** Where stripes end at a side, and where letters touch it, edges break for a few pixels. */
const MOST_GAP_PX = 9;
const SAME_LINE_PX = 2;
const SAME_WAY = Math.cos((4 * Math.PI) / 180);
/** Of the frame's shorter side: less is no side of a sheet. */
const LEAST_LENGTH = 0.055;
/** How far the ends of two sides may be from their corner: it is rounded, and its edges are blurred away. */
const CORNER_PX = 8;
/** Sine of the least angle at a sheet's corner. */
const CORNER_TURN = Math.sin((50 * Math.PI) / 180);
const MOST_SIDES = 24;

/** A segment through the edge pixels of one run; null where they are a curve or a few only. */
const segmentOf = (edges: Edges, run: readonly number[]): Segment | null => {
  const n = run.length;
  if (n < FEWEST_PX) return null;
  let [sx, sy, sxx, sxy, syy, gx, gy] = [0, 0, 0, 0, 0, 0, 0];
  for (const k of run) {
    const x = (edges.at[k] as number) % edges.width;
    const y = ((edges.at[k] as number) - x) / edges.width;
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
    syy += y * y;
    gx += edges.nx[k] as number;
    gy += edges.ny[k] as number;
  }
  const [mx, my] = [sx / n, sy / n];
  const [vxx, vxy, vyy] = [sxx / n - mx * mx, sxy / n - mx * my, syy / n - my * my];
  const angle = 0.5 * Math.atan2(2 * vxy, vxx - vyy);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  if (Math.sqrt(Math.max(0, vxx * dy * dy - 2 * vxy * dx * dy + vyy * dx * dx)) > MOST_STRAY_PX) return null;
  let [low, high] = [0, 0];
  for (const k of run) {
    const x = (edges.at[k] as number) % edges.width;
    const y = ((edges.at[k] as number) - x) / edges.width;
    const along = (x - mx) * dx + (y - my) * dy;
    low = Math.min(low, along);
    high = Math.max(high, along);
  }
  const sign = gy * dx - gx * dy < 0 ? -1 : 1;
  const [nx, ny] = [-dy * sign, dx * sign];
  return {
    ends: [
      { x: mx + low * dx, y: my + low * dy },
      { x: mx + high * dx, y: my + high * dy },
    ],
    length: high - low,
    nx,
    ny,
    far: mx * nx + my * ny,
  };
};

/** Neighbouring edge pixels of about the seed's direction; marks them as taken. */
const runFrom = (edges: Edges, seed: number, taken: Uint8Array, agrees: number): readonly number[] => {
  const { width, height, at, index } = edges;
  taken[seed] = 1;
  const run = [seed];
  let [gx, gy] = [edges.nx[seed] as number, edges.ny[seed] as number];
  for (let next = 0; next < run.length; next += 1) {
    const place = at[run[next] as number] as number;
    const x = place % width;
    const y = (place - x) / width;
    for (let qy = Math.max(0, y - 1); qy <= Math.min(height - 1, y + 1); qy += 1)
      for (let qx = Math.max(0, x - 1); qx <= Math.min(width - 1, x + 1); qx += 1) {
        const k = (index[qy * width + qx] as number) - 1;
        if (k < 0 || taken[k] === 1) continue;
        const [nx, ny] = [edges.nx[k] as number, edges.ny[k] as number];
        if (nx * gx + ny * gy < agrees * Math.hypot(gx, gy)) continue;
        taken[k] = 1;
        run.push(k);
        gx += nx;
        gy += ny;
      }
  }
  return run;
};

/** Straight runs (after Grompone von Gioi et al. 2010, "LSD"). */
const runsOf = (edges: Edges): readonly Segment[] => {
  const taken = new Uint8Array(edges.at.length);
  const found: Segment[] = [];
  for (let seed = 0; seed < taken.length; seed += 1) {
    if (taken[seed] === 1) continue;
    const run = runFrom(edges, seed, taken, AGREES);
    let segment = segmentOf(edges, run);
    if (segment === null && run.length >= 2 * FEWEST_PX) {
      // A stripe that ends at a side under a small angle is taken for its bend.
      for (const k of run) taken[k] = 0;
      segment = segmentOf(edges, runFrom(edges, seed, taken, AGREES_CLOSELY));
    }
    if (segment !== null) found.push(segment);
  }
  return found.sort((a, b) => b.length - a.length).slice(0, MOST_RUNS);
};

const gapBetween = (a: Segment, b: Segment): number =>
  Math.min(...a.ends.flatMap((p) => b.ends.map((q) => distance(p, q))));

const goesWith = (a: Segment, b: Segment): boolean =>
  a.nx * b.nx + a.ny * b.ny > SAME_WAY &&
  b.ends.every(({ x, y }) => Math.abs(x * a.nx + y * a.ny - a.far) < SAME_LINE_PX) &&
  gapBetween(a, b) <= MOST_GAP_PX;

/** Both as one; their outermost ends count. */
const joined = (a: Segment, b: Segment): Segment => {
  const along = ({ x, y }: Point): number => y * a.nx - x * a.ny;
  const ends = [...a.ends, ...b.ends].sort((p, q) => along(p) - along(q));
  const [p, q] = [ends[0] as Point, ends[3] as Point];
  const length = Math.max(1, distance(p, q));
  const [nx, ny] = [(q.y - p.y) / length, -(q.x - p.x) / length];
  const sign = nx * a.nx + ny * a.ny < 0 ? -1 : 1;
  return { ends: [p, q], length, nx: sign * nx, ny: sign * ny, far: sign * (p.x * nx + p.y * ny) };
};

/** Long straight runs of edges, the longest first. */
export const segmentsOf = (edges: Edges): readonly Segment[] => {
  const left = [...runsOf(edges)];
  const whole: Segment[] = [];
  while (left.length > 0) {
    let segment = left.shift() as Segment;
    for (;;) {
      const other = left.findIndex((next) => goesWith(segment, next));
      if (other < 0) break;
      segment = joined(segment, left[other] as Segment);
      left.splice(other, 1);
    }
    whole.push(segment);
  }
  const least = LEAST_LENGTH * Math.min(edges.width, edges.height);
  return whole.filter(({ length }) => length >= least).sort((a, b) => b.length - a.length);
};

/** Whether `a` ends at `end` where `b` ends too. */
const meetsAt = (a: Segment, end: Point, b: Segment): boolean => {
  const turn = a.nx * b.ny - a.ny * b.nx;
  if (Math.abs(turn) < CORNER_TURN) return false;
  const corner = { x: (a.far * b.ny - b.far * a.ny) / turn, y: (b.far * a.nx - a.far * b.nx) / turn };
  return distance(corner, end) < CORNER_PX && b.ends.some((other) => distance(corner, other) < CORNER_PX);
};

/** The lines of the segments that end at corners: with two of them first, then the frame's own four sides. */
export const corneredLines = (edges: Edges): readonly EdgeLine[] => {
  const segments = segmentsOf(edges);
  const corners = (a: Segment): number =>
    a.ends.filter((end) => segments.some((b) => b !== a && meetsAt(a, end, b))).length;
  const sides = segments
    .map((segment) => ({ segment, count: corners(segment) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || b.segment.length - a.segment.length);
  return linesAlong(
    edges,
    sides.slice(0, MOST_SIDES).map(({ segment }) => segment),
  );
};
