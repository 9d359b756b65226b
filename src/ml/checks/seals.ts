// Where on a page are round red seals, and how is their ink laid?
import type { Box } from "../reader.js";
import type { Relative } from "./planes.js";

export interface Seal {
  /** Cells of the small picture. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Share of the ring's angles at which there is ink, 0 … 1. */
  readonly ring: number;
}

/** Of the outer ring (Circular 07/2010/TT-BCA: 32 to 42 mm across; cards bear them a quarter as large). */
const RADIUS_MM = [12, 21] as const;
const CARD_RADIUS_MM = [3.4, 6.5] as const;
/** How much redder than the paper: stamp ink has 60 and more, red heading ink 80, yellow light 10. */
const RED_FROM = 28;
const MOST_POINTS = 3_000;
const ANGLES = 36;
const RING_ANGLES = 90;
const ROUND = Array.from({ length: RING_ANGLES }, (_, k) => {
  const angle = (2 * Math.PI * k) / RING_ANGLES;
  return [Math.cos(angle), Math.sin(angle)] as const;
});

/** How much redder than the paper a cell is, 0 … 255. */
export const redness = ({ r, g, b }: Relative, index: number): number =>
  Math.max(0, (r[index] as number) - Math.max(g[index] as number, b[index] as number));

/** True for ink of any colour that is neither black nor grey. */
export const saturation = ({ r, g, b }: Relative, index: number): number => {
  const [red, green, blue] = [r[index] as number, g[index] as number, b[index] as number];
  return Math.max(red, green, blue) - Math.min(red, green, blue);
};

export type Mask = Uint8Array;

export const redMask = (colour: Relative): Mask => {
  const mask = new Uint8Array(colour.width * colour.height);
  for (let i = 0; i < mask.length; i += 1) if (redness(colour, i) >= RED_FROM) mask[i] = 1;
  return mask;
};

/** Dark whatever its colour: for the seal of a copy. */
export const darkMask = (colour: Relative): Mask => {
  const mask = new Uint8Array(colour.width * colour.height);
  for (let i = 0; i < mask.length; i += 1) if ((colour.g[i] as number) < 190) mask[i] = 1;
  return mask;
};

interface Votes {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly count: number;
}

/** Ink beside paper: a ring is all edge, a filled star hardly. */
const pointsOf = (mask: Mask, width: number): Int32Array => {
  const all: number[] = [];
  for (let i = 0; i < mask.length; i += 1)
    if (
      mask[i] === 1 &&
      (mask[i - 1] !== 1 || mask[i + 1] !== 1 || mask[i - width] !== 1 || mask[i + width] !== 1)
    )
      all.push(i);
  const step = Math.max(1, Math.ceil(all.length / MOST_POINTS));
  return Int32Array.from(all.filter((_, index) => index % step === 0));
};

/** Hough's transform for circles (Duda & Hart 1972) on cells of a millimetre; the best centre of each radius. */
const vote = (points: Int32Array, { width, height, cellsPerMm }: Relative, radiusMm: number): Votes[] => {
  const columns = Math.ceil(width / cellsPerMm) + 1;
  const rows = Math.ceil(height / cellsPerMm) + 1;
  const table = new Uint16Array(columns * rows);
  const steps = Array.from({ length: ANGLES }, (_, k) => {
    const angle = (2 * Math.PI * k) / ANGLES;
    return [radiusMm * Math.cos(angle), radiusMm * Math.sin(angle)] as const;
  });
  for (const point of points) {
    const x = (point % width) / cellsPerMm;
    const y = Math.floor(point / width) / cellsPerMm;
    for (const [dx, dy] of steps) {
      const column = (x + dx + 0.5) | 0;
      const row = (y + dy + 0.5) | 0;
      if (column >= 0 && row >= 0 && column < columns && row < rows)
        (table[row * columns + column] as number) += 1;
    }
  }
  const most = table.reduce((best, count) => Math.max(best, count), 0);
  const best: Votes[] = [];
  for (let i = 0; i < table.length; i += 1) {
    const count = table[i] as number;
    if (count > 12 && count > 0.7 * most)
      best.push({
        x: (i % columns) * cellsPerMm,
        y: Math.floor(i / columns) * cellsPerMm,
        radius: radiusMm * cellsPerMm,
        count,
      });
  }
  return best.sort((a, b) => b.count - a.count).slice(0, 8);
};

