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

/**
 * Maximum (or minimum) over 2·reach + 1 cells along one direction: prefix maxima of blocks of that length from both
 * sides (van Herk 1992, Gil & Werman 1993), three comparisons a cell whatever the reach.
 */
const slide = (map: LightMap, reach: number, along: "row" | "column", most: boolean): LightMap => {
  const { columns, rows, values } = map;
  const out = new Float32Array(values.length);
  const [length, count, step, jump] =
    along === "row" ? [columns, rows, 1, columns] : [rows, columns, columns, 1];
  const span = 2 * reach + 1;
  const padded = length + 2 * reach;
  const nothing = most ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const given = new Float32Array(padded).fill(nothing);
  const before = new Float32Array(padded);
  const after = new Float32Array(padded);
  for (let line = 0; line < count; line += 1) {
    const start = line * jump;
    for (let i = 0; i < length; i += 1) given[i + reach] = values[start + i * step] as number;
    for (let i = 0; i < padded; i += 1) {
      const value = given[i] as number;
      const last = i % span === 0 ? nothing : (before[i - 1] as number);
      before[i] = most === value > last ? value : last;
    }
    for (let i = padded - 1; i >= 0; i -= 1) {
      const value = given[i] as number;
      const last = i === padded - 1 || (i + 1) % span === 0 ? nothing : (after[i + 1] as number);
      after[i] = most === value > last ? value : last;
    }
    for (let i = 0; i < length; i += 1) {
      const [a, b] = [after[i] as number, before[i + span - 1] as number];
      out[start + i * step] = most === a > b ? a : b;
    }
  }
  return { ...map, values: out };
};

/** Grey closing (Serra 1982): dark things narrower than 2·reach + 1 cells vanish, wide shadows keep their edges. */
export const closed = (map: LightMap, reach: number): LightMap => {
  const wide = slide(slide(map, reach, "row", true), reach, "column", true);
  return slide(slide(wide, reach, "row", false), reach, "column", false);
};

/** Weights 1 2 1 both ways; the edge cells count twice what lies beyond them. */
export const smoothed = (map: LightMap): LightMap => {
  const { columns, rows, values } = map;
  const across = new Float32Array(values.length);
  const out = new Float32Array(values.length);
  for (let y = 0, i = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1, i += 1)
      across[i] =
        (values[x > 0 ? i - 1 : i] as number) +
        2 * (values[i] as number) +
        (values[x < columns - 1 ? i + 1 : i] as number);
  for (let y = 0, i = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1, i += 1)
      out[i] =
        ((across[y > 0 ? i - columns : i] as number) +
          2 * (across[i] as number) +
          (across[y < rows - 1 ? i + columns : i] as number)) /
        16;
  return { ...map, values: out };
};

/** Mean of each cell of whole pixels; the last cells may be narrower. */
export const cellMeans = ({ width, height, data }: Gray, cellPx: number): LightMap => {
  const columns = Math.ceil(width / cellPx);
  const rows = Math.ceil(height / cellPx);
  const values = new Float32Array(columns * rows);
  const sums = new Uint32Array(columns);
  for (let row = 0; row < rows; row += 1) {
    sums.fill(0);
    const bottom = Math.min(height, (row + 1) * cellPx);
    for (let y = row * cellPx, i = y * width; y < bottom; y += 1)
      for (let column = 0, rowEnd = i + width; i < rowEnd; column += 1) {
        let sum = 0;
        for (const end = Math.min(rowEnd, i + cellPx); i < end; i += 1) sum += data[i] as number;
        sums[column] = (sums[column] as number) + sum;
      }
    const tall = bottom - row * cellPx;
    for (let column = 0; column < columns; column += 1) {
      const wide = Math.min(width, (column + 1) * cellPx) - column * cellPx;
      values[row * columns + column] = (sums[column] as number) / (wide * tall);
    }
  }
  return { columns, rows, cellPx, values };
};

/** Steps of light from one level of brightness to the next: finer than an eighth of a level shows nowhere. */
const LIGHT_BITS = 4;
const FIXED_BITS = 16;
const LIGHT_STEPS = 256 << LIGHT_BITS;

/** The light along one row of pixels, between the cells' middles, in steps of 1/16 level, into `line`. */
const lightAlong = ({ columns, rows, cellPx, values }: LightMap, y: number, line: Uint16Array): void => {
  const cy = (y + 0.5) / cellPx - 0.5;
  const top = Math.floor(cy);
  const fy = cy - top;
  const a = Math.max(0, Math.min(rows - 1, top)) * columns;
  const b = Math.max(0, Math.min(rows - 1, top + 1)) * columns;
  const at = (column: number): number => {
    const x = column < 0 ? 0 : column >= columns ? columns - 1 : column;
    return (values[a + x] as number) * (1 - fy) + (values[b + x] as number) * fy;
  };
  const whole = 1 << FIXED_BITS;
  // From the middle of one cell to that of the next, starting half a cell before the first.
  let [left, from] = [at(-1), 0];
  for (let column = -1; column < columns; column += 1) {
    const right = at(column + 1);
    const to = Math.min(line.length, Math.ceil((column + 1.5) * cellPx - 0.5));
    const step = (((right - left) * whole) / cellPx) | 0;
    const part = (from + 0.5) / cellPx - 0.5 - column;
    let light = ((left + (right - left) * part) * whole) | 0;
    for (let x = from; x < to; x += 1, light = (light + step) | 0)
      line[x] = light >> (FIXED_BITS - LIGHT_BITS);
    [left, from] = [right, Math.max(from, to)];
  }
};

/** Beyond this any brightness but none is white. */
const GAIN_BITS = 14;
const MOST_GAIN = 255 << GAIN_BITS;

/** For each step of light the factor that makes `white` of it, in fixed point: no pixel needs a division. */
const gainsFor = (white: number): Int32Array =>
  Int32Array.from({ length: LIGHT_STEPS }, (_, step) =>
    Math.min(
      MOST_GAIN,
      Math.round((white * (1 << GAIN_BITS)) / Math.max(LEAST_LIGHT, step / (1 << LIGHT_BITS))),
    ),
  );

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
  const { width, height, data } = page;
  const out = new Uint8Array(data.length);
  const line = new Uint16Array(width);
  const gains = gainsFor(255);
  for (let y = 0, i = 0; y < height; y += 1) {
    lightAlong(light, y, line);
    for (let x = 0; x < width; x += 1, i += 1) {
      const value = ((data[i] as number) * (gains[line[x] as number] as number)) >> GAIN_BITS;
      out[i] = value > 255 ? 255 : value;
    }
  }
  return { width, height, data: out };
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
  const [reds, greens, blues] = paper.map((value) =>
    gainsFor((255 / PAPER_WHITE) * (luma / Math.max(LEAST_LIGHT, value))),
  ) as [Int32Array, Int32Array, Int32Array];
  const line = new Uint16Array(page.width);
  for (let y = 0, p = 0; y < page.height; y += 1) {
    lightAlong(light, y, line);
    for (let x = 0; x < page.width; x += 1, p += 3) {
      const step = line[x] as number;
      const r = ((data[p] as number) * (reds[step] as number)) >> GAIN_BITS;
      const g = ((data[p + 1] as number) * (greens[step] as number)) >> GAIN_BITS;
      const b = ((data[p + 2] as number) * (blues[step] as number)) >> GAIN_BITS;
      data[p] = r > 255 ? 255 : r;
      data[p + 1] = g > 255 ? 255 : g;
      data[p + 2] = b > 255 ? 255 : b;
    }
  }
};
