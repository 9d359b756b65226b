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

export const fillRect = (bitmap: DotBitmap, rect: Rect): void => {
  for (let y = rect.y; y < rect.y + rect.height; y++)
    for (let x = rect.x; x < rect.x + rect.width; x++) blacken(bitmap, x, y);
};

/** Adds the black dots of `source` with its corner at (left, top). */
export const paste = (target: DotBitmap, source: DotBitmap, left: number, top: number): void => {
  for (let y = 0; y < source.heightDots; y++)
    for (let x = 0; x < source.widthDots; x++) if (isBlack(source, x, y)) blacken(target, left + x, top + y);
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
