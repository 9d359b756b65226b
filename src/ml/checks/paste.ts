// Does a word stand on other paper than the lines around it?
//
// A strip that was glued over a name, or a name that was typed over a filled rectangle, brings its own ground: a shade
// off, or without the grain that scanner and paper give to all the rest. Between its letters a word shows its ground;
// just above and below it is the page's. On untouched pages both agree to one part in two hundred.
import type { Word } from "../reader.js";
import type { Check } from "./check.js";
import { finding, say } from "./finding.js";
import { joined, patchOf } from "./grounds.js";
import { median } from "./median.js";
import type { Planes } from "./planes.js";

type Steps = readonly [number, number, number];

interface Ground {
  readonly word: Word;
  /** Index into the page's words. */
  readonly index: number;
  /** Between the letters less above and below: brightness (green), red − green, blue − green; 8-bit steps. */
  readonly steps: Steps;
  readonly grain: number;
}

const LEAST_PX = { inside: 36, outside: 20 } as const;
const LEAST_HEIGHT_PX = 10;

const groundOf = (planes: Planes, word: Word, index: number): Ground | null => {
  const { x, y, w, h } = word.box;
  if (word.text.length < 2 || word.confidence < 0.5 || h < LEAST_HEIGHT_PX || w < h || h > 160) return null;
  const inside = patchOf(planes, { x, y: y - 2, w, h: h + 4 });
  const above = patchOf(planes, { x, y: y - h * 0.75, w, h: h * 0.32 });
  const below = patchOf(planes, { x, y: y + h * 1.43, w, h: h * 0.32 });
  if (inside.count < LEAST_PX.inside || Math.min(above.count, below.count) < LEAST_PX.outside) return null;
  const around = joined({ ...above, count: 1 }, { ...below, count: 1 });
  const [r, g, b] = ([0, 1, 2] as const).map((c) => inside.level[c] - around.level[c]);
  return { word, index, steps: [g ?? 0, (r ?? 0) - (g ?? 0), (b ?? 0) - (g ?? 0)], grain: inside.grain };
};

interface Judged extends Ground {
  /** Brighter than the page's words usually are, in 8-bit steps, and in spreads of theirs. */
  readonly brighter: number;
  readonly spreads: number;
  /** How far from what the page's words are like, in the limit's own measure: 1 is the limit. */
  readonly lean: Steps;
  readonly smooth: number;
}

const SIGMA = 1.4826;
/** 8-bit steps, and spreads of the page's own words, whichever is more. */
const SHADE = { steps: 2.4, spreads: 7 } as const;
/** Parts of the page's grain; a page with less than `least` has none to miss. */
const GRAIN = { part: 0.3, least: 0.8 } as const;
/** 8-bit steps: less says more about rounding than about the page. */
const LEAST_SPREAD = 0.1;
/** Too few words to know what the page is like. */
const LEAST_WORDS = 12;

const judge = (grounds: readonly Ground[]): readonly Judged[] => {
  const middle = ([0, 1, 2] as const).map((k) => median(grounds.map(({ steps }) => steps[k])));
  const spreads = ([0, 1, 2] as const).map(
    (k) => SIGMA * median(grounds.map(({ steps }) => Math.abs(steps[k] - (middle[k] ?? 0)))),
  );
  const limits = spreads.map((spread) => Math.max(SHADE.steps, SHADE.spreads * spread));
  const grain = median(grounds.map((ground) => ground.grain));
  const leanOf = ({ steps }: Ground, k: 0 | 1 | 2): number =>
    (steps[k] - (middle[k] ?? 0)) / (limits[k] ?? 1);
  return grounds.map((ground) => ({
    ...ground,
    brighter: ground.steps[0] - (middle[0] ?? 0),
    spreads: (ground.steps[0] - (middle[0] ?? 0)) / Math.max(LEAST_SPREAD, spreads[0] ?? 0),
    lean: [leanOf(ground, 0), leanOf(ground, 1), leanOf(ground, 2)],
    smooth: grain < GRAIN.least ? 0 : (GRAIN.part * grain) / Math.max(0.02, ground.grain),
  }));
};

/** Words side by side on one line. */
const adjoin = (a: Ground, b: Ground): boolean => {
  const [one, other] = [a.word.box, b.word.box];
  const sameLine = Math.abs(one.y + one.h / 2 - other.y - other.h / 2) < 0.6 * Math.max(one.h, other.h);
  return sameLine && other.x - (one.x + one.w) < 2.5 * Math.max(one.h, other.h);
};

type Measure = "shade" | "smooth";
type Doubt = "fail" | "unsure";
type Doubted = readonly [word: Judged, verdict: Doubt];

/** Runs of adjoining words. */
const runsOf = (words: readonly Doubted[]): readonly (readonly Doubted[])[] => {
  const runs: Doubted[][] = [];
  for (const one of words) {
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && adjoin(last[0], one[0])) runs.at(-1)?.push(one);
    else runs.push([one]);
  }
  return runs;
};

