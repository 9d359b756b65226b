// What does a camera over the tray make of a flat page?
//
// A seeded model of what spoils real frames, in the order of physics: the page lies askew under the lens, is
// bent, is held; light falls off across it and things cast shadows; the lens bends and blurs; the sensor adds
// noise, and JPEG throws detail away.
import sharp from "sharp";
import { applyHomography, emptyRgb, homography, type Point, type Quad } from "../page/homography.js";
import type { Rgb } from "../page/raster.js";
import { type Background, paintBackground } from "./backgrounds.js";
import { exposeInPlace, type Lamp, motionBlurInPlace } from "./camera-light.js";
import { type Bend, type Finger, paintFingersInPlace, paintSheet } from "./camera-scene.js";
import { type Random, seededRandom } from "./random.js";

/** A pinhole camera's place over the page. */
export interface Pose {
  /** Away from straight down, about the frame's x and y axes. */
  readonly tiltDegrees: number;
  readonly panDegrees: number;
  /** Largest share of the frame's width or height that the page takes. */
  readonly fill: number;
  /** Page centre from the frame's, in frame widths and heights. */
  readonly offset?: readonly [x: number, y: number];
}

export interface CameraModel extends Lamp {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Corners move by up to this fraction of the frame's width; without `pose` only. */
  readonly perspective: number;
  readonly rotateDegrees: number;
  /** Gaussian sigma in frame pixels. */
  readonly blurPx: number;
  readonly jpegQuality: number;
  readonly background: Background;
  readonly pose?: Pose;
  /** Barrel distortion: how far a corner of the frame is drawn in, as a part of its distance to the centre. */
  readonly barrel?: number;
  /** Length of a straight hand tremble while the shutter is open, in frame pixels. */
  readonly motionPx?: number;
  readonly bend?: Bend;
  readonly fingers?: readonly Finger[];
  /** Another sheet beside the page. */
  readonly second?: boolean;
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

/** Focal length over the frame's longer side: 26 mm on 36 mm of film, as most phones have. */
const FOCAL = 0.75;

const cornersOf = ({ width, height }: Rgb): Quad => [
  { x: 0, y: 0 },
  { x: width - 1, y: 0 },
  { x: width - 1, y: height - 1 },
  { x: 0, y: height - 1 },
];

/** Where the page's corners fall in the frame when each is moved freely. */
const placeFreely = (page: Rgb, model: CameraModel, random: Random): Quad => {
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

const bounds = (quad: Quad): readonly [left: number, right: number, top: number, bottom: number] => {
  const [xs, ys] = [quad.map(({ x }) => x), quad.map(({ y }) => y)];
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
};

/** Where they fall through a pinhole at a distance from which the page takes its share of the frame. */
const placeByPose = (page: Rgb, model: CameraModel, pose: Pose, random: Random): Quad => {
  const wobble = (degrees: number): number => ((degrees + random.between(-0.7, 0.7)) * Math.PI) / 180;
  const [roll, tilt, pan] = [wobble(model.rotateDegrees), wobble(pose.tiltDegrees), wobble(pose.panDegrees)];
  const focal = FOCAL * Math.max(model.widthPx, model.heightPx);
  const [offsetX, offsetY] = pose.offset ?? [random.between(-0.01, 0.01), random.between(-0.01, 0.01)];
  const at = (far: number, shift: Point): Quad => {
    const corner = (sx: number, sy: number): Point => {
      const [px, py] = [(sx * page.width) / 2, (sy * page.height) / 2];
      const x = px * Math.cos(roll) - py * Math.sin(roll);
      const y = px * Math.sin(roll) + py * Math.cos(roll);
      // Turned about the frame's y axis, then about its x axis.
      const [turned, behind] = [x * Math.cos(pan), x * Math.sin(pan)];
      const tilted = y * Math.cos(tilt) - behind * Math.sin(tilt);
      const z = far + y * Math.sin(tilt) + behind * Math.cos(tilt);
      return {
        x: model.widthPx / 2 + (focal * (turned + shift.x)) / z,
        y: model.heightPx / 2 + (focal * (tilted + shift.y)) / z,
      };
    };
    return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
  };
  /** The camera is moved sideways until the page's outline stands where it should. */
  const aimed = (far: number): Quad => {
    let shift: Point = { x: 0, y: 0 };
    for (let step = 0; step < 6; step += 1) {
      const [left, right, top, bottom] = bounds(at(far, shift));
      shift = {
        x: shift.x + ((model.widthPx * (0.5 + offsetX) - (left + right) / 2) * far) / focal,
        y: shift.y + ((model.heightPx * (0.5 + offsetY) - (top + bottom) / 2) * far) / focal,
      };
    }
    return at(far, shift);
  };
  let [near, far] = [0.3 * Math.max(page.width, page.height), 60 * Math.max(page.width, page.height)];
  for (let step = 0; step < 40; step += 1) {
    const middle = (near + far) / 2;
    const [left, right, top, bottom] = bounds(aimed(middle));
    if (Math.max((right - left) / model.widthPx, (bottom - top) / model.heightPx) > pose.fill) near = middle;
    else far = middle;
  }
  return aimed(far);
};

/** A straight-lens point as the bent lens shows it: the inverse of what `paintSheet` looks through. */
const throughLens = (point: Point, model: CameraModel): Point => {
  const barrel = model.barrel ?? 0;
  const [cx, cy] = [model.widthPx / 2, model.heightPx / 2];
  const half = cx * cx + cy * cy;
  let [x, y] = [point.x - cx, point.y - cy];
  for (let step = 0; step < 20; step += 1) {
    const factor = 1 + (barrel * (x * x + y * y)) / half;
    [x, y] = [(point.x - cx) / factor, (point.y - cy) / factor];
  }
  return { x: x + cx, y: y + cy };
};

export interface CameraFrame {
  readonly jpeg: Uint8Array;
  /** Where the page's corners really are, for judging the page finder. */
  readonly quad: Quad;
}

export const photograph = async (page: Rgb, model: CameraModel, seed: number): Promise<CameraFrame> => {
  const random = seededRandom(seed + 90_000);
  const straight =
    model.pose === undefined
      ? placeFreely(page, model, random)
      : placeByPose(page, model, model.pose, random);
  const toPage = homography(straight, cornersOf(page));
  const toFrame = homography(cornersOf(page), straight);
  if (toPage === null || toFrame === null)
    throw new RangeError("the camera model folds the page onto a line");
  const size = { width: model.widthPx, height: model.heightPx };
  const frame = emptyRgb(model.widthPx, model.heightPx);
  paintSheet(frame, paintBackground(model.background, size, random), {
    page,
    toPage,
    barrel: model.barrel ?? 0,
    bend: model.bend ?? null,
    second: model.second ?? false,
    lifted: model.pose !== undefined,
  });
  const onFrame = (x: number, y: number): Point =>
    throughLens(applyHomography(toFrame, { x: x * page.width, y: y * page.height }), model);
  paintFingersInPlace(frame, model.fingers ?? [], onFrame);
  const raw = { ...size, channels: 3 as const };
  const blurred = await sharp(frame.data, { raw }).blur(Math.max(0.3, model.blurPx)).raw().toBuffer();
  const exposed: Rgb = { ...frame, data: new Uint8Array(blurred) };
  if (model.motionPx !== undefined) motionBlurInPlace(exposed, model.motionPx, random);
  exposeInPlace(exposed, model, { random, onFrame });
  const jpeg = await sharp(exposed.data, { raw }).jpeg({ quality: model.jpegQuality }).toBuffer();
  const [a, b, c, d] = straight;
  const seen = (point: Point): Point => throughLens(point, model);
  return { jpeg: new Uint8Array(jpeg), quad: [seen(a), seen(b), seen(c), seen(d)] };
};
