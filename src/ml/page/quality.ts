// Is a picture good enough to read, and if not, what would make it so?
import type { Advice, PageQuality } from "../reader.js";
import { type Cover, coverOf } from "./cover.js";
import { cellMeans, closed, flattenLight, type LightMap, readingLight } from "./flatten.js";
import { glareOf } from "./glare.js";
import { type Gray, type Rgb, toGray } from "./raster.js";

/** What can be seen on the rectified page alone. */
export interface PageMeasures {
  readonly sharpness: number;
  readonly brightness: number;
  readonly glare: number;
  readonly glareOnText: boolean;
  readonly shadow: number;
  readonly covered: number;
  readonly coversText: boolean;
  /** Light of the paper where it is darkest, 0 … 255. */
  readonly darkestPaper: number;
  /** Height of capitals in pixels of the page that was measured; null without print. */
  readonly capitalPx: number | null;
  /** Part of the page that is ink. */
  readonly ink: number;
}

export interface MeasuredPage extends PageMeasures {
  /** The page with its light evened out. */
  readonly flat: Gray;
  /** The light on it as people see it: without print, with the shadows of what lies on it. */
  readonly coarse: LightMap;
  /** On cells of the same size. */
  readonly cover: Cover;
}

/** What only the whole frame tells. */
export interface FrameFacts {
  readonly page: boolean;
  readonly twoPages: boolean;
  readonly cutOff: boolean;
  /** A part of the page lies in a shadow beyond the outline that was found. */
  readonly inShadow: boolean;
  /** Height of capitals in pixels of the frame as it was taken, or null when it has to be guessed. */
  readonly capitalPx: number | null;
  readonly skewDegrees: number;
}

/** Below these a person, too, would ask for another picture; chosen on the sample papers' camera frames. */
const TOO_DARK = 26;
const TOO_BLURRED = 0.43;
/** Lost in a shadow: the paper there has no more light than this and a hard edge to the rest. */
const LOST_IN_SHADOW = 22;
const DEEP_SHADOW = 0.6;
/** Capitals of fewer pixels lose their diacritics. */
const SMALLEST_CAPITAL_PX = 10;
/** Flattened paper is 255. */
const INK_BELOW = 150;
/** Edge widths in pixels of a page in focus and of one where strokes run together, at 1,000 pixels a page. */
const SHARP_EDGE = 1.6;
/** Print of usual papers has capitals of 15 pixels there; a card's are twice as large and bear wider edges. */
const LARGE_CAPITAL_PX = 18;
const MOST_WIDENED = 1.5;

/** Dark things up to 16 mm wide on A4 are print, stamps and signatures; what is wider is shadow. */
const CELL_PART = 1 / 115;
const CELL_REACH = 4;

const percentile = (values: ArrayLike<number>, part: number): number => {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};

/** Steps from the steepest place to where it stops rising or falling. */
const REACH = 9;
const LEAST_STEP = 60;
/** Over two pixels; less is the paper's grain. */
const LEAST_RISE = 24;
/** Widths are counted in these parts of a pixel, up to the widest that there can be. */
const WIDTH_BINS = 256;
const MOST_WIDTH = Math.ceil((2 * 255) / LEAST_RISE) + 1;

/**
 * Median width of the steepest edges: their height over their steepest rise, in pixels (after Marziliano et al.
 * 2002). It does not depend on how much is printed, as the variance of a Laplacian does.
 */
const edgeWidth = ({ width, height, data }: Gray): number | null => {
  const across = (step: number): number | null => {
    const counts = new Uint32Array(MOST_WIDTH * WIDTH_BINS);
    let edges = 0;
    for (let y = REACH + 2; y < height - REACH - 2; y += 3)
      for (let x = REACH + 2; x < width - REACH - 2; x += 1) {
        const i = y * width + x;
        const rise = (data[i + step] as number) - (data[i - step] as number);
        const steep = Math.abs(rise);
        if (steep < LEAST_RISE) continue;
        const before = Math.abs((data[i] as number) - (data[i - 2 * step] as number));
        const after = Math.abs((data[i + 2 * step] as number) - (data[i] as number));
        if (before > steep || after >= steep) continue;
        const sign = Math.sign(rise);
        let [low, high] = [i, i];
        for (
          let n = 0;
          n < REACH && sign * ((data[low] as number) - (data[low - step] as number)) > 0;
          n += 1
        )
          low -= step;
        for (
          let n = 0;
          n < REACH && sign * ((data[high + step] as number) - (data[high] as number)) > 0;
          n += 1
        )
          high += step;
        const climb = Math.abs((data[high] as number) - (data[low] as number));
        if (climb < LEAST_STEP) continue;
        const bin = ((2 * climb * WIDTH_BINS) / steep) | 0;
        counts[bin] = (counts[bin] as number) + 1;
        edges += 1;
      }
    if (edges < 100) return null;
    let left = edges >> 1;
    const middle = counts.findIndex((count) => {
      left -= count;
      return left < 0;
    });
    return (middle + 0.5) / WIDTH_BINS;
  };
  const [sideways, down] = [across(1), across(width)];
  // A hand that trembles blurs one direction only.
  return sideways === null || down === null ? (sideways ?? down) : Math.max(sideways, down);
};

