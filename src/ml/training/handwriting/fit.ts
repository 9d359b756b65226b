// Which temperature, curve, weights and threshold make what a network says of itself true?
import { logChances } from "../../handwriting/decode.js";
import { chanceBy } from "../../handwriting/line-chance.js";
import type { Logits } from "../../handwriting/network.js";
import type { Calibration } from "../../models.js";

const NEVER = Number.NEGATIVE_INFINITY;

const logSum = (a: number, b: number): number => {
  const top = Math.max(a, b);
  return top === NEVER ? NEVER : top + Math.log1p(Math.exp(Math.min(a, b) - top));
};

/** Natural logarithm of the chance of all paths that spell the classes (forward pass, Graves et al. 2006). */
export const spellingChance = (logs: Float64Array, classes: number, spelt: readonly number[]): number => {
  const states = [0, ...spelt.flatMap((c) => [c, 0])];
  const steps = logs.length / classes;
  let row = new Float64Array(states.length).fill(NEVER);
  row[0] = 0;
  for (let t = 0; t < steps; t += 1) {
    const next = new Float64Array(states.length).fill(NEVER);
    for (let s = 0; s < states.length; s += 1) {
      const c = states[s] as number;
      let sum = logSum(row[s] as number, s > 0 ? (row[s - 1] as number) : NEVER);
      if (s > 1 && c !== 0 && states[s - 2] !== c) sum = logSum(sum, row[s - 2] as number);
      next[s] = sum + (logs[t * classes + c] as number);
    }
    row = next;
  }
  return logSum(row.at(-1) ?? NEVER, row.at(-2) ?? NEVER);
};

export interface SpeltLine {
  readonly logits: Logits;
  /** Classes of what is meant. */
  readonly spelt: readonly number[];
}

/** Golden section, because each look reads every line. */
const leastAt = (low: number, high: number, cost: (x: number) => number): number => {
  const part = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [left, right] = [b - part * (b - a), a + part * (b - a)];
  let [ofLeft, ofRight] = [cost(left), cost(right)];
  while (b - a > 0.02) {
    if (ofLeft < ofRight) {
      [b, right, ofRight] = [right, left, ofLeft];
      left = b - part * (b - a);
      ofLeft = cost(left);
    } else {
      [a, left, ofLeft] = [left, right, ofRight];
      right = a + part * (b - a);
      ofRight = cost(right);
    }
  }
  return (a + b) / 2;
};

/** Under which what is meant is likeliest, 0.4 … 6; a line that no path can spell tells nothing. */
export const fitTemperature = (lines: readonly SpeltLine[]): number => {
  const cost = (logTemperature: number): number =>
    lines.reduce((sum, { logits, spelt }) => {
      const chance = spellingChance(logChances(logits, Math.exp(logTemperature)), logits.classes, spelt);
      return chance === NEVER ? sum : sum - chance;
    }, 0);
  return Math.exp(leastAt(Math.log(0.4), Math.log(6), cost));
};

interface Pool {
  said: number;
  right: number;
  count: number;
}

/** No knot stands for fewer answers. */
const LEAST_OF_A_KNOT = 40;

/** The rising curve nearest to the answers: pools of neighbours that would fall are put together (Ayer et al. 1955). */
export const fitCurve = (
  answers: readonly (readonly [said: number, right: boolean])[],
): Calibration["letter"] => {
  const pools: Pool[] = [];
  const sorted = [...answers].sort((a, b) => a[0] - b[0]);
  const width = Math.max(LEAST_OF_A_KNOT, Math.ceil(sorted.length / 24));
  for (let from = 0; from < sorted.length; from += width) {
    const part = sorted.slice(from, from + width);
    const said = part.reduce((sum, [chance]) => sum + chance, 0) / part.length;
    pools.push({ said, right: part.filter(([, right]) => right).length, count: part.length });
    for (let at = pools.length - 1; at > 0; at -= 1) {
      const [before, here] = [pools[at - 1] as Pool, pools[at] as Pool];
      if (before.right / before.count <= here.right / here.count && before.said < here.said) break;
      const count = before.count + here.count;
      pools[at - 1] = {
        said: (before.said * before.count + here.said * here.count) / count,
        right: before.right + here.right,
        count,
      };
      pools.splice(at, 1);
    }
  }
  // One answer more of each sort: a pool without an error is not without the chance of one.
  const knots = pools.map(({ said, right, count }): [number, number] => [said, (right + 1) / (count + 2)]);
  const rising = knots.map(([said], i): [number, number] => [
    said,
    Math.max(...knots.slice(0, i + 1).map(([, right]) => right)),
  ]);
  const rounded = rising.map(([said, right]): [number, number] => [
    Number(said.toFixed(5)),
    Number(right.toFixed(4)),
  ]);
  const knotsApart = rounded.filter(([said], i) => i === 0 || said > (rounded[i - 1]?.[0] ?? 0));
  return knotsApart.length < 2
    ? [
        [0, 0],
        [1, knotsApart[0]?.[1] ?? 0],
      ]
    : knotsApart;
};

