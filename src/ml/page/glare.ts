// Does a lamp mirror itself in the page, and does it hide writing?
import { betweenMarks, blobsOf } from "./blobs.js";
import { inkCells } from "./cover.js";
import type { LightMap } from "./flatten.js";
import type { Gray, Rgb } from "./raster.js";

export interface Glare {
  /** The largest clipped place, as a part of the page, 0 … 1. */
  readonly share: number;
  readonly onText: boolean;
}

const CLIPPED = 250;
/** A mirror image is brighter than the paper around it by this. */
const OVER_PAPER = 1.1;
const SMALLEST_SHARE = 0.002;
/** Of the page's width: how far from a bright place writing tells that it goes on there. */
const REACH = 0.07;

/** Paper can be all white on an even, bright picture: glare is a bright place and not a bright page. */
export const glareOf = (page: Rgb, flat: Gray, light: LightMap): Glare => {
  const { columns, rows, cellPx, values } = light;
  const marks = new Uint8Array(values.length);
  const around = Float32Array.from(values).sort()[values.length >> 1] ?? 255;
  if (around * OVER_PAPER > CLIPPED) return { share: 0, onText: false };
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1) {
      const px = Math.min(page.width - 1, Math.round((x + 0.5) * cellPx));
      const py = Math.min(page.height - 1, Math.round((y + 0.5) * cellPx));
      const p = (py * page.width + px) * 3;
      const white = Math.min(page.data[p] ?? 0, page.data[p + 1] ?? 0, page.data[p + 2] ?? 0);
      if (white >= CLIPPED && (values[y * columns + x] as number) >= CLIPPED - 3) marks[y * columns + x] = 1;
    }
  const largest = blobsOf(marks, columns)[0];
  if (largest === undefined) return { share: 0, onText: false };
  const share = largest.cells.length / marks.length;
  const reach = Math.max(2, Math.round(REACH * columns));
  const onText = share > SMALLEST_SHARE && betweenMarks(largest, inkCells(flat, cellPx), { columns, reach });
  return { share, onText };
};
