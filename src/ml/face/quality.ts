// Is a frame good enough to tell whose face it shows, and if not, what would help?
import { type Rgb, toGray } from "../page/raster.js";
import type { FaceBox } from "./blazeface.js";
import type { CoachCode } from "./coaching.js";
import { eyeDistance, type Pose } from "./geometry.js";

/** ICAO's portrait has 90 px between the eyes; the network sees 53 of its 150. */
const LEAST_EYE_PX = 50;
/** Box over the frame's height: nearer, chin or hair leave the frame when the head turns. */
const LARGEST_HEIGHT = 0.7;
/** The face's middle over the frame's size. */
const MIDDLE = { from: 0.25, to: 0.75 } as const;
/** A second face of this share of the first one's width stands before the kiosk, not behind the person. */
const BESIDE = 0.6;
/** Luma 0 … 255 of skin in too little light: noise is stronger than features. */
const DARK_FACE = 45;
const DARK_ROOM = 25;
/** A face that is this much darker than what is behind it is lit from behind. */
const BACKLIGHT = 2.2;
/** One half of the face over the other. */
const SIDE_LIGHT = 2.5;
const STRAIGHT = { yaw: 0.35, pitchFrom: 0.3, pitchTo: 0.85, roll: 20 } as const;
/** Mean squared Laplacian over variance of the aligned face. */
export const LEAST_SHARPNESS = 0.012;

export interface Light {
  readonly face: number;
  readonly leftHalf: number;
  readonly rightHalf: number;
  readonly behind: number;
}

const luma = ({ width, height, data }: Rgb, x: number, y: number): number => {
  const u = Math.min(width - 1, Math.max(0, Math.round(x)));
  const v = Math.min(height - 1, Math.max(0, Math.round(y)));
  const at = (v * width + u) * 3;
  return ((data[at] ?? 0) * 77 + (data[at + 1] ?? 0) * 150 + (data[at + 2] ?? 0) * 29) / 256;
};

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const GRID = 32;

const grid = (from: number, to: number): readonly number[] =>
  Array.from({ length: GRID }, (_, k) => from + ((k + 0.5) / GRID) * (to - from));

export const brightness = (picture: Rgb): number =>
  mean(grid(0, picture.height).flatMap((y) => grid(0, picture.width).map((x) => luma(picture, x, y))));

export const lightOf = (picture: Rgb, { left, top, right, bottom }: FaceBox): Light => {
  const middle = (left + right) / 2;
  const inset = (right - left) * 0.15;
  const half = (from: number, to: number): number =>
    mean(grid(top + inset, bottom - inset).flatMap((y) => grid(from, to).map((x) => luma(picture, x, y))));
  const [leftHalf, rightHalf] = [half(left + inset, middle), half(middle, right - inset)];
  // Hair, neck and shoulders belong to the person, not to the background.
  const [width, height] = [right - left, bottom - top];
  const isBehind = (x: number, y: number): boolean =>
    (x < left - width * 0.7 || x > right + width * 0.7 || y < top - height * 0.7) && y < bottom;
  const behind = grid(0, picture.height).flatMap((y) =>
    grid(0, picture.width).flatMap((x) => (isBehind(x, y) ? [luma(picture, x, y)] : [])),
  );
  return { face: (leftHalf + rightHalf) / 2, leftHalf, rightHalf, behind: mean(behind) };
};

/** Of an aligned face: how much of its contrast is fine detail. A shaken or unfocused one has little. */
export const sharpnessOf = (aligned: Rgb): number => {
  const { width, height, data } = toGray(aligned);
  const at = (x: number, y: number): number => data[y * width + x] ?? 0;
  let [laplacian, sum, squares, count] = [0, 0, 0, 0];
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const value = at(x, y);
      laplacian += (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * value) ** 2;
      sum += value;
      squares += value * value;
      count += 1;
    }
  const variance = squares / count - (sum / count) ** 2;
  return variance > 1 ? laplacian / count / variance : 0;
};

export interface Appearance {
  readonly picture: Rgb;
  /** Largest first. */
  readonly faces: readonly FaceBox[];
  readonly pose: Pose;
  readonly sharpness: number;
}

const isStraight = ({ yaw, pitch, roll }: Pose): boolean =>
  Math.abs(yaw) <= STRAIGHT.yaw &&
  pitch >= STRAIGHT.pitchFrom &&
  pitch <= STRAIGHT.pitchTo &&
  Math.abs(roll) <= STRAIGHT.roll;

/** Where to stand, then the light, then the pose: what is told first makes the rest easier. */
export const coach = ({ picture, faces, pose, sharpness }: Appearance): CoachCode => {
  const [face, second] = faces;
  if (face === undefined) return brightness(picture) < DARK_ROOM ? "tooDark" : "centre";
  const width = face.right - face.left;
  if (second !== undefined && second.right - second.left > BESIDE * width) return "onePersonOnly";
  const light = lightOf(picture, face);
  if (light.face < DARK_FACE && light.behind < DARK_FACE * BACKLIGHT) return "tooDark";
  if (eyeDistance(face.landmarks) < LEAST_EYE_PX && Math.abs(pose.yaw) <= STRAIGHT.yaw) return "comeCloser";
  if (face.bottom - face.top > LARGEST_HEIGHT * picture.height) return "stepBack";
  const x = (face.left + face.right) / 2 / picture.width;
  const y = (face.top + face.bottom) / 2 / picture.height;
  if (x < MIDDLE.from || x > MIDDLE.to || y < MIDDLE.from - 0.05 || y > MIDDLE.to + 0.05) return "centre";
  const sides =
    Math.max(light.leftHalf, light.rightHalf) / Math.max(1, Math.min(light.leftHalf, light.rightHalf));
  if (light.behind > BACKLIGHT * light.face || sides > SIDE_LIGHT) return "turnToLight";
  if (!isStraight(pose)) return "lookStraight";
  return sharpness < LEAST_SHARPNESS ? "holdStill" : "good";
};
