// What lies and is held in the camera's view: the sheet, bent or not, another beside it, fingers on it?
import type { Point } from "../page/homography.js";
import type { Rgb } from "../page/raster.js";

/** How far paper stands off the table. */
export interface Bend {
  /** "roll": one arch across the page; "crumple": many small ones. */
  readonly kind: "roll" | "crumple";
  /** Height of the arch over the page's width. */
  readonly height: number;
}

/** A finger reaching in over the page's edge. */
export interface Finger {
  /** The tip, in page widths and heights from the top left corner. */
  readonly tip: readonly [x: number, y: number];
  /** Degrees clockwise from pointing right, of the way from the tip back to the hand. */
  readonly towardsDegrees: number;
  /** Width over the page's width; a thumb on A4 has 0.1. */
  readonly width: number;
}

export interface Sheet {
  readonly page: Rgb;
  /** Frame (of a straight lens) to page pixels. */
  readonly toPage: readonly number[];
  readonly barrel: number;
  readonly bend: Bend | null;
  readonly second: boolean;
  /** Paper throws a thin shadow on what it lies on. */
  readonly lifted: boolean;
}

/** Camera height over the page's width, for the parallax of paper that stands off the table. */
const CAMERA_HEIGHT = 1.6;
const SHADOW_DEPTH = 0.34;
const SHADOW_REACH = 0.012;
const SECOND_GAP = 0.07;

type HeightOf = (x: number, y: number) => number;

/** Height in page widths at a point in 0…1 of the page; the corners stay on the table. */
const heightOf = (bend: Bend | null): HeightOf | null => {
  if (bend === null) return null;
  if (bend.kind === "roll") return (x) => bend.height * Math.sin(Math.PI * Math.max(0, Math.min(1, x)));
  return (x, y) =>
    bend.height *
    Math.sin(Math.PI * Math.max(0, Math.min(1, x))) *
    Math.sin(Math.PI * Math.max(0, Math.min(1, y))) *
    (0.5 + 0.5 * Math.sin(11 * x + 5 * y) * Math.sin(4 * x - 13 * y + 1));
};

/** Bilinear, with the weights in 256ths. */
const blend = (page: Rgb, u: number, v: number, channel: number): number => {
  const [x, y] = [u | 0, v | 0];
  const [fx, fy] = [((u - x) * 256) | 0, ((v - y) * 256) | 0];
  const p = (y * page.width + x) * 3 + channel;
  const down = page.width * 3;
  const { data } = page;
  const w11 = fx * fy;
  return (
    ((data[p] as number) * (65536 - (fx << 8) - (fy << 8) + w11) +
      (data[p + 3] as number) * ((fx << 8) - w11) +
      (data[p + down] as number) * ((fy << 8) - w11) +
      (data[p + down + 3] as number) * w11) >>
    16
  );
};

