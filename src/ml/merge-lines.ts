// What if the recogniser gives one printed line twice?
//
// Where a seal or a signature crosses lines, tesseract's layout analysis finds overlapping lines and reads
// the same print in each of them, each time with other slips.
import type { Word } from "./reader.js";

type Line = readonly Word[];

/** Shared area over the smaller box's: 1 when one lies in the other. */
const overlap = (a: Word["box"], b: Word["box"]): number => {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w <= 0 || h <= 0 ? 0 : (w * h) / Math.max(1, Math.min(a.w * a.h, b.w * b.h));
};

const SAME_PRINT = 0.6;

const twinOf = (word: Word, line: Line): Word | undefined =>
  line.find((other) => overlap(word.box, other.box) >= SAME_PRINT);

/** A word that was cut off reads surely as the part that is left: a longer reading may be a little less sure. */
const worth = ({ confidence, text }: Word): number => confidence + 0.05 * Math.min(8, text.length);

/** Half of the shorter line's words stand where words of the other stand. */
const isSameLine = (a: Line, b: Line): boolean => {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  const twins = shorter.filter((word) => twinOf(word, longer) !== undefined).length;
  return twins > 0 && twins * 2 >= shorter.length;
};

const touches = (word: Word, line: Line): boolean => line.some((other) => overlap(word.box, other.box) > 0.1);

/** Each place once, by its surer reading, from left to right. */
const merged = (a: Line, b: Line): Line => {
  const kept = a.map((word) => {
    const twin = twinOf(word, b);
    return twin !== undefined && worth(twin) > worth(word) ? twin : word;
  });
  const added = b.filter((word) => !touches(word, a));
  return [...kept, ...added].sort((left, right) => left.box.x - right.box.x);
};

/** Lines in reading order, each printed line once. */
export const mergeLines = (lines: readonly Line[]): readonly Line[] => {
  const out: Line[] = [];
  for (const line of lines) {
    const index = out.findIndex((other) => isSameLine(line, other));
    const other = out[index];
    if (other === undefined) out.push(line);
    else out[index] = merged(other, line);
  }
  return out;
};
