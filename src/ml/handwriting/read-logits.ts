// What does a line say, given what its field may hold, and how sure is that?
import type { Calibration } from "../models.js";
import { beamSearch, chancesOf, type FoundText, logChances, silenced } from "./decode.js";
import type { Decoding, HandKind } from "./kinds.js";
import { alongCurve, type LineSigns, lineChance } from "./line-chance.js";
import type { Logits } from "./network.js";

export interface HandReading {
  /** "" when nothing is written there that the field could hold. */
  readonly text: string;
  /** That all of it is right, 0 … 1. */
  readonly confidence: number;
  /** The same of each character. */
  readonly letters: readonly number[];
  /** At or above the model's threshold: it may be shown, for a yes or a correction. */
  readonly sure: boolean;
}

export interface ReadingRules {
  readonly alphabet: string;
  readonly threshold: number;
  readonly calibration?: Calibration | undefined;
  readonly kinds: (kind: HandKind) => Decoding;
}

/** Texts followed at once; in each column, classes that are likelier than e^LEAST, and of those the likeliest. */
const FOLLOWED = { width: 24, least: -9, most: 14 } as const;
/** Where all of those came to nothing that the field could hold. */
const FOLLOWED_FURTHER = { ...FOLLOWED, width: 200 } as const;

const NOTHING: HandReading = { text: "", confidence: 0, letters: [], sure: false };

const shareOf = (found: readonly FoundText[]): number => {
  const worth = found.map(({ logChance, gain }) => logChance + gain);
  const top = Math.max(...worth);
  return 1 / worth.reduce((sum, value) => sum + Math.exp(value - top), 0);
};

export interface SignedText extends LineSigns {
  readonly text: string;
}

interface Columns {
  /** Of the likeliest class of each column, in natural logarithm. */
  readonly path: number;
  /** Nats. */
  readonly doubt: number;
}

const columnsOf = (logs: Float64Array, classes: number): Columns => {
  let [path, doubt] = [0, 0];
  for (let row = 0; row < logs.length; row += classes) {
    let top = Number.NEGATIVE_INFINITY;
    for (let at = row; at < row + classes; at += 1) {
      const log = logs[at] as number;
      top = Math.max(top, log);
      // What is less likely than that adds nothing, and −∞ would add NaN.
      if (log > -30) doubt -= log * Math.exp(log);
    }
    path += top;
  }
  return { path, doubt };
};

/** The best text of a kind with what is seen of it; null when the field could hold nothing of what is written. */
export const bestText = (
  logits: Logits,
  decoding: Decoding,
  { alphabet, temperature }: { readonly alphabet: string; readonly temperature: number },
): SignedText | null => {
  const search = (followed: typeof FOLLOWED | typeof FOLLOWED_FURTHER): readonly FoundText[] =>
    decoding.decode((constraint) => beamSearch(logits, { alphabet, constraint, ...followed, temperature }));
  const near = search(FOLLOWED);
  const found = near.length === 0 ? search(FOLLOWED_FURTHER) : near;
  const [best] = found;
  if (best === undefined || best.text.trim() === "") return null;
  const shape = { classes: logits.classes, alphabet };
  const logs = silenced(logChances(logits, temperature), shape, decoding.silent);
  const letters = chancesOf(best.text, logs, shape);
  if (letters === null) return null;
  const { path, doubt } = columnsOf(logs, logits.classes);
  return { text: best.text, share: shareOf(found), bent: path - best.logChance, doubt, letters };
};

const withoutBlankEnds = ({ text, ...signs }: SignedText): SignedText => {
  const from = text.length - text.trimStart().length;
  const to = text.trimEnd().length;
  return { ...signs, text: text.slice(from, to), letters: signs.letters.slice(from, to) };
};

/** What is said of the best text; of none, nothing. */
export const readingOf = (
  best: SignedText | null,
  { calibration, threshold }: Pick<ReadingRules, "calibration" | "threshold">,
): HandReading => {
  if (best === null) return NOTHING;
  const { text, ...signs } = withoutBlankEnds(best);
  const confidence = lineChance(signs, calibration);
  const letters =
    calibration === undefined
      ? signs.letters
      : signs.letters.map((chance) => alongCurve(calibration.letter, chance));
  return { text, confidence, letters, sure: confidence >= threshold };
};

export const readLogits = (logits: Logits, kind: HandKind, rules: ReadingRules): HandReading => {
  const temperature = rules.calibration?.temperature ?? 1;
  return readingOf(bestText(logits, rules.kinds(kind), { alphabet: rules.alphabet, temperature }), rules);
};