/** Deepest fall of light over a twentieth of the page, as a part of the light on the brighter side. */
const shadowEdge = ({ columns, rows, values }: LightMap): number => {
  const reach = Math.max(1, Math.round(columns / 20));
  let deepest = 0;
  for (let y = 1; y < rows - 1 - reach; y += 1)
    for (let x = 1; x < columns - 1 - reach; x += 1) {
      const here = values[y * columns + x] as number;
      for (const other of [values[y * columns + x + reach], values[(y + reach) * columns + x]] as number[]) {
        const bright = Math.max(here, other, 12);
        deepest = Math.max(deepest, (bright - Math.min(here, other)) / bright);
      }
    }
  return deepest;
};

/** Rows of ink in a narrow strip are as high as small letters mostly: a capital has this much more. */
const CAPITAL_PER_SMALL = 1.33;

/** Null for a page with too little print to tell. */
const capitalHeight = (flat: Gray): number | null => {
  const { width, height, data } = flat;
  const heights: number[] = [];
  // Narrow columns, so that a slope of some degrees does not run lines together.
  const column = Math.max(8, Math.round(width / 24));
  for (let left = column; left + column < width - column; left += column) {
    let start = -1;
    for (let y = 0; y < height; y += 1) {
      let dark = 0;
      for (let x = left; x < left + column; x += 1)
        if ((data[y * width + x] as number) < INK_BELOW) dark += 1;
      const ink = dark > column * 0.08;
      if (ink && start < 0) start = y;
      if (!ink && start >= 0) {
        if (y - start >= 3 && y - start < height / 20) heights.push(y - start);
        start = -1;
      }
    }
  }
  return heights.length < 30 ? null : CAPITAL_PER_SMALL * percentile(heights, 0.5);
};

/** `page`: the rectified page, about 1,000 pixels wide where the frame has as many. */
export const measurePage = (page: Rgb): MeasuredPage => {
  const gray = toGray(page);
  const light = readingLight(gray);
  const flat = flattenLight(gray, light);
  const coarsePx = Math.max(2, Math.round(Math.min(page.width, page.height) * CELL_PART));
  const luma = cellMeans(gray, coarsePx);
  const coarse = closed(luma, CELL_REACH);
  const cover = coverOf(page, flat, luma);
  const bare: LightMap = {
    ...coarse,
    values: coarse.values.map((v, i) => (cover.cells[i] === 1 ? cover.paper : v)),
  };
  const glare = glareOf(page, flat, coarse);
  const width = edgeWidth(flat);
  const capitalPx = capitalHeight(flat);
  const sharpEdge = SHARP_EDGE * Math.max(1, Math.min(MOST_WIDENED, (capitalPx ?? 0) / LARGE_CAPITAL_PX));
  let ink = 0;
  for (let i = 0; i < flat.data.length; i += 1) if ((flat.data[i] as number) < INK_BELOW) ink += 1;
  return {
    sharpness: width === null ? 1 : Math.max(0, Math.min(1, (sharpEdge / width) ** 1.5)),
    brightness: percentile(bare.values, 0.5) / 255,
    glare: glare.share,
    glareOnText: glare.onText,
    shadow: shadowEdge(bare),
    covered: cover.share,
    coversText: cover.onText,
    darkestPaper: percentile(bare.values, 0.04),
    capitalPx,
    ink: ink / flat.data.length,
    flat,
    coarse,
    cover,
  };
};

const adviceFor = (seen: PageMeasures, facts: FrameFacts): Advice | "none" => {
  if (!facts.page) return "noPage";
  if (facts.twoPages) return "twoPages";
  if (facts.cutOff) return "cutOff";
  if (seen.brightness * 255 < TOO_DARK) return "tooDark";
  // Without the page's true outline nothing else about it is known.
  if (facts.inShadow) return "shadow";
  if (seen.coversText) return "finger";
  if (seen.sharpness < TOO_BLURRED) return "blurred";
  if (seen.glareOnText) return "glare";
  if (seen.shadow > DEEP_SHADOW && seen.darkestPaper < LOST_IN_SHADOW) return "shadow";
  if (facts.capitalPx !== null && facts.capitalPx < SMALLEST_CAPITAL_PX) return "tooSmall";
  return "none";
};

export const judgeQuality = (seen: PageMeasures, facts: FrameFacts): PageQuality => {
  const advice = adviceFor(seen, facts);
  const round = (value: number): number => Number(value.toFixed(3));
  return {
    sharpness: round(seen.sharpness),
    brightness: round(seen.brightness),
    glare: round(seen.glare),
    shadow: round(seen.shadow),
    covered: round(seen.covered),
    skewDegrees: facts.skewDegrees,
    verdict: advice === "none" ? "good" : "poor",
    advice,
  };
};
