// Where lie the seals and the pen strokes that cross print, and what stands there without them?
//
// A red seal and a blue signature hide no black print from a camera: in the channel of their own colour they are
// nearly as bright as paper, while print stays dark.
import { flattenLight } from "../page/flatten.js";
import type { Gray, Rgb } from "../page/raster.js";
import type { Box } from "../reader.js";
import { type Blob, type Blobs, findBlobs, grown, type Mask } from "./blobs.js";

export type InkColour = "red" | "blue";

export interface ColourInk {
  readonly colour: InkColour;
  /** Pixels of the page. */
  readonly box: Box;
  /** Set where the ink lies; cells of `cellPx` × `cellPx` pixels over the whole page. */
  readonly mask: Mask;
  readonly cellPx: number;
}

const WORK_PX = 600;
/** Of the paper's brightness: how much brighter the ink's own channel must be than the opposite one. */
const COLOURED = 0.13;
/** Of the page's longest side, for the shorter side of a seal: printed titles are lower. */
const SEAL_FROM = 0.045;
const SEAL_UP_TO = 0.35;
/** Round, oval and nearly square; printed words are far wider than high. */
const SEAL_SLENDER = 1.6;
/** Of the page's longest side: no printed letter is as long, and a stroke of a signature is. */
const PEN_FROM = 0.035;

interface Cells {
  readonly width: number;
  readonly height: number;
  /** Three means a cell. */
  readonly means: Float32Array;
}

const shrink = (page: Rgb, factor: number): Cells => {
  const width = Math.floor(page.width / factor);
  const height = Math.floor(page.height / factor);
  const means = new Float32Array(width * height * 3);
  const scale = 1 / (factor * factor);
  const { data } = page;
  for (let y = 0, cell = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, cell += 3) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let dy = 0; dy < factor; dy += 1) {
        let at = ((y * factor + dy) * page.width + x * factor) * 3;
        for (let dx = 0; dx < factor; dx += 1, at += 3) {
          r += data[at] as number;
          g += data[at + 1] as number;
          b += data[at + 2] as number;
        }
      }
      means[cell] = r * scale;
      means[cell + 1] = g * scale;
      means[cell + 2] = b * scale;
    }
  return { width, height, means };
};

/** The colour of the light on bare paper: medians of channel ÷ green over the brighter half of the cells. */
const tintOf = ({ means }: Cells): readonly [red: number, blue: number] => {
  const greens: number[] = [];
  for (let at = 1; at < means.length; at += 3 * 37) greens.push(means[at] ?? 0);
  const middle = greens.sort((a, b) => a - b)[greens.length >> 1] ?? 128;
  const [reds, blues]: [number[], number[]] = [[], []];
  for (let at = 0; at < means.length; at += 3 * 37) {
    const green = means[at + 1] ?? 0;
    if (green < Math.max(1, middle)) continue;
    reds.push((means[at] ?? 0) / green);
    blues.push((means[at + 2] ?? 0) / green);
  }
  const mid = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 1;
  return [mid(reds), mid(blues)];
};

const PAPER_CELLS = 24;

/** Brightness (green) of the paper around each cell: the 80th percentile of a coarse grid's field. */
const paperGrid = ({ width, height, means }: Cells): ((x: number, y: number) => number) => {
  const columns = Math.ceil(width / PAPER_CELLS);
  const rows = Math.ceil(height / PAPER_CELLS);
  const values = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const seen: number[] = [];
      for (let y = row * PAPER_CELLS; y < Math.min(height, (row + 1) * PAPER_CELLS); y += 2)
        for (let x = column * PAPER_CELLS; x < Math.min(width, (column + 1) * PAPER_CELLS); x += 2)
          seen.push(means[(y * width + x) * 3 + 1] ?? 0);
      values[row * columns + column] = seen.sort((a, b) => a - b)[Math.floor(seen.length * 0.8)] ?? 255;
    }
  return (x, y) =>
    Math.max(16, values[Math.floor(y / PAPER_CELLS) * columns + Math.floor(x / PAPER_CELLS)] ?? 255);
};

const colouredMasks = (cells: Cells): Readonly<Record<InkColour, Mask>> => {
  const { width, height, means } = cells;
  const [tintRed, tintBlue] = tintOf(cells);
  const paperAt = paperGrid(cells);
  const red = new Uint8Array(width * height);
  const blue = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 1) {
      const paper = paperAt(x, y);
      const r = (means[at * 3] ?? 0) / tintRed / paper;
      const g = (means[at * 3 + 1] ?? 0) / paper;
      const b = (means[at * 3 + 2] ?? 0) / tintBlue / paper;
      if (r - Math.max(g, b) > COLOURED) red[at] = 1;
      else if (b - r > COLOURED && b - g > COLOURED / 2) blue[at] = 1;
    }
  return { red: { width, height, data: red }, blue: { width, height, data: blue } };
};

const isSeal = ({ box }: Blob, longest: number): boolean => {
  const [short, long] = [Math.min(box.w, box.h), Math.max(box.w, box.h)];
  return short >= SEAL_FROM * longest && long <= SEAL_UP_TO * longest && long <= SEAL_SLENDER * short;
};

const isPen = ({ box }: Blob, longest: number): boolean => Math.max(box.w, box.h) >= PEN_FROM * longest;

const lies = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.w <= outer.x + outer.w &&
  inner.y + inner.h <= outer.y + outer.h;

