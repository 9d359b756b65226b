// How does a rectified page become clean: white paper for people, nothing but print for the recogniser?
import { coverOf } from "./cover.js";
import { cellMeans, closed, evenLightInPlace, flattenLight, type LightMap, smoothed } from "./flatten.js";
import { type Gray, type Rgb, shrinkRgb, toGray } from "./raster.js";

/** Dark things up to 16 mm wide on A4 are print, stamps and signatures; what is wider is shadow. */
const CELL_PART = 1 / 115;
const REACH = 4;
/** Light is lifted by no more than this over the page's usual light: what is darker is dark itself. */
const DEEPEST = 0.3;
/** Part of the page's width along its sides where the background may show. */
const MARGIN = 0.005;
const WORK_PX = 700;

const percentile = (values: ArrayLike<number>, part: number): number => {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};

/** The light as people see it: things in colour keep it, wide shadows go with their edges. */
const lightForPeople = (page: Rgb): LightMap => {
  const cellPx = Math.max(2, Math.round(Math.min(page.width, page.height) * CELL_PART));
  const light = closed(cellMeans(toGray(page), cellPx), REACH);
  const factor = Math.max(1, Math.floor(Math.min(page.width, page.height) / WORK_PX));
  const small = shrinkRgb(page, factor);
  const cover = coverOf(small, flattenLight(toGray(small)), cellPx / factor);
  const usual = percentile(light.values, 0.6);
  const column = (i: number): number => i % light.columns;
  const values = light.values.map((value, i) => {
    const row = Math.floor(i / light.columns);
    const covered =
      cover.cells[Math.min(cover.rows - 1, row) * cover.columns + Math.min(cover.columns - 1, column(i))];
    return Math.max(DEEPEST * usual, covered === 1 ? usual : value);
  });
  return smoothed({ ...light, values });
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
export const cleanPaper = (page: Rgb): void =>
  evenLightInPlace(page, lightForPeople(page), paperColour(page));

/** In place: what lies on the page and what shows beside it is no print. `flat` and `page` show the same. */
export const whiteOut = (flat: Gray, page: Rgb): void => {
  const { width, height, data } = flat;
  const margin = Math.max(2, Math.round(MARGIN * Math.min(width, height)));
  for (let y = 0; y < height; y += 1) {
    const row = data.subarray(y * width, (y + 1) * width);
    if (y < margin || y >= height - margin) row.fill(255);
    row.fill(255, 0, margin);
    row.fill(255, width - margin);
  }
  const factor = Math.max(1, Math.floor(Math.min(page.width, page.height) / WORK_PX));
  const small = shrinkRgb(page, factor);
  const cellPx = Math.max(2, Math.round(Math.min(small.width, small.height) * CELL_PART));
  const cover = coverOf(small, flattenLight(toGray(small)), cellPx);
  if (cover.share === 0) return;
  const scale = width / small.width;
  cover.cells.forEach((covered, i) => {
    if (covered !== 1) return;
    const [left, top] = [i % cover.columns, Math.floor(i / cover.columns)].map((at) =>
      Math.floor((at ?? 0) * cellPx * scale),
    ) as [number, number];
    const size = Math.ceil(cellPx * scale);
    for (let y = top; y < Math.min(height, top + size); y += 1)
      data.fill(255, y * width + left, y * width + Math.min(width, left + size));
  });
};
