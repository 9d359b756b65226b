// Which letters stand in a zone that was found on a frame?
import { applyHomography, homography, type Point, type Quad } from "../page/homography.js";
import { type Gray, shrinkGray } from "../page/raster.js";
import type { Zone } from "./find-zone.js";
import { CELL_HEIGHT, CELL_WIDTH, type Glyphs, type Guess, type Strip } from "./glyphs.js";

/** Letters a row by the number of rows (Doc 9303-4 to -6): TD1 has 3 × 30, TD3 2 × 44, TD2 2 × 36. */
const WIDTHS: Readonly<Record<2 | 3, readonly number[]>> = { 3: [30], 2: [44, 36] };
/** Room around the rows for a grid that lies a little off. */
const SIDE_PX = CELL_WIDTH;
const STRIP_HEIGHT = CELL_HEIGHT + 12;
/** A mean below this is no OCR-B but other print. A zone read head down comes to 0.80, a right one at dusk to 0.92. */
const LEAST_MEAN = 0.7;
const LEAST_COARSE = 0.45;
/** From here on another place or another way up can not be better. */
export const CERTAIN_MEAN = 0.88;

export interface ReadZone {
  /** For each row, for each place, the letters it could be, best first. */
  readonly rows: readonly (readonly (readonly Guess[])[])[];
  /** Mean correlation of the best letters, at most 1. */
  readonly mean: number;
}

/** Samples row `index` of `count` on a strip with `letters` cells. */
const cutRow = (
  frame: Gray,
  zone: { readonly quad: Quad; readonly rows: number },
  row: { readonly index: number; readonly letters: number },
): Strip | null => {
  const width = row.letters * CELL_WIDTH + 2 * SIDE_PX;
  // Ink of the first and the last letter ends about a sixth of a cell inside their cells.
  const inset = CELL_WIDTH / 6;
  const [x0, x1] = [SIDE_PX + inset, width - SIDE_PX - inset];
  const pitch = 100;
  const from: Quad = [
    { x: x0, y: 0 },
    { x: x1, y: 0 },
    { x: x1, y: (zone.rows - 1) * pitch },
    { x: x0, y: (zone.rows - 1) * pitch },
  ];
  const matrix = homography(from, zone.quad);
  if (matrix === null) return null;
  const middle = (x: number): Point => applyHomography(matrix, { x, y: row.index * pitch });
  const data = new Float32Array(width * STRIP_HEIGHT);
  for (let x = 0; x < width; x += 1) {
    const at = middle(x);
    const next = middle(x + 1);
    // Across the row at the scale that holds along it.
    const [ux, uy] = [next.x - at.x, next.y - at.y];
    for (let y = 0; y < STRIP_HEIGHT; y += 1) {
      const down = y - STRIP_HEIGHT / 2;
      data[y * width + x] = sample(frame, at.x - uy * down, at.y + ux * down);
    }
  }
  return { width, height: STRIP_HEIGHT, data };
};

const sample = (frame: Gray, u: number, v: number): number => {
  const x = Math.min(frame.width - 1.001, Math.max(0, u));
  const y = Math.min(frame.height - 1.001, Math.max(0, v));
  const [x0, y0] = [x | 0, y | 0];
  const [fx, fy] = [x - x0, y - y0];
  const at = y0 * frame.width + x0;
  const row = (from: number): number => (frame.data[from] ?? 0) * (1 - fx) + (frame.data[from + 1] ?? 0) * fx;
  return row(at) * (1 - fy) + row(at + frame.width) * fy;
};

interface Grid {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

const range = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);

const scoreOf = (glyphs: Glyphs, strip: Strip, grid: Grid, cells: readonly number[]): number => {
  let sum = 0;
  for (const cell of cells)
    sum += glyphs.fit(strip, grid.left + cell * CELL_WIDTH * grid.scale, grid.top, grid.scale);
  return sum / cells.length;
};

interface LaidGrid extends Grid {
  /** Mean correlation of the cells that were tried. */
  readonly score: number;
}

