// Which words of a line were printed, and which were written by hand?
import type { Box, ReadPage, Script, Word } from "../reader.js";
import type { Line } from "./reading-order.js";
import { FEATURES, type Features, featuresOf, type PageLook } from "./script-features.js";

/**
 * Log odds of "hand" a unit of each feature: logistic regression over the words of sample papers whose values an
 * imitated hand filled in (`src/ml/samples/handwriting.ts`), flat scans and camera frames.
 */
const WEIGHTS: Features = {
  doubt: 7.744,
  blueness: 20.935,
  strokeRatio: -3.391,
  strokeVariation: -1.825,
  bottoms: 2.406,
  heights: 7.256,
  density: 0.723,
  widest: 2.416,
  oddText: 0.446,
};
/**
 * Of the regression −6.691, raised by 1.5: whole letter forms of handwriting fonts, in black ink too, look more like
 * print than the imitated hand. On forms that such fonts filled in that tells 93 % of the words by hand instead of 80 %;
 * no printed word that was surely read is lost for it, on flat scans or in camera frames.
 */
const BIAS = -5.191;

/** No single word outweighs its line. */
const MOST_ODDS = 5;
/** Log odds against a change of script between two words; after a label's colon both are as likely. */
const CHANGE = 3;
const CHANGE_AFTER_LABEL = 0;
const LABEL_END = /[:：]$/u;

/** Log odds that a word was written by hand. */
export const handOdds = (word: Word, look: PageLook): number => {
  const features = featuresOf(word, look);
  const odds = FEATURES.reduce((sum, name) => sum + WEIGHTS[name] * features[name], BIAS);
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
