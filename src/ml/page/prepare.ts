// How does a file from a camera or a scanner become an upright, evenly lit page?
import type { OpenCv } from "@techstark/opencv-js";
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import type { PageQuality } from "../reader.js";
import { skewDegrees } from "./deskew.js";
import { findPage } from "./find-page.js";
import { flattenLight } from "./flatten.js";
import { emptyRgb, homography, type Quad, quadSize, warpRgb } from "./homography.js";
import { judgeQuality } from "./quality.js";
import { type Gray, type Rgb, shrinkGray, toGray } from "./raster.js";

export interface PreparedPage {
  /** The page in colour, for people. */
  readonly jpeg: Uint8Array;
  /** Flattened and upright, for reading: a binary PGM file. */
  readonly pgm: Uint8Array;
  /** The page in colour, before JPEG, for whoever looks at inks. */
  readonly rgb: Rgb;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly quality: PageQuality;
}

/** Clockwise degrees, before anything else: for a page laid on its side or head down. */
export type Turn = 0 | 90 | 180 | 270;

/** Text of 10 pt has 28 px capitals' height at this width of an A4 page: what the recogniser likes best. */
const LONGEST_PX = 2_600;
const SHORTEST_PX = 1_400;
/** Of the whole frame; the page fills most of it. */
const LONGEST_FRAME_PX = 3_500;
const SMALLEST_SIDE_PX = 64;
/** Longest to shortest side; a long till receipt has 10. */
const MOST_SLENDER = 16;
const SKEW_WIDTH_PX = 1_000;
const LEAST_INK = 0.0004;

/** EXIF orientations from here on lie on their side. */
const LYING = 5;

/** What people bring from cameras and scanners. SVG and the like would run a renderer on a stranger's file. */
const FORMATS: readonly string[] = ["jpeg", "png", "webp", "tiff", "gif", "heif"];

const startsWith = (file: Uint8Array, text: string): boolean =>
  Buffer.from(file.buffer, file.byteOffset, Math.min(file.byteLength, text.length)).toString("latin1") ===
  text;

const unreadable = (detail: string, cause?: unknown): FaultError =>
  new FaultError("paper.unreadable", detail, cause === undefined ? {} : { cause });

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Upright size in pixels, after every reason to refuse the file without decoding it. */
const inspect = async (file: Uint8Array, maxPixels: number): Promise<Size> => {
  if (file.length === 0) throw unreadable("the file is empty");
  if (startsWith(file, "%PDF"))
    throw unreadable("this is a PDF, not an image; save its pages as images first");
  const {
    width = 0,
    height = 0,
    orientation = 1,
    format = "",
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
  return orientation >= LYING ? { width: height, height: width } : { width, height };
};

const decode = async (file: Uint8Array, maxPixels: number): Promise<Rgb> => {
  const { width, height } = await inspect(file, maxPixels);
  const [shortest, longest] = [Math.min(width, height), Math.max(width, height)];
  // Shrink large frames and enlarge small scans; both cost more than they give beyond these sizes.
  const scale =
    longest > LONGEST_FRAME_PX
      ? LONGEST_FRAME_PX / longest
      : shortest < SHORTEST_PX
        ? Math.min(2, SHORTEST_PX / shortest)
        : 1;
  const { data, info } = await sharp(file, { limitInputPixels: false, failOn: "error", pages: 1 })
    .rotate()
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .resize({ width: Math.round(width * scale) })
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw unreadable("the image breaks off in the middle or is damaged", cause);
    });
  if (info.channels !== 3) throw unreadable(`the image has ${info.channels} channels`);
  return {
    width: info.width,
    height: info.height,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
};

const rectify = (image: Rgb, quad: Quad): Rgb => {
  const size = quadSize(quad);
  const scale = Math.min(1.5, LONGEST_PX / Math.max(size.width, size.height));
  const width = Math.round(size.width * scale);
  const height = Math.round(size.height * scale);
  const corners: Quad = [
    { x: 0, y: 0 },
    { x: width - 1, y: 0 },
    { x: width - 1, y: height - 1 },
    { x: 0, y: height - 1 },
  ];
  const matrix = homography(corners, quad);
  return matrix === null ? image : warpRgb(image, matrix, emptyRgb(width, height));
};

const turned = async (image: Rgb, degrees: number): Promise<Rgb> => {
  const raw = { width: image.width, height: image.height, channels: 3 as const };
  const { data, info } = await sharp(image.data, { raw })
    .rotate(degrees, { background: "#ffffff" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
};

const toPgm = (page: Gray): Uint8Array => {
  const header = new TextEncoder().encode(`P5\n${page.width} ${page.height}\n255\n`);
  const file = new Uint8Array(header.length + page.data.length);
  file.set(header);
  file.set(page.data, header.length);
  return file;
};

const inkShare = (flat: Gray): number =>
  flat.data.reduce((sum, value) => sum + (value < 140 ? 1 : 0), 0) / flat.data.length;

/** Lines' slope shows on a small picture as well, and its light is flattened in no time. */
const skewOf = (page: Gray): number =>
  skewDegrees(flattenLight(shrinkGray(page, Math.max(1, Math.floor(page.width / SKEW_WIDTH_PX)))));

/** Throws "paper.unreadable", "paper.tooLarge" or, for a picture without any ink, "paper.absent". */
export const preparePage = async (
  cv: OpenCv,
  file: Uint8Array,
  options: { readonly maxPixels: number; readonly turn: Turn },
): Promise<PreparedPage> => {
  const decoded = await decode(file, options.maxPixels);
  const image = options.turn === 0 ? decoded : await turned(decoded, options.turn);
  const quad = findPage(cv, toGray(image));
  const page = quad === null ? image : rectify(image, quad);
  const skew = skewOf(toGray(page));
  const straight = Math.abs(skew) < 0.15 ? page : await turned(page, -skew);
  const raw = toGray(straight);
  const flat = flattenLight(raw);
  if (inkShare(flat) < LEAST_INK)
    throw new FaultError("paper.absent", "nothing is written on what the camera sees");
  const colour = { width: straight.width, height: straight.height, channels: 3 as const };
  const jpeg = await sharp(straight.data, { raw: colour }).jpeg({ quality: 82, mozjpeg: false }).toBuffer();
  return {
    jpeg: new Uint8Array(jpeg),
    pgm: toPgm(flat),
    rgb: straight,
    widthPx: straight.width,
    heightPx: straight.height,
    quality: judgeQuality(raw, flat, skew),
  };
};