/**
 * By how many words side by side lean the same way: noise leaves less of the mean of several. On untouched pages the
 * mean of two stays below 0.56 of the limit and that of three below 0.46, whatever took the picture.
 */
const LEANS = [
  { words: 1, unsure: 1, fail: 1.7 },
  { words: 2, unsure: 0.7, fail: 0.95 },
  { words: 3, unsure: 0.6, fail: 0.8 },
  { words: 4, unsure: 0.6, fail: 0.8 },
] as const;
/** Of the mean: what one word leans less than that does not stand on the others' ground. */
const SHARE = 0.5;

/** How far the words' mean leans; 0 when one of them does not lean with the others. */
const commonLean = (words: readonly Judged[]): number =>
  Math.max(
    ...([0, 1, 2] as const).map((k) => {
      const mean = words.reduce((sum, { lean }) => sum + lean[k], 0) / words.length;
      return words.every(({ lean }) => lean[k] / mean >= SHARE) ? Math.abs(mean) : 0;
    }),
  );

/**
 * Words side by side whose ground is only faintly off, for 8-bit steps and for spreads of the page's words: runs of three
 * on untouched pages stay below 0.9 steps, or below 1.8 spreads.
 */
const FAINT = [
  { words: 3, steps: 1, spreads: 2 },
  { words: 4, steps: 0.9, spreads: 1.8 },
] as const;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const isFaint = (run: readonly Judged[]): boolean => {
  const shade = mean(run.map(({ brighter }) => brighter));
  const limit = FAINT.find(({ words }) => words === run.length);
  return (
    limit !== undefined &&
    Math.abs(shade) >= limit.steps &&
    Math.abs(mean(run.map(({ spreads }) => spreads))) >= limit.spreads &&
    run.every(({ brighter }) => brighter / shade >= SHARE)
  );
};

const shaded = (words: readonly Judged[]): readonly Doubted[] => {
  const found = new Map<Judged, Doubt>();
  for (const { words: count, unsure, fail } of LEANS)
    for (let from = 0; from + count <= words.length; from += 1) {
      const run = words.slice(from, from + count);
      if (!run.every((word, i) => i === 0 || adjoin(run[i - 1] ?? word, word))) continue;
      const lean = commonLean(run);
      if (lean < unsure && !isFaint(run)) continue;
      for (const word of run)
        if (lean >= fail || !found.has(word)) found.set(word, lean >= fail ? "fail" : "unsure");
    }
  return words.flatMap((word): readonly Doubted[] => {
    const verdict = found.get(word);
    return verdict === undefined ? [] : [[word, verdict]];
  });
};

const LONE = 1.7;

/** One word may be smooth by chance; words side by side are not. */
const smoothed = (words: readonly Judged[]): readonly Doubted[] =>
  runsOf(words.filter(({ smooth }) => smooth >= 1).map((word) => [word, "unsure"] as const)).flatMap((run) =>
    run.map(([word]) => [word, run.length > 1 || word.smooth >= LONE ? "fail" : "unsure"] as const),
  );

const SAYS: Readonly<Record<Measure, readonly [vi: string, en: string]>> = {
  shade: ["nằm trên nền khác màu với giấy xung quanh", "stands on another shade than the paper around it"],
  smooth: [
    "nằm trên nền nhẵn, không có hạt như giấy xung quanh",
    "stands on smooth ground; the paper around has grain",
  ],
};

const told = (run: readonly Doubted[], by: Measure): Check => {
  const boxes = run.map(([{ word }]) => word.box);
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const w = Math.max(...boxes.map((box) => box.x + box.w)) - x;
  const h = Math.max(...boxes.map((box) => box.y + box.h)) - y;
  const text = run.map(([{ word }]) => word.text).join(" ");
  const verdict = run.some(([, doubt]) => doubt === "fail") ? "fail" : "unsure";
  const [vi, en] = SAYS[by];
  return finding("word.pasted", verdict, say(`“${text}” ${vi}.`, `“${text}” ${en}.`), { x, y, w, h });
};

/** More runs than this come of the picture: a fold, a printed frame, a patterned ground. */
const MOST = 3;

export const checkGrounds = (planes: Planes, words: readonly Word[]): readonly Check[] => {
  // A card has no one paper: its words stand on a design of tints.
  if (planes.isCard) return [];
  const grounds = words.flatMap((word, index) => groundOf(planes, word, index) ?? []);
  if (grounds.length < LEAST_WORDS) return [];
  const judged = judge(grounds);
  const found = [
    ...runsOf(shaded(judged)).map((run) => told(run, "shade")),
    ...runsOf(smoothed(judged)).map((run) => told(run, "smooth")),
  ];
  if (found.length === 0)
    return [
      finding(
        "word.pasted",
        "pass",
        say("Các chữ nằm trên cùng một nền giấy.", "All words stand on one paper."),
      ),
    ];
  return found.length > MOST ? found.slice(0, MOST).map((check) => ({ ...check, verdict: "unsure" })) : found;
};