/** The blob and, for a seal, all ink of its colour within it: the letters along its rim are its own. */
const inkOf = (own: Blob, found: Blobs, mask: Mask, withInner: boolean): Mask => {
  const labels = new Set(
    withInner ? found.blobs.filter(({ box }) => lies(box, own.box)).map(({ label }) => label) : [],
  ).add(own.label);
  const data = new Uint8Array(mask.data.length);
  for (let y = own.box.y; y < own.box.y + own.box.h; y += 1)
    for (let x = own.box.x; x < own.box.x + own.box.w; x += 1) {
      const at = y * mask.width + x;
      if (labels.has(found.labels[at] ?? 0)) data[at] = 1;
    }
  return grown({ ...mask, data }, 1);
};

/** Red seals and long strokes of a blue pen, on a rectified colour page. */
export const findColourInk = (page: Rgb): readonly ColourInk[] => {
  const cellPx = Math.max(1, Math.round(Math.max(page.width, page.height) / WORK_PX));
  const cells = shrink(page, cellPx);
  const masks = colouredMasks(cells);
  const longest = Math.max(cells.width, cells.height);
  return (["red", "blue"] as const).flatMap((colour) => {
    // A seal's rim is broken where its rubber is worn; a pen's stroke is not, and print must not grow together.
    const mask = colour === "red" ? grown(masks.red, 1) : masks.blue;
    const found = findBlobs(mask);
    const wanted = found.blobs.filter((blob) => (colour === "red" ? isSeal : isPen)(blob, longest));
    return wanted
      .filter(
        (blob) => colour === "blue" || !wanted.some((other) => other !== blob && lies(blob.box, other.box)),
      )
      .map((blob) => ({
        colour,
        box: {
          x: blob.box.x * cellPx,
          y: blob.box.y * cellPx,
          w: blob.box.w * cellPx,
          h: blob.box.h * cellPx,
        },
        mask: inkOf(blob, found, mask, colour === "red"),
        cellPx,
      }));
  });
};

const CHANNEL = { red: 0, blue: 2 } as const;
const MARGIN_PX = 24;
/** Of 255, in the channel of the ink: print is about as dark as this wherever it crosses. */
const PRINT_LEVEL = 40;
/** The sensor's noise and JPEG spread the ink's level; what is that much darker is print. */
const SPREAD = 45;

const cropChannel = (page: Rgb, box: Box, channel: number): Gray => {
  const data = new Uint8Array(box.w * box.h);
  for (let y = 0, at = 0; y < box.h; y += 1)
    for (let x = 0; x < box.w; x += 1, at += 1)
      data[at] = page.data[((box.y + y) * page.width + box.x + x) * 3 + channel] ?? 255;
  return { width: box.w, height: box.h, data };
};

const around = ({ x, y, w, h }: Box, page: Rgb): Box => {
  const [left, top] = [Math.max(0, x - MARGIN_PX), Math.max(0, y - MARGIN_PX)];
  const right = Math.min(page.width, x + w + MARGIN_PX);
  const bottom = Math.min(page.height, y + h + MARGIN_PX);
  return { x: left, y: top, w: right - left, h: bottom - top };
};

/** The commonest brightness of the ink in its own channel, 0 … 255: print and bare paper are rarer there. */
const levelOf = (channel: Gray, isInk: (x: number, y: number) => boolean): number => {
  const bins = new Uint32Array(16);
  for (let y = 0; y < channel.height; y += 2)
    for (let x = 0; x < channel.width; x += 2) {
      const bin = (channel.data[y * channel.width + x] ?? 255) >> 4;
      // Below is print, above is paper that the mask's cells took with them.
      if (bin >= 7 && bin <= 14 && isInk(x, y)) bins[bin] = (bins[bin] ?? 0) + 1;
    }
  return (bins.indexOf(Math.max(...bins)) || 12) * 16 + 8;
};

/** Overwrites, in `flat`, the pixels under the ink by what its own channel shows there. */
const eraseInPlace = (flat: Gray, page: Rgb, ink: ColourInk): void => {
  const area = around(ink.box, page);
  const channel = flattenLight(cropChannel(page, area, CHANNEL[ink.colour]));
  const isInk = (x: number, y: number): boolean =>
    ink.mask.data[Math.floor(y / ink.cellPx) * ink.mask.width + Math.floor(x / ink.cellPx)] === 1;
  const level = levelOf(channel, (x, y) => isInk(area.x + x, area.y + y)) - SPREAD;
  for (let y = 0; y < area.h; y += 1)
    for (let x = 0; x < area.w; x += 1) {
      if (!isInk(area.x + x, area.y + y)) continue;
      const value = channel.data[y * area.w + x] ?? 255;
      const at = (area.y + y) * flat.width + area.x + x;
      flat.data[at] = Math.max(0, Math.min(255, ((value - PRINT_LEVEL) * 255) / (level - PRINT_LEVEL)));
    }
};

/** The flattened page without these inks: a copy, or itself where there are none. `flat` and `page` are of one size. */
export const withoutInk = (flat: Gray, page: Rgb, inks: readonly ColourInk[]): Gray => {
  if (inks.length === 0) return flat;
  const out = { ...flat, data: flat.data.slice() };
  for (const ink of inks) eraseInPlace(out, page, ink);
  return out;
};

/** Which part of a box of the page the ink covers, 0 … 1. */
export const inkShare = ({ mask, cellPx }: ColourInk, { x, y, w, h }: Box): number => {
  const [left, top] = [Math.floor(x / cellPx), Math.floor(y / cellPx)];
  const [right, bottom] = [Math.ceil((x + w) / cellPx), Math.ceil((y + h) / cellPx)];
  let covered = 0;
  for (let row = top; row < bottom; row += 1)
    for (let column = left; column < right; column += 1) covered += mask.data[row * mask.width + column] ?? 0;
  return covered / Math.max(1, (right - left) * (bottom - top));
};