/** Gauss and Jordan; the matrix is small and, with its ridge, never singular. */
const solved = (matrix: number[][], right: number[]): number[] => {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  for (let i = 0; i < rows.length; i += 1) {
    const pivot = rows
      .slice(i)
      .reduce((best, row) => (Math.abs(row[i] ?? 0) > Math.abs(best[i] ?? 0) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(i, 0, pivot);
    const by = pivot[i] as number;
    for (let k = 0; k < pivot.length; k += 1) pivot[k] = (pivot[k] as number) / by;
    rows.forEach((row, j) => {
      const factor = row[i] as number;
      if (j !== i)
        for (let k = 0; k < row.length; k += 1) row[k] = (row[k] as number) - factor * (pivot[k] as number);
    });
  }
  return rows.map((row) => row.at(-1) ?? 0);
};

/** Against weights that a few lines would drive to infinity. */
const RIDGE = 0.5;

/** Logistic regression by Newton's method; the bias last, as `chanceBy` takes it. */
export const fitWeights = (
  answers: readonly (readonly [features: readonly number[], right: boolean])[],
): number[] => {
  const size = (answers[0]?.[0].length ?? 0) + 1;
  let weights = new Array<number>(size).fill(0);
  for (let round = 0; round < 30; round += 1) {
    const slope = weights.map((weight) => -RIDGE * weight);
    const bend = weights.map((_, i) => weights.map((__, j) => (i === j ? RIDGE : 0)));
    for (const [features, right] of answers) {
      const chance = chanceBy(weights, features);
      const x = [...features, 1];
      const weight = Math.max(1e-6, chance * (1 - chance));
      for (let i = 0; i < size; i += 1) {
        slope[i] = (slope[i] as number) + ((right ? 1 : 0) - chance) * (x[i] as number);
        const row = bend[i] as number[];
        for (let j = 0; j < size; j += 1)
          row[j] = (row[j] as number) + weight * (x[i] as number) * (x[j] as number);
      }
    }
    const step = solved(bend, slope);
    weights = weights.map((weight, i) => weight + (step[i] ?? 0));
    if (Math.max(...step.map(Math.abs)) < 1e-6) break;
  }
  return weights.map((weight) => Number(weight.toFixed(5)));
};

/** ln k! for the tail below. */
const logFactorials = (upTo: number): Float64Array => {
  const sums = new Float64Array(upTo + 1);
  for (let k = 1; k <= upTo; k += 1) sums[k] = (sums[k - 1] as number) + Math.log(k);
  return sums;
};

/** Chance of at most `seen` among `of` when each comes with `rate`. */
const atMost = (seen: number, of: number, rate: number, factorials: Float64Array): number => {
  let sum = 0;
  for (let k = 0; k <= seen; k += 1) {
    const ways = (factorials[of] as number) - (factorials[k] as number) - (factorials[of - k] as number);
    sum += Math.exp(ways + k * Math.log(rate) + (of - k) * Math.log1p(-rate));
  }
  return sum;
};

/**
 * How many of `of` lines may be confidently wrong so that the true rate is below `rate` with 95 % (Clopper and Pearson
 * 1934, one-sided); −1 when even none would not show it.
 */
export const mostWrong = (of: number, rate: number): number => {
  const factorials = logFactorials(of);
  let seen = -1;
  while (seen < of && atMost(seen + 1, of, rate, factorials) <= 0.05) seen += 1;
  return seen;
};

/** The least confidence from which on no more than `most` are wrong; 1 when there is none. */
export const thresholdFor = (
  answers: readonly (readonly [confidence: number, right: boolean])[],
  most: number,
): number => {
  if (most < 0) return 1;
  const wrong = answers
    .filter(([, right]) => !right)
    .map(([confidence]) => confidence)
    .sort((a, b) => b - a);
  const first = wrong[most];
  // Just above the first wrong one too many.
  return first === undefined ? 0.5 : Math.min(1, Math.max(0.5, Math.ceil(first * 1e4 + 1) / 1e4));
};

/**
 * The least confidence from which on each group by itself shows, with 95 %, fewer wrong lines than `rate`; 1 where one
 * is too small to show it. Lines of one hand fail together: what holds for all of them at once need not hold for the
 * next hand.
 */
export const thresholdForEach = (
  groups: Iterable<readonly (readonly [confidence: number, right: boolean])[]>,
  rate: number,
): number =>
  Math.max(...[...groups].map((answers) => thresholdFor(answers, mostWrong(answers.length, rate))));
