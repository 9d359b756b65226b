// Does part of a line stand higher or lower than the rest of it?
//
// What was set in one go stands on one straight line, to a part of a hundred of a letter's height; who types a name over
// another hits that line seldom. The page's own lines say how much letters dance on it and how lines lie askew, so that
// neither blur nor a page that was photographed at a slant looks like a step.
import { danceOf, type Foot, feetOf, LEAST_FEET, type Lie, liesOf, SIGMA } from "./feet.js";
import { heightOf, type Letter } from "./letters.js";
import { median } from "./median.js";
import { runsIn, type Segment } from "./segments.js";

export interface Step {
  /** Indexes into the page's words: those that stand off. */
  readonly words: Segment;
  readonly verdict: "fail" | "unsure";
}

type Row3 = readonly [number, number, number];

/** Cramer's rule; null where the matrix has no inverse to speak of. */
const solve = ([a, b, c]: readonly [Row3, Row3, Row3], v: Row3): Row3 | null => {
  const det = (x: Row3, y: Row3, z: Row3): number =>
    x[0] * (y[1] * z[2] - y[2] * z[1]) -
    x[1] * (y[0] * z[2] - y[2] * z[0]) +
    x[2] * (y[0] * z[1] - y[1] * z[0]);
  const all = det(a, b, c);
  const put = (row: Row3, value: number, k: number): Row3 =>
    [0, 1, 2].map((i) => (i === k ? value : (row[i] as number))) as unknown as Row3;
  return Math.abs(all) < 1e-9
    ? null
    : ([0, 1, 2].map((k) => det(put(a, v[0], k), put(b, v[1], k), put(c, v[2], k)) / all) as unknown as Row3);
};

interface Fit {
  /** Pixels; below the rest is positive. */
  readonly step: number;
  /** Standard error of `step` for feet that dance by one pixel. */
  readonly error: number;
  readonly left: readonly number[];
}

/** Level, slope and step by least squares; the slope is held to that of the lines around as firmly as they agree. */
const fit = (
  feet: readonly Foot[],
  inside: ReadonlySet<number>,
  lie: Lie | null,
  dance: number,
): Fit | null => {
  const start = feet[0]?.x ?? 0;
  const unit = Math.max(1, (feet.at(-1)?.x ?? 0) - start);
  const held = lie === null ? 0 : (dance / (lie.spread * unit)) ** 2;
  let [n, sx, sxx, k, kx, sy, sxy, ky] = [0, 0, held, 0, 0, 0, held * (lie?.slope ?? 0) * unit, 0];
  const level = feet[0]?.y ?? 0;
  for (const { word, x: px, y: py } of feet) {
    const [x, y] = [(px - start) / unit, py - level];
    n += 1;
    sx += x;
    sxx += x * x;
    sy += y;
    sxy += x * y;
    if (!inside.has(word)) continue;
    k += 1;
    kx += x;
    ky += y;
  }
  const matrix = [
    [n, sx, k],
    [sx, sxx, kx],
    [k, kx, k],
  ] as const;
  const found = solve(matrix, [sy, sxy, ky]);
  const error = solve(matrix, [0, 0, 1]);
  if (found === null || error === null) return null;
  const [a, b, step] = found;
  return {
    step,
    error: Math.sqrt(Math.max(0, error[2])),
    left: feet.map(
      ({ word, x, y }) => y - level - a - (b * (x - start)) / unit - (inside.has(word) ? step : 0),
    ),
  };
};

/** In standard errors, and in parts of a letter's height: no office's printer steps so little that it is not seen. */
const STEP = { unsure: 6, fail: 9, least: 0.013, sure: 0.022, most: 0.12 } as const;
/** Feet on each side of the step; further off than `stray` times the usual is a speck or a slip of the reading. */
const LEAST_SIDE = 3;
const STRAY = 3.5;
/** Feet of a line that dance more than this many times the page's usual do not stand on two lines, but on none. */
const DANCING = 2.4;
const MOST_WORDS = 6;

interface Tried {
  readonly words: Segment;
  readonly sureness: number;
  readonly part: number;
}

interface Page {
  readonly height: number;
  /** How much feet of one word differ from each other, in pixels. */
  readonly dance: number;
}

const tryRun = (
  words: Segment,
  feet: readonly Foot[],
  lie: Lie | null,
  { height, dance }: Page,
): readonly Tried[] => {
  const inside = new Set(words);
  const enough = (some: readonly Foot[]): boolean => {
    const own = some.filter(({ word }) => inside.has(word)).length;
    return own >= LEAST_SIDE && some.length - own >= LEAST_SIDE;
  };
  if (!enough(feet)) return [];
  const first = fit(feet, inside, lie, dance);
  if (first === null) return [];
  const limit = STRAY * Math.max(dance, SIGMA * median(first.left.map(Math.abs)));
  const kept = feet.filter((_, place) => Math.abs(first.left[place] ?? 0) < limit);
  const last = enough(kept) ? fit(kept, inside, lie, dance) : null;
  if (last === null || last.error === 0) return [];
  const dancing = SIGMA * median(last.left.map(Math.abs));
  if (dancing > DANCING * dance) return [];
  return [
    {
      words,
      sureness: Math.abs(last.step) / (Math.max(dance, dancing) * last.error),
      part: Math.abs(last.step) / height,
    },
  ];
};

/** What was filled in stands behind its label: with nothing to speak of before it, the run is the label. */
const asFilledIn = (words: Segment, segment: Segment, feet: readonly Foot[]): Segment => {
  const [first, last] = [segment.indexOf(words[0] ?? -1), segment.indexOf(words.at(-1) ?? -1)];
  const before = new Set(segment.slice(0, first));
  const isLabel = feet.filter(({ word }) => before.has(word)).length < LEAST_SIDE;
  return isLabel && last + 1 < segment.length ? segment.slice(last + 1) : words;
};

/** At most one step of each segment. */
export const stepsOf = (segments: readonly Segment[], letters: readonly Letter[]): readonly Step[] => {
  const rows = feetOf(segments, letters);
  const page: Page = { height: median(letters.map(heightOf)), dance: danceOf(rows) };
  const lies = liesOf(rows, page.height);
  return segments.flatMap((segment, place): readonly Step[] => {
    const feet = rows[place] ?? [];
    if (feet.length < LEAST_FEET) return [];
    const height = median(letters.filter(({ word }) => segment.includes(word)).map(heightOf));
    const [best] = runsIn(segment, MOST_WORDS)
      .flatMap((words) => tryRun(words, feet, lies[place] ?? null, { ...page, height }))
      .toSorted((a, b) => b.sureness - a.sureness);
    if (best === undefined || best.sureness < STEP.unsure || best.part < STEP.least || best.part > STEP.most)
      return [];
    const verdict = best.sureness >= STEP.fail && best.part >= STEP.sure ? "fail" : "unsure";
    return [{ words: asFilledIn(best.words, segment, feet), verdict }];
  });
};
