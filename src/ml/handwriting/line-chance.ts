// How likely is a line to be read right, to the last character?
//
// What a network says of itself is too sure. Its logits are divided by a temperature (Guo et al. 2017, "On
// calibration of modern neural networks"), a character's chance goes through a rising curve (Zadrozny and Elkan 2002),
// and a line's through a logistic regression over what is seen here. All three are data of the model's manifest.
import type { Calibration } from "../models.js";

/** What is seen of a line that was read under a constraint. */
export interface LineSigns {
  /** Of the best text among all that were found, 0 … 1. */
  readonly share: number;
  /** By how much, in natural logarithm, the likeliest path of all beats the text: what the constraint had to bend. */
  readonly bent: number;
  /** Entropy of the columns together, in nats: over how many classes, and how evenly, the network's belief is spread. */
  readonly doubt: number;
  /** Uncalibrated, one a character. */
  readonly letters: readonly number[];
}

const clamp = (value: number, low: number, high: number): number =>
  Number.isNaN(value) ? low : Math.max(low, Math.min(high, value));

export const logit = (chance: number): number => Math.log(chance) - Math.log1p(-chance);

/**
 * In the order of `Calibration.line`, which has the bias behind them; each between −12 and 12. Doubt tells right lines
 * from wrong ones better than the letters' chances together: it also sees the columns where no letter was written.
 */
export const featuresOf = ({ share, bent, doubt, letters }: LineSigns): readonly number[] => {
  const least = letters.length === 0 ? 0 : Math.min(...letters);
  return [
    clamp(logit(share), -12, 12),
    Math.log(0.02 + clamp(bent, 0, 20)),
    clamp(logit(least), -8, 8),
    Math.log(0.05 + clamp(doubt, 0, 1000)),
    Math.log1p(letters.length),
  ];
};

export const chanceBy = (weights: readonly number[], features: readonly number[]): number => {
  const score = features.reduce(
    (sum, value, i) => sum + value * (weights[i] ?? 0),
    weights[features.length] ?? 0,
  );
  return 1 / (1 + Math.exp(-score));
};

/** Straight lines between the curve's points; level before the first and after the last. */
export const alongCurve = (curve: Calibration["letter"], said: number): number => {
  const after = curve.findIndex(([x]) => x >= said);
  const [first, last] = [curve[0], curve.at(-1)];
  if (after === 0) return first?.[1] ?? said;
  const [from, to] = [curve[after - 1], curve[after]];
  if (from === undefined || to === undefined) return last?.[1] ?? said;
  const part = (said - from[0]) / (to[0] - from[0]);
  return from[1] + part * (to[1] - from[1]);
};

/** 0 … 1. Without a calibration it is the geometric mean over the characters, which promises nothing. */
export const lineChance = (signs: LineSigns, calibration: Calibration | undefined): number => {
  const { letters } = signs;
  if (letters.length === 0) return 0;
  if (calibration !== undefined) return chanceBy(calibration.line, featuresOf(signs));
  const logs = letters.reduce((sum, chance) => sum + Math.log(Math.max(1e-9, chance)), 0);
  return Math.exp(logs / letters.length);
};
