// Which long straight lines do the edges of a picture lie on, and where along each line are there edges?
import type { Edges } from "./edges.js";
import type { Point } from "./homography.js";

/** x·nx + y·ny = far, with (nx, ny) of length 1. A place along it is `along = -x·ny + y·nx`. */
export interface EdgeLine {
  readonly nx: number;
  readonly ny: number;
  readonly far: number;
  /** Edge pixels before each place whose brighter side is that of the normal; [0] is at `from`. */
  readonly bright: Uint16Array;
  /** The same for those whose darker side is. */
  readonly dark: Uint16Array;
  /** Place of the first entry of both lists. */
  readonly from: number;
  /** Null, or the frame's side that it is: it has no edges. */
  readonly border: "top" | "right" | "bottom" | "left" | null;
}

const clampIndex = (list: Uint16Array, at: number): number =>
  list[Math.max(0, Math.min(list.length - 1, Math.round(at)))] as number;

/** Parts of the way between two points of the line on which its edges are, by their brighter side. */
export const edgeShare = (
  line: EdgeLine,
  p: Point,
  q: Point,
): { readonly bright: number; readonly dark: number } => {
  const s = p.y * line.nx - p.x * line.ny - line.from;
  const t = q.y * line.nx - q.x * line.ny - line.from;
  const [low, high] = [Math.min(s, t), Math.max(s, t)];
  const length = Math.max(1, high - low);
  return {
    bright: (clampIndex(line.bright, high) - clampIndex(line.bright, low)) / length,
    dark: (clampIndex(line.dark, high) - clampIndex(line.dark, low)) / length,
  };
};

const STEPS = 360;
const SPREAD_STEPS = 7;
const MOST_LINES = 40;
/** Peaks beyond these are the flanks of those before them. */
const MOST_PEAKS = 160;
/** Of the shorter side: less edge than that is no side of a page. */
const LEAST_VOTES = 0.09;
/** Cosine of the largest angle between an edge's own direction and its line's. */
const AGREES = Math.cos((14 * Math.PI) / 180);
const REACH_PX = 1.8;
/** Two lines that nowhere in the frame are further apart than this are one. */
const SAME_PX = 3.5;

/** x·nx + y·ny = far. */
export interface Polar {
  readonly nx: number;
  readonly ny: number;
  readonly far: number;
}

const COS = Float64Array.from({ length: STEPS }, (_, i) => Math.cos((Math.PI * i) / STEPS));
const SIN = Float64Array.from({ length: STEPS }, (_, i) => Math.sin((Math.PI * i) / STEPS));

const BUCKETS = 36;

/** The edges in the order of their directions, so that a line has to look at a fifth of them. */
interface Sorted {
  readonly width: number;
  readonly height: number;
  /** Places and unit vectors, in that order. */
  readonly xs: Int32Array;
  readonly ys: Int32Array;
  readonly nxs: Float32Array;
  readonly nys: Float32Array;
  /** Where each bucket of 5° starts in them. */
  readonly starts: Int32Array;
}

const bucketOf = (nx: number, ny: number): number =>
  Math.floor(((Math.atan2(ny, nx) / Math.PI) * BUCKETS + 2 * BUCKETS) % BUCKETS) % BUCKETS;

const sortEdges = (edges: Edges): Sorted => {
  const { width, height, at, nx, ny } = edges;
  const count = at.length;
  const buckets = new Uint8Array(count);
  const starts = new Int32Array(BUCKETS + 1);
  for (let k = 0; k < count; k += 1) {
    const bucket = bucketOf(nx[k] as number, ny[k] as number);
    buckets[k] = bucket;
    starts[bucket + 1] = (starts[bucket + 1] as number) + 1;
  }
  for (let b = 0; b < BUCKETS; b += 1) starts[b + 1] = (starts[b + 1] as number) + (starts[b] as number);
  const next = starts.slice();
  const [xs, ys] = [new Int32Array(count), new Int32Array(count)];
  const [nxs, nys] = [new Float32Array(count), new Float32Array(count)];
  for (let k = 0; k < count; k += 1) {
    const bucket = buckets[k] as number;
    const place = next[bucket] as number;
    next[bucket] = place + 1;
    const x = (at[k] as number) % width;
    xs[place] = x;
    ys[place] = ((at[k] as number) - x) / width;
    nxs[place] = nx[k] as number;
    nys[place] = ny[k] as number;
  }
  return { width, height, xs, ys, nxs, nys, starts };
};

