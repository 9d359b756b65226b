// How much does what lies within four lines look like a sheet of paper?
import type { Edges, Tones } from "./edges.js";
import { distance, type Point, type Quad } from "./homography.js";
import { type EdgeLine, edgeShare } from "./lines.js";

export interface SheetQuad {
  /** In pixels of the small picture, clockwise. */
  readonly quad: Quad;
  /** The side from each corner to the next. */
  readonly borders: readonly EdgeLine["border"][];
  /** How sure it is that this is a sheet; comparable between the quads of one picture. */
  readonly score: number;
  /** Mean edge along the sides that are not the frame's own, 0 … 1. */
  readonly support: number;
  /** Median step of log brightness over the sides that are not the frame's own. */
  readonly contrast: number;
  /** Whether the inside is the brighter one. */
  readonly bright: boolean;
  /** The least step of any side that is not the frame's own; below zero where the outside is the brighter one. */
  readonly weakest: number;
  /** Log brightness of its paper. */
  readonly tone: number;
  /** How much the strip along the sides differs from what lies further in, in log steps. */
  readonly jump: number;
}

/** Four lines that may bound a sheet. */
export interface Candidate {
  readonly lines: readonly [number, number, number, number];
  readonly quad: Quad;
  readonly support: number;
  readonly rank: number;
}

const SAMPLES = 24;
/** A step of this height counts half of the highest. */
const HALF_STEP = 12;
/** The strip beside a side that is looked at, in pixels, and as a part of the sheet's shorter side at most. */
const NEAR_PX = 4;
const NEAR_PART = 0.03;
/** What an inside of many colours takes from a sheet's score. */
const UNEVEN = 0.6;
/** Noise and the lines of print make steps up to this. */
const EVEN_STEP = 8;

export const quadArea = (quad: Quad): number =>
  Math.abs(
    quad.reduce((sum, p, i) => {
      const next = quad[(i + 1) % 4] ?? p;
      return sum + p.x * next.y - next.x * p.y;
    }, 0) / 2,
  );

interface SideLook {
  /** How much brighter the inside is than what lies beyond the outside's edge, in log steps. */
  readonly step: number;
  /** Unevenness along the strip inside. */
  readonly rough: number;
  /** How much the strip differs from the paper further in. */
  readonly jump: number;
  readonly log: number;
  readonly red: number;
  readonly blue: number;
}

const medianOf = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
};

/** Multiples of the strip's distance. A joint, a shadow or a printed frame of two lines is narrower than three. */
const OUTSIDE_AT = [-1, -2, -3, -4, -5] as const;
/** Between lines of print there is paper: the brightest of these is it. */
const DEEPER_AT = [3, 4, 5, 6] as const;

/** What lies on both sides of a quad's side. */
const lookAtSide = (tones: Tones, [p, q]: readonly [Point, Point], near: number): SideLook => {
  const { width, height, log, red, blue } = tones;
  const length = Math.max(1, Math.hypot(q.x - p.x, q.y - p.y));
  const [dx, dy] = [(q.x - p.x) / length, (q.y - p.y) / length];
  const steps: number[] = [];
  const tone: number[] = [];
  const reds: number[] = [];
  const blues: number[] = [];
  const jumps: number[] = [];
  for (let i = 0; i < SAMPLES; i += 1) {
    const t = length * (0.06 + (0.88 * i) / (SAMPLES - 1));
    const at = (times: number): number => {
      // Clockwise with y down: the inside is to the right of the way from p to q.
      const x = Math.round(p.x + dx * t - dy * near * times);
      const y = Math.round(p.y + dy * t + dx * near * times);
      return x < 0 || y < 0 || x >= width || y >= height ? -1 : y * width + x;
    };
    const [one, two] = [at(1), at(2)];
    if (one < 0 || two < 0) continue;
    const mean = (list: Uint8Array): number => ((list[one] as number) + (list[two] as number)) / 2;
    const [here, r, b] = [mean(log), mean(red), mean(blue)];
    tone.push(here);
    reds.push(r);
    blues.push(b);
    const deeper = DEEPER_AT.map(at).filter((place) => place >= 0);
    if (deeper.length > 0)
      jumps.push(Math.abs(here - Math.max(...deeper.map((place) => log[place] as number))));
    const outside = OUTSIDE_AT.map(at).filter((place) => place >= 0);
    if (outside.length === 0) continue;
    const beyond = medianOf(outside.map((place) => log[place] as number));
    const far = outside[outside.length >> 1] as number;
    const colour = Math.abs(r - (red[far] as number)) + Math.abs(b - (blue[far] as number));
    const fall = here - beyond;
    steps.push(fall + Math.sign(fall) * 0.5 * colour);
  }
  return {
    step: medianOf(steps),
    rough: medianOf(tone.slice(1).map((value, i) => Math.abs(value - (tone[i] ?? 0)))),
    jump: medianOf(jumps),
    log: medianOf(tone),
    red: medianOf(reds),
    blue: medianOf(blues),
  };
};

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

