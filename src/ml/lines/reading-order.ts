// In which order does a person read what stands on a page?
//
// Row by row, across the wide gaps of a form; but two blocks side by side, such as authority and motto over a
// letter or addressees and signature under it, one block after the other.
import type { Box, Word } from "../reader.js";

/** Words of one printed line, from left to right. */
export type Line = readonly Word[];

interface Segment {
  readonly words: Line;
  readonly box: Box;
  /** Middle of the small letters; boxes with diacritics and tails reach further. */
  readonly middle: number;
  readonly height: number;
}

export const around = (boxes: readonly Box[]): Box => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, w, h } of boxes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + w);
    bottom = Math.max(bottom, y + h);
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
};

const middleOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const segmentOf = (words: Line): Segment => ({
  words,
  box: around(words.map(({ box }) => box)),
  middle: middleOf(words.map(({ box }) => box.y + box.h / 2)),
  height: middleOf(words.map(({ box }) => box.h)),
});

/** A blank this many times as wide as letters are high may part two blocks. */
const GAP = 2.2;

/** The recogniser joins across blocks what stands on one height: parted at wide blanks, put together again below. */
const segmentsOf = (line: Line): readonly Segment[] => {
  const parts: Word[][] = [];
  for (const word of line) {
    const part = parts.at(-1);
    const before = part?.at(-1);
    if (part === undefined || before === undefined) parts.push([word]);
    else if (word.box.x - (before.box.x + before.box.w) > GAP * Math.max(word.box.h, before.box.h))
      parts.push([word]);
    else part.push(word);
  }
  return parts.map(segmentOf);
};

/** How far, in letter heights, the middles on one row may lie apart: lines are straight, but not quite. */
const ONE_ROW = 0.5;
/** Cells of one row of a form stand on one baseline that closely. */
const ONE_BASELINE = 0.2;

type Row = readonly Segment[];

const nearest = (row: Row, segment: Segment): Segment | undefined => {
  const gap = (other: Segment): number =>
    Math.max(segment.box.x - (other.box.x + other.box.w), other.box.x - (segment.box.x + segment.box.w));
  return row.reduce<Segment | undefined>(
    (best, other) => (best === undefined || gap(other) < gap(best) ? other : best),
    undefined,
  );
};

const overlaps = (a: Box, b: Box): boolean =>
  Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x) > 0.2 * Math.min(a.w, b.w);

const fits = (row: Row, segment: Segment): boolean => {
  const near = nearest(row, segment);
  return (
    near !== undefined &&
    Math.abs(near.middle - segment.middle) <= ONE_ROW * Math.min(near.height, segment.height) &&
    !row.some((other) => overlaps(other.box, segment.box))
  );
};

const byX = (a: Segment, b: Segment): number => a.box.x - b.box.x;

/** From top to bottom; each from left to right. */
const rowsOf = (segments: readonly Segment[]): readonly Row[] => {
  const rows: Segment[][] = [];
  for (const segment of [...segments].sort((a, b) => a.middle - b.middle)) {
    // Only the last rows can still take one: the segments come from top to bottom.
    const row = rows.slice(-4).find((candidate) => fits(candidate, segment));
    if (row === undefined) rows.push([segment]);
    else row.push(segment);
  }
  return rows.map((row) => row.sort(byX));
};

interface Sides {
  readonly left: Row;
  readonly right: Row;
}

const centre = ({ box }: Segment): number => box.x + box.w / 2;
const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

/** Centred on one axis, and not merely all of one width. */
const isCentred = (block: Row): boolean => {
  const height = middleOf(block.map((segment) => segment.height));
  const lefts = spread(block.map(({ box }) => box.x));
  return block.length > 1 && spread(block.map(centre)) < Math.max(height, 0.5 * lefts) && lefts > height;
};

/** Two blocks are read one after the other when the right one is centred in itself. */
const areBlocks = ({ left, right }: Sides): boolean =>
  left.length > 1 && right.length > 1 && isCentred(right) && (isCentred(left) || isRagged({ left, right }));

/** Rows of the two sides that do not stand on one height belong to two texts. */
const isRagged = ({ left, right }: Sides): boolean =>
  left.filter(
    ({ middle, height }) => !right.some((other) => Math.abs(other.middle - middle) < ONE_BASELINE * height),
  ).length *
    2 >
  left.length;

/** The rows from `from` on that one blank column parts, and what is left and right of it. */
const bandFrom = (rows: readonly Row[], from: number): { readonly to: number; readonly sides: Sides } => {
  const left: Segment[] = [];
  const right: Segment[] = [];
  let [low, high] = [-Infinity, Infinity];
  let to = from;
  for (; to < rows.length; to += 1) {
    const row = rows[to] ?? [];
    const next = cut(row, low, high);
    if (next === null) break;
    [low, high] = [next.low, next.high];
    left.push(...next.left);
    right.push(...next.right);
  }
  return { to, sides: { left, right } };
};

interface Cut extends Sides {
  readonly low: number;
  readonly high: number;
}

/** Parts a row within the blank column low … high, which it may narrow; null when it crosses it. */
const cut = (row: Row, low: number, high: number): Cut | null => {
  const [first, second, third] = row;
  if (first === undefined || third !== undefined) return null;
  if (second !== undefined) {
    const edges = { low: Math.max(low, first.box.x + first.box.w), high: Math.min(high, second.box.x) };
    return edges.high - edges.low > first.height ? { ...edges, left: [first], right: [second] } : null;
  }
  // A lone segment belongs to a side only when the column is known by then.
  if (high === Infinity) return null;
  if (first.box.x + first.box.w < high - first.height && centre(first) < (low + high) / 2)
    return { low: Math.max(low, first.box.x + first.box.w), high, left: [first], right: [] };
  if (first.box.x > low + first.height && centre(first) > (low + high) / 2)
    return { low, high: Math.min(high, first.box.x), left: [], right: [first] };
  return null;
};

/** A line out of the segments of one row. */
const joined = (row: Row): Line => row.flatMap(({ words }) => words);

/** Shortest band that still is two blocks, longest first: a letter's body below must not hide them. */
const blocksFrom = (
  rows: readonly Row[],
  from: number,
): { readonly to: number; readonly sides: Sides } | null => {
  const longest = bandFrom(rows, from);
  for (let to = longest.to; to > from + 1; to -= 1) {
    const { sides } = bandFrom(rows.slice(0, to), from);
    if (areBlocks(sides)) return { to, sides };
  }
  return null;
};

/** `found` are the recogniser's lines in any order; each answer is a line as a person reads it. */
export const inReadingOrder = (found: readonly Line[]): readonly Line[] => {
  const rows = rowsOf(found.flatMap(segmentsOf));
  const lines: Line[] = [];
  for (let at = 0; at < rows.length; ) {
    const blocks = blocksFrom(rows, at);
    if (blocks === null) {
      lines.push(joined(rows[at] ?? []));
      at += 1;
      continue;
    }
    for (const side of [blocks.sides.left, blocks.sides.right]) for (const row of side) lines.push(row.words);
    at = blocks.to;
  }
  return lines;
};
