// Which writing on a page did the recogniser pass over?
import type { Gray } from "../page/raster.js";
import type { Box, Word } from "../reader.js";
import { type Blob, findBlobs, grown, type Mask } from "./blobs.js";

const HALF = 2;
/** Of 255 on flattened paper. */
const INK_BELOW = 160;
/** In heights of the page's median word. */
const LOWEST_LETTER = 0.35;
const HIGHEST_LETTER = 2.6;
const WIDEST_LETTER = 9;
/** A blob with this part of its box in read words is theirs. */
const COVERED = 0.4;
const LEAST_LETTERS = 2;
/** A line of writing is at least this wide, in letter heights. */
const LEAST_WIDTH = 1.4;

/** All that finding missed writing needs of a page's pixels; on a raster of half the page's width and height. */
export interface PageInk {
  readonly width: number;
  readonly height: number;
  readonly blobs: readonly Blob[];
}

/** Asks nothing of the words, and so can be made before there are any. */
export const inkOf = (page: Gray): PageInk => {
  const [width, height] = [Math.floor(page.width / HALF), Math.floor(page.height / HALF)];
  const data = new Uint8Array(width * height);
  const { data: from, width: row } = page;
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0, p = y * HALF * row; x < width; x += 1, at += 1, p += HALF) {
      const sum =
        (from[p] as number) +
        (from[p + 1] as number) +
        (from[p + row] as number) +
        (from[p + row + 1] as number);
      if (sum < INK_BELOW * HALF * HALF) data[at] = 1;
    }
  return { width, height, blobs: findBlobs({ width, height, data }).blobs };
};

const halved = ({ x, y, w, h }: Box): Box => ({ x: x / HALF, y: y / HALF, w: w / HALF, h: h / HALF });

/** Set where words were read. */
const readMask = ({ width, height }: PageInk, words: readonly Word[]): Mask => {
  const data = new Uint8Array(width * height);
  for (const word of words) {
    const { x, y, w, h } = halved(word.box);
    const [left, right] = [Math.max(0, Math.floor(x)), Math.min(width, Math.ceil(x + w))];
    const bottom = Math.min(height, Math.ceil(y + h));
    for (let row = Math.max(0, Math.floor(y)); row < bottom; row += 1)
      if (right > left) data.fill(1, row * width + left, row * width + right);
  }
  return { width, height, data };
};

const coverage = (mask: Mask, { x, y, w, h }: Box): number => {
  let covered = 0;
  for (let row = y; row < y + h; row += 1)
    for (let column = x; column < x + w; column += 1) covered += mask.data[row * mask.width + column] ?? 0;
  return covered / Math.max(1, w * h);
};

/** Neither a speck nor a rule, a frame or a picture. */
const isLetter = ({ box, area }: Blob, letter: number): boolean =>
  box.h >= LOWEST_LETTER * letter &&
  box.h <= HIGHEST_LETTER * letter &&
  box.w <= WIDEST_LETTER * letter &&
  area >= 0.06 * box.w * box.h &&
  // Solid blocks are print of another kind: bars, stars, black fields.
  !(area > 0.9 * box.w * box.h && box.w > 0.6 * letter);

/** Boxes, in pixels of the page, of runs of letter-like ink outside `words`; `letter` is the words' usual height. */
export const findMissedInk = (ink: PageInk, words: readonly Word[], letterPx: number): readonly Box[] => {
  const letter = letterPx / HALF;
  const read = readMask(ink, words);
  const missed = ink.blobs.filter((blob) => isLetter(blob, letter) && coverage(read, blob.box) < COVERED);
  if (missed.length === 0) return [];
  const data = new Uint8Array(ink.width * ink.height);
  for (const { box } of missed)
    for (let row = box.y; row < box.y + box.h; row += 1)
      data.fill(1, row * ink.width + box.x, row * ink.width + box.x + box.w);
  const reach = Math.max(1, Math.round(0.45 * letter));
  const joined = findBlobs(grown({ width: ink.width, height: ink.height, data }, reach));
  return joined.blobs
    .filter(({ box }) => {
      const letters = missed.filter(
        (blob) =>
          blob.box.x >= box.x &&
          blob.box.y >= box.y &&
          blob.box.x + blob.box.w <= box.x + box.w &&
          blob.box.y + blob.box.h <= box.y + box.h,
      );
      const width = box.w - 2 * reach;
      return (
        width >= LEAST_WIDTH * letter &&
        (letters.length >= LEAST_LETTERS || letters.some((blob) => blob.box.w > 2 * letter))
      );
    })
    .map(({ box }) => ({ x: box.x * HALF, y: box.y * HALF, w: box.w * HALF, h: box.h * HALF }));
};
