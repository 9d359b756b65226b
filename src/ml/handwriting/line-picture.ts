// Which pixels of a page are one handwritten line, framed as the network learnt lines?
import { type Blob, findBlobs } from "../lines/blobs.js";
import { around } from "../lines/reading-order.js";
import type { Gray } from "../page/raster.js";
import type { Box } from "../reader.js";

const INK_BELOW = 160;
/** In heights of the box: boxes of words cut marks and tails off, and the next line is not nearer. */
const REACH = 0.5;
/** A piece of ink whose middle is within this much of the box is the line's. */
const NEAR = 0.3;
/** Training lines fill about this part of their picture's height, and have this much paper at both ends. */
const FILL = 0.8;
const MARGIN = 0.3;

const regionOf = (page: Gray, { x, y, w, h }: Box): Box => {
  const [left, top] = [Math.max(0, Math.floor(x - REACH * h)), Math.max(0, Math.floor(y - REACH * h))];
  return {
    x: left,
    y: top,
    w: Math.max(1, Math.min(page.width, Math.ceil(x + w + REACH * h)) - left),
    h: Math.max(1, Math.min(page.height, Math.ceil(y + h + REACH * h)) - top),
  };
};

const isOfLine = ({ box: { x, y, w, h } }: Blob, line: Box): boolean => {
  const middle = y + h / 2;
  const [left, right] = [Math.max(x, line.x), Math.min(x + w, line.x + line.w)];
  return (
    middle >= line.y - NEAR * line.h &&
    middle <= line.y + (1 + NEAR) * line.h &&
    right - left >= 0.5 * w &&
    // Tall enough to reach through both neighbours: an edge of a table, a bracket, a stroke of a signature.
    h <= 1.8 * line.h
  );
};

/**
 * The line with a margin of paper; ink of its neighbours is left out. `box` is about where it is written, in pixels
 * of the page. Any height: whoever reads it scales it.
 */
export const linePicture = (page: Gray, box: Box): Gray => {
  const region = regionOf(page, box);
  const { w, h } = region;
  const mask = new Uint8Array(w * h);
  for (let y = 0; y < h; y += 1)
    for (let x = 0; x < w; x += 1)
      if ((page.data[(region.y + y) * page.width + region.x + x] ?? 255) < INK_BELOW) mask[y * w + x] = 1;
  const { blobs, labels } = findBlobs({ width: w, height: h, data: mask });
  const line = { ...box, x: box.x - region.x, y: box.y - region.y };
  const own = blobs.filter((blob) => isOfLine(blob, line));
  const kept = new Set(own.map(({ label }) => label));
  // Specks must not decide how high the line is.
  const written = own.filter((blob) => blob.box.h >= 0.12 * line.h || blob.box.w >= 0.12 * line.h);
  const extent = written.length === 0 ? line : around(written.map((blob) => blob.box));
  const [margin, high] = [Math.round(MARGIN * extent.h), Math.round(extent.h / FILL)];
  const [left, top] = [
    Math.floor(extent.x) - margin,
    Math.floor(extent.y) - Math.round((high - extent.h) / 2),
  ];
  const out = { width: Math.ceil(extent.w) + 2 * margin, height: Math.max(1, high) };
  const data = new Uint8Array(out.width * out.height).fill(255);
  for (let y = 0; y < out.height; y += 1)
    for (let x = 0; x < out.width; x += 1) {
      const [fromX, fromY] = [left + x, top + y];
      if (fromX < 0 || fromY < 0 || fromX >= w || fromY >= h) continue;
      const label = labels[fromY * w + fromX] ?? 0;
      if (label !== 0 && !kept.has(label)) continue;
      data[y * out.width + x] = page.data[(region.y + fromY) * page.width + region.x + fromX] ?? 255;
    }
  return { ...out, data };
};

/** Where ink is, on a picture that shows nothing but one line; null on an empty one. */
export const inkBox = ({ width, height, data }: Gray): Box | null => {
  const mask = Uint8Array.from(data, (value) => (value < INK_BELOW ? 1 : 0));
  const { blobs } = findBlobs({ width, height, data: mask });
  const written = blobs.filter(({ area }) => area > 4);
  return written.length === 0 ? null : around(written.map(({ box }) => box));
};
