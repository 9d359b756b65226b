// What may a page lie on when it is photographed?
//
// Each is painted from a seed in frame pixels: edges, colours and prints that a page finder has to tell from paper.
import { emptyRgb } from "../page/homography.js";
import type { Rgb } from "../page/raster.js";
import type { Random } from "./random.js";

export const BACKGROUNDS = [
  "tray",
  "wood",
  "cloth",
  "whiteTable",
  "newspaper",
  "tiles",
  "marble",
  "striped",
  "darkGlass",
  "patterned",
  "handHeld",
  "room",
] as const;
export type Background = (typeof BACKGROUNDS)[number];

/** What is added to a background's colour at a frame pixel, per channel or the same on all. */
type Grain = (x: number, y: number) => number | readonly [r: number, g: number, b: number];

interface Paint {
  readonly colour: readonly [r: number, g: number, b: number];
  readonly grain: (phase: number, random: Random) => Grain;
}

/** 0 … 1, the same for the same cell. */
const hash = (x: number, y: number, salt: number): number => {
  let h = Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(salt, 2246822519);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
};

const wave = (x: number, y: number, phase: number): number =>
  Math.sin(x / 310 + phase) + Math.sin(y / 270 - 1.7 * phase) + Math.sin((x + y) / 530 + 2.1 * phase);

/** Columns of print with headlines and a photograph here and there. */
const print = (phase: number): Grain => {
  const salt = Math.round(phase * 1e6);
  return (x, y) => {
    const column = Math.floor(x / 620);
    const inColumn = x - column * 620;
    const block = Math.floor(y / 540);
    const inBlock = y - block * 540;
    if (inColumn < 34) return 0;
    if (hash(column, block, salt) < 0.22 && inBlock > 90)
      return -70 - 50 * Math.sin(x / 61 + 3 * Math.sin(y / 83)) - 25 * hash(x >> 3, y >> 3, salt);
    const large = inBlock < 80;
    const pitch = large ? 80 : 30;
    const line = Math.floor(y / pitch);
    const inLine = (y - line * pitch) / pitch;
    if (inLine < 0.25 || inLine > 0.85) return 0;
    const letter = Math.floor(inColumn / (large ? 22 : 9));
    const inLetter = hash(letter, line, salt + column);
    if (inLetter < 0.17) return 0;
    const stroke = hash(Math.floor(inColumn / (large ? 6 : 3)), line * 4 + Math.floor(inLine * 6), salt);
    return stroke < 0.5 ? -165 : 0;
  };
};

const flowers = (phase: number): Grain => {
  const salt = Math.round(phase * 1e6);
  const colours = [
    [70, -120, -90],
    [-40, -60, 60],
    [60, 20, -130],
    [-110, 0, -60],
  ] as const;
  return (x, y) => {
    const cell = 210;
    const [cx, cy] = [Math.floor(x / cell), Math.floor(y / cell)];
    const [px, py] = [
      cx * cell + cell * (0.35 + 0.3 * hash(cx, cy, salt)),
      cy * cell + cell * (0.35 + 0.3 * hash(cy, cx, salt)),
    ];
    const angle = Math.atan2(y - py, x - px);
    const petal = 62 * (0.7 + 0.3 * Math.cos(5 * angle));
    const far = Math.hypot(x - px, y - py);
    if (far < 18) return [40, 10, -110];
    if (far < petal) return colours[Math.floor(hash(cx, cy, salt + 1) * 4)] ?? 0;
    return ((x >> 5) + (y >> 5)) % 2 === 0 ? -22 : 0;
  };
};

const PAINTS: Readonly<Record<Background, Paint>> = {
  tray: { colour: [52, 54, 58], grain: () => (x, y) => 3 * Math.sin(x / 300 + y / 500) },
  wood: {
    colour: [124, 88, 58],
    grain: (phase) => (x, y) =>
      16 * Math.sin(y / 23 + 2.2 * Math.sin(x / 410 + phase) + phase) + 6 * Math.sin(y / 5 + x / 190),
  },
  cloth: { colour: [88, 96, 112], grain: () => (x, y) => 9 * (((x >> 2) + (y >> 2)) & 1) },
  whiteTable: { colour: [226, 227, 224], grain: (phase) => (x, y) => 2.5 * wave(x, y, phase) },
  newspaper: { colour: [206, 202, 190], grain: print },
  tiles: {
    colour: [186, 178, 164],
    grain: (phase) => (x, y) => {
      const edge = Math.min((x + 40 * phase) % 560, (y + 90 * phase) % 560);
      if (edge < 12) return -92;
      const tile = hash(Math.floor((x + 40 * phase) / 560), Math.floor((y + 90 * phase) / 560), 5);
      return 22 * (tile - 0.5) + 3 * wave(x, y, phase);
    },
  },
  marble: {
    colour: [204, 202, 198],
    grain: (phase) => (x, y) => {
      const vein = Math.abs(
        Math.sin(x / 240 + 2.6 * Math.sin(y / 310 + phase) + 1.3 * Math.sin((x - y) / 140)),
      );
      return 6 * wave(x / 2, y / 2, phase) - (vein < 0.05 ? 74 : vein < 0.14 ? 26 : 0);
    },
  },
  striped: {
    colour: [150, 120, 110],
    grain: (phase) => (x, y) => {
      const along = (x * 0.86 + y * 0.5 + 60 * phase) % 260;
      return along < 90 ? [62, 78, 70] : along < 130 ? [-78, -68, 20] : [10, -30, -34];
    },
  },
  darkGlass: {
    colour: [18, 20, 24],
    grain: (phase) => (x, y) => {
      const streak = Math.abs(x * 0.7 - y * 0.4 - 500 * Math.sin(phase)) % 1900;
      return 10 * wave(x, y, phase) * 0.4 + (streak < 130 ? 46 * (1 - streak / 130) : 0);
    },
  },
  patterned: { colour: [176, 176, 168], grain: flowers },
  handHeld: {
    colour: [104, 98, 92],
    grain: (phase) => (x, y) => {
      // Out of focus: furniture and a window far behind the page.
      const blob = Math.exp(-(((x - 900 - 300 * phase) / 500) ** 2) - ((y - 700) / 420) ** 2);
      return 22 * wave(x / 1.5, y / 1.5, phase) + 78 * blob;
    },
  },
  room: {
    colour: [150, 142, 130],
    grain: (phase) => (x, y) => (y > 1_300 + x * 0.12 ? -64 : 0) + (x < 420 + 30 * phase ? 36 : 0),
  },
};

/** `width` × `height` pixels of the background; the same random state gives the same picture. */
export const paintBackground = (
  kind: Background,
  size: { readonly width: number; readonly height: number },
  random: Random,
): Rgb => {
  const out = emptyRgb(size.width, size.height);
  const { colour, grain } = PAINTS[kind];
  const [r, g, b] = colour;
  const at = grain(random.between(0, 6), random);
  const clip = (value: number): number => Math.max(0, Math.min(255, value));
  for (let y = 0, p = 0; y < out.height; y += 1) {
    for (let x = 0; x < out.width; x += 1, p += 3) {
      const given = at(x, y);
      const [dr, dg, db] = typeof given === "number" ? [given, given, given] : given;
      out.data[p] = clip(r + dr);
      out.data[p + 1] = clip(g + dg);
      out.data[p + 2] = clip(b + db);
    }
  }
  return out;
};
