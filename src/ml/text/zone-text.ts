// What is written in a machine-readable zone, as far as its layout alone can say?
//
// Doc 9303-4 to -6 say where only digits or only letters stand. Nothing is repaired by a check digit: a wrong one
// is what a forged paper shows, and the checks have to see it.
import type { ReadZone } from "../mrz/read-zone.js";

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

/** Rows joined by "\n"; at each place the best letter that may stand there. */
export const zoneText = ({ rows }: ReadZone): string => {
  const layout = LAYOUTS[`${rows.length}×${rows[0]?.length ?? 0}`];
  const best = (row: number, place: number): string => rows[row]?.[place]?.[0]?.character ?? "<";
  const isCitizen = rows.length === 3 && best(0, 2) + best(0, 3) + best(0, 4) === "VNM";
  return rows
    .map((row, index) => {
      const kinds = index === 0 && isCitizen ? CITIZEN_ROW : layout?.[index];
      return row
        .map((guesses, place) => {
          const allowed = ALLOWED[kinds?.[place] ?? "x"] ?? /./;
          return guesses.find(({ character }) => allowed.test(character))?.character ?? best(index, place);
        })
        .join("");
    })
    .join("\n");
};
