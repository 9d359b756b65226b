// Which four lines of a picture bound a sheet of paper?
import type { Tones } from "./edges.js";
import { distance, type Point, type Quad } from "./homography.js";
import { type Candidate, goesOn, judge, quadArea, type SheetQuad } from "./judge.js";
import { type EdgeLine, edgeShare } from "./lines.js";

interface Pair {
  readonly a: number;
  readonly b: number;
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
/** What edges that go on beyond all the corners take from a quad's rank. */
const GOES_ON = 0.9;
/** No paper is longer for its width, in a steep view either. */
const MOST_ASPECT = 3.2;

/** Of lines that are not parallel. */
const crossing = (a: EdgeLine, b: EdgeLine): Point => {
  const turn = a.nx * b.ny - a.ny * b.nx;
  return { x: (a.far * b.ny - b.far * a.ny) / turn, y: (b.far * a.nx - a.far * b.nx) / turn };
};

/** Part of the side from `p` to `q` on which edges lie whose brighter side is towards the inside, or is not. */
const sideSupport = (
  line: EdgeLine,
  ends: readonly [p: Point, q: Point],
  inward: boolean,
): { readonly bright: number; readonly dark: number } => {
  if (line.border !== null) return { bright: BORDER_SUPPORT, dark: BORDER_SUPPORT };
  const { bright: plus, dark: minus } = edgeShare(line, ...ends);
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

const aspectOf = ([a, b, c, d]: Quad): number => {
  const along = distance(a, b) + distance(c, d);
  const across = distance(b, c) + distance(d, a);
  return Math.max(along, across) / Math.max(1, Math.min(along, across));
};

const candidates = (
  lines: readonly EdgeLine[],
  frame: Tones,
  apartFrom: Quad | null,
): readonly Candidate[] => {
  const { width, height } = frame;
  const pairs = oppositePairs(lines, width, height);
  const inFrame = ({ x, y }: Point): boolean =>
    x >= -OUTSIDE * width &&
    y >= -OUTSIDE * height &&
    x <= (1 + OUTSIDE) * width &&
    y <= (1 + OUTSIDE) * height;
  const corner = (a: EdgeLine, b: EdgeLine): Point | null => {
    if (Math.abs(a.nx * b.nx + a.ny * b.ny) > MOST_LEAN) return null;
    const met = crossing(a, b);
    return inFrame(met) ? met : null;
  };
  const corners = lines.map((a) => lines.map((b) => corner(a, b)));
  const list = new Shortlist();
  for (let one = 0; one < pairs.length; one += 1) {
    const { a, b } = pairs[one] as Pair;
    for (let two = one + 1; two < pairs.length; two += 1) {
      const { a: c, b: d } = pairs[two] as Pair;
      if (a === c || a === d || b === c || b === d) continue;
      const p = corners[a]?.[c];
      const q = corners[c]?.[b];
      const r = corners[b]?.[d];
      const s = corners[d]?.[a];
      if (!p || !q || !r || !s) continue;
      const candidate = candidateOf(lines, [a, c, b, d], [s, p, q, r]);
      if (candidate === null) continue;
      if (apartFrom !== null && holds(apartFrom, centreOf(candidate.quad))) continue;
      const share = quadArea(candidate.quad) / (width * height);
      if (share < LEAST_AREA || aspectOf(candidate.quad) > MOST_ASPECT) continue;
      const most = candidate.rank + 0.12 * Math.log(share);
      if (most <= list.least) continue;
      const rank = most - GOES_ON * goesOn(frame, lines, candidate);
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

/** Best first; with `apartFrom` only those that have their middle outside of that one. */
export const sheetsAmong = (
  tones: Tones,
  lines: readonly EdgeLine[],
  apartFrom: Quad | null,
): readonly SheetQuad[] =>
  candidates(lines, tones, apartFrom)
    .map((candidate) => judge(tones, lines, candidate))
    .sort((a, b) => b.score - a.score);