/** Calls `take` with each edge within `near` of the line that steps across it. */
const eachNear = (
  { xs, ys, nxs, nys, starts }: Sorted,
  line: Polar,
  near: number,
  take: (x: number, y: number, facing: number) => void,
): void => {
  const { nx, ny, far } = line;
  const middle = bucketOf(nx, ny);
  for (let d = -3; d <= 3; d += 1) {
    const bucket = (middle + d + BUCKETS) % BUCKETS;
    const end = starts[bucket + 1] as number;
    for (let o = starts[bucket] as number; o < end; o += 1) {
      const x = xs[o] as number;
      const y = ys[o] as number;
      if (Math.abs(x * nx + y * ny - far) > near) continue;
      const facing = (nxs[o] as number) * nx + (nys[o] as number) * ny;
      if (Math.abs(facing) >= AGREES) take(x, y, facing);
    }
  }
};

interface Votes {
  readonly votes: Uint16Array;
  /** Where there are enough to be looked at: few places of many. */
  readonly high: readonly number[];
}

/** Hough transform in which an edge votes only for lines of about its own direction (O'Gorman & Clowes 1976). */
const vote = (edges: Edges, reach: number, enough: number): Votes => {
  const rows = 2 * reach + 1;
  const votes = new Uint16Array(STEPS * rows);
  const high: number[] = [];
  for (let k = 0; k < edges.at.length; k += 1) {
    const i = edges.at[k] as number;
    const x = i % edges.width;
    const y = (i - x) / edges.width;
    const angle = Math.atan2(edges.ny[k] as number, edges.nx[k] as number);
    const middle = Math.round((angle / Math.PI) * STEPS);
    for (let d = -SPREAD_STEPS; d <= SPREAD_STEPS; d += 1) {
      const step = (middle + d + 2 * STEPS) % STEPS;
      // Never below zero: as whole as with Math.round, and quicker.
      const far = (x * (COS[step] as number) + y * (SIN[step] as number) + reach + 0.5) | 0;
      const bin = step * rows + far;
      const own = (votes[bin] as number) + 1;
      votes[bin] = own;
      if (own === enough) high.push(bin);
    }
  }
  return { votes, high: high.sort((a, b) => a - b) };
};

const peaks = (edges: Edges, reach: number, least: number): (Polar & { readonly votes: number })[] => {
  const rows = 2 * reach + 1;
  // The highest of three is at least a third of their sum.
  const { votes, high } = vote(edges, reach, Math.ceil(least / 3));
  const found: (Polar & { readonly votes: number })[] = [];
  for (const bin of high) {
    const row = bin % rows;
    const step = (bin - row) / rows;
    const own = votes[bin] as number;
    if (row === 0 || row === rows - 1) continue;
    if (own < (votes[bin - 1] as number) || own < (votes[bin + 1] as number)) continue;
    const here = own + (votes[bin - 1] as number) + (votes[bin + 1] as number);
    if (here < least) continue;
    const beside = (ds: number): number => {
      const other = ((step + ds + STEPS) % STEPS) * rows + row;
      return (votes[other] as number) + (votes[other - 1] as number) + (votes[other + 1] as number);
    };
    if (step > 0 && step < STEPS - 1 && (beside(-1) > here || beside(1) > here)) continue;
    found.push({ nx: COS[step] as number, ny: SIN[step] as number, far: row - reach, votes: here });
  }
  return found.sort((a, b) => b.votes - a.votes);
};

