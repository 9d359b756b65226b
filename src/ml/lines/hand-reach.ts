// How far does a stretch of handwriting go, where the recogniser found no word for part of it?
//
// It knows print: the first digit of a date in a hand may be in no word of its. A date without it is another date.
import type { Gray } from "../page/raster.js";
import type { Box } from "../reader.js";
import { type Blob, findBlobs } from "./blobs.js";
import { around } from "./reading-order.js";

const INK_BELOW = 160;
/** In heights of the stretch: how far it is looked, and which blanks a hand leaves between its letters and words. */
const LOOKED = 6;
const BLANK = 0.9;
/** Lower ink is a dotted line, an accent or dirt; higher is a frame, a bracket or a signature. */
const LEAST = 0.3;
const MOST = 1.6;
/** A blob with this part of its width in a printed word is that word's. */
const PRINTED = 0.3;

const regionOf = (page: Gray, { x, y, w, h }: Box): Box => {
  const [left, top] = [Math.max(0, Math.floor(x - LOOKED * h)), Math.max(0, Math.floor(y - 0.3 * h))];
  return {
    x: left,
    y: top,
    w: Math.max(1, Math.min(page.width, Math.ceil(x + w + LOOKED * h)) - left),
    h: Math.max(1, Math.min(page.height, Math.ceil(y + 1.3 * h)) - top),
  };
};

const inkIn = (page: Gray, { x, y, w, h }: Box): readonly Blob[] => {
  const data = new Uint8Array(w * h);
  for (let row = 0; row < h; row += 1)
    for (let column = 0; column < w; column += 1)
      if ((page.data[(y + row) * page.width + x + column] ?? 255) < INK_BELOW) data[row * w + column] = 1;
  return findBlobs({ width: w, height: h, data }).blobs;
};

const isPrinted = (blob: Box, printed: readonly Box[]): boolean =>
  printed.some(({ x, y, w, h }) => {
    const across = Math.min(blob.x + blob.w, x + w) - Math.max(blob.x, x);
    const down = Math.min(blob.y + blob.h, y + h) - Math.max(blob.y, y);
    return across > PRINTED * blob.w && down > 0;
  });

/** Letters that stand on the stretch's own height. */
const isLetter = (blob: Box, line: Box): boolean => {
  const middle = blob.y + blob.h / 2;
  return (
    blob.h >= LEAST * line.h &&
    blob.h <= MOST * line.h &&
    blob.w <= 4 * line.h &&
    middle > line.y &&
    middle < line.y + line.h
  );
};

/** `box` with the letters that follow on it at either end and belong to no printed word. */
export const wholeStretch = (page: Gray, box: Box, printed: readonly Box[]): Box => {
  const region = regionOf(page, box);
  const letters = inkIn(page, region)
    .map((blob) => ({ ...blob.box, x: blob.box.x + region.x, y: blob.box.y + region.y }))
    .filter((blob) => isLetter(blob, box) && !isPrinted(blob, printed));
  let whole = box;
  for (;;) {
    const next = letters.filter(
      ({ x, w }) =>
        (x < whole.x || x + w > whole.x + whole.w) &&
        x + w >= whole.x - BLANK * box.h &&
        x <= whole.x + whole.w + BLANK * box.h,
    );
    if (next.length === 0) return whole;
    const { x, w } = around([whole, ...next]);
    whole = { ...box, x, w };
  }
};
