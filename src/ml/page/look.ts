// What does one frame say about the page under the camera, before anything else is done with it?
import type { OpenCv } from "@techstark/opencv-js";
import type { PageQuality } from "../reader.js";
import { type Side, searchPage } from "./find-page.js";
import { distance, type Point, type Quad, quadSize } from "./homography.js";
import { trueAspect, usualCapitalShare } from "./paper-size.js";
import { judgeQuality, measurePage, type PageMeasures } from "./quality.js";
import type { Gray, Rgb } from "./raster.js";
import { pageMap, rectify } from "./rectify.js";

export interface FrameLook {
  readonly quality: PageQuality;
  /** The same as `quality.advice`. */
  readonly advice: PageQuality["advice"];
  /** Corners in 0…1 of the frame's width and height, clockwise; null without a page. */
  readonly quad: Quad | null;
  /** Sides of the frame over which the page hangs. */
  readonly cutOffSides: readonly Side[];
  /** A coarse, evenly lit picture of the page, to tell one page from another; empty without a page. */
  readonly print: Uint8Array;
}

export interface LookOptions {
  /** Longer side of the pictures that are taken for reading, in pixels. */
  readonly fullPx: number;
}

/** Eight megapixels: the least that the papers of a kiosk are taken with. */
const USUAL: LookOptions = { fullPx: 3_264 };
const PRINT_COLUMNS = 18;
const PRINT_ROWS = 24;

const NOTHING: PageMeasures = {
  sharpness: 0,
  brightness: 0,
  glare: 0,
  glareOnText: false,
  shadow: 0,
  covered: 0,
  coversText: false,
  darkestPaper: 0,
  capitalPx: null,
  ink: 0,
};

const printOf = (flat: Gray): Uint8Array => {
  const sums = new Float64Array(PRINT_COLUMNS * PRINT_ROWS);
  const counts = new Float64Array(PRINT_COLUMNS * PRINT_ROWS);
  for (let y = 0, i = 0; y < flat.height; y += 1) {
    const row = Math.floor((y * PRINT_ROWS) / flat.height) * PRINT_COLUMNS;
    for (let x = 0; x < flat.width; x += 1, i += 1) {
      const cell = row + Math.floor((x * PRINT_COLUMNS) / flat.width);
      sums[cell] = (sums[cell] as number) + (flat.data[i] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  return Uint8Array.from(sums, (sum, i) => sum / Math.max(1, counts[i] as number));
};

/** `frame`: a preview picture, 640 pixels long or so. Takes some 30 ms for one. */
export const lookAtFrame = (cv: OpenCv, frame: Rgb, { fullPx }: LookOptions = USUAL): FrameLook => {
  const { page } = searchPage(cv, frame);
  const map = page === null ? null : pageMap(page.quad, []);
  if (page === null || map === null) {
    const facts = {
      page: false,
      twoPages: false,
      cutOff: false,
      inShadow: false,
      capitalPx: null,
      skewDegrees: 0,
    };
    const quality = judgeQuality(NOTHING, facts);
    return { quality, advice: quality.advice, quad: null, cutOffSides: [], print: new Uint8Array(0) };
  }
  const seen = quadSize(page.quad);
  const flat = rectify(frame, map, { width: Math.round(seen.width), height: Math.round(seen.height) });
  const longest = Math.max(...page.quad.map((p, i) => distance(p, page.quad[((i + 1) % 4) as 0])));
  const enlarged = fullPx / Math.max(frame.width, frame.height);
  const measures = measurePage(flat);
  const quality = judgeQuality(measures, {
    page: true,
    twoPages: page.second !== null,
    cutOff: page.cutOffSides.length > 0,
    inShadow: page.inShadow,
    capitalPx: longest * enlarged * usualCapitalShare(trueAspect(page.quad, frame)),
    skewDegrees: 0,
  });
  const inFrame = ({ x, y }: Point): Point => ({ x: x / frame.width, y: y / frame.height });
  const [a, b, c, d] = page.quad;
  return {
    quality,
    advice: quality.advice,
    quad: [inFrame(a), inFrame(b), inFrame(c), inFrame(d)],
    cutOffSides: page.cutOffSides,
    print: printOf(measures.flat),
  };
};
