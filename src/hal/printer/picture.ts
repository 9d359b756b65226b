// Which dots show a picture, such as an office's logo, on paper that knows no grey?
import sharp from "sharp";
import { blacken, blank } from "./bitmap.js";
import type { DotBitmap } from "./printer.js";

/** What a picture may be decoded to: a logo, not a poster. */
const MOST_PIXELS = 40_000_000;
/** Burnt dots are larger than their square and run together, so greys come out darker: this much is taken back. */
const DOT_GAIN_GAMMA = 1.4;

/** Right, below left, below, below right: Floyd and Steinberg's shares of an error, in sixteenths. */
const SHARES = [
  [1, 0, 7],
  [-1, 1, 3],
  [0, 1, 5],
  [1, 1, 1],
] as const;

/** Greys as black dots that lie as densely as the grey is dark; black and white stay what they are. */
const diffuse = (grey: Float32Array, widthDots: number, heightDots: number): DotBitmap => {
  const bitmap = blank(widthDots, heightDots);
  for (let y = 0; y < heightDots; y++)
    for (let x = 0; x < widthDots; x++) {
      const wanted = grey[y * widthDots + x] ?? 255;
      const black = wanted < 128;
      if (black) blacken(bitmap, x, y);
      const error = wanted - (black ? 0 : 255);
      for (const [right, down, share] of SHARES) {
        const [toX, toY] = [x + right, y + down];
        if (toX < 0 || toX >= widthDots || toY >= heightDots) continue;
        const at = toY * widthDots + toX;
        grey[at] = (grey[at] ?? 255) + (error * share) / 16;
      }
    }
  return bitmap;
};

/**
 * A PNG, JPEG, WebP or SVG file in dots, `widthDots` wide; what is transparent is white. Throws an `Error` when
 * it is no picture or larger than 40 megapixels.
 */
export const pictureBitmap = async (file: Uint8Array, widthDots: number): Promise<DotBitmap> => {
  const { data, info } = await sharp(file, { limitInputPixels: MOST_PIXELS })
    .flatten({ background: "#fff" })
    .resize({ width: widthDots, kernel: "lanczos3" })
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const grey = Float32Array.from(
    { length: info.width * info.height },
    (_, at) => 255 * ((data[at * info.channels] ?? 255) / 255) ** (1 / DOT_GAIN_GAMMA),
  );
  return diffuse(grey, info.width, info.height);
};
