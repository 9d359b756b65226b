// How does a stranger's file become pixels, without trusting it?
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import type { Rgb } from "./raster.js";

export interface Decoded {
  readonly image: Rgb;
  /** Pixels of the file for one of the image. */
  readonly shrunk: number;
  /** What the file says about itself; null when it says nothing credible. */
  readonly dpi: number | null;
}

/** A 12-megapixel frame is 4,000 long: beyond that is more than paper and print need. */
const LONGEST_FRAME_PX = 4_000;
const SMALLEST_SIDE_PX = 64;
/** Longest to shortest side; a long till receipt has 10. */
const MOST_SLENDER = 16;
/** EXIF orientations from here on lie on their side. */
const LYING = 5;
/** Cameras write 72 or 96 whatever they see; scanners write what they did. */
const CREDIBLE_DPI = [140, 1_300] as const;

/** What people bring from cameras and scanners. SVG and the like would run a renderer on a stranger's file. */
const FORMATS: readonly string[] = ["jpeg", "png", "webp", "tiff", "gif", "heif"];

const startsWith = (file: Uint8Array, text: string): boolean =>
  Buffer.from(file.buffer, file.byteOffset, Math.min(file.byteLength, text.length)).toString("latin1") ===
  text;

const unreadable = (detail: string, cause?: unknown): FaultError =>
  new FaultError("paper.unreadable", detail, cause === undefined ? {} : { cause });

interface Inspected {
  readonly width: number;
  readonly height: number;
  readonly dpi: number | null;
}

/** Upright size in pixels, after every reason to refuse the file without decoding it. */
const inspect = async (file: Uint8Array, maxPixels: number): Promise<Inspected> => {
  if (file.length === 0) throw unreadable("the file is empty");
  if (startsWith(file, "%PDF"))
    throw unreadable("this is a PDF, not an image; save its pages as images first");
  const {
    width = 0,
    height = 0,
    orientation = 1,
    format = "",
    density = 0,
  } = await sharp(file, { limitInputPixels: false, pages: 1 })
    .metadata()
    .catch((cause: unknown) => {
      throw unreadable("the file is no image that can be decoded", cause);
    });
  if (!FORMATS.includes(format)) throw unreadable(`${format} is not a kind of picture that is read here`);
  if (width * height > maxPixels) {
    const has = Math.round((width * height) / 1e6);
    throw new FaultError(
      "paper.tooLarge",
      `the image has ${has} megapixels, more than the ${Math.round(maxPixels / 1e6)} allowed`,
    );
  }
  const [shortest, longest] = [Math.min(width, height), Math.max(width, height)];
  if (shortest < SMALLEST_SIDE_PX) throw unreadable(`the image is only ${width} × ${height} pixels`);
  if (longest > MOST_SLENDER * shortest)
    throw unreadable(`${width} × ${height} pixels is not the shape of a page`);
  const dpi = density >= CREDIBLE_DPI[0] && density <= CREDIBLE_DPI[1] ? density : null;
  return orientation >= LYING ? { width: height, height: width, dpi } : { width, height, dpi };
};

/** Throws `FaultError` "paper.unreadable" or "paper.tooLarge". */
export const decodePage = async (file: Uint8Array, maxPixels: number): Promise<Decoded> => {
  const size = await inspect(file, maxPixels);
  const scale = Math.min(1, LONGEST_FRAME_PX / Math.max(size.width, size.height));
  const pipeline = sharp(file, { limitInputPixels: false, failOn: "error", pages: 1 })
    .rotate()
    .flatten({ background: "#fff" })
    .toColourspace("srgb");
  const { data, info } = await (scale < 1
    ? pipeline.resize({ width: Math.round(size.width * scale) })
    : pipeline
  )
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw unreadable("the image breaks off in the middle or is damaged", cause);
    });
  if (info.channels !== 3) throw unreadable(`the image has ${info.channels} channels`);
  return {
    image: {
      width: info.width,
      height: info.height,
      data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    },
    shrunk: size.width / info.width,
    dpi: size.dpi,
  };
};

const PREVIEW_PX = 640;

/** At most 640 pixels long. Throws `FaultError` "paper.unreadable" for what is no picture. */
export const decodeFrame = async (file: Uint8Array): Promise<Rgb> => {
  const { data, info } = await sharp(file, { pages: 1 })
    .rotate()
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .resize({ width: PREVIEW_PX, height: PREVIEW_PX, fit: "inside", withoutEnlargement: true })
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw unreadable("the frame can not be decoded", cause);
    });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
};
