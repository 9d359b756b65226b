// How does a rectified page become clean: white paper for people, nothing but print for the recogniser?
import type { Cover } from "./cover.js";
import { evenLightInPlace, type LightMap, smoothed } from "./flatten.js";
import type { MeasuredPage } from "./quality.js";
import type { Gray, Rgb } from "./raster.js";
import type { PageMap } from "./rectify.js";

/** Light is lifted by no more than this over the page's usual light: what is darker is dark itself. */
const DEEPEST = 0.3;
/** Part of the page's width along its sides where the background may show. */
const MARGIN = 0.005;

const percentile = (values: ArrayLike<number>, part: number): number => {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};

/** What a small picture of the page says about its light and about what lies on it. */
export interface Survey {
  readonly light: LightMap;
  readonly cover: Pick<Cover, "cells" | "columns">;
  /** Pixels of the page a cell. */
  readonly cellPx: number;
}

/** How the page that was measured lies in the one that is surveyed. */
export interface Laying {
  readonly width: number;
  readonly height: number;
  /** Pixels of it for one of the page that was measured. */
  readonly scale: number;
  /** From its places to those of the page that was measured, 0 … 1 each way. */
  readonly before: PageMap;
}

/** Between the cells' middles, in cells; held at the edges. */
const between = ({ columns, rows, values }: LightMap, x: number, y: number): number => {
  const cx = Math.max(0, Math.min(columns - 1, x));
  const cy = Math.max(0, Math.min(rows - 1, y));
  const [left, top] = [Math.min(columns - 2, Math.floor(cx)), Math.min(rows - 2, Math.floor(cy))];
  const at = (column: number, row: number): number =>
    values[Math.max(0, row) * columns + Math.max(0, column)] as number;
  const [fx, fy] = [cx - Math.max(0, left), cy - Math.max(0, top)];
  const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx;
  const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
};

/** What was seen on the measured page, on the cells of a larger and maybe turned one. */
export const surveyOf = (
  { coarse, cover, flat }: MeasuredPage,
  { width, height, scale, before }: Laying,
): Survey => {
  const usual = percentile(coarse.values, 0.6);
  const lift = (value: number, i: number): number =>
    Math.max(DEEPEST * usual, cover.cells[i] === 1 ? usual : value);
  const light = { ...coarse, values: coarse.values.map(lift) };
  const cellPx = coarse.cellPx * scale;
  const [columns, rows] = [Math.ceil(width / cellPx), Math.ceil(height / cellPx)];
  const [wide, tall] = [flat.width / coarse.cellPx, flat.height / coarse.cellPx];
  const values = new Float32Array(columns * rows);
  const cells = new Uint8Array(columns * rows);
  for (let y = 0, i = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1, i += 1) {
      const place = before(((x + 0.5) * cellPx) / width, ((y + 0.5) * cellPx) / height);
      const [px, py] = [place.x * wide, place.y * tall];
      values[i] = between(light, px - 0.5, py - 0.5);
      const column = Math.max(0, Math.min(coarse.columns - 1, Math.floor(px)));
      const row = Math.max(0, Math.min(coarse.rows - 1, Math.floor(py)));
      cells[i] = cover.cells[row * coarse.columns + column] as number;
    }
  return { light: smoothed({ columns, rows, cellPx, values }), cover: { cells, columns }, cellPx };
};

/** The same page's survey on a raster of `by` times the pixels along each side. */
export const enlarged = (survey: Survey, by: number): Survey => {
  const cellPx = survey.cellPx * by;
  return { ...survey, cellPx, light: { ...survey.light, cellPx } };
};

/** The paper's own colour in the lamp's light: the median of its brighter half. */
const paperColour = (page: Rgb): readonly [number, number, number] => {
  const lists: [number[], number[], number[]] = [[], [], []];
  const step = Math.max(1, Math.floor(page.data.length / 3 / 20_000)) * 3;
  for (let p = 0; p + 2 < page.data.length; p += step)
    for (let k = 0; k < 3; k += 1) lists[k as 0].push(page.data[p + k] as number);
  return [percentile(lists[0], 0.6), percentile(lists[1], 0.6), percentile(lists[2], 0.6)];
};

/** In place: paper white, seals and ink in their colours. */
export const cleanPaper = (page: Rgb, { light }: Survey): void =>
  evenLightInPlace(page, light, paperColour(page));

/** In place, on the flattened page: what lies on the page and what shows beside it is no print. */
export const whiteOut = ({ width, height, data }: Gray, { cover, cellPx }: Survey): void => {
  const margin = Math.max(2, Math.round(MARGIN * Math.min(width, height)));
  for (let y = 0; y < height; y += 1) {
    const row = data.subarray(y * width, (y + 1) * width);
    if (y < margin || y >= height - margin) row.fill(255);
    row.fill(255, 0, margin);
    row.fill(255, width - margin);
  }
  cover.cells.forEach((covered, i) => {
    if (covered !== 1) return;
    const [column, row] = [i % cover.columns, Math.floor(i / cover.columns)];
    const [left, right] = [Math.floor(column * cellPx), Math.min(width, Math.ceil((column + 1) * cellPx))];
    const bottom = Math.min(height, Math.ceil((row + 1) * cellPx));
    for (let y = Math.floor(row * cellPx); y < bottom; y += 1)
      data.fill(255, y * width + left, y * width + right);
  });
};
