// What does the camera leave of one line of a page?
//
// The page's camera model (src/ml/samples/camera.ts) takes seconds a page; this is its figures on one line: blur,
// trembling, light and noise are those of the readable conditions of src/ml/samples/conditions.ts, brought from the
// frame's pixels to the line's.

import type { CameraModel } from "../../samples/camera.js";
import { CONDITIONS } from "../../samples/conditions.js";
import type { Random } from "../../samples/random.js";
import { type Grey, smear, soften } from "./grey-plane.js";

export interface Shot {
  /** In pixels of the line's picture. */
  readonly blurPx: number;
  readonly motionPx: number;
  readonly motionAngle: number;
  /** Light at the left and the right end, and how much it falls over the height. */
  readonly light: readonly [number, number, number];
  /** Standard deviation in 8-bit steps. */
  readonly noise: number;
  readonly shadow: { readonly at: number; readonly depth: number; readonly softPx: number } | null;
}

/** A line of 48 px is about 8 mm of paper; the frames of the conditions have some 10 px a millimetre. */
const SCALE = 48 / 80;

const CAMERAS: readonly CameraModel[] = CONDITIONS.flatMap(({ readable, picture }) =>
  readable && "blurPx" in picture ? [picture] : [],
);

export const inventShot = (random: Random): Shot => {
  const camera = random.pick(CAMERAS);
  const [bright, dark] = camera.light;
  const near = random.between(dark, bright);
  // A line spans a fifth to a whole of the page's width: the light over it differs by part of the page's fall.
  const far = near + (dark - bright) * random.between(-0.5, 0.5);
  // Reading flattens the light first, which brings dim pages up together with their noise.
  const gain = random.between(0.85, 1.02) / Math.max(near, far, 0.2);
  const low = (value: number): number => Math.max(0.35, Math.min(1.05, value * gain));
  return {
    blurPx: camera.blurPx * SCALE * random.between(0.5, 1.3),
    motionPx: (camera.motionPx ?? 0) * SCALE,
    motionAngle: random.between(0, Math.PI),
    light: [low(near), low(far), 0.08 * random.normal()],
    noise: Math.min(18, camera.noise * SCALE * gain * random.between(0.5, 1.3)),
    shadow:
      random.next() < 0.08
        ? { at: random.next(), depth: random.between(0.1, 0.4), softPx: random.between(2, 40) }
        : null,
  };
};

/** The picture without a camera: a flat scan. */
export const cleanShot = (random: Random): Shot => ({
  blurPx: random.between(0, 0.5),
  motionPx: 0,
  motionAngle: 0,
  light: [1, 1, 0],
  noise: random.between(0, 1.5),
  shadow: null,
});

/** `page` holds 0 … 255; the result too, as bytes. */
export const shoot = (page: Grey, shot: Shot, random: Random): Uint8Array => {
  let plane = soften(page, shot.blurPx);
  if (shot.motionPx >= 1) plane = smear(plane, shot.motionPx, shot.motionAngle);
  const { width, height, data } = plane;
  const out = new Uint8Array(data.length);
  const [left, right, fall] = shot.light;
  const columns = Float32Array.from({ length: width }, (_, x) => {
    const t = x / width;
    const light = left + (right - left) * t;
    if (shot.shadow === null) return light;
    const inside = Math.max(0, Math.min(1, ((t - shot.shadow.at) * width) / shot.shadow.softPx + 0.5));
    return light * (1 - shot.shadow.depth * inside);
  });
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = 1 + fall * (y / height - 0.5);
    for (let x = 0; x < width; x += 1, at += 1) {
      const value = (data[at] as number) * (columns[x] as number) * row + shot.noise * random.normal();
      out[at] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return out;
};
