// How does a rectified page become clean: white paper for people, nothing but print for the recogniser?
import { type Cover, coverOf } from "./cover.js";
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

/** What a small picture of the page says about its light and about what lies on it. */
export interface Survey {
  readonly light: LightMap;
  readonly cover: Cover;
  /** Pixels of the page a cell. */
  readonly cellPx: number;
}

/** The light as people see it: things in colour keep it, wide shadows go with their edges. */
export const surveyPage = (page: Rgb): Survey => {
  const factor = Math.max(1, Math.floor(Math.min(page.width, page.height) / WORK_PX));
  const small = shrinkRgb(page, factor);
  const gray = toGray(small);
  const smallCell = Math.max(2, Math.round(Math.min(small.width, small.height) * CELL_PART));
  const cover = coverOf(small, flattenLight(gray), smallCell);
  const light = closed(cellMeans(gray, smallCell), REACH);
  const usual = percentile(light.values, 0.6);
  const values = light.values.map((value, i) =>
    Math.max(DEEPEST * usual, cover.cells[i] === 1 ? usual : value),
  );
  const cellPx = smallCell * factor;
  return { light: smoothed({ ...light, cellPx, values }), cover, cellPx };
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
    const left = (i % cover.columns) * cellPx;
    const top = Math.floor(i / cover.columns) * cellPx;
    for (let y = top; y < Math.min(height, top + cellPx); y += 1)
      data.fill(255, y * width + left, y * width + Math.min(width, left + cellPx));
  });
};
