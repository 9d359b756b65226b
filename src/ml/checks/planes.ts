// What of a page do the checks of its pixels look at?
//
// Colour is judged on a small picture, relative to the bare paper around each place: so neither a lamp's tint nor a
// shadow counts as colour. Strokes are judged at full size.
import type { KnownPaperClass, PaperClass } from "../../core/paper-class.js";
import type { Rgb } from "../page/raster.js";
import type { PageInput } from "./page-checks.js";

/** Colour relative to the paper: 255 in each channel is bare paper; more is cut off at 255. */
export interface Relative {
  readonly width: number;
  readonly height: number;
  readonly r: Uint8Array;
  readonly g: Uint8Array;
  readonly b: Uint8Array;
  /** Pixels of the page in a cell's side. */
  readonly factor: number;
  readonly cellsPerMm: number;
}

export interface Planes {
  readonly page: Rgb;
  readonly colour: Relative;
  /** Brightness of the bare paper around a pixel of the page, 0 … 255. */
  readonly paperAt: (x: number, y: number) => number;
  readonly pxPerMm: number;
  readonly isCard: boolean;
}

const MM_PER_INCH = 25.4;
const A4_MM = 297;
const CARD_MM = 85.6;
const CARDS: ReadonlySet<PaperClass> = new Set<KnownPaperClass>([
  "drivingLicence",
  "healthInsuranceCard",
  "vehicleRegistration",
]);
/** Fine enough for the ring of a seal, coarse enough to be quick and to let noise go. */
const CELLS_PER_MM = 3;
/** Of small cells: wider than a letter, narrower than a shadow. */
const TILE = 16;
const PAPER_PERCENTILE = 0.85;

const scaleOf = ({ page, dpi, paperClass }: PageInput): number => {
  const long = Math.max(page.width, page.height);
  if (dpi !== null && dpi > 40) return dpi / MM_PER_INCH;
  return long / (CARDS.has(paperClass) ? CARD_MM : A4_MM);
};

interface Small {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly [Uint8Array, Uint8Array, Uint8Array];
}

/** Box average of each channel; the last partial cells are dropped. */
const shrink = ({ data, width: full }: Rgb, factor: number, width: number, height: number): Small => {
  const red = new Uint8Array(width * height);
  const green = new Uint8Array(width * height);
  const blue = new Uint8Array(width * height);
  const share = 1 / (factor * factor);
  const [row, side] = [full * 3, factor * 3];
  for (let y = 0, out = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, out += 1) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let dy = 0, from = y * factor * row + x * side; dy < factor; dy += 1, from += row)
        for (let at = from; at < from + side; at += 3) {
          r += data[at] as number;
          g += data[at + 1] as number;
          b += data[at + 2] as number;
        }
      red[out] = r * share;
      green[out] = g * share;
      blue[out] = b * share;
    }
  return { width, height, planes: [red, green, blue] };
};

interface Tiles {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

const percentileIn = (
  plane: Uint8Array,
  width: number,
  box: readonly [number, number, number, number],
): number => {
  const [left, top, right, bottom] = box;
  const histogram = new Uint32Array(256);
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) (histogram[plane[y * width + x] as number] as number) += 1;
  let count = (right - left) * (bottom - top) * PAPER_PERCENTILE;
  for (let value = 0; value < 256; value += 1) {
    count -= histogram[value] as number;
    if (count <= 0) return value;
  }
  return 255;
};

/** The paper's level a tile: the upper quartile of its 5 × 5 neighbours' own, so that headings and seals do not count. */
const paperTiles = (plane: Uint8Array, width: number, height: number): Tiles => {
  const columns = Math.max(1, Math.ceil(width / TILE));
  const rows = Math.max(1, Math.ceil(height / TILE));
  const own = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const [left, top] = [column * TILE, row * TILE];
      const box = [left, top, Math.min(width, left + TILE), Math.min(height, top + TILE)] as const;
      own[row * columns + column] = percentileIn(plane, width, box);
    }
  const values = own.map((_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    const near: number[] = [];
    for (let y = Math.max(0, row - 2); y <= Math.min(rows - 1, row + 2); y += 1)
      for (let x = Math.max(0, column - 2); x <= Math.min(columns - 1, column + 2); x += 1)
        near.push(own[y * columns + x] as number);
    near.sort((a, b) => a - b);
    return Math.max(8, near[Math.floor(near.length * 0.75)] as number);
  });
  return { columns, rows, values };
};

/** Bilinear, by small cells; held at the edges. */
const tileAt = ({ columns, rows, values }: Tiles, x: number, y: number): number => {
  const u = Math.max(0, Math.min(columns - 1.001, x / TILE - 0.5));
  const v = Math.max(0, Math.min(rows - 1.001, y / TILE - 0.5));
  const [column, row] = [Math.floor(u), Math.floor(v)];
  const [fx, fy] = [u - column, v - row];
  const i = row * columns + column;
  const right = column + 1 < columns ? 1 : 0;
  const down = row + 1 < rows ? columns : 0;
  const upper = (values[i] as number) * (1 - fx) + (values[i + right] as number) * fx;
  const lower = (values[i + down] as number) * (1 - fx) + (values[i + down + right] as number) * fx;
  return upper * (1 - fy) + lower * fy;
};

const relativeTo = (plane: Uint8Array, width: number, height: number, paper: Tiles): Uint8Array => {
  const out = new Uint8Array(plane.length);
  for (let y = 0; y < height; y += 1)
    // The paper changes slowly: a straight line over each half tile of a row.
    for (let from = 0; from < width; from += TILE / 2) {
      const to = Math.min(width, from + TILE / 2);
      let level = tileAt(paper, from, y);
      const slope = (tileAt(paper, to, y) - level) / (to - from);
      for (let i = y * width + from; i < y * width + to; i += 1, level += slope)
        out[i] = Math.min(255, ((plane[i] as number) * 255) / level);
    }
  return out;
};

export const planesOf = (input: PageInput): Planes => {
  const { page } = input;
  const pxPerMm = Math.max(0.5, scaleOf(input));
  const isCard = Math.max(page.width, page.height) / pxPerMm < 130;
  // A card's seal is a quarter of a page's.
  const wanted = CELLS_PER_MM * (isCard ? 3 : 1);
  const factor = Math.max(1, Math.round(pxPerMm / wanted));
  const width = Math.max(1, Math.floor(page.width / factor));
  const height = Math.max(1, Math.floor(page.height / factor));
  const small = shrink(page, factor, width, height);
  const tiles = small.planes.map((plane) => paperTiles(plane, width, height));
  const [r, g, b] = small.planes.map((plane, c) => relativeTo(plane, width, height, tiles[c] as Tiles));
  const green = tiles[1] as Tiles;
  return {
    page,
    colour: {
      width,
      height,
      r: r as Uint8Array,
      g: g as Uint8Array,
      b: b as Uint8Array,
      factor,
      cellsPerMm: pxPerMm / factor,
    },
    paperAt: (x, y) => tileAt(green, x / factor, y / factor),
    pxPerMm,
    isCard,
  };
};
