// Does a finger or another thing lie on the page, and is there writing under it?
import { blobsOf } from "./blobs.js";
import { cellMeans, closed, type LightMap } from "./flatten.js";
import type { Gray, Rgb } from "./raster.js";

export interface Cover {
  /** Part of the page that is covered, 0 … 1. */
  readonly share: number;
  readonly onText: boolean;
  /** 1 for each covered cell, row by row. */
  readonly cells: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  /** Light of the paper that is not covered, 0 … 255. */
  readonly paper: number;
}

/** How much redder than the paper skin is, whatever its shade; a person's and not a seal's, see `LEAST_REACH`. */
const SKIN_RED = 13;
/** Seals, stars and headings are narrower than this many cells; fingers are not. */
const LEAST_REACH = 3;
/** In light below this the colour is more the JPEG file's than the finger's. */
const DIM_LUMA = 50;
const SMALLEST_SHARE = 0.0015;
/** A cell with this much ink has writing. */
const INK_SHARE = 0.02;
/** Writing this near to a finger goes on under it, in cells. */
const NEAR_TEXT = 3;
/** No writing comes this near to the page's edge, only frames and what lies beside it; of the shorter side. */
const EMPTY_MARGIN = 0.066;
/** Of the finger's outline on the page, how much has writing next to it. */
const TEXT_AROUND = 0.3;

const median = (values: ArrayLike<number>): number => {
  const sorted = Float32Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
};

/** Cells in which `flat` has writing, 1 or 0. */
export const inkCells = ({ width, height, data }: Gray, cellPx: number): Uint8Array => {
  const dark = new Uint8Array(width * height);
  for (let i = 0; i < dark.length; i += 1) dark[i] = (data[i] as number) < 150 ? 255 : 0;
  const { columns, rows, values } = cellMeans({ width, height, data: dark }, cellPx);
  const margin = Math.round(EMPTY_MARGIN * Math.min(columns, rows));
  return Uint8Array.from(values, (value, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    const inner = x >= margin && y >= margin && x < columns - margin && y < rows - margin;
    return inner && value > 255 * INK_SHARE ? 1 : 0;
  });
};

/** Red over green in each cell, scaled by the light. */
const redness = (page: Rgb): Gray => {
  const data = new Uint8Array(page.width * page.height);
  const scales = Float64Array.from({ length: 256 }, (_, luma) => 128 / (luma + DIM_LUMA));
  const from = page.data;
  for (let i = 0, p = 0; i < data.length; i += 1, p += 3) {
    const r = from[p] as number;
    const g = from[p + 1] as number;
    const luma = (r * 77 + g * 150 + (from[p + 2] as number) * 29) >> 8;
    const red = 128 + (r - g) * (scales[luma] as number);
    data[i] = red < 0 ? 0 : red > 255 ? 255 : red;
  }
  return { width: page.width, height: page.height, data };
};

/**
 * `flat`: the page with its light evened out; `luma`: the cells' mean brightness as photographed. Method: skin is redder
 * than paper, and reaches in from the edge.
 */
export const coverOf = (page: Rgb, flat: Gray, luma: LightMap): Cover => {
  const { cellPx } = luma;
  const red = cellMeans(redness(page), cellPx);
  const { columns, rows } = red;
  const paperRed = median(red.values);
  // Opening: red things narrower than a finger vanish.
  const wide = closed({ ...red, values: red.values.map((value) => -value) }, LEAST_REACH).values.map(
    (v) => -v,
  );
  const marks = Uint8Array.from(wide, (value) => (value > paperRed + SKIN_RED ? 1 : 0));
  const paper = median(luma.values);
  const cells = new Uint8Array(marks.length);
  const ink = inkCells(flat, cellPx);
  let [covered, onText] = [0, false];
  for (const blob of blobsOf(marks, columns)) {
    if (!blob.atEdge || blob.cells.length < SMALLEST_SHARE * marks.length) continue;
    covered += blob.cells.length;
    for (const cell of blob.cells) cells[cell] = 1;
  }
  let [outline, beside] = [0, 0];
  const isCovered = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < columns && y < rows && cells[y * columns + x] === 1;
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1) {
      if (isCovered(x, y)) continue;
      // A ring one finger's soft edge away from the finger.
      const near = isCovered(x - 2, y) || isCovered(x + 2, y) || isCovered(x, y - 2) || isCovered(x, y + 2);
      if (!near) continue;
      outline += 1;
      let text = false;
      for (let dy = -NEAR_TEXT; dy <= NEAR_TEXT && !text; dy += 1)
        for (let dx = -NEAR_TEXT; dx <= NEAR_TEXT && !text; dx += 1) {
          const [nx, ny] = [x + dx, y + dy];
          const inside = nx >= 0 && ny >= 0 && nx < columns && ny < rows;
          text =
            inside && !isCovered(nx, ny) && ink[ny * columns + nx] === 1 && Math.hypot(dx, dy) <= NEAR_TEXT;
        }
      if (text) beside += 1;
    }
  onText = outline > 0 && beside / outline > TEXT_AROUND;
  return { share: covered / marks.length, onText, cells, columns, rows, paper };
};
