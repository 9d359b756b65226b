// How likely is one word a misreading of another?
//
// An edit distance whose prices follow what recognisers do to Vietnamese print: a mark is lost or changed far more
// often than a letter, and some letters look alike.
import { baseOf, letterOf } from "./letters.js";

/** Tone or quality changed; both. */
const ONE_MARK = 0.35;
const TWO_MARKS = 0.5;
const LOOKS_ALIKE = 0.6;
const ANY = 1;
/** A speck of dirt between letters. */
const SPECK = 0.4;

/** Letters and digits that look alike in print; base letters, lower case. */
const ALIKE: readonly string[] = [
  "il1tj|",
  "oc0eq",
  "uvn",
  "vy",
  "hbk",
  "gq9",
  "s5",
  "b68",
  "dcl",
  "ao",
  "fl",
];
/** Two letters for one, both ways. */
const PAIRS: Readonly<Record<string, string>> = { rn: "m", cl: "d", vv: "w", li: "h", ii: "u", nn: "m" };

const isSpeck = (letter: string): boolean => !/[\p{L}\p{N}]/u.test(letter);

const alike = (a: string, b: string): boolean =>
  ALIKE.some((group) => group.includes(a) && group.includes(b));

/** The price of reading `a` for `b`: 0 … 1. */
export const letterCost = (a: string, b: string): number => {
  if (a === b) return 0;
  const [one, other] = [letterOf(a), letterOf(b)];
  if (one.base !== other.base) return alike(one.base, other.base) ? LOOKS_ALIKE : ANY;
  return one.tone !== other.tone && one.toneless !== other.toneless ? TWO_MARKS : ONE_MARK;
};

const insertCost = (letter: string): number => (isSpeck(letter) ? SPECK : ANY);

/** Both in lower case, NFC. More than `limit` when they are further apart than that. */
export const likeness = (read: string, meant: string, limit: number): number => {
  const [a, b] = [[...read], [...meant]];
  if (Math.abs(a.length - b.length) > limit / SPECK) return limit + 1;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j * ANY)];
  for (let i = 1; i <= a.length; i += 1) {
    const before = rows[i - 1] ?? [];
    const row = [(before[0] ?? 0) + insertCost(a[i - 1] ?? "")];
    for (let j = 1; j <= b.length; j += 1) {
      const [x = "", y = ""] = [a[i - 1], b[j - 1]];
      let best = Math.min(
        (before[j - 1] ?? 0) + letterCost(x, y),
        (before[j] ?? 0) + insertCost(x),
        (row[j - 1] ?? 0) + ANY,
      );
      if (i > 1 && PAIRS[baseOf(a[i - 2] ?? "") + baseOf(x)] === baseOf(y))
        best = Math.min(best, (rows[i - 2]?.[j - 1] ?? ANY) + LOOKS_ALIKE);
      if (j > 1 && PAIRS[baseOf(b[j - 2] ?? "") + baseOf(y)] === baseOf(x))
        best = Math.min(best, (before[j - 2] ?? ANY) + LOOKS_ALIKE);
      row.push(best);
    }
    if (Math.min(...row, ...(rows[i - 1] ?? [])) > limit) return limit + 1;
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? limit + 1;
};
