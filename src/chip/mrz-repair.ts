// Which zone do uncertain letters stand for, if its check digits are to hold?
//
// A reader gives several letters for each place, each with a score. Doc 9303-5 and -4 say where only digits or only
// letters stand; the check digits say whether a choice holds. A repair is taken only when no other one that
// gives another key is about as likely: a wrong key costs the citizen one of the chip's few patient answers.

import { contradictions, parseCitizenNumber } from "../core/citizen-number.js";
import { parseMrzDate } from "../core/dates.js";
import { type Mrz, parseMrz } from "../core/mrz.js";

export interface LetterGuess {
  readonly character: string;
  /** Larger is likelier; only differences count. */
  readonly score: number;
}

/** Rows of places of guesses, best first. */
export type ZoneGuesses = readonly (readonly (readonly LetterGuess[])[])[];

export interface RepairedMrz {
  readonly mrz: Mrz;
  /** Places where not the best letter was taken. */
  readonly repairs: number;
}

/** d digit or filler, a letter or filler, x either, s sex. */
const LAYOUTS: Readonly<Record<string, readonly string[]>> = {
  "3×30": [
    `aaaaa${"x".repeat(9)}d${"x".repeat(15)}`,
    `${"d".repeat(7)}s${"d".repeat(7)}aaa${"x".repeat(11)}d`,
    "a".repeat(30),
  ],
  "2×44": ["a".repeat(44), `${"x".repeat(9)}daaa${"d".repeat(7)}s${"d".repeat(7)}${"x".repeat(14)}dd`],
  "2×36": ["a".repeat(36), `${"x".repeat(9)}daaa${"d".repeat(7)}s${"d".repeat(7)}${"x".repeat(7)}d`],
};
/** The Vietnamese card has digits in its number and in its optional data. */
const CITIZEN_ROW = `aaaaa${"d".repeat(25)}`;
const ALLOWED: Readonly<Record<string, RegExp>> = { d: /[0-9<]/, a: /[A-Z<]/, x: /./, s: /[MF<]/ };

/** Changes tried at once, out of the likeliest ones. */
const MOST_CHANGES = 3;
const CANDIDATES = 22;
/** A change that costs more than this is not misreading but another card. */
const DEAREST_CHANGE = 0.3;
/** Two answers nearer than this are not told apart. */
const CLEAR_LEAD = 0.03;

interface Change {
  readonly at: number;
  readonly character: string;
  readonly cost: number;
}

interface Answer {
  readonly mrz: Mrz;
  readonly cost: number;
  readonly repairs: number;
}

const bestOf = (guesses: readonly LetterGuess[]): string => guesses[0]?.character ?? "<";

const layoutOf = (zone: ZoneGuesses): string | null => {
  const rows = LAYOUTS[`${zone.length}×${zone[0]?.length ?? 0}`];
  if (rows === undefined || zone.some((row, index) => row.length !== rows[index]?.length)) return null;
  const issuer = (zone[0] ?? []).slice(2, 5).map(bestOf).join("");
  const [first = "", ...others] = rows;
  return [zone.length === 3 && issuer === "VNM" ? CITIZEN_ROW : first, ...others].join("");
};

const isPlausible = (mrz: Mrz): boolean => {
  if (mrz.failedChecks.length > 0) return false;
  const birth = parseMrzDate(mrz.birthDate, "2099-12-31");
  if (birth === null || parseMrzDate(mrz.expiryDate, "2099-12-31") === null) return false;
  if (mrz.citizenNumber === null) return true;
  const number = parseCitizenNumber(mrz.citizenNumber);
  if (number === null) return false;
  // The century is the number's: the zone has two digits of the year.
  const birthDate = `${number.birthYear}${birth.slice(4)}`;
  const sex = mrz.sex === "M" ? "Nam" : mrz.sex === "F" ? "Nữ" : null;
  return contradictions(number, { birthDate, sex }).length === 0;
};

const tryZone = (text: string): Mrz | null => {
  try {
    const mrz = parseMrz(text);
    return isPlausible(mrz) ? mrz : null;
  } catch {
    return null;
  }
};

const keyOf = ({ documentNumber, birthDate, expiryDate }: Mrz): string =>
  `${documentNumber} ${birthDate} ${expiryDate}`;

/** Every set of at most `MOST_CHANGES` changes at different places, as indices into `changes`. */
function* subsets(
  changes: readonly Change[],
  from = 0,
  taken: readonly Change[] = [],
): Generator<readonly Change[]> {
  yield taken;
  if (taken.length === MOST_CHANGES) return;
  for (let index = from; index < changes.length; index += 1) {
    const change = changes[index];
    if (change === undefined || taken.some(({ at }) => at === change.at)) continue;
    yield* subsets(changes, index + 1, [...taken, change]);
  }
}

/** Throws nothing: `null` is a zone of no known shape, one that nothing repairs, or one with two likely answers. */
export const repairMrz = (zone: ZoneGuesses): RepairedMrz | null => {
  const layout = layoutOf(zone);
  if (layout === null) return null;
  const base: string[] = [];
  const changes: Change[] = [];
  zone.flat().forEach((guesses, at) => {
    const allowed = guesses.filter(({ character }) => ALLOWED[layout[at] ?? "x"]?.test(character) === true);
    const best = allowed[0] ?? { character: "<", score: 0 };
    base.push(best.character);
    for (const { character, score } of allowed.slice(1)) {
      const cost = best.score - score;
      if (cost <= DEAREST_CHANGE) changes.push({ at, character, cost });
    }
  });
  // The name has no check digit: what stands in it can repair nothing.
  const checked = (at: number): boolean => (zone.length === 3 ? at < 60 : at >= (zone[0]?.length ?? 0));
  const likeliest = changes
    .filter(({ at }) => checked(at))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, CANDIDATES);
  const answers: Answer[] = [];
  for (const subset of subsets(likeliest)) {
    const text = [...base];
    for (const { at, character } of subset) text[at] = character;
    const mrz = tryZone(text.join(""));
    if (mrz !== null)
      answers.push({ mrz, repairs: subset.length, cost: subset.reduce((sum, { cost }) => sum + cost, 0) });
  }
  answers.sort((a, b) => a.cost - b.cost);
  const [first] = answers;
  if (first === undefined) return null;
  const rival = answers.find(({ mrz }) => keyOf(mrz) !== keyOf(first.mrz));
  // What needed no repair holds whatever else would.
  if (first.repairs > 0 && rival !== undefined && rival.cost - first.cost < CLEAR_LEAD) return null;
  return { mrz: first.mrz, repairs: first.repairs };
};
