// How bright is the bare paper at each place of a page, whatever lies or is printed on it?
import type { Gray, Rgb } from "./raster.js";

/** A coarse picture of the light on the paper: 0 … 255 a cell, and what its paper looks like between cells. */
export interface LightMap {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of the page a cell, along both sides. */
  readonly cellPx: number;
  readonly values: Float32Array;
}

/** Sliding maximum (or, with `sign` -1, minimum) over 2·reach + 1 cells along one direction. */
const slide = (map: LightMap, reach: number, along: "row" | "column", sign: 1 | -1): LightMap => {
  const { columns, rows } = map;
  const out = new Float32Array(map.values.length);
  const [length, count, step, jump] =
    along === "row" ? [columns, rows, 1, columns] : [rows, columns, columns, 1];
  for (let line = 0; line < count; line += 1) {
    const start = line * jump;
    for (let i = 0; i < length; i += 1) {
      let best = Number.NEGATIVE_INFINITY;
      const to = Math.min(length - 1, i + reach);
      for (let k = Math.max(0, i - reach); k <= to; k += 1) {
        const value = sign * (map.values[start + k * step] as number);
        if (value > best) best = value;
      }
      out[start + i * step] = sign * best;
    }
  }
  return { ...map, values: out };
};

/** Grey closing (Serra 1982): dark things narrower than 2·reach + 1 cells vanish, wide shadows keep their edges. */
export const closed = (map: LightMap, reach: number): LightMap => {
  const wide = slide(slide(map, reach, "row", 1), reach, "column", 1);
  return slide(slide(wide, reach, "row", -1), reach, "column", -1);
};

export const smoothed = (map: LightMap): LightMap => {
  const { columns, rows, values } = map;
  const out = new Float32Array(values.length);
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1) {
      let [sum, weight] = [0, 0];
      for (let dy = -1; dy <= 1; dy += 1)
        for (let dx = -1; dx <= 1; dx += 1) {
          const [px, py] = [x + dx, y + dy];
          if (px < 0 || py < 0 || px >= columns || py >= rows) continue;
          const w = (2 - Math.abs(dx)) * (2 - Math.abs(dy));
          sum += w * (values[py * columns + px] as number);
          weight += w;
        }
      out[y * columns + x] = sum / weight;
    }
  return { ...map, values: out };
};

/** Mean of each cell; the last cells may be narrower. */
export const cellMeans = ({ width, height, data }: Gray, cellPx: number): LightMap => {
  const columns = Math.ceil(width / cellPx);
  const rows = Math.ceil(height / cellPx);
  const sums = new Float32Array(columns * rows);
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor(y / cellPx) * columns;
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      const to = Math.min(width, (column + 1) * cellPx);
      for (let x = column * cellPx; x < to; x += 1) sum += data[y * width + x] as number;
      sums[row + column] = (sums[row + column] as number) + sum;
    }
  }
  const values = sums.map((sum, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const cells =
      (Math.min(width, (column + 1) * cellPx) - column * cellPx) *
      (Math.min(height, (row + 1) * cellPx) - row * cellPx);
    return sum / cells;
  });
  return { columns, rows, cellPx, values };
};

/** Calls `take` for each pixel, row by row, with the light between the cells' middles. */
const eachLight = (
  map: LightMap,
  size: { width: number; height: number },
  take: (i: number, light: number) => void,
) => {
  const { columns, rows, cellPx, values } = map;
  const clampX = (x: number): number => Math.max(0, Math.min(columns - 1, x));
  const clampY = (y: number): number => Math.max(0, Math.min(rows - 1, y));
  const line = new Float32Array(columns);
  for (let y = 0, i = 0; y < size.height; y += 1) {
    const cy = (y + 0.5) / cellPx - 0.5;
    const top = Math.floor(cy);
    const fy = cy - top;
    const [a, b] = [clampY(top) * columns, clampY(top + 1) * columns];
    for (let x = 0; x < columns; x += 1)
      line[x] = (values[a + x] as number) * (1 - fy) + (values[b + x] as number) * fy;
    for (let x = 0; x < size.width; x += 1, i += 1) {
      const cx = (x + 0.5) / cellPx - 0.5;
      const left = Math.floor(cx);
      const fx = cx - left;
      take(i, (line[clampX(left)] as number) * (1 - fx) + (line[clampX(left + 1)] as number) * fx);
    }
  }
};

/** Of the shorter side: wide enough to take the noise out, narrow enough for the edges of shadows. */
const CELL_PART = 1 / 320;
/** Cells to each side: dark things up to 6 mm wide are ink, and no stroke is wider. */
const INK_REACH = 4;
const LEAST_LIGHT = 6;

/** The light for reading: shadows keep their edges and so leave no trace when they are divided out. */
export const readingLight = (page: Gray): LightMap => {
  const cellPx = Math.max(2, Math.round(Math.min(page.width, page.height) * CELL_PART));
  return smoothed(closed(smoothed(cellMeans(page, cellPx)), INK_REACH));
};

/**
 * Divides each pixel by the light on the paper there (reflectance = image ÷ illumination): paper at 255, ink dark,
 * in shadow as in the sun.
 */
export const flattenLight = (page: Gray, light: LightMap = readingLight(page)): Gray => {
  const data = new Uint8Array(page.data.length);
  eachLight(light, page, (i, value) => {
    data[i] = Math.min(255, ((page.data[i] as number) * 255) / Math.max(LEAST_LIGHT, value));
  });
  return { ...page, data };
};

/** Paper comes out at this much of white before the last lift, so that its grain does not show. */
const PAPER_WHITE = 0.965;

/**
 * The page for people: the light evened out, the paper white. One factor a place for all three colours, so that
 * seals and ink keep their hue; the lamp's colour is taken out once for the whole page.
 */
export const evenLightInPlace = (
  page: Rgb,
  light: LightMap,
  paper: readonly [r: number, g: number, b: number],
): void => {
  const { data } = page;
  const luma = (paper[0] * 77 + paper[1] * 150 + paper[2] * 29) / 256;
  const [r, g, b] = paper.map((value) => luma / Math.max(LEAST_LIGHT, value)) as [number, number, number];
  eachLight(light, page, (i, value) => {
    const lift = 255 / (PAPER_WHITE * Math.max(LEAST_LIGHT, value));
    const p = i * 3;
    data[p] = Math.min(255, (data[p] as number) * lift * r);
    data[p + 1] = Math.min(255, (data[p + 1] as number) * lift * g);
    data[p + 2] = Math.min(255, (data[p + 2] as number) * lift * b);
  });
};
