// How does a strange image file become pixels that the face models can see?
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import type { Rgb } from "../page/raster.js";

const MOST_PIXELS = 50e6;

/** Upright sRGB, at most `longestPx` a side. Throws "faceCamera.stalled" for what can not be decoded. */
export const decodePicture = async (bytes: Uint8Array, longestPx: number): Promise<Rgb> => {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: "error", pages: 1 })
      .rotate()
      .flatten({ background: "#000" })
      .toColourspace("srgb")
      .resize({ width: longestPx, height: longestPx, fit: "inside", withoutEnlargement: true })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (cause) {
    throw new FaultError("faceCamera.stalled", "the face camera's picture can not be decoded", { cause });
  }
};

export interface Square {
  readonly pixels: Rgb;
  /** Pixels of the square for one of the picture. */
  readonly scale: number;
  /** Where the picture's corner lies in the square. */
  readonly left: number;
  readonly top: number;
}

/** The whole picture in a black square. */
export const inSquare = async (picture: Rgb, sidePx: number): Promise<Square> => {
  const { width, height, data } = picture;
  const { data: small, info } = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(sidePx, sidePx, { fit: "inside" })
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const square = new Uint8Array(sidePx * sidePx * 3);
  const left = Math.floor((sidePx - info.width) / 2);
  const top = Math.floor((sidePx - info.height) / 2);
  for (let y = 0; y < info.height; y += 1) {
    const row = small.subarray(y * info.width * 3, (y + 1) * info.width * 3);
    square.set(row, ((top + y) * sidePx + left) * 3);
  }
  const pixels = { width: sidePx, height: sidePx, data: square };
  return { pixels, scale: info.width / width, left, top };
};
