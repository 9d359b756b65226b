// Which rows of words are a table although nobody drew its lines?
//
// Only where it can hardly be anything else: three columns over three rows with clear gutters. Two blocks of text
// side by side, as the head of every decision has them, are none.
import type { Box, Table, Word } from "../reader.js";
import { rowsOfWords } from "./rows-of-words.js";

const LEAST_ROWS = 3;
const LEAST_COLUMNS = 3;
/** A gutter is so many times as wide as letters are high, the widest one so many; a blank between words has a third. */
const GUTTER = 0.75;
const WIDEST_GUTTER = 1.5;
/** Rows further apart than this many heights do not belong together. */
const PITCH = 3.2;

type Row = readonly Word[];
type Span = readonly [from: number, to: number];

const heightOf = (row: Row): number => {
  const heights = row.map(({ box }) => box.h).sort((a, b) => a - b);
  return heights[Math.floor(heights.length / 2)] ?? 0;
};

const topOf = (row: Row): number => Math.min(...row.map(({ box }) => box.y));
const bottomOf = (row: Row): number => Math.max(...row.map(({ box }) => box.y + box.h));

/** Stretches that hold ink in some row, wider gaps between them than a gutter. */
const columnsOf = (rows: readonly Row[]): readonly Span[] => {
  const gutter = GUTTER * Math.max(...rows.map(heightOf));
  const spans: [number, number][] = [];
  for (const { box } of rows.flat().sort((a, b) => a.box.x - b.box.x)) {
    const last = spans.at(-1);
    if (last !== undefined && box.x - last[1] < gutter) last[1] = Math.max(last[1], box.x + box.w);
    else spans.push([box.x, box.x + box.w]);
  }
  return spans;
};

const cellsOf = (row: Row, columns: readonly Span[]): readonly string[] =>
  columns.map(([from, to]) =>
    row
      .filter(({ box }) => box.x >= from && box.x <= to)
      .map(({ text }) => text)
      .join(" "),
  );

/** Wide blanks of justified text may meet over some rows; one of them is not that wide. */
const standsApart = (columns: readonly Span[], rows: readonly Row[]): boolean =>
  columns.some(([from], index) => {
    const before = columns[index - 1];
    return before !== undefined && from - before[1] >= WIDEST_GUTTER * Math.max(...rows.map(heightOf));
  });

/** Most rows fill most columns: a lone word at the margin makes no table. */
const isFull = (rows: readonly (readonly string[])[]): boolean => {
  const filled = rows.flat().filter((cell) => cell !== "").length;
  return filled >= 0.75 * rows.length * (rows[0]?.length ?? 1);
};

const around = (rows: readonly Row[]): Box => {
  const words = rows.flat();
  const x = Math.min(...words.map(({ box }) => box.x));
  const y = Math.min(...rows.map(topOf));
  const w = Math.max(...words.map(({ box }) => box.x + box.w)) - x;
  return { x, y, w, h: Math.max(...rows.map(bottomOf)) - y };
};

const isNext = (above: Row, below: Row): boolean =>
  topOf(below) - topOf(above) <= PITCH * Math.max(heightOf(above), heightOf(below));

export const findAlignedTables = (words: readonly Word[]): readonly Table[] => {
  const rows = rowsOfWords(words);
  const tables: Table[] = [];
  for (let first = 0; first + LEAST_ROWS <= rows.length; first += 1) {
    let end = first;
    let best: readonly Span[] = [];
    while (end < rows.length) {
      const next = rows[end] as Row;
      const before = rows[end - 1];
      if (end > first && before !== undefined && !isNext(before, next)) break;
      const columns = columnsOf(rows.slice(first, end + 1));
      if (columns.length < LEAST_COLUMNS) break;
      best = columns;
      end += 1;
    }
    if (end - first < LEAST_ROWS) continue;
    const block = rows.slice(first, end);
    const cells = block.map((row) => cellsOf(row, best));
    if (!isFull(cells) || !standsApart(best, block)) continue;
    tables.push({ box: around(block), rows: cells });
    first = end - 1;
  }
  return tables;
};
