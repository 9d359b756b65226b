// How far is each printed character from the same character elsewhere on its page?
//
// The page itself says how much one character differs from the next one of its kind: blur, noise and the camera's
// resolution make it more. So every distance is told in multiples of what is usual on this page.
import { byKey, heightOf, type Letter, likeness } from "./letters.js";
import { median } from "./median.js";

export interface Kinship {
  readonly letter: Letter;
  /** The same character in the same style elsewhere. */
  readonly kin: number;
  /** How unlike the likest of its kin, in multiples of what is usual on the page; 1 is usual. */
  readonly far: number;
  /** The same as a distance: 1 − likeness. */
  readonly apart: number;
  /** How much higher and broader than its kin, in the page's own spreads. */
  readonly higher: number;
  readonly broader: number;
  /** Natural logarithm of the width of its strokes over its kin's. */
  readonly heavier: number;
  /** How much more than its kin it leans to the right. */
  readonly leaning: number;
}

const SAME = { height: 0.14, weight: 0.2, slant: 0.08 } as const;

/** `likeness` of two letters of one page, told twice for the price of once. */
export type Alike = (a: Letter, b: Letter) => number;

export const rememberingAlike = (letters: readonly Letter[]): Alike => {
  const places = new Map(letters.map((letter, place) => [letter, place]));
  const known = new Map<number, number>();
  return (a, b) => {
    const [one, other] = [places.get(a) ?? 0, places.get(b) ?? 0];
    const key = Math.min(one, other) * letters.length + Math.max(one, other);
    const told = known.get(key) ?? likeness(a, b);
    known.set(key, told);
    return told;
  };
};

/** One place may be read twice, as two words. */
const overlap = (a: Letter, b: Letter): boolean =>
  Math.abs(a.box.x - b.box.x) < a.box.w && Math.abs(a.box.y - b.box.y) < a.box.h;

const isKin = (a: Letter, b: Letter): boolean =>
  a !== b &&
  Math.abs(heightOf(a) / heightOf(b) - 1) < SAME.height &&
  Math.abs(a.style.weight / b.style.weight - 1) < SAME.weight &&
  Math.abs(a.style.slant - b.style.slant) < SAME.slant &&
  !overlap(a, b);

/** So many say how a character is drawn. */
const MOST_KIN = 10;

interface Compared {
  readonly letter: Letter;
  readonly kin: number;
  /** 1 − likeness. */
  readonly apart: number;
  readonly higher: number;
  readonly broader: number;
  readonly heavier: number;
  readonly leaning: number;
}

const compare = (
  letter: Letter,
  same: readonly Letter[],
  { alike, strangers }: Company,
): readonly Compared[] => {
  const kin: Letter[] = [];
  for (const other of same) {
    if (isKin(letter, other) && !strangers(letter, other)) kin.push(other);
    if (kin.length === MOST_KIN) break;
  }
  if (kin.length === 0) return [];
  return [
    {
      letter,
      kin: kin.length,
      apart: 1 - Math.max(...kin.map((other) => alike(letter, other))),
      higher: Math.log(heightOf(letter) / median(kin.map(heightOf))),
      broader: Math.log(letter.breadth / median(kin.map(({ breadth }) => breadth))),
      heavier: Math.log(letter.weight / median(kin.map(({ weight }) => weight))),
      leaning: letter.slant - median(kin.map(({ slant }) => slant)),
    },
  ];
};

export interface Company {
  readonly alike: Alike;
  /** True of a pair that must not vouch for each other. */
  readonly strangers: (a: Letter, b: Letter) => boolean;
}

const SIGMA = 1.4826;
/** Below these, what is usual says more about rounding than about the page. */
const LEAST = { apart: 0.0025, higher: 0.004, broader: 0.006 } as const;
/** Too few pairs to know what is usual. */
const LEAST_PAIRS = 30;

/** Empty where too little is known of the page. */
export const kinshipsOf = (letters: readonly Letter[], company: Company): readonly Kinship[] => {
  const groups = byKey(letters, ({ char }) => char);
  const all = letters.flatMap((letter) => compare(letter, groups.get(letter.char) ?? [], company));
  const known = all.filter(({ kin }) => kin >= 2);
  if (known.length < LEAST_PAIRS) return [];
  const usual = Math.max(LEAST.apart, median(known.map(({ apart }) => apart)));
  const spread = (key: "higher" | "broader"): number =>
    Math.max(LEAST[key], SIGMA * median(known.map((one) => Math.abs(one[key]))));
  const [higher, broader] = [spread("higher"), spread("broader")];
  return all.map((one) => ({
    letter: one.letter,
    kin: one.kin,
    far: one.apart / usual,
    apart: one.apart,
    higher: one.higher / higher,
    broader: one.broader / broader,
    heavier: one.heavier,
    leaning: one.leaning,
  }));
};

const MOST_OF_ANOTHER = 3;
const NEARER = 0.5;

/** True when it is much more like another character of the page: then it was read wrongly, and drawn like the rest. */
export const isMisread = ({ letter, apart }: Kinship, letters: readonly Letter[], alike: Alike): boolean => {
  for (const [char, others] of byKey(letters, (one) => one.char)) {
    if (char === letter.char) continue;
    const near = others.filter((other) => isKin(letter, other)).slice(0, MOST_OF_ANOTHER);
    if (near.some((other) => 1 - alike(letter, other) < NEARER * apart)) return true;
  }
  return false;
};
