// Does the paper go on beyond a side that was taken for its edge?
//
// A frame printed on a sheet has four clear sides too. But outside of it the same paper goes on, and further out,
// parallel to it, that paper ends.
import type { Tones } from "./edges.js";
import { applyHomography, homography, type Point, type Quad } from "./homography.js";

const SAMPLES = 32;
/** Corners are left out: other sides' lines meet there. */
const ENDS = 0.06;
/** How far out the paper's end is looked for: a part of the sheet seen across the side. */
const REACH = 0.16;
const LEAST_REACH_PX = 8;
/** A printed line and its blur. */
const LINE_PX = 3.5;
const LINE_PART = 0.012;
const BAND_PX = 2;
/** The same paper, in log steps and in colour; light falls off a little on the way. */
const SAME_TONE = 9;
const SAME_COLOUR = 14;
/** Parts of the side along which there is paper, or is none any more. */
const IS_PAPER = 0.72;
const IS_TABLE = 0.4;
/** Between lines of print there is paper: the brightest of these, in pixels towards the inside, is it. */
const INSIDE_PX = [2, 3, 4, 5, 6, 7, 8, 9] as const;
const LEAST_STEP = 10;
/** By how much the two ends of a side may move differently: a part of the way, and pixels. */
const ASKEW_PART = 0.3;
const ASKEW_PX = 3.5;

const SQUARE: Quad = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

/** The tones at a place; null outside of the frame. */
type Look = (along: number, outPx: number) => readonly [log: number, red: number, blue: number] | null;

interface Side {
  readonly look: Look;
  /** Where a place `along` the side and `outPx` beyond it lies. */
  readonly place: (along: number, outPx: number) => Point;
  readonly reachPx: number;
  readonly linePx: number;
}

/** The first side of a quad, seen in the quad's own perspective. */
const sideOf = (tones: Tones, quad: Quad): Side | null => {
  const h = homography(SQUARE, quad);
  if (h === null) return null;
  const [a, b, c, d] = quad;
  const depth = Math.max(1, (Math.hypot(d.x - a.x, d.y - a.y) + Math.hypot(c.x - b.x, c.y - b.y)) / 2);
  const place = (along: number, outPx: number): Point => applyHomography(h, { x: along, y: -outPx / depth });
  return {
    place,
    reachPx: Math.max(LEAST_REACH_PX, REACH * depth),
    linePx: LINE_PX + LINE_PART * depth,
    look: (along, outPx) => {
      const p = place(along, outPx);
      const [x, y] = [Math.round(p.x), Math.round(p.y)];
      if (x < 0 || y < 0 || x >= tones.width || y >= tones.height) return null;
      const at = y * tones.width + x;
      return [tones.log[at] as number, tones.red[at] as number, tones.blue[at] as number];
    },
  };
};

/** For each place along the side: whether it is the sheet's own paper at that many pixels beyond; null where unseen. */
type PaperAt = (sample: number, outPx: number) => boolean | null;

const alongOf = (sample: number): number => ENDS + ((1 - 2 * ENDS) * sample) / (SAMPLES - 1);

const paperBeside = ({ look }: Side): PaperAt => {
  const papers = Array.from({ length: SAMPLES }, (_, i) => {
    let paper: ReturnType<Look> = null;
    for (const px of INSIDE_PX) {
      const seen = look(alongOf(i), -px);
      if (seen !== null && (paper === null || seen[0] > paper[0])) paper = seen;
    }
    return paper;
  });
  return (sample, outPx) => {
    const [paper, seen] = [papers[sample], look(alongOf(sample), outPx)];
    if (paper === null || paper === undefined || seen === null) return null;
    return (
      Math.abs(seen[0] - paper[0]) <= SAME_TONE &&
      Math.abs(seen[1] - paper[1]) + Math.abs(seen[2] - paper[2]) <= SAME_COLOUR
    );
  };
};

/** Part of the side's places that are paper that far out; null where most are out of the frame. */
const paperShare = (paper: PaperAt, outPx: number): number | null => {
  let [seen, same] = [0, 0];
  for (let i = 0; i < SAMPLES; i += 1) {
    const is = paper(i, outPx);
    if (is === null) continue;
    seen += 1;
    if (is) same += 1;
  }
  return seen < 0.7 * SAMPLES ? null : same / seen;
};

