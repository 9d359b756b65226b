// How much likelier is a text whose words exist, without forbidding one that does not?
//
// A name that no list has is still a name: an unknown word costs, and strokes that are clear outweigh it.
import type { Constraint } from "./constraints.js";

export interface WordList {
  /** Of a whole word in small letters. */
  isWord(word: string): boolean;
  /** Can a word begin so? */
  begins(word: string): boolean;
}

export const listOf = (words: Iterable<string>): WordList => {
  const whole = new Set<string>();
  const beginnings = new Set<string>();
  for (const word of words) {
    const small = word.normalize("NFC").toLocaleLowerCase("vi");
    whole.add(small);
    for (let length = 1; length <= small.length; length += 1) beginnings.add(small.slice(0, length));
  }
  return { isWord: (word) => whole.has(word), begins: (word) => beginnings.has(word) };
};

export interface WordState {
  /** Letters since the last blank or sign, small. */
  readonly word: string;
  /** The word was found wanting and has cost. */
  readonly paid: boolean;
  readonly small: boolean;
  /** Nothing stands before, or a blank: no other blank follows. */
  readonly blank: boolean;
  /** What stands after the last comma. */
  readonly tail: string;
}

export interface WordCosts {
  readonly list: WordList;
  /** Natural logarithm, of a word that is not of the list. */
  readonly unknown: number;
  /** How much likelier an ending makes the text. */
  readonly ending?: (tail: string) => number;
}

const LETTER = /\p{L}/u;
/** A capital after a small letter: nobody writes so. */
const ODD_CAPITAL = 2;
/** "P.", "TP.", "T.": short for something. */
const SHORT = 2;

const ended = ({ word, paid }: WordState, { list, unknown }: WordCosts, by: string): number =>
  word === "" || paid || list.isWord(word) || (by === "." && word.length <= SHORT) ? 0 : -unknown;

/** Any text of the alphabet. */
export const inWords = (costs: WordCosts): Constraint<WordState> => ({
  start: { word: "", paid: false, small: false, blank: true, tail: "" },
  next: ({ word, paid, blank, tail }, letter) => {
    if (letter === " " && blank) return null;
    const after = letter === "," ? "" : tail + letter;
    if (!LETTER.test(letter))
      return { word: "", paid: false, small: false, blank: letter === " ", tail: after };
    const small = letter.toLocaleLowerCase("vi");
    const grown = word + small;
    return {
      word: grown,
      paid: paid || !costs.list.begins(grown),
      small: small === letter,
      blank: false,
      tail: after,
    };
  },
  ends: () => true,
  gain: (from, letter, to) => {
    if (to.word === "") return ended(from, costs, letter);
    const odd = from.small && from.word !== "" && !to.small ? -ODD_CAPITAL : 0;
    return odd + (to.paid && !from.paid ? -costs.unknown : 0);
  },
  endGain: (state) => ended(state, costs, "") + (costs.ending?.(state.tail) ?? 0),
});
