// Which words of a page stand in the rows and columns of a table?
import type { Gray } from "../page/raster.js";
import type { Box, Table, Word } from "../reader.js";
import { findAlignedTables } from "./aligned-tables.js";
import { rowsOfWords } from "./rows-of-words.js";
import { findRulings, type Ruling, type Rulings } from "./rulings.js";

/** Ends of lines that should meet do so within this many pixels. */
const NEAR_PX = 14;
/** A line that covers this much of a cell's side closes it. */
const CLOSED = 0.6;
const MOST_CELLS = 2_000;

interface Grid {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly lying: readonly Ruling[];
  readonly standing: readonly Ruling[];
}

const crosses = (lying: Ruling, standing: Ruling): boolean =>
  standing.at >= lying.from - NEAR_PX &&
  standing.at <= lying.to + NEAR_PX &&
  lying.at >= standing.from - NEAR_PX &&
  lying.at <= standing.to + NEAR_PX;

/** Lines that hang together by crossings. */
const networks = ({ lying, standing }: Rulings): readonly Rulings[] => {
  const left = { lying: new Set(lying), standing: new Set(standing) };
  const found: Rulings[] = [];
  for (const seed of lying) {
    if (!left.lying.delete(seed)) continue;
    const net = { lying: [seed], standing: [] as Ruling[] };
    for (let l = 0, s = 0; l < net.lying.length || s < net.standing.length; ) {
      const one = net.lying[l];
      if (one !== undefined) {
        l += 1;
        for (const other of left.standing)
          if (crosses(one, other) && left.standing.delete(other)) net.standing.push(other);
        continue;
      }
      const other = net.standing[s] as Ruling;
      s += 1;
      for (const next of left.lying)
        if (crosses(next, other) && left.lying.delete(next)) net.lying.push(next);
    }
    found.push(net);
  }
  return found;
};

/** Places of lines, those nearer than `NEAR_PX` as one. */
const places = (lines: readonly Ruling[]): readonly number[] => {
  const groups: number[][] = [];
  for (const at of lines.map((line) => line.at).sort((a, b) => a - b)) {
    const last = groups.at(-1);
    if (last !== undefined && at - (last.at(-1) ?? at) <= NEAR_PX) last.push(at);
    else groups.push([at]);
  }
  return groups.map((group) => group.reduce((sum, at) => sum + at, 0) / group.length);
};

/** A frame around one thing is no table: two cells at least, and not more than a page has words. */
const gridOf = ({ lying, standing }: Rulings): Grid | null => {
  const [xs, ys] = [places(standing), places(lying)];
  const cells = (xs.length - 1) * (ys.length - 1);
  return xs.length < 2 || ys.length < 2 || cells < 2 || cells > MOST_CELLS
    ? null
    : { xs, ys, lying, standing };
};

/** Is there a line at `at` along most of from … to? */
const isClosed = (lines: readonly Ruling[], at: number, from: number, to: number): boolean => {
  let covered = 0;
  for (const line of lines)
    if (Math.abs(line.at - at) <= NEAR_PX)
      covered += Math.max(0, Math.min(to, line.to) - Math.max(from, line.from));
  return covered >= CLOSED * (to - from);
};

/** For each place of the grid, the first place of the cell that it belongs to; row by row. */
const ownersOf = ({ xs, ys, lying, standing }: Grid): readonly number[] => {
  const columns = xs.length - 1;
  const owner = Array.from({ length: columns * (ys.length - 1) }, (_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (owner[root] !== root) root = owner[root] ?? root;
    return root;
  };
  const join = (a: number, b: number): void => {
    const [first, second] = [rootOf(a), rootOf(b)].sort((one, other) => one - other) as [number, number];
    owner[second] = first;
  };
  for (let row = 0; row + 1 < ys.length; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      const [left, right] = [xs[column] ?? 0, xs[column + 1] ?? 0];
      const [top, bottom] = [ys[row] ?? 0, ys[row + 1] ?? 0];
      if (column + 1 < columns && !isClosed(standing, right, top, bottom)) join(at, at + 1);
      if (row + 2 < ys.length && !isClosed(lying, bottom, left, right)) join(at, at + columns);
    }
  return owner.map((_, index) => rootOf(index));
};

const indexIn = (edges: readonly number[], at: number): number => edges.findLastIndex((edge) => edge <= at);

/** What the recogniser makes of the lines themselves. */
const LINE_MARKS = /^[|¦_\u2013\u2014[\]]+|[|¦_\u2013\u2014[\]]+$/g;

const textOf = (words: readonly Word[]): string =>
  rowsOfWords(words)
    .flatMap((row) => row.map(({ text }) => text.replaceAll(LINE_MARKS, "")))
    .filter((text) => text !== "")
    .join(" ");

const filled = (grid: Grid, words: readonly Word[]): readonly (readonly string[])[] => {
  const columns = grid.xs.length - 1;
  const owners = ownersOf(grid);
  const cells = new Map<number, Word[]>();
  for (const word of words) {
    const column = indexIn(grid.xs, word.box.x + word.box.w / 2);
    const row = indexIn(grid.ys, word.box.y + word.box.h / 2);
    if (column < 0 || row < 0 || column >= columns || row + 1 >= grid.ys.length) continue;
    const owner = owners[row * columns + column] ?? 0;
    cells.set(owner, [...(cells.get(owner) ?? []), word]);
  }
  return Array.from({ length: grid.ys.length - 1 }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const at = row * columns + column;
      return owners[at] === at ? textOf(cells.get(at) ?? []) : "";
    }),
  );
};

const boxOf = ({ xs, ys }: Grid): Box => {
  const [x, y] = [Math.round(xs[0] ?? 0), Math.round(ys[0] ?? 0)];
  return { x, y, w: Math.round(xs.at(-1) ?? 0) - x, h: Math.round(ys.at(-1) ?? 0) - y };
};

const isInside = (word: Word, box: Box): boolean => {
  const [x, y] = [word.box.x + word.box.w / 2, word.box.y + word.box.h / 2];
  return x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;
};

/** Cells that hold something: a photograph's frame and a page's border hold none, or one. */
const LEAST_FILLED = 3;

/**
 * `page` has flattened light and is upright, `words` are of the same pixels. Tables with drawn lines, and such
 * without whose columns stand apart over rows; from top to bottom.
 */
export const findTables = (page: Gray, words: readonly Word[]): readonly Table[] => {
  const ruled = networks(findRulings(page)).flatMap((net): readonly Table[] => {
    const grid = gridOf(net);
    if (grid === null) return [];
    const rows = filled(grid, words);
    const count = rows.flat().filter((cell) => cell !== "").length;
    return count < LEAST_FILLED ? [] : [{ box: boxOf(grid), rows }];
  });
  const outside = words.filter((word) => !ruled.some(({ box }) => isInside(word, box)));
  return [...ruled, ...findAlignedTables(outside)].sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
};
