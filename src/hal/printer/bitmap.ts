// How are bitmaps of dots made, put together and shown?
import sharp from "sharp";
import type { DotBitmap } from "./printer.js";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const blank = (widthDots: number, heightDots: number): DotBitmap => ({
  widthDots,
  heightDots,
  bits: new Uint8Array(Math.ceil(widthDots / 8) * heightDots),
});

export const isBlack = (bitmap: DotBitmap, x: number, y: number): boolean => {
  const byte = bitmap.bits[y * Math.ceil(bitmap.widthDots / 8) + (x >> 3)] ?? 0;
  return (byte & (0x80 >> (x & 7))) !== 0;
};

/** Dots outside the bitmap are left out. */
export const blacken = (bitmap: DotBitmap, x: number, y: number): void => {
  if (x < 0 || y < 0 || x >= bitmap.widthDots || y >= bitmap.heightDots) return;
  const at = y * Math.ceil(bitmap.widthDots / 8) + (x >> 3);
  bitmap.bits[at] = (bitmap.bits[at] ?? 0) | (0x80 >> (x & 7));
};

/** The part outside the bitmap is left out. */
export const fillRect = (bitmap: DotBitmap, rect: Rect): void => {
  const left = Math.max(0, rect.x);
  const right = Math.min(bitmap.widthDots, rect.x + rect.width) - 1;
  if (right < left) return;
  const rowBytes = Math.ceil(bitmap.widthDots / 8);
  const first = left >> 3;
  const last = right >> 3;
  const bottom = Math.min(bitmap.heightDots, rect.y + rect.height);
  for (let y = Math.max(0, rect.y); y < bottom; y++)
    for (let at = first; at <= last; at++) {
      let ink = 0xff;
      if (at === first) ink &= 0xff >> (left & 7);
      if (at === last) ink &= 0xff << (7 - (right & 7));
      bitmap.bits[y * rowBytes + at] = (bitmap.bits[y * rowBytes + at] ?? 0) | ink;
    }
};

/** The dots of a row's last byte that belong to the bitmap. */
const lastByteMask = (widthDots: number): number => 0xff & (0xff << (-widthDots & 7));

/** Adds the black dots of `source` with its corner at (left, top); what falls outside is left out. */
export const paste = (target: DotBitmap, source: DotBitmap, left: number, top: number): void => {
  // Eight dots at a time: a slip has a million dots and is pasted together more than once.
  const sourceRow = Math.ceil(source.widthDots / 8);
  const targetRow = Math.ceil(target.widthDots / 8);
  const sourceMask = lastByteMask(source.widthDots);
  const targetMask = lastByteMask(target.widthDots);
  const shift = left & 7;
  const add = (row: number, at: number, ink: number): void => {
    if (at < 0 || at >= targetRow) return;
    const mask = at === targetRow - 1 ? targetMask : 0xff;
    target.bits[row + at] = (target.bits[row + at] ?? 0) | (ink & mask);
  };
  const bottom = Math.min(source.heightDots, target.heightDots - top);
  for (let y = Math.max(0, -top); y < bottom; y++) {
    const row = (top + y) * targetRow;
    for (let i = 0; i < sourceRow; i++) {
      const mask = i === sourceRow - 1 ? sourceMask : 0xff;
      const ink = (source.bits[y * sourceRow + i] ?? 0) & mask;
      if (ink === 0) continue;
      const at = (left + 8 * i) >> 3;
      add(row, at, ink >> shift);
      if (shift > 0) add(row, at + 1, 0xff & (ink << (8 - shift)));
    }
  }
};

/** One below the other; all as wide as the first argument says. */
export const stack = (widthDots: number, strips: readonly DotBitmap[]): DotBitmap => {
  const page = blank(
    widthDots,
    strips.reduce((sum, strip) => sum + strip.heightDots, 0),
  );
  let top = 0;
  for (const strip of strips) {
    paste(page, strip, 0, top);
    top += strip.heightDots;
  }
  return page;
};

/** The paper as a picture, one pixel a dot. */
export const bitmapToPng = async (bitmap: DotBitmap): Promise<Uint8Array> => {
  const { widthDots: width, heightDots: height } = bitmap;
  const grey = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if (isBlack(bitmap, x, y)) grey[y * width + x] = 0;
  return sharp(grey, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 9, palette: true, colours: 2 })
    .toBuffer();
};
