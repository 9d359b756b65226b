// Which words of a page belong together, and what stands beside and below them?
import type { HandKind } from "../handwriting/kinds.js";
import type { HandReading } from "../handwriting/read-logits.js";
import type { Box, Correction, PageCode, Script, TextLine, Word } from "../reader.js";
import { fold } from "./match.js";

/**
 * What the extractors look at: a page that was read, in pixels of the rectified page. Handwriting that nothing
 * reads is a line of script "hand" with a word of no text.
 */
export interface FieldsInput {
  readonly words: readonly (Word & { readonly line?: number })[];
  /** In reading order; without them the words' own line numbers count. */
  readonly lines?: readonly TextLine[];
  readonly codes?: readonly PageCode[];
  readonly readHand?: ReadHandAs;
}

/** Reads the handwriting at a place as a field of this kind; null where no model looked at any. */
export type ReadHandAs = (place: Box, kind: HandKind) => HandReading | null;

/** A word, or the part of one before or after a colon. */
export interface Token {
  readonly text: string;
  readonly folded: string;
  readonly confidence: number;
  readonly box: Box;
  readonly correction: Correction | null;
}

/** Neighbouring words of one line without a wide blank between them. */
export interface Segment {
  readonly tokens: readonly Token[];
  readonly folded: readonly string[];
  readonly box: Box;
  /** Usual height of its words. */
  readonly height: number;
  readonly script: Script;
}

/** A blank this many times as wide as letters are high parts two columns; blanks in a value are narrower. */
const COLUMN_GAP = 2;
/** No page that is a page has more; a wall of words must not cost minutes. */
const MOST_WORDS = 4_000;

export const around = (boxes: readonly Box[]): Box | null => {
  if (boxes.length === 0) return null;
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const right = Math.max(...boxes.map(({ x, w }) => x + w));
  const bottom = Math.max(...boxes.map(({ y, h }) => y + h));
  return { x: left, y: top, w: right - left, h: bottom - top };
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const token = (text: string, word: Word, part: readonly [from: number, to: number]): Token => {
  const { x, y, w, h } = word.box;
  const length = Math.max(1, word.text.length);
  const [from, to] = part;
  return {
    text,
    folded: fold(text),
    confidence: word.confidence,
    correction: word.correction ?? null,
    box: { x: x + (w * from) / length, y, w: (w * (to - from)) / length, h },
  };
};

/** "tên:NGUYỄN" was printed as two things; "7:30" was not. */
const tokensOf = (word: Word): readonly Token[] => {
  const at = word.text.indexOf(":");
  const parted = at > 0 && at < word.text.length - 1 && /\p{L}/u.test(word.text.slice(0, at));
  if (!parted) return [token(word.text, word, [0, word.text.length])];
  return [
    token(word.text.slice(0, at + 1), word, [0, at + 1]),
    token(word.text.slice(at + 1), word, [at + 1, word.text.length]),
  ];
};

const segmentOf = (tokens: readonly Token[], script: Script): Segment => ({
  tokens,
  folded: tokens.map(({ folded }) => folded),
  box: around(tokens.map(({ box }) => box)) ?? { x: 0, y: 0, w: 0, h: 0 },
  height: median(tokens.map(({ box }) => box.h)),
  script,
});

const split = (tokens: readonly Token[], script: Script): readonly Segment[] => {
  const height = median(tokens.map(({ box }) => box.h));
  const segments: Segment[] = [];
  let from = 0;
  for (let at = 1; at <= tokens.length; at += 1) {
    const [before, next] = [tokens[at - 1], tokens[at]];
    const gap = next === undefined || before === undefined ? 0 : next.box.x - (before.box.x + before.box.w);
    if (next !== undefined && Math.abs(gap) <= COLUMN_GAP * height) continue;
    segments.push(segmentOf(tokens.slice(from, at), script));
    from = at;
  }
  return segments;
};

interface RawLine {
  readonly words: readonly Word[];
  readonly script: Script;
}

const rawLines = ({ words, lines }: FieldsInput): readonly RawLine[] => {
  const kept = words.slice(0, MOST_WORDS);
  if (lines !== undefined)
    return lines.map(({ from, to, script }) => ({ words: kept.slice(from, to), script }));
  const byLine = new Map<number, Word[]>();
  for (const word of kept) byLine.set(word.line ?? 0, [...(byLine.get(word.line ?? 0) ?? []), word]);
  return [...byLine.values()].map((line) => ({ words: line, script: "print" as const }));
};

/** In the order of the lines, from left to right. */
export const segmentsOf = (input: FieldsInput): readonly Segment[] =>
  rawLines(input).flatMap(({ words, script }) => {
    const tokens = words.flatMap(tokensOf);
    return tokens.length === 0 ? [] : split(tokens, script);
  });

const bottomOf = ({ y, h }: Box): number => y + h;
const rightOf = ({ x, w }: Box): number => x + w;

/** By half of the lower one's height. */
export const onOneRow = (a: Box, b: Box): boolean =>
  Math.min(bottomOf(a), bottomOf(b)) - Math.max(a.y, b.y) > 0.5 * Math.min(a.h, b.h);

/** What stands right of a place on the same row, nearest first. */
export const rightOfPlace = (all: readonly Segment[], place: Box): readonly Segment[] =>
  all
    .filter(({ box }) => box.x >= rightOf(place) - 2 && onOneRow(box, place))
    .sort((a, b) => a.box.x - b.box.x);

/** What stands below a place within `reach` pixels and overlaps it in x, nearest first. */
export const belowPlace = (all: readonly Segment[], place: Box, reach: number): readonly Segment[] =>
  all
    .filter(({ box }) => {
      const over = Math.min(rightOf(box), rightOf(place)) - Math.max(box.x, place.x);
      const middle = box.y + box.h / 2;
      return over > 0 && middle > bottomOf(place) && box.y - bottomOf(place) <= reach;
    })
    .sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);

/** Between two columns; blanks between words are a third of this. */
const CUT_GAP = 1;

/** Splits segments again at `columns` (left edges where other labels begin), at blanks wider than letters are. */
export const splitAtColumns = (
  segments: readonly Segment[],
  columns: readonly number[],
): readonly Segment[] =>
  segments.flatMap(({ tokens, script, height }) => {
    const cuts = tokens.flatMap((here, index) => {
      const before = tokens[index - 1];
      if (before === undefined || here.box.x - rightOf(before.box) < CUT_GAP * height) return [];
      return columns.some((x) => Math.abs(x - here.box.x) < 0.8 * height) ? [index] : [];
    });
    const bounds = [0, ...cuts, tokens.length];
    return bounds.slice(1).map((to, index) => segmentOf(tokens.slice(bounds[index], to), script));
  });
