// Which four lines of a picture bound a sheet of paper?
import type { Tones } from "./edges.js";
import type { Point, Quad } from "./homography.js";
import type { EdgeLine } from "./lines.js";

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

interface Pair {
  readonly a: number;
  readonly b: number;
}

interface Candidate {
  readonly lines: readonly [number, number, number, number];
  readonly quad: Quad;
  readonly support: number;
  readonly rank: number;
}

/** Opposite sides of a sheet seen from the side differ in direction by up to this. */
const MOST_SKEW = Math.sin((34 * Math.PI) / 180);
/** Neighbouring sides meet at 90° ± this. */
const MOST_LEAN = Math.sin((38 * Math.PI) / 180);
/** A sheet's smallest width and smallest share of the frame: an ID-1 card under a camera made for A4. */
const LEAST_WIDTH = 0.07;
const LEAST_AREA = 0.012;
/** Corners may lie outside of the frame by this part of it: the rest of the page can be guessed. */
const OUTSIDE = 0.1;
const LEAST_SUPPORT = 0.3;
const LEAST_MEAN_SUPPORT = 0.5;
const MOST_CANDIDATES = 56;
/** What a side counts that the frame cuts: as much as a poor edge. */
const BORDER_SUPPORT = 0.45;
const SAMPLES = 24;
/** A step of this height counts half of the highest. */
const HALF_STEP = 12;
/** The strip beside a side that is looked at, in pixels, and as a part of the sheet's shorter side at most. */
const NEAR_PX = 4;
const NEAR_PART = 0.03;

export const quadArea = (quad: Quad): number =>
  Math.abs(
    quad.reduce((sum, p, i) => {
      const next = quad[(i + 1) % 4] ?? p;
      return sum + p.x * next.y - next.x * p.y;
    }, 0) / 2,
  );

const crossing = (a: EdgeLine, b: EdgeLine): Point | null => {
  const turn = a.nx * b.ny - a.ny * b.nx;
  if (Math.abs(turn) < 0.35) return null;
  return { x: (a.far * b.ny - b.far * a.ny) / turn, y: (b.far * a.nx - a.far * b.nx) / turn };
};

const clampIndex = (list: Uint16Array, at: number): number =>
  list[Math.max(0, Math.min(list.length - 1, Math.round(at)))] as number;

/** Part of the side from `p` to `q` on which edges lie whose brighter side is towards the inside, or is not. */
const sideSupport = (
  line: EdgeLine,
  ends: readonly [p: Point, q: Point],
  inward: boolean,
): { readonly bright: number; readonly dark: number } => {
  if (line.border !== null) return { bright: BORDER_SUPPORT, dark: BORDER_SUPPORT };
  const [s, t] = ends.map((p) => p.y * line.nx - p.x * line.ny - line.from) as [number, number];
  const [low, high] = [Math.min(s, t), Math.max(s, t)];
  const length = Math.max(1, high - low);
  const plus = (clampIndex(line.bright, high) - clampIndex(line.bright, low)) / length;
  const minus = (clampIndex(line.dark, high) - clampIndex(line.dark, low)) / length;
  return inward ? { bright: plus, dark: minus } : { bright: minus, dark: plus };
};

const centreOf = (quad: Quad): Point => ({
  x: quad.reduce((sum, { x }) => sum + x, 0) / 4,
  y: quad.reduce((sum, { y }) => sum + y, 0) / 4,
});

const oppositePairs = (lines: readonly EdgeLine[], width: number, height: number): readonly Pair[] => {
  const pairs: Pair[] = [];
  const least = LEAST_WIDTH * Math.min(width, height);
  lines.forEach((a, i) => {
    for (let j = i + 1; j < lines.length; j += 1) {
      const b = lines[j] as EdgeLine;
      if (Math.abs(a.nx * b.ny - a.ny * b.nx) > MOST_SKEW) continue;
      const turn = a.nx * b.nx + a.ny * b.ny < 0 ? -1 : 1;
      const [cx, cy] = [width / 2, height / 2];
      const apart = a.far - cx * a.nx - cy * a.ny - turn * (b.far - cx * b.nx - cy * b.ny);
      if (Math.abs(apart) >= least) pairs.push({ a: i, b: j });
    }
  });
  return pairs;
};

/** Clockwise on the picture, whose y points down. */
const clockwise = (quad: Quad): boolean =>
  quad.every((p, i) => {
    const q = quad[(i + 1) % 4] ?? p;
    const r = quad[(i + 2) % 4] ?? p;
    return (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x) > 0;
  });

