// What if the recogniser gives one printed line twice?
//
// Where a seal or a signature crosses lines, tesseract's layout analysis finds overlapping lines and reads
// the same print in each of them, each time with other slips.
import type { Word } from "./reader.js";

type Line = readonly Word[];

/** Intersection over union of two boxes. */
const overlap = (a: Word["box"], b: Word["box"]): number => {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (a.w * a.h + b.w * b.h - w * h);
};

const SAME_PRINT = 0.35;

const twinOf = (word: Word, line: Line): Word | undefined =>
  line.find((other) => overlap(word.box, other.box) >= SAME_PRINT);

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
    return twin !== undefined && twin.confidence > word.confidence ? twin : word;
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
