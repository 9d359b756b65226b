// How is uneven light taken out of a page, so that ink is dark and paper white everywhere?
import type { Gray } from "./raster.js";

/** The background is estimated on cells of this many pixels: wider than a stroke, narrower than a shadow's slope. */
const CELL_PX = 16;
/** Paper is what most of a cell's neighbourhood is: a high percentile of its brightness, safe against ink. */
const PAPER_PERCENTILE = 0.9;
/** Neighbourhood of a cell, in cells to each side: covers large headings and seals. */
const REACH_CELLS = 3;

interface Cells {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

const at = (cells: Cells, column: number, row: number): number => {
  const x = Math.min(cells.columns - 1, Math.max(0, column));
  const y = Math.min(cells.rows - 1, Math.max(0, row));
  return cells.values[y * cells.columns + x] ?? 255;
};

const percentileOf = (histogram: Uint32Array, count: number, fraction: number): number => {
  let left = count * fraction;
  for (let value = 0; value < 256; value += 1) {
    left -= histogram[value] ?? 0;
    if (left <= 0) return value;
  }
  return 255;
};

const brightPart = (image: Gray): Cells => {
  const columns = Math.ceil(image.width / CELL_PX);
  const rows = Math.ceil(image.height / CELL_PX);
  const values = new Float32Array(columns * rows);
  const histogram = new Uint32Array(256);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      histogram.fill(0);
      let count = 0;
      const bottom = Math.min(image.height, (row + 1) * CELL_PX);
      const right = Math.min(image.width, (column + 1) * CELL_PX);
      for (let y = row * CELL_PX; y < bottom; y += 1) {
        for (let x = column * CELL_PX; x < right; x += 1) {
          const value = image.data[y * image.width + x] ?? 0;
          histogram[value] = (histogram[value] ?? 0) + 1;
          count += 1;
        }
      }
      values[row * columns + column] = percentileOf(histogram, count, PAPER_PERCENTILE);
    }
  }
  return { columns, rows, values };
};

const mapCells = (cells: Cells, value: (column: number, row: number) => number): Cells => {
  const values = new Float32Array(cells.values.length);
  for (let row = 0; row < cells.rows; row += 1)
    for (let column = 0; column < cells.columns; column += 1)
      values[row * cells.columns + column] = value(column, row);
  return { ...cells, values };
};

/** The upper quartile of the neighbourhood: a cell full of ink takes its paper from its neighbours. */
const overInk = (cells: Cells): Cells => {
  const near = new Float32Array((2 * REACH_CELLS + 1) ** 2);
  return mapCells(cells, (column, row) => {
    let count = 0;
    for (let dy = -REACH_CELLS; dy <= REACH_CELLS; dy += 1)
      for (let dx = -REACH_CELLS; dx <= REACH_CELLS; dx += 1)
        near[count++] = at(cells, column + dx, row + dy);
    near.sort();
    return near[Math.floor(near.length * 0.75)] ?? 255;
  });
};

const smooth = (cells: Cells): Cells =>
  mapCells(cells, (column, row) => {
    let sum = 0;
    for (let dy = -1; dy <= 1; dy += 1)
      for (let dx = -1; dx <= 1; dx += 1) sum += at(cells, column + dx, row + dy);
    return sum / 9;
  });

/**
 * Divides each pixel by the paper's brightness around it (reflectance = image ÷ illumination). Shadows and
 * falling light vanish; ink keeps its contrast to the paper. The result has paper at 255.
 */
export const flattenLight = (image: Gray): Gray => {
  const paper = smooth(smooth(overInk(brightPart(image))));
  const data = new Uint8Array(image.data.length);
  for (let y = 0; y < image.height; y += 1) {
    const cellY = y / CELL_PX - 0.5;
    const top = Math.floor(cellY);
    const fy = cellY - top;
    for (let x = 0; x < image.width; x += 1) {
      const cellX = x / CELL_PX - 0.5;
      const left = Math.floor(cellX);
      const fx = cellX - left;
      const upper = at(paper, left, top) * (1 - fx) + at(paper, left + 1, top) * fx;
      const lower = at(paper, left, top + 1) * (1 - fx) + at(paper, left + 1, top + 1) * fx;
      const background = Math.max(8, upper * (1 - fy) + lower * fy);
      const index = y * image.width + x;
      data[index] = Math.min(255, ((image.data[index] ?? 0) * 255) / background);
    }
  }
  return { ...image, data };
};