/** Pixels beyond the side where its paper ends for good; null where there is none, infinite where it does not end. */
const endOfPaper = (side: Side, paper: PaperAt): number | null => {
  let [band, gap, end] = [0, 0, 0];
  for (let out = 1; out <= side.reachPx + side.linePx; out += 1) {
    const share = paperShare(paper, out);
    if (share === null) return null;
    if (share >= IS_PAPER) {
      if (out > side.reachPx) return Number.POSITIVE_INFINITY;
      [band, gap, end] = [band + 1, 0, out];
    } else gap += share <= IS_TABLE ? 1 : 0.5;
    if (gap > side.linePx) return band >= BAND_PX ? end : null;
  }
  return null;
};

const medianOf = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
};

/** Where the paper ends at both ends of the side, for one that may not be quite parallel to its edge. */
const slopeOf = (paper: PaperAt, end: number, linePx: number): readonly [number, number] | null => {
  const ends = Array.from({ length: SAMPLES }, (_, i) => {
    let last = -1;
    for (let out = Math.max(1, Math.floor(end - linePx)); out <= end + ASKEW_PX; out += 1)
      if (paper(i, out) === true) last = out;
    return last;
  });
  const half = SAMPLES >> 1;
  const left = medianOf(ends.slice(0, half).filter((out) => out > 0));
  const right = medianOf(ends.slice(half).filter((out) => out > 0));
  if (left === null || right === null) return null;
  // The halves' middles lie at a quarter and three quarters of the side.
  const slope = Math.abs(right - left) <= 1 ? 0 : right - left;
  const middle = (left + right) / 2 + 0.5;
  return [middle - slope, middle + slope];
};

/** The outer edge of the sheet's shadow on a table of the same white was taken for the sheet's. */
const insideShadow = (side: Side, paper: PaperAt): readonly [Point, Point] | null => {
  for (let out = -1; out >= -side.linePx; out -= 1) {
    if ((paperShare(paper, out) ?? 0) < IS_PAPER) continue;
    return out > -BAND_PX ? null : [side.place(0, out + 0.5), side.place(1, out + 0.5)];
  }
  return null;
};

/** Both ends of the paper's true side, or null where the quad's first side is it. */
const grownSide = (tones: Tones, quad: Quad): readonly [Point, Point] | null => {
  const side = sideOf(tones, quad);
  if (side === null) return null;
  const paper = paperBeside(side);
  const end = endOfPaper(side, paper);
  if (end === null) return null;
  if (end === Number.POSITIVE_INFINITY) return insideShadow(side, paper);
  const ends = slopeOf(paper, end, side.linePx);
  if (ends === null || Math.abs(ends[0] - ends[1]) > ASKEW_PART * end + ASKEW_PX) return null;
  const steps: number[] = [];
  for (let i = 0; i < SAMPLES; i += 1) {
    const along = alongOf(i);
    const at = ends[0] + along * (ends[1] - ends[0]);
    const [inside, outside] = [side.look(along, at - 2), side.look(along, at + 3)];
    if (inside !== null && outside !== null)
      steps.push(
        Math.abs(inside[0] - outside[0]) +
          0.5 * (Math.abs(inside[1] - outside[1]) + Math.abs(inside[2] - outside[2])),
      );
  }
  if ((medianOf(steps) ?? 0) < LEAST_STEP) return null;
  return [side.place(0, ends[0]), side.place(1, ends[1])];
};

/** Two frames, one in the other, or a side that was askew, take a second round. */
const ROUNDS = 2;

/** A bright sheet's quad, clockwise, with each side moved to where its paper ends. */
export const grownQuad = (tones: Tones, quad: Quad, own: readonly boolean[]): Quad => {
  let grown = quad;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = grown;
    for (const i of [0, 1, 2, 3] as const) {
      if (own[i] === false) continue;
      const turned = [0, 1, 2, 3].map((k) => grown[((i + k) % 4) as 0]) as unknown as Quad;
      const ends = grownSide(tones, turned);
      if (ends === null) continue;
      const next = [...grown] as [Point, Point, Point, Point];
      next[i] = ends[0];
      next[((i + 1) % 4) as 0] = ends[1];
      grown = next;
    }
    if (grown === before) break;
  }
  return grown;
};