/** Share of angles with ink on the ring, and with none just outside of it: letters around a place are no ring. */
const ringAt = (mask: Mask, { width, height, cellsPerMm }: Relative, { x, y, radius }: Votes): number => {
  let hits = 0;
  const thick = Math.max(1, 0.45 * cellsPerMm);
  for (const [c, s] of ROUND) {
    let on = false;
    for (let d = -thick; d <= thick && !on; d += 1) {
      const px = Math.round(x + (radius + d) * c);
      const py = Math.round(y + (radius + d) * s);
      on = px >= 0 && py >= 0 && px < width && py < height && mask[py * width + px] === 1;
    }
    const fx = Math.round(x + (radius + 4 * thick) * c);
    const fy = Math.round(y + (radius + 4 * thick) * s);
    const out = fx >= 0 && fy >= 0 && fx < width && fy < height && mask[fy * width + fx] === 1;
    if (on && !out) hits += 1;
  }
  return hits / RING_ANGLES;
};

/** The vote is a millimetre coarse: the ring itself says where its centre is. */
const refine = (mask: Mask, colour: Relative, start: Votes): Seal => {
  let best: Seal = { ...start, ring: ringAt(mask, colour, start) };
  for (const step of [1.5, 1]) {
    const around = best;
    for (let dy = -2; dy <= 2; dy += 1)
      for (let dx = -2; dx <= 2; dx += 1)
        for (let dr = -2; dr <= 2; dr += 1) {
          const tried = {
            x: around.x + dx * step,
            y: around.y + dy * step,
            radius: around.radius + dr * step,
            count: 0,
          };
          const ring = ringAt(mask, colour, tried);
          if (ring > best.ring) best = { x: tried.x, y: tried.y, radius: tried.radius, ring };
        }
  }
  return best;
};

const MOST_SEALS = 6;
const MOST_TRIED = 48;
const MOST_REFINED = 12;

/** Rings of at least `least` of their round, the surest first, none within another. */
export const findSeals = (mask: Mask, colour: Relative, isCard: boolean, least: number): readonly Seal[] => {
  const points = pointsOf(mask, colour.width);
  const [from, to] = isCard ? CARD_RADIUS_MM : RADIUS_MM;
  const step = isCard ? 0.5 : 1;
  const candidates: Votes[] = [];
  for (let radius = from; radius <= to; radius += step) candidates.push(...vote(points, colour, radius));
  const likely: Votes[] = [];
  for (const one of candidates.sort((a, b) => b.count / b.radius - a.count / a.radius)) {
    const known = likely.some(
      (other) =>
        Math.hypot(other.x - one.x, other.y - one.y, other.radius - one.radius) < 2 * colour.cellsPerMm,
    );
    if (!known && likely.length < MOST_TRIED) likely.push(one);
  }
  const tried = likely
    .map((start) => ({ start, ring: ringAt(mask, colour, start) }))
    .sort((a, b) => b.ring - a.ring)
    .slice(0, MOST_REFINED);
  const rings = tried.map(({ start }) => refine(mask, colour, start)).filter(({ ring }) => ring >= least);
  const kept: Seal[] = [];
  for (const seal of rings.sort((a, b) => b.ring * b.radius - a.ring * a.radius)) {
    const apart = kept.every(
      (other) => Math.hypot(other.x - seal.x, other.y - seal.y) > 0.8 * (other.radius + seal.radius) * 0.75,
    );
    if (apart && kept.length < MOST_SEALS) kept.push(seal);
  }
  return kept;
};

export const sealBox = ({ x, y, radius }: Seal, factor: number): Box => ({
  x: Math.max(0, Math.round((x - radius) * factor)),
  y: Math.max(0, Math.round((y - radius) * factor)),
  w: Math.round(2 * radius * factor),
  h: Math.round(2 * radius * factor),
});
