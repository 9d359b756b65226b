// What do stamp ink, toner and a display make of a page?
//
// A drawn seal is one flat red; a stamped one is uneven, for a rubber face presses here more than there and the
// paper's fibres take ink as they lie. A copier drops colour and middle greys and leaves specks. A display builds
// each point of three stripes of light with dark between them.
import sharp from "sharp";
import { emptyRgb } from "../page/homography.js";
import type { Rgb } from "../page/raster.js";
import { type Random, seededRandom } from "./random.js";

/** Smooth noise, 0 … 1, on cells of `cellPx`. */
const cloud = (random: Random, cellPx: number): ((x: number, y: number) => number) => {
  const table = Float32Array.from({ length: 1 << 12 }, () => random.next());
  const at = (column: number, row: number): number =>
    table[(column * 73 + row * 1_931 + ((column * row) & 7)) & 4095] ?? 0;
  return (x, y) => {
    const [u, v] = [Math.max(0, x / cellPx), Math.max(0, y / cellPx)];
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const [fx, fy] = [u - column, v - row];
    const upper = at(column, row) * (1 - fx) + at(column + 1, row) * fx;
    const lower = at(column, row + 1) * (1 - fx) + at(column + 1, row + 1) * fx;
    return upper * (1 - fy) + lower * fy;
  };
};

export interface Stamp {
  /** Pixels of the page. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly pxPerMm: number;
}

const isRed = (r: number, g: number, b: number): boolean => r - Math.max(g, b) > 24;

/** Makes the flat red of a drawn seal uneven as stamped ink is; what is not red keeps its colour. */
export const inkSeal = (page: Rgb, { x, y, radius, pxPerMm }: Stamp, seed: number): Rgb => {
  const random = seededRandom(seed + 310_000);
  const [pressure, patches, fibres] = [
    cloud(random, 9 * pxPerMm),
    cloud(random, 1.4 * pxPerMm),
    cloud(random, 0.28 * pxPerMm),
  ];
  const lean = random.between(0, 2 * Math.PI);
  const worn = random.between(0.1, 0.3);
  const data = page.data.slice();
  const reach = radius * 1.1;
  const paper = [0, 1, 2].map((channel) => data[channel] ?? 255);
  for (let py = Math.max(0, Math.floor(y - reach)); py < Math.min(page.height, y + reach); py += 1) {
    for (let px = Math.max(0, Math.floor(x - reach)); px < Math.min(page.width, x + reach); px += 1) {
      const at = (py * page.width + px) * 3;
      if (!isRed(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)) continue;
      const slope = ((px - x) * Math.cos(lean) + (py - y) * Math.sin(lean)) / radius;
      const ink =
        1 -
        worn * (0.5 + 0.5 * slope) -
        0.35 * pressure(px, py) -
        0.3 * patches(px, py) ** 2 -
        0.35 * fibres(px, py) ** 2;
      const cover = Math.max(0.12, Math.min(1, ink + 0.22));
      for (let c = 0; c < 3; c += 1)
        data[at + c] = (data[at + c] ?? 0) * cover + (paper[c] ?? 255) * (1 - cover);
    }
  }
  return { ...page, data };
};

/** Black and white as a copier leaves it, with specks and ragged edges. */
export const photocopied = async (page: Rgb, seed: number): Promise<Rgb> => {
  const random = seededRandom(seed + 320_000);
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  const soft = await sharp(page.data, { raw }).greyscale().blur(0.8).raw().toBuffer();
  const [threshold, steep] = [random.between(130, 170), random.between(3, 7)];
  const ragged = cloud(random, 2);
  const drum = cloud(random, page.height / 6);
  const [white, black] = [random.between(236, 250), random.between(18, 45)];
  const specks = random.between(0.00002, 0.0002);
  const out = emptyRgb(page.width, page.height);
  const channels = soft.length / (page.width * page.height);
  for (let y = 0, i = 0; y < page.height; y += 1) {
    const faded = 0.9 + 0.1 * drum(0, y);
    for (let x = 0; x < page.width; x += 1, i += 1) {
      const dark = threshold - (soft[i * channels] ?? 255) + 60 * (ragged(x, y) - 0.5);
      const toner = faded / (1 + Math.exp((-dark * steep) / 60));
      out.data.fill(random.next() < specks ? black : white + (black - white) * toner, i * 3, i * 3 + 3);
    }
  }
  return out;
};

/** Screen points that a shown page is wide; an A4 page on a desktop or portable display. */
const POINTS = [780, 1_250] as const;
const STRIPES = 3;

/** The page on a display that a camera is held to: three stripes of colour a point, dark gaps, a cold white. */
export const displayed = async (page: Rgb, seed: number): Promise<Rgb> => {
  const random = seededRandom(seed + 330_000);
  const width = random.integer(POINTS[0], POINTS[1]);
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  const { data, info } = await sharp(page.data, { raw })
    .resize({ width })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const out = emptyRgb(info.width * STRIPES, info.height * STRIPES);
  const gap = random.between(0.45, 0.8);
  const spill = random.between(0.06, 0.2);
  const lift = random.between(6, 18);
  const white = [random.between(0.88, 0.95), 0.96, 1.02] as const;
  const line = out.width * 3;
  for (let y = 0; y < info.height; y += 1) {
    const top = y * STRIPES * line;
    for (let x = 0; x < out.width; x += 1) {
      const from = (y * info.width + Math.floor(x / STRIPES)) * 3;
      const at = top + x * 3;
      for (let c = 0; c < 3; c += 1) {
        // A stripe shows its own colour; a little of it spills through the glass to its neighbours.
        const light = x % STRIPES === c ? 1 : spill;
        const value = (lift + (data[from + c] ?? 0)) * (white[c] ?? 1) * light * 1.9;
        out.data[at + c] = Math.min(255, value);
        out.data[at + (STRIPES - 1) * line + c] = Math.min(255, value * gap);
      }
    }
    // A point's rows are alike but for the last, which is its gap.
    for (let k = 1; k < STRIPES - 1; k += 1) out.data.copyWithin(top + k * line, top, top + line);
  }
  return out;
};

/** What a flat-bed scanner makes of a page: a soft lens, a little noise, JPEG. */
export const scannedPage = async (page: Rgb, seed: number): Promise<Rgb> => {
  const random = seededRandom(seed + 340_000);
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  const soft = await sharp(page.data, { raw }).blur(random.between(0.45, 0.8)).raw().toBuffer();
  const noise = random.between(1.5, 4);
  const table = Float32Array.from({ length: 1 << 16 }, () => random.normal() * noise);
  const gain = random.between(0.93, 1);
  let state = random.integer(1, 1 << 30);
  const data = new Uint8ClampedArray(soft.length);
  for (let i = 0; i < soft.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = (soft[i] as number) * gain + (table[state >>> 16] as number);
  }
  const jpeg = await sharp(data, { raw })
    .jpeg({ quality: random.integer(82, 93) })
    .toBuffer();
  return { ...page, data: new Uint8Array(await sharp(jpeg).removeAlpha().raw().toBuffer()) };
};
