// Where are the straight lines of a form or a table drawn?
import type { Gray } from "../page/raster.js";

/** One drawn line, lying or standing; pixels of the page. */
export interface Ruling {
  /** Across the line: y of a lying one, x of a standing one; its middle. */
  readonly at: number;
  /** Along the line. */
  readonly from: number;
  readonly to: number;
}

export interface Rulings {
  readonly lying: readonly Ruling[];
  readonly standing: readonly Ruling[];
}

/** The picture is halved by its darkest pixels: hairlines stay, gaps of worn ink close, and it goes quicker. */
const POOL = 2;
const INK_BELOW = 170;
/** In pooled pixels of a page 1 000 wide: longer than any stroke of a letter, shorter than a cell. */
const LEAST_RUN = { lying: 0.036, standing: 0.024 } as const;
const LEAST_LENGTH = { lying: 0.05, standing: 0.026 } as const;
/** A line may leave its row by so much from one run to the next: skew that is left, a page not quite flat. */
const STEP = 2;
const GAP = 10;
/** Thicker is a bar, a photograph or a letter, by its length and in pooled pixels. */
const THICKEST = 6;
const MOST_SLOPE = 0.02;

interface Ink {
  readonly width: number;
  readonly height: number;
  /** 1 where something is dark. */
  readonly dark: Uint8Array;
}

const poolDark = ({ width, height, data }: Gray): Ink => {
  const [w, h] = [Math.floor(width / POOL), Math.floor(height / POOL)];
  const dark = new Uint8Array(w * h);
  for (let y = 0; y < h * POOL; y += 1) {
    const row = Math.floor(y / POOL) * w;
    for (let x = 0, from = y * width; x < w * POOL; x += 1, from += 1)
      if ((data[from] ?? 255) < INK_BELOW) dark[row + (x >> 1)] = 1;
  }
  return { width: w, height: h, dark };
};

const transposed = ({ width, height, dark }: Ink): Ink => {
  const out = new Uint8Array(dark.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) out[x * height + y] = dark[y * width + x] ?? 0;
  return { width: height, height: width, dark: out };
};

interface Stroke {
  left: number;
  right: number;
  top: number;
  bottom: number;
  area: number;
  /** Ends of the newest run. */
  lastLeft: number;
  lastRight: number;
}

const runsOf = (ink: Ink, y: number, least: number): readonly (readonly [from: number, to: number])[] => {
  const runs: (readonly [number, number])[] = [];
  let from = -1;
  for (let x = 0; x <= ink.width; x += 1) {
    const isDark = x < ink.width && ink.dark[y * ink.width + x] === 1;
    if (isDark && from < 0) from = x;
    if (isDark || from < 0) continue;
    if (x - from >= least) runs.push([from, x]);
    from = -1;
  }
  return runs;
};

/** Runs of neighbouring rows that touch, or follow one another, are one stroke. */
const strokesIn = (ink: Ink, leastRun: number): readonly Stroke[] => {
  const done: Stroke[] = [];
  let open: Stroke[] = [];
  for (let y = 0; y < ink.height; y += 1) {
    for (const [left, right] of runsOf(ink, y, leastRun)) {
      const near = open.find((stroke) => left <= stroke.lastRight + GAP && right >= stroke.lastLeft - GAP);
      if (near === undefined) {
        const area = right - left;
        open.push({ left, right, top: y, bottom: y, area, lastLeft: left, lastRight: right });
      } else {
        near.left = Math.min(near.left, left);
        near.right = Math.max(near.right, right);
        near.bottom = y;
        near.area += right - left;
        near.lastLeft = left;
        near.lastRight = right;
      }
    }
    done.push(...open.filter(({ bottom }) => y - bottom >= STEP));
    open = open.filter(({ bottom }) => y - bottom < STEP);
  }
  return [...done, ...open];
};

const isLine = ({ left, right, top, bottom, area }: Stroke, least: number): boolean => {
  const length = right - left;
  return (
    length >= least &&
    area / length <= THICKEST &&
    bottom - top + 1 <= THICKEST + MOST_SLOPE * length &&
    area >= length * 0.5
  );
};

const linesIn = (ink: Ink, perMille: number, kind: "lying" | "standing"): readonly Ruling[] =>
  strokesIn(ink, LEAST_RUN[kind] * perMille)
    .filter((stroke) => isLine(stroke, LEAST_LENGTH[kind] * perMille))
    .map(({ left, right, top, bottom }) => ({
      at: ((top + bottom + 1) / 2) * POOL,
      from: left * POOL,
      to: right * POOL,
    }));

/** `page` has flattened light and is upright. */
export const findRulings = (page: Gray): Rulings => {
  const ink = poolDark(page);
  const side = Math.min(ink.width, ink.height);
  return {
    lying: linesIn(ink, side, "lying"),
    standing: linesIn(transposed(ink), side, "standing"),
  };
};