/** Keeps the best few of many. */
class Shortlist {
  readonly #kept: Candidate[] = [];
  least = Number.NEGATIVE_INFINITY;
  add(candidate: Candidate): void {
    this.#kept.push(candidate);
    if (this.#kept.length < 2 * MOST_CANDIDATES) return;
    this.#kept.sort((a, b) => b.rank - a.rank).splice(MOST_CANDIDATES);
    this.least = this.#kept.at(-1)?.rank ?? this.least;
  }
  best(): readonly Candidate[] {
    return this.#kept.sort((a, b) => b.rank - a.rank).slice(0, MOST_CANDIDATES);
  }
}

/** Whether the point lies inside of a clockwise quad. */
export const holds = (quad: Quad, { x, y }: Point): boolean =>
  quad.every((p, i) => {
    const q = quad[(i + 1) % 4] ?? p;
    return (q.x - p.x) * (y - p.y) - (q.y - p.y) * (x - p.x) > 0;
  });

const candidates = (
  lines: readonly EdgeLine[],
  { width, height }: Tones,
  apartFrom: Quad | null,
): readonly Candidate[] => {
  const pairs = oppositePairs(lines, width, height);
  const crossings = lines.map((a) => lines.map((b) => crossing(a, b)));
  const inFrame = (p: Point | null | undefined): p is Point =>
    p !== null &&
    p !== undefined &&
    p.x >= -OUTSIDE * width &&
    p.y >= -OUTSIDE * height &&
    p.x <= (1 + OUTSIDE) * width &&
    p.y <= (1 + OUTSIDE) * height;
  const list = new Shortlist();
  for (let one = 0; one < pairs.length; one += 1) {
    const { a, b } = pairs[one] as Pair;
    for (let two = one + 1; two < pairs.length; two += 1) {
      const { a: c, b: d } = pairs[two] as Pair;
      if (a === c || a === d || b === c || b === d) continue;
      const p = crossings[a]?.[c];
      if (!inFrame(p)) continue;
      const [q, r, s] = [crossings[c]?.[b], crossings[b]?.[d], crossings[d]?.[a]];
      if (!inFrame(q) || !inFrame(r) || !inFrame(s)) continue;
      const candidate = candidateOf(lines, [a, c, b, d], [s, p, q, r]);
      if (candidate === null) continue;
      if (apartFrom !== null && holds(apartFrom, centreOf(candidate.quad))) continue;
      const share = quadArea(candidate.quad) / (width * height);
      if (share < LEAST_AREA) continue;
      const rank = candidate.rank + 0.12 * Math.log(share);
      if (rank > list.least) list.add({ ...candidate, rank });
    }
  }
  return list.best();
};

/** `corners`: where each side starts. */
const candidateOf = (
  lines: readonly EdgeLine[],
  sides: readonly [number, number, number, number],
  corners: Quad,
): Candidate | null => {
  const turned = clockwise(corners);
  const quad: Quad = turned ? corners : [corners[0], corners[3], corners[2], corners[1]];
  if (!turned && !clockwise(quad)) return null;
  const order = turned ? sides : ([sides[3], sides[2], sides[1], sides[0]] as const);
  const centre = centreOf(quad);
  let [bright, dark, least, own] = [0, 0, 1, 0];
  for (let i = 0; i < 4; i += 1) {
    const line = lines[order[i as 0]] as EdgeLine;
    const before = lines[order[((i + 3) % 4) as 0]] as EdgeLine;
    if (Math.abs(line.nx * before.nx + line.ny * before.ny) > MOST_LEAN) return null;
    const inward = centre.x * line.nx + centre.y * line.ny > line.far;
    const support = sideSupport(line, [quad[i as 0], quad[((i + 1) % 4) as 0]], inward);
    const best = Math.max(support.bright, support.dark);
    if (line.border === null) own += 1;
    if (best < LEAST_SUPPORT) return null;
    least = Math.min(least, best);
    bright += support.bright;
    dark += support.dark;
  }
  const support = Math.max(bright, dark - 0.2) / 4;
  if (own < 2 || support < LEAST_MEAN_SUPPORT * 0.9) return null;
  return { lines: order, quad, support, rank: support + 0.4 * least };
};

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

const judge = (tones: Tones, lines: readonly EdgeLine[], candidate: Candidate): SheetQuad => {
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
  return {
    quad,
    borders,
    score:
      candidate.rank +
      1.1 * steps -
      0.8 * rough -
      0.7 * odd -
      0.7 * jump +
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

/** Best first; with `apartFrom` only those that have their middle outside of that one. */
export const sheetsAmong = (
  tones: Tones,
  lines: readonly EdgeLine[],
  apartFrom: Quad | null,
): readonly SheetQuad[] =>
  candidates(lines, tones, apartFrom)
    .map((candidate) => judge(tones, lines, candidate))
    .sort((a, b) => b.score - a.score);
