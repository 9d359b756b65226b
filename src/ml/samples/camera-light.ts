// What do lamps, shadows and the sensor make of what lies in the camera's view?
import type { Point } from "../page/homography.js";
import type { Rgb } from "../page/raster.js";
import type { Random } from "./random.js";

/** Something between a lamp and the page. */
export interface Shadow {
  /** "edge": all on one side of a line; "blob": a round thing such as a hand or a phone. */
  readonly kind: "edge" | "blob";
  /** A point of the line or the blob's middle, in page widths and heights. */
  readonly at: readonly [x: number, y: number];
  /** The line's direction, or the blob's longer axis: degrees clockwise from the right. */
  readonly degrees: number;
  /** A blob's half axes over the page's width. */
  readonly size?: readonly [number, number];
  /** Part of the light that is taken away, 0 … 1. */
  readonly depth: number;
  /** Width of the half-shadow over the page's width. */
  readonly soft: number;
}

/** A lamp mirrored in glossy paper. */
export interface Glare {
  /** In page widths and heights. */
  readonly at: readonly [x: number, y: number];
  /** Radius over the page's width where it is still half as strong. */
  readonly radius: number;
  /** Added light over full white. */
  readonly strength: number;
}

export interface Lamp {
  /** Light at the brightest and at the darkest place, 0 … 1. */
  readonly light: readonly [brightest: number, darkest: number];
  /** Standard deviation of the sensor's noise in 8-bit steps. */
  readonly noise: number;
  /** Colour of the light; white without. */
  readonly cast?: readonly [r: number, g: number, b: number];
  readonly shadows?: readonly Shadow[];
  readonly glare?: Glare;
}

interface Scene {
  readonly random: Random;
  /** From page widths and heights to frame pixels. */
  readonly onFrame: (x: number, y: number) => Point;
}

/** Light that is left, or added, at a frame pixel. */
type Field = (x: number, y: number) => number;

const smoothStep = (value: number): number => {
  const t = Math.max(0, Math.min(1, value));
  return t * t * (3 - 2 * t);
};

const shadowField = (shadow: Shadow, { onFrame }: Scene): Field => {
  const centre = onFrame(...shadow.at);
  const [origin, one] = [onFrame(0, 0), onFrame(1, 0)];
  const unit = Math.hypot(one.x - origin.x, one.y - origin.y);
  const angle = (shadow.degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const soft = Math.max(1, shadow.soft * unit);
  const [long, short] = shadow.size ?? [0.2, 0.1];
  return (x, y) => {
    const along = (x - centre.x) * cos + (y - centre.y) * sin;
    const across = (y - centre.y) * cos - (x - centre.x) * sin;
    const out =
      shadow.kind === "edge"
        ? -across
        : (Math.hypot(along / long, across / short) - unit) * Math.min(long, short);
    return 1 - shadow.depth * smoothStep(0.5 - out / soft);
  };
};

const glareField = (glare: Glare, { onFrame }: Scene): Field => {
  const centre = onFrame(...glare.at);
  const [origin, one] = [onFrame(0, 0), onFrame(1, 0)];
  const radius = glare.radius * Math.hypot(one.x - origin.x, one.y - origin.y);
  return (x, y) =>
    255 * glare.strength * Math.exp(-Math.LN2 * (((x - centre.x) ** 2 + (y - centre.y) ** 2) / radius ** 2));
};

/** Multiplies by a lamp off to one side (falls off with the square of the distance) and adds sensor noise. */
export const exposeInPlace = (frame: Rgb, lamp: Lamp, scene: Scene): void => {
  const { random } = scene;
  const lampAngle = random.between(0, 2 * Math.PI);
  const lampX = frame.width / 2 + Math.cos(lampAngle) * frame.width * 0.5;
  const lampY = frame.height / 2 + Math.sin(lampAngle) * frame.height * 0.5;
  const [bright, dark] = lamp.light;
  const far = Math.hypot(frame.width, frame.height) * 0.85;
  const fall = bright / dark - 1;
  // Sensor noise is white; a long table read from random places is as good and much quicker.
  const table = Float32Array.from({ length: 1 << 16 }, () => random.normal() * lamp.noise);
  let seed = random.integer(1, 1 << 30);
  const shadows = (lamp.shadows ?? []).map((shadow) => shadowField(shadow, scene));
  const glare = lamp.glare === undefined ? null : glareField(lamp.glare, scene);
  const cast = lamp.cast ?? [1, 1, 1];
  for (let y = 0, at = 0; y < frame.height; y += 1) {
    for (let x = 0; x < frame.width; x += 1, at += 3) {
      const d = Math.hypot(x - lampX, y - lampY) / far;
      let light = bright / (1 + fall * d * d);
      for (const shadow of shadows) light *= shadow(x, y);
      const added = glare === null ? 0 : glare(x, y);
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const n = seed >>> 16;
      for (let c = 0; c < 3; c += 1) {
        const value =
          (frame.data[at + c] as number) * light * (cast[c] as number) +
          added +
          (table[(n + c * 21_845) & 0xffff] as number);
        frame.data[at + c] = Math.max(0, Math.min(value, 255));
      }
    }
  }
};

/** Each pixel becomes the mean along a straight line: what a trembling hand does. */
export const motionBlurInPlace = (frame: Rgb, lengthPx: number, random: Random): void => {
  const angle = random.between(0, Math.PI);
  const steps = Math.max(2, Math.round(lengthPx));
  const offsets = Array.from({ length: steps }, (_, i) => {
    const along = (i / (steps - 1) - 0.5) * lengthPx;
    return [Math.round(along * Math.cos(angle)), Math.round(along * Math.sin(angle))] as const;
  });
  const { width, height } = frame;
  const source = frame.data.slice();
  const shifts = offsets.map(([dx, dy]) => (dy * width + dx) * 3);
  const margin = Math.ceil(lengthPx);
  for (let y = margin; y < height - margin; y += 1) {
    for (let at = (y * width + margin) * 3; at < (y * width + width - margin) * 3; at += 1) {
      let sum = 0;
      for (const shift of shifts) sum += source[at + shift] as number;
      frame.data[at] = sum / steps;
    }
  }
};