/** Fills `frame` with the sheet over `behind`. */
export const paintSheet = (frame: Rgb, behind: Rgb, sheet: Sheet): void => {
  const { page, toPage, barrel, second, lifted } = sheet;
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, i = 0, j = 1] = toPage;
  const [cx, cy] = [frame.width / 2, frame.height / 2];
  const half = cx * cx + cy * cy;
  const rise = heightOf(sheet.bend);
  const { width: pw, height: ph } = page;
  const reach = SHADOW_REACH * pw;
  for (let y = 0, at = 0; y < frame.height; y += 1) {
    for (let x = 0; x < frame.width; x += 1, at += 3) {
      const factor = 1 + (barrel * ((x - cx) ** 2 + (y - cy) ** 2)) / half;
      const [sx, sy] = barrel === 0 ? [x, y] : [cx + (x - cx) * factor, cy + (y - cy) * factor];
      const w = 1 / (g * sx + i * sy + j);
      let u = (a * sx + b * sy + c) * w;
      let v = (d * sx + e * sy + f) * w;
      let shade = 1;
      if (rise !== null) {
        const height = rise(u / pw, v / ph);
        const slope = rise(u / pw + 0.01, v / ph) - height + 0.5 * (rise(u / pw, v / ph + 0.01) - height);
        // What stands higher is seen further out from below the camera.
        u -= (height / CAMERA_HEIGHT) * (u - pw / 2);
        v -= (height / CAMERA_HEIGHT) * (v - ph / 2);
        shade = Math.max(0.5, Math.min(1.05, 1 - 18 * slope));
      }
      const beside = second && u > pw * (1 + SECOND_GAP);
      if (beside) {
        u -= pw * (1 + SECOND_GAP);
        v -= 0.03 * ph + 0.02 * u;
      }
      if (u >= 0 && v >= 0 && u <= pw - 1 && v <= ph - 1) {
        const px = Math.min(beside ? pw - 1 - u : u, pw - 1.001);
        const py = Math.min(beside ? ph - 1 - v : v, ph - 1.001);
        for (let k = 0; k < 3; k += 1) frame.data[at + k] = Math.min(255, blend(page, px, py, k) * shade);
        continue;
      }
      let dark = 1;
      if (lifted) {
        const [dx, dy] = [u - reach * 0.5, v - reach * 0.4];
        const away = Math.hypot(Math.max(0, -dx, dx - pw), Math.max(0, -dy, dy - ph));
        dark = 1 - SHADOW_DEPTH * Math.exp(-((away / reach) ** 2));
      }
      for (let k = 0; k < 3; k += 1) frame.data[at + k] = (behind.data[at + k] as number) * dark;
    }
  }
};

const SKIN = [206, 158, 130] as const;

/** A capsule of skin from the tip back to far outside, round in its light and with a soft shadow around it. */
const paintFinger = (frame: Rgb, finger: Finger, onFrame: (x: number, y: number) => Point): void => {
  const tip = onFrame(...finger.tip);
  const [origin, one] = [onFrame(0, 0), onFrame(1, 0)];
  const unit = Math.hypot(one.x - origin.x, one.y - origin.y);
  const roll = Math.atan2(one.y - origin.y, one.x - origin.x);
  const angle = (finger.towardsDegrees * Math.PI) / 180 + roll;
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const radius = (finger.width * unit) / 2;
  const length = 0.9 * unit;
  const edge = radius * 1.5;
  const left = Math.max(0, Math.floor(Math.min(tip.x, tip.x + dx * length) - edge));
  const right = Math.min(frame.width, Math.ceil(Math.max(tip.x, tip.x + dx * length) + edge));
  const top = Math.max(0, Math.floor(Math.min(tip.y, tip.y + dy * length) - edge));
  const bottom = Math.min(frame.height, Math.ceil(Math.max(tip.y, tip.y + dy * length) + edge));
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const along = Math.max(0, Math.min(length, (x - tip.x) * dx + (y - tip.y) * dy));
      const off = Math.hypot(x - tip.x - along * dx, y - tip.y - along * dy) / radius;
      if (off > 1.5) continue;
      const at = (y * frame.width + x) * 3;
      const nail = Math.hypot(x - tip.x - dx * radius * 0.35, y - tip.y - dy * radius * 0.35) < radius * 0.55;
      const round = Math.sqrt(Math.max(0, 1 - off * off)) * 0.4 + 0.6;
      for (let k = 0; k < 3; k += 1) {
        const skin = ((SKIN[k] ?? 0) + (nail ? 22 : 0)) * round;
        const under = (frame.data[at + k] ?? 0) * (1 - 0.35 * Math.exp(-(((off - 1) / 0.25) ** 2)));
        frame.data[at + k] = off <= 1 ? skin : under;
      }
    }
  }
};

export const paintFingersInPlace = (
  frame: Rgb,
  fingers: readonly Finger[],
  onFrame: (x: number, y: number) => Point,
): void => {
  for (const finger of fingers) paintFinger(frame, finger, onFrame);
};
