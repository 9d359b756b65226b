// How far do head and foot of a digit stand off the line of its number?
//
// Digits differ a little by their kind: a round one passes the line, a 4 may hang. What a kind does on this page, in
// several numbers, is taken off, and what is left is told in the page's own spread.
import { SIGMA } from "./feet.js";
import { byKey, heightOf, type Letter } from "./letters.js";
import { median } from "./median.js";

type End = "top" | "bottom";

interface Off {
  readonly letter: Letter;
  /** In parts of the digits' height. */
  readonly off: number;
}

/** Digits of a number that are needed to know its line, and numbers that are needed to know a kind of digit. */
const LEAST = { mates: 4, numbers: 3 } as const;
/** A rectified page's lines are no steeper. */
const MOST_SLOPE = 0.004;
/** Parts of a digit's height: what rounding makes of an end. */
const LEAST_SPREAD = 0.003;

const offLine = (mates: readonly Letter[], end: End): readonly Off[] => {
  const height = median(mates.map(heightOf));
  const slopes = mates.flatMap((a, place) =>
    mates.slice(place + 1).map((b) => (b[end] - a[end]) / Math.max(1, b.box.x - a.box.x)),
  );
  const slope = Math.max(-MOST_SLOPE, Math.min(MOST_SLOPE, median(slopes)));
  const levelOf = (letter: Letter): number => letter[end] - slope * letter.box.x;
  const level = median(mates.map(levelOf));
  return mates.map((letter) => ({ letter, off: (levelOf(letter) - level) / height }));
};

/** In spreads; only of digits whose kind is known. */
const spreadsOff = (numbers: readonly (readonly Letter[])[], end: End): ReadonlyMap<Letter, number> => {
  const all = numbers.flatMap((mates) => offLine(mates, end));
  const known = [...byKey(all, ({ letter }) => letter.char).values()].flatMap((same) => {
    const isKnown = byKey(same, ({ letter }) => letter.word).size >= LEAST.numbers;
    const usual = median(same.map(({ off }) => off));
    return isKnown ? same.map(({ letter, off }) => ({ letter, off: off - usual })) : [];
  });
  if (known.length === 0) return new Map();
  const spread = Math.max(LEAST_SPREAD, SIGMA * median(known.map(({ off }) => Math.abs(off))));
  return new Map(known.map(({ letter, off }) => [letter, Math.abs(off) / spread]));
};

/** In spreads of the page, of head or foot, whichever is further off. */
export const standingsOf = (letters: readonly Letter[]): ReadonlyMap<Letter, number> => {
  const digits = letters.filter(({ char }) => /\d/.test(char));
  const numbers = [...byKey(digits, ({ word }) => word).values()].filter(
    ({ length }) => length >= LEAST.mates,
  );
  const [heads, feet] = [spreadsOff(numbers, "top"), spreadsOff(numbers, "bottom")];
  return new Map(digits.map((letter) => [letter, Math.max(heads.get(letter) ?? 0, feet.get(letter) ?? 0)]));
};