/**
 * The place of the grid on the strip: a coarse search on every third cell, a fine one around the best. The rows
 * after the first lie where the first one lay, but for a pixel or two.
 */
const layGrid = (glyphs: Glyphs, strip: Strip, letters: number, first: Grid | null): LaidGrid => {
  const some = range(0, letters - 1, 1).filter((cell) => cell % 3 === 0 || cell === 1 || cell >= letters - 2);
  const search = (grids: readonly Grid[]): LaidGrid =>
    grids
      .map((grid) => ({ ...grid, score: scoreOf(glyphs, strip, grid, some) }))
      .reduce((best, one) => (one.score > best.score ? one : best));
  const around = (
    centre: Grid,
    [dl, sl]: readonly [number, number],
    [dt, st]: readonly [number, number],
    [ds, ss]: readonly [number, number],
  ): Grid[] =>
    range(-dl, dl, sl).flatMap((l) =>
      range(-dt, dt, st).flatMap((t) =>
        range(-ds, ds, ss).map((s) => {
          const scale = centre.scale + s;
          // Around the middle, so that a change of scale does not move the whole row.
          const shift = ((letters * CELL_WIDTH) / 2) * (centre.scale - scale);
          return { left: centre.left + l + shift, top: centre.top + t, scale };
        }),
      ),
    );
  if (first !== null) return search(around(first, [3, 1], [2, 1], [0.018, 0.006]));
  const start: Grid = { left: SIDE_PX, top: (STRIP_HEIGHT - CELL_HEIGHT) / 2, scale: 1 };
  const coarse = search(around(start, [8, 2], [4, 2], [0.06, 0.015]));
  if (coarse.score < LEAST_COARSE) return coarse;
  const fine = search(around(coarse, [1, 1], [1, 1], [0.0075, 0.0075]));
  return search(around(fine, [0.5, 0.5], [0, 1], [0.004, 0.002]));
};

const readAs = (glyphs: Glyphs, frame: Gray, zone: Zone, letters: number): ReadZone | null => {
  const factor = Math.max(1, Math.floor(zone.length / (letters * CELL_WIDTH)));
  const small = shrinkGray(frame, factor);
  const down = (p: Point): Point => ({ x: p.x / factor, y: p.y / factor });
  const [a, b, c, d] = zone.quad;
  const quad: Quad = [down(a), down(b), down(c), down(d)];
  const rows: (readonly (readonly Guess[])[])[] = [];
  let sum = 0;
  let first: Grid | null = null;
  for (let index = 0; index < zone.rows; index += 1) {
    const strip = cutRow(small, { quad, rows: zone.rows }, { index, letters });
    if (strip === null) return null;
    const grid: LaidGrid = layGrid(glyphs, strip, letters, first);
    if (grid.score < LEAST_COARSE) return null;
    first = grid;
    const cells = range(0, letters - 1, 1).map((cell) =>
      glyphs.guess(strip, grid.left + cell * CELL_WIDTH * grid.scale, grid.top, grid.scale),
    );
    sum += cells.reduce((total, guesses) => total + (guesses[0]?.score ?? 0), 0);
    rows.push(cells);
  }
  return { rows, mean: sum / (zone.rows * letters) };
};

/** The other way up. */
const turned = ({ quad, rows, length }: Zone): Zone => ({
  quad: [quad[2], quad[3], quad[0], quad[1]],
  rows,
  length,
});

/** Reads a zone both ways up, or `null` where no way gives OCR-B. */
export const readZone = (glyphs: Glyphs, frame: Gray, zone: Zone): ReadZone | null => {
  let best: ReadZone | null = null;
  for (const letters of WIDTHS[zone.rows])
    for (const way of [zone, turned(zone)]) {
      const read = readAs(glyphs, frame, way, letters);
      if (read === null || read.mean < LEAST_MEAN) continue;
      if (read.mean >= CERTAIN_MEAN) return read;
      if (read.mean > (best?.mean ?? 0)) best = read;
    }
  return best;
};