/** How far beyond a corner an edge is followed: a part of its side, and this many pixels at most. */
const BEYOND_PART = 0.3;
const BEYOND_PX = 60;
/** A corner is worn, bent or held, and its blur reaches on for some pixels. */
const CORNER_PX = 4;
const FEWEST_BEYOND = 8;

/** Ways beyond the corners of the quad's side `i`, as far as there is room for them in the frame. */
const waysBeyond = (
  quad: Quad,
  i: number,
  { width, height }: { readonly width: number; readonly height: number },
): readonly (readonly [Point, Point])[] => {
  const [p, q] = [quad[i as 0], quad[((i + 1) % 4) as 0]];
  const length = Math.max(1, distance(p, q));
  const reach = Math.min(BEYOND_PX, BEYOND_PART * length) + CORNER_PX;
  const ends = [
    [p, -1],
    [q, 1],
  ] as const;
  return ends.flatMap(([end, sign]) => {
    const [dx, dy] = [(sign * (q.x - p.x)) / length, (sign * (q.y - p.y)) / length];
    const most = Math.min(reach, roomBefore(end.x, dx, width), roomBefore(end.y, dy, height));
    const at = (px: number): Point => ({ x: end.x + px * dx, y: end.y + px * dy });
    return most < CORNER_PX + FEWEST_BEYOND ? [] : [[at(CORNER_PX), at(most)] as const];
  });
};

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;

/**
 * Mean part of the way beyond the corners on which the sides' edges go on, 0 … 1. Those of joints, stripes and walls
 * do; a sheet's end at its corners.
 */
export const goesOn = (
  frame: Tones,
  lines: readonly EdgeLine[],
  { lines: sides, quad }: Pick<Candidate, "lines" | "quad">,
): number =>
  meanOf(
    sides.flatMap((side, i) => {
      const line = lines[side] as EdgeLine;
      if (line.border !== null) return [];
      return waysBeyond(quad, i, frame).map((way) => {
        const share = edgeShare(line, ...way);
        return Math.min(1, share.bright + share.dark);
      });
    }),
  );

/** Cosine of the largest angle between a side and an edge that goes on from it, and how far off that may be. */
const SAME_WAY = Math.cos((14 * Math.PI) / 180);
const OFF_PX = [0, -1, 1, -2, 2] as const;

/** The same by other edges than those that the sides were found on: strong ones break off where a joint gets fainter. */
export const goesOnIn = (edges: Edges, { quad, borders }: SheetQuad): number =>
  meanOf(
    quad.flatMap((_, i) =>
      borders[i] !== null ? [] : waysBeyond(quad, i, edges).map(([from, to]) => edgePart(edges, from, to)),
    ),
  );

const edgePart = (edges: Edges, from: Point, to: Point): number => {
  const length = Math.max(1, Math.round(distance(from, to)));
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  let along = 0;
  for (let step = 0; step <= length; step += 1) {
    const isEdge = OFF_PX.some((off) => {
      const x = Math.round(from.x + step * dx - off * dy);
      const y = Math.round(from.y + step * dy + off * dx);
      if (x < 0 || y < 0 || x >= edges.width || y >= edges.height) return false;
      const k = (edges.index[y * edges.width + x] as number) - 1;
      return k >= 0 && Math.abs((edges.nx[k] as number) * dy - (edges.ny[k] as number) * dx) > SAME_WAY;
    });
    if (isEdge) along += 1;
  }
  return along / (length + 1);
};

