// Is one digit of a number drawn in another face than the same digit elsewhere on the page?
import { type Alike, isMisread, type Kinship } from "./kin.js";
import { byKey, type Letter } from "./letters.js";
import { median } from "./median.js";
import { standingsOf } from "./standing.js";

export interface OddFace {
  readonly letter: Letter;
  readonly verdict: "fail" | "unsure";
}

/**
 * Natural logarithm of how far a digit is from its kin, and a little for each spread that it is broader, higher or off its line: on
 * untouched pages one digit in a thousand reaches `unsure`.
 */
const FACE = {
  unsure: 2.45,
  fail: 3.2,
  broader: 0.18,
  higher: 0.05,
  /** Of what its ends stand off the number's line beyond two spreads. */
  off: 0.2,
  usuallyOff: 2,
  mostSpreads: 10,
} as const;
/** Of the digits around it that are known: where most are odd, the number is, or it was read wrongly. */
const USUAL = { far: 3, mates: 2 } as const;
/** Fewer may themselves be the odd ones. */
const SURE_KIN = 3;
/** A number that leans as a whole is cursive; one digit that leans may have only cursive kin. */
const LEANS = { number: 0.06, digit: 0.1 } as const;

const oddityOf = ({ far, broader, higher }: Kinship, off: number): number =>
  Math.log(Math.max(1e-3, far)) +
  FACE.broader * Math.min(FACE.mostSpreads, Math.abs(broader)) +
  FACE.higher * Math.min(FACE.mostSpreads, Math.abs(higher)) +
  FACE.off * Math.max(0, Math.min(FACE.mostSpreads, off - FACE.usuallyOff));

const isDigit = ({ letter }: Kinship): boolean => /\d/.test(letter.char);

/** Digits among others of their word that are usual. `letters` are all of the page's. */
export const oddFaces = (
  kinships: readonly Kinship[],
  letters: readonly Letter[],
  alike: Alike,
): readonly OddFace[] => {
  const standings = standingsOf(letters);
  return [...byKey(kinships.filter(isDigit), ({ letter }) => letter.word).values()].flatMap((mates) =>
    mates.flatMap((one): readonly OddFace[] => {
      const oddity = oddityOf(one, standings.get(one.letter) ?? 0);
      if (oddity < FACE.unsure) return [];
      const others = mates.filter((mate) => mate !== one);
      if (others.length < USUAL.mates || median(others.map(({ far }) => far)) > USUAL.far) return [];
      if (Math.abs(median(others.map(({ leaning }) => leaning))) > LEANS.number) return [];
      const isLine = one.letter.char === "1";
      if ((isLine && oddity < FACE.fail) || isMisread(one, letters, alike)) return [];
      // Of two or three that differ nobody knows which is the odd one; and a 1 is little more than a line in any face.
      const weak = one.kin < SURE_KIN || isLine || Math.abs(one.leaning) > LEANS.digit;
      return [{ letter: one.letter, verdict: oddity < FACE.fail || weak ? "unsure" : "fail" }];
    }),
  );
};