/** Largest distance of two lines inside the frame; infinite when they cross at an angle. */
const apart = (a: Polar, b: Polar, width: number, height: number): number => {
  if (Math.abs(a.nx * b.ny - a.ny * b.nx) > 0.12) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const end of [-0.5, 0, 0.5]) {
    const length = end * (Math.abs(a.ny) * width + Math.abs(a.nx) * height);
    const [cx, cy] = [width / 2, height / 2];
    const off = a.far - (cx * a.nx + cy * a.ny);
    const x = cx + off * a.nx - length * a.ny;
    const y = cy + off * a.ny + length * a.nx;
    most = Math.max(most, Math.abs(x * b.nx + y * b.ny - b.far));
  }
  return most;
};

/** Least squares through the edges near the line, so that it is right at its far ends too. */
const fitted = (sorted: Sorted, line: Polar, near: number): Polar => {
  let [n, sx, sy, sxx, sxy, syy] = [0, 0, 0, 0, 0, 0];
  eachNear(sorted, line, near, (x, y) => {
    n += 1;
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
    syy += y * y;
  });
  if (n < 8) return line;
  const [mx, my] = [sx / n, sy / n];
  const angle = 0.5 * Math.atan2(2 * (sxy / n - mx * my), sxx / n - mx * mx - (syy / n - my * my));
  const [nx, ny] = [-Math.sin(angle), Math.cos(angle)];
  return { nx, ny, far: mx * nx + my * ny };
};

const supported = (sorted: Sorted, line: Polar): EdgeLine => {
  const { width, height } = sorted;
  const ends = [0, -width * line.ny, height * line.nx, -width * line.ny + height * line.nx];
  const from = Math.floor(Math.min(...ends)) - 1;
  const length = Math.ceil(Math.max(...ends)) - from + 2;
  const [bright, dark] = [new Uint8Array(length), new Uint8Array(length)];
  eachNear(sorted, line, REACH_PX, (x, y, facing) => {
    (facing > 0 ? bright : dark)[Math.round(y * line.nx - x * line.ny) - from] = 1;
  });
  const summed = (marks: Uint8Array): Uint16Array => {
    const sums = new Uint16Array(marks.length + 1);
    for (let i = 0; i < marks.length; i += 1) {
      // Rounding leaves single places empty on slanted lines.
      const filled = marks[i] === 1 || (marks[i - 1] === 1 && marks[i + 1] === 1);
      sums[i + 1] = (sums[i] as number) + (filled ? 1 : 0);
    }
    return sums;
  };
  return { ...line, bright: summed(bright), dark: summed(dark), from, border: null };
};

const borders = (width: number, height: number): readonly EdgeLine[] => {
  const none = { bright: new Uint16Array(1), dark: new Uint16Array(1), from: 0 };
  return [
    { nx: 0, ny: 1, far: 0, border: "top", ...none },
    { nx: 1, ny: 0, far: width - 1, border: "right", ...none },
    { nx: 0, ny: 1, far: height - 1, border: "bottom", ...none },
    { nx: 1, ny: 0, far: 0, border: "left", ...none },
  ];
};

/** The longest lines first, then the frame's own four sides. */
export const linesOf = (edges: Edges): readonly EdgeLine[] => {
  const { width, height } = edges;
  const reach = Math.ceil(Math.hypot(width, height)) + 1;
  const sorted = sortEdges(edges);
  const kept: Polar[] = [];
  const best = peaks(edges, reach, LEAST_VOTES * Math.min(width, height)).slice(0, MOST_PEAKS);
  for (const peak of best) {
    if (kept.length >= MOST_LINES) break;
    if (kept.some((line) => apart(line, peak, width, height) < SAME_PX)) continue;
    const line = fitted(sorted, peak, 2.5);
    if (kept.some((other) => apart(other, line, width, height) < SAME_PX)) continue;
    kept.push(line);
  }
  return [...kept.map((line) => supported(sorted, line)), ...borders(width, height)];
};

/** The lines of these, each once, then the frame's own four sides. */
export const linesAlong = (edges: Edges, given: readonly Polar[]): readonly EdgeLine[] => {
  const { width, height } = edges;
  const sorted = sortEdges(edges);
  const kept: Polar[] = [];
  for (const line of given)
    if (kept.every((other) => apart(other, line, width, height) >= SAME_PX)) kept.push(line);
  return [...kept.map((line) => supported(sorted, line)), ...borders(width, height)];
};
