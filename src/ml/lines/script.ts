// Which words of a line were printed, and which were written by hand?
import type { Box, ReadPage, Script, Word } from "../reader.js";
import type { Line } from "./reading-order.js";
import { featuresOf, type PageLook } from "./script-features.js";
import { HIDDEN, MEANS, OUT, SPREADS } from "./script-weights.js";

/** No single word outweighs its line. */
const MOST_ODDS = 5;
/** Log odds against a change of script between two words; after a label's colon both are as likely. */
const CHANGE = 2;
const CHANGE_AFTER_LABEL = 0;
const LABEL_END = /[:：]$/u;

/**
 * Log odds that a word was written by hand: a network of one hidden layer over the word's features, each less its mean
 * and in its spreads (trained by `src/ml/training/scripts`).
 */
export const handOdds = (word: Word, look: PageLook): number => {
  const features = featuresOf(word, look).map((value, at) => (value - (MEANS[at] ?? 0)) / (SPREADS[at] ?? 1));
  const odds = HIDDEN.reduce((sum, { bias, weights }, at) => {
    const reached = weights.reduce((total, weight, from) => total + weight * (features[from] ?? 0), bias);
    return sum + (OUT.weights[at] ?? 0) * Math.max(0, reached);
  }, OUT.bias);
  return Math.max(-MOST_ODDS, Math.min(MOST_ODDS, odds));
};

/** The likeliest run of scripts along a line (Viterbi 1967), a change costing its odds. */
export const scriptsOf = (line: Line, odds: readonly number[]): readonly Script[] => {
  let best: Readonly<Record<Script, { readonly score: number; readonly path: readonly Script[] }>> = {
    print: { score: 0, path: [] },
    hand: { score: 0, path: [] },
  };
  line.forEach((_, index) => {
    const before = line[index - 1];
    const change = before === undefined ? 0 : LABEL_END.test(before.text) ? CHANGE_AFTER_LABEL : CHANGE;
    const half = (odds[index] ?? 0) / 2;
    const step = (script: Script, other: Script, gain: number) => {
      const stay = best[script];
      const turn = best[other];
      const from = turn.score - change > stay.score ? { ...turn, score: turn.score - change } : stay;
      return { score: from.score + gain, path: [...from.path, script] };
    };
    best = { print: step("print", "hand", -half), hand: step("hand", "print", half) };
  });
  return best.hand.score > best.print.score ? best.hand.path : best.print.path;
};

const OVER = 0.4;

/** Whether the place was, for the most part, written by hand: nothing there was read. */
export const isHandwritten = ({ lines }: Pick<ReadPage, "lines">, { x, y, w, h }: Box): boolean => {
  const covered = lines
    .filter(({ script }) => script === "hand")
    .reduce((sum, { box }) => {
      const width = Math.min(x + w, box.x + box.w) - Math.max(x, box.x);
      const height = Math.min(y + h, box.y + box.h) - Math.max(y, box.y);
      return width <= 0 || height <= 0 ? sum : sum + width * height;
    }, 0);
  return covered >= OVER * w * h;
};