/** How far it is from `at` to the frame's edge in steps of `step`. */
const roomBefore = (at: number, step: number, size: number): number =>
  step > 0 ? (size - 1 - at) / step : step < 0 ? -at / step : Number.POSITIVE_INFINITY;

const GRID = 12;

/** Median step of log brightness and colour from one place of the inside to the next. Print covers less than half. */
const unevenness = ({ width, height, log, red, blue }: Tones, quad: Quad): number => {
  const [a, b, c, d] = quad;
  const steps: number[] = [];
  let before = -1;
  for (let row = 0; row < GRID; row += 1)
    for (let column = 0; column < GRID; column += 1) {
      const [u, v] = [(column + 0.5) / GRID, (row + 0.5) / GRID];
      const x = Math.round((1 - v) * ((1 - u) * a.x + u * b.x) + v * ((1 - u) * d.x + u * c.x));
      const y = Math.round((1 - v) * ((1 - u) * a.y + u * b.y) + v * ((1 - u) * d.y + u * c.y));
      const at = x < 0 || y < 0 || x >= width || y >= height ? -1 : y * width + x;
      if (at >= 0 && before >= 0 && column > 0)
        steps.push(
          Math.abs((log[at] as number) - (log[before] as number)) +
            Math.abs((red[at] as number) - (red[before] as number)) +
            Math.abs((blue[at] as number) - (blue[before] as number)),
        );
      before = at;
    }
  return medianOf(steps);
};

export const judge = (tones: Tones, lines: readonly EdgeLine[], candidate: Candidate): SheetQuad => {
  const { quad } = candidate;
  const borders = candidate.lines.map((line) => lines[line]?.border ?? null);
  const lengths = quad.map((p, i) =>
    Math.hypot(p.x - quad[((i + 1) % 4) as 0].x, p.y - quad[((i + 1) % 4) as 0].y),
  );
  const near = Math.max(2, Math.min(NEAR_PX, NEAR_PART * Math.min(...lengths)));
  const looks = quad.map((p, i) => lookAtSide(tones, [p, quad[((i + 1) % 4) as 0]], near));
  const own = looks.filter((_, i) => borders[i] === null);
  const bright = own.map(({ step }) => step);
  const height = (step: number): number => Math.max(0, step) / (Math.max(0, step) + HALF_STEP);
  const raised = bright.map(height);
  const sunk = bright.map((step) => 0.75 * height(-step));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  // A sheet stands off what is around it on all its sides.
  const even = (values: readonly number[]): number =>
    0.6 * (sum(values) / values.length) + 0.4 * Math.min(...values);
  const steps = Math.max(even(raised), even(sunk));
  const rough = sum(looks.map((look) => Math.min(1, look.rough / 9))) / 4;
  const jump = sum(looks.map((look) => Math.min(1, look.jump / 14))) / 4;
  const odd = Math.min(1, (spread(looks.map(({ red }) => red)) + spread(looks.map(({ blue }) => blue))) / 40);
  const share = quadArea(quad) / (tones.width * tones.height);
  const uneven = Math.max(0, Math.min(1, (unevenness(tones, quad) - EVEN_STEP) / 30));
  return {
    quad,
    borders,
    score:
      candidate.rank +
      1.1 * steps -
      0.8 * rough -
      0.7 * odd -
      0.7 * jump -
      UNEVEN * uneven +
      0.1 * Math.log(share) -
      0.15 * (4 - own.length),
    support: candidate.support,
    contrast: medianOf(bright.map(Math.abs)),
    bright: even(raised) >= even(sunk),
    weakest: Math.min(...bright),
    tone: sum(looks.map(({ log }) => log)) / 4,
    jump: sum(looks.map((look) => look.jump)) / 4,
  };
};
