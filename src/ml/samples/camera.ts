// What does a camera over the tray make of a flat page?
//
// A seeded model of what spoils real frames, in the order of physics: the page lies askew under the lens,
// light falls off across it, the lens blurs, the sensor adds noise, and JPEG throws detail away.
import sharp from "sharp";
import { emptyRgb, homography, type Point, type Quad, warpRgb } from "../page/homography.js";
import type { Rgb } from "../page/raster.js";
import { type Random, seededRandom } from "./random.js";

export interface CameraModel {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Corners move by up to this fraction of the frame's width. */
  readonly perspective: number;
  readonly rotateDegrees: number;
  /** Gaussian sigma in frame pixels. */
  readonly blurPx: number;
  /** Light at the brightest and at the darkest place, 0 … 1. */
  readonly light: readonly [brightest: number, darkest: number];
  /** Standard deviation in 8-bit steps. */
  readonly noise: number;
  readonly jpegQuality: number;
  readonly background: "tray" | "wood" | "cloth";
}

/** A phone held over the page in a room with one lamp. */
export const PHONE_FRAME: CameraModel = {
  widthPx: 2448,
  heightPx: 3264,
  perspective: 0.03,
  rotateDegrees: 1.5,
  blurPx: 1.2,
  light: [0.95, 0.42],
  noise: 7,
  jpegQuality: 72,
  background: "wood",
};

/** The same at dusk: a sixth of the light at the far corner, and the sensor's noise with it. */
export const LOW_LIGHT: CameraModel = { ...PHONE_FRAME, light: [0.5, 0.16], noise: 9, jpegQuality: 80 };

const BACKGROUND = { tray: [52, 54, 58], wood: [124, 88, 58], cloth: [88, 96, 112] } as const;

const background = (model: CameraModel, random: Random): Rgb => {
  const out = emptyRgb(model.widthPx, model.heightPx);
  const [r, g, b] = BACKGROUND[model.background];
  const phase = random.between(0, 6);
  for (let y = 0, at = 0; y < out.height; y += 1) {
    for (let x = 0; x < out.width; x += 1, at += 3) {
      const grain =
        model.background === "wood"
          ? 16 * Math.sin(y / 23 + 2.2 * Math.sin(x / 410 + phase) + phase) + 6 * Math.sin(y / 5 + x / 190)
          : model.background === "cloth"
            ? 9 * (((x >> 2) + (y >> 2)) & 1)
            : 3 * Math.sin(x / 300 + y / 500);
      out.data[at] = r + grain;
      out.data[at + 1] = g + grain;
      out.data[at + 2] = b + grain;
    }
  }
  return out;
};

/** Where the page's corners fall in the frame. */
const place = (page: Rgb, model: CameraModel, random: Random): Quad => {
  const scale = Math.min(model.widthPx / page.width, model.heightPx / page.height) * 0.86;
  const angle = (model.rotateDegrees * Math.PI) / 180;
  const jitter = () => random.between(-1, 1) * model.perspective * model.widthPx;
  const centre = { x: model.widthPx / 2 + jitter() / 2, y: model.heightPx / 2 + jitter() / 2 };
  const corner = (sx: number, sy: number): Point => {
    const x = (sx * page.width * scale) / 2;
    const y = (sy * page.height * scale) / 2;
    return {
      x: centre.x + x * Math.cos(angle) - y * Math.sin(angle) + jitter(),
      y: centre.y + x * Math.sin(angle) + y * Math.cos(angle) + jitter(),
    };
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
};

/** Multiplies by a lamp off to one side (falls off with the square of the distance) and adds sensor noise. */
const exposeInPlace = (frame: Rgb, model: CameraModel, random: Random): void => {
  const lampAngle = random.between(0, 2 * Math.PI);
  const lampX = frame.width / 2 + Math.cos(lampAngle) * frame.width * 0.5;
  const lampY = frame.height / 2 + Math.sin(lampAngle) * frame.height * 0.5;
  const [bright, dark] = model.light;
  const far = Math.hypot(frame.width, frame.height) * 0.85;
  const fall = bright / dark - 1;
  // Sensor noise is white; a long table read from random places is as good and much quicker.
  const table = Float32Array.from({ length: 1 << 16 }, () => random.normal() * model.noise);
  let seed = random.integer(1, 1 << 30);
  for (let y = 0, at = 0; y < frame.height; y += 1) {
    for (let x = 0; x < frame.width; x += 1, at += 3) {
      const d = Math.hypot(x - lampX, y - lampY) / far;
      const light = bright / (1 + fall * d * d);
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const n = seed >>> 16;
      for (let c = 0; c < 3; c += 1) {
        const value = (frame.data[at + c] as number) * light + (table[(n + c * 21_845) & 0xffff] as number);
        frame.data[at + c] = Math.max(0, Math.min(value, 255));
      }
    }
  }
};

export interface CameraFrame {
  readonly jpeg: Uint8Array;
  /** Where the page's corners really are, for judging the page finder. */
  readonly quad: Quad;
}

export const photograph = async (page: Rgb, model: CameraModel, seed: number): Promise<CameraFrame> => {
  const random = seededRandom(seed + 90_000);
  const quad = place(page, model, random);
  const corners: Quad = [
    { x: 0, y: 0 },
    { x: page.width - 1, y: 0 },
    { x: page.width - 1, y: page.height - 1 },
    { x: 0, y: page.height - 1 },
  ];
  const h = homography(quad, corners);
  if (h === null) throw new RangeError("the camera model folds the page onto a line");
  const frame = warpRgb(page, h, emptyRgb(model.widthPx, model.heightPx), background(model, random));
  const raw = { width: frame.width, height: frame.height, channels: 3 as const };
  const blurred = await sharp(frame.data, { raw }).blur(Math.max(0.3, model.blurPx)).raw().toBuffer();
  const exposed: Rgb = { ...frame, data: new Uint8Array(blurred) };
  exposeInPlace(exposed, model, random);
  const jpeg = await sharp(exposed.data, { raw }).jpeg({ quality: model.jpegQuality }).toBuffer();
  return { jpeg: new Uint8Array(jpeg), quad };
};
