// How does a file from a camera or a scanner become an upright, evenly lit page?
import type { OpenCv } from "@techstark/opencv-js";
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import type { PageQuality } from "../reader.js";
import { cleanPaper, enlarged, type Laying, surveyOf, whiteOut } from "./clean.js";
import { decodePage } from "./decode.js";
import { skewDegrees } from "./deskew.js";
import { type FoundPage, type PageSearch, searchPage } from "./find-page.js";
import { flattenLight } from "./flatten.js";
import { type Point, type Quad, quadSize } from "./homography.js";
import { type PaperSize, recogniseSize, trueAspect } from "./paper-size.js";
import { judgeQuality, type MeasuredPage, measurePage } from "./quality.js";
import { type Gray, type Rgb, toGray } from "./raster.js";
import { type PageMap, pageMap, rectified, rectify, turnedMap } from "./rectify.js";
import { refineQuad } from "./refine.js";

export interface PreparedPage {
  /** The page in colour, for people: a JPEG, made when it is asked for, because nothing that is read needs it. */
  readonly forPeople: () => Promise<Uint8Array>;
  /** The page for reading, upright: its light is even. */
  readonly flat: Gray;
  /** The same as photographed. */
  readonly gray: Gray;
  /** And in colour, for whoever looks at inks and paper. */
  readonly rgb: Rgb;
  /** Pixels of the page for people for one of the page for reading. */
  readonly scale: number;
  /** The whole picture as it came, turned as asked. */
  readonly frame: Rgb;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Null when the paper's size is not known. */
  readonly dpi: number | null;
  readonly quality: PageQuality;
}

/** Clockwise degrees, before anything else: for a page laid on its side or head down. */
export type Turn = 0 | 90 | 180 | 270;

/**
 * Text of 13 pt has capitals of 28 px at this height of an A4 page: what the recogniser likes best. At 3,508 it is
 * as right and takes 1.3 times as long; people's copies want those.
 */
const READING_PX = 2_600;
/** Enlarging adds no detail; the recogniser only wants letters of a usual size. */
const MOST_ENLARGED = 1.5;
const SMALL_SCAN_PX = 1_400;
const ARCHIVE_DPI = 300;
/** A sheet of unknown size is kept at what an A4 sheet would have at 300 dpi, at most. */
const LONGEST_PAGE_PX = 3_508;
/** On a page of this width lines' slope, blur and shadows show as well, in no time. */
const WORK_WIDTH_PX = 1_000;
const LEAST_SKEW_DEGREES = 0.15;
const LEAST_INK = 0.0004;
/** Part of a page without a border in the picture that has to look like paper. */
const LEAST_PAPER = 0.6;
/** A refined side lies within this many pixels of the small picture around the found one. */
const REFINE_REACH = 2.5;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A page in the frame: how to get at it and how large it is there. */
export interface Laid {
  readonly map: PageMap;
  /** Pixels that the frame has for it. */
  readonly native: Size;
  readonly found: FoundPage | null;
}

const quarterTurns = (image: Rgb, turn: Turn): Rgb => {
  if (turn === 0) return image;
  const { width, height, data } = image;
  const out = new Uint8Array(data.length);
  const [w, h] = turn === 180 ? [width, height] : [height, width];
  for (let y = 0, at = 0; y < h; y += 1)
    for (let x = 0; x < w; x += 1, at += 3) {
      const [sx, sy] =
        turn === 180
          ? [width - 1 - x, height - 1 - y]
          : turn === 90
            ? [y, height - 1 - x]
            : [width - 1 - y, x];
      const p = (sy * width + sx) * 3;
      out[at] = data[p] as number;
      out[at + 1] = data[p + 1] as number;
      out[at + 2] = data[p + 2] as number;
    }
  return { width: w, height: h, data: out };
};

const wholePicture = ({ width, height }: Size): Laid => ({
  map: (u, v): Point => ({ x: u * width - 0.5, y: v * height - 0.5 }),
  native: { width, height },
  found: null,
});

/** The page's own pixels and true aspect; the side that is seen largest keeps all its detail. */
const layOut = (image: Rgb, { page, factor }: PageSearch): Laid => {
  if (page === null) return wholePicture(image);
  const { own, bright } = page;
  const refined = refineQuad(image, page.quad, { own, bright, reachPx: REFINE_REACH * factor + 2 });
  const map = pageMap(refined.quad, refined.bows);
  if (map === null) return wholePicture(image);
  return { map, native: trueSize(refined.quad, image), found: { ...page, quad: refined.quad } };
};

const trueSize = (quad: Quad, image: Rgb): Size => {
  const seen = quadSize(quad);
  const aspect = trueAspect(quad, image);
  return seen.width / seen.height > aspect
    ? { width: seen.width, height: seen.width / aspect }
    : { width: seen.height * aspect, height: seen.height };
};

interface Straightened {
  readonly laid: Laid;
  /** From its places to those of the page as it lay, 0 … 1 each way. */
  readonly before: PageMap;
}

const asItLay: PageMap = (u, v) => ({ x: u, y: v });

/** Turns the page by what its lines climb. A scan keeps its corners: the picture grows. */
const straightened = (laid: Laid, skew: number): Straightened => {
  if (Math.abs(skew) < LEAST_SKEW_DEGREES) return { laid, before: asItLay };
  const { width, height } = laid.native;
  const turned = turnedMap(asItLay, skew, width / height);
  const through = (before: PageMap): PageMap => {
    return (u, v) => {
      const { x, y } = before(u, v);
      return laid.map(x, y);
    };
  };
  if (laid.found !== null) return { laid: { ...laid, map: through(turned) }, before: turned };
  const angle = Math.abs((skew * Math.PI) / 180);
  const grown = {
    width: width * Math.cos(angle) + height * Math.sin(angle),
    height: height * Math.cos(angle) + width * Math.sin(angle),
  };
  const inside = (value: number, whole: number, part: number): number => 0.5 + ((value - 0.5) * whole) / part;
  const before: PageMap = (u, v) => turned(inside(u, grown.width, width), inside(v, grown.height, height));
  return { laid: { ...laid, native: grown, map: through(before) }, before };
};

const scaledTo = ({ width, height }: Size, longest: number): Size => {
  const scale = longest / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
};

export interface Resolution {
  readonly size: Size;
  readonly dpi: number | null;
}

/** A small page is enlarged to letters of the size that the recogniser likes; that adds no detail, only ease. */
const eased = (longest: number, shortest: number): number =>
  shortest < SMALL_SCAN_PX
    ? longest * Math.min(2, SMALL_SCAN_PX / shortest)
    : Math.max(longest, Math.min(READING_PX, longest * MOST_ENLARGED));

/** 300 dpi where the frame carries them, else what it carries. */
const resolutionFor = (laid: Laid, paper: PaperSize | null, fileDpi: number | null): Resolution => {
  const longest = Math.max(laid.native.width, laid.native.height);
  const shortest = Math.min(laid.native.width, laid.native.height);
  if (laid.found === null) {
    const most = fileDpi === null ? 2 * LONGEST_PAGE_PX : (longest * ARCHIVE_DPI) / fileDpi;
    const kept = shortest < SMALL_SCAN_PX ? eased(longest, shortest) : Math.min(longest, most);
    return {
      size: scaledTo(laid.native, kept),
      dpi: fileDpi === null ? null : Math.round((fileDpi * kept) / longest),
    };
  }
  if (paper === null)
    return { size: scaledTo(laid.native, Math.min(eased(longest, shortest), LONGEST_PAGE_PX)), dpi: null };
  const full = (ARCHIVE_DPI * paper.longMm) / 25.4;
  // Of a card 300 dpi are few pixels: the recogniser gets what the frame has.
  const kept = Math.min(eased(longest, shortest), Math.max(full, Math.min(longest, READING_PX)));
  return { size: scaledTo(laid.native, kept), dpi: Math.round((kept * 25.4) / paper.longMm) };
};

/** A picture without borders is a page when most of it has the colour and the light of paper. */
const looksLikePaper = ({ tones }: PageSearch): boolean => {
  const middle = (values: Uint8Array): number => {
    const counts = new Uint32Array(256);
    for (const value of values) counts[value] = (counts[value] as number) + 1;
    let left = values.length >> 1;
    return counts.findIndex((count) => {
      left -= count;
      return left < 0;
    });
  };
  const [log, red, blue] = [middle(tones.log), middle(tones.red), middle(tones.blue)];
  let paper = 0;
  for (let i = 0; i < tones.log.length; i += 1) {
    const near =
      Math.abs((tones.red[i] as number) - red) < 12 && Math.abs((tones.blue[i] as number) - blue) < 18;
    if (near && (tones.log[i] as number) > log - 40) paper += 1;
  }
  return paper >= LEAST_PAPER * tones.log.length;
};

export interface Seen {
  readonly laid: Laid;
  readonly paper: PaperSize | null;
  readonly measures: MeasuredPage;
  readonly laying: (rgb: Size) => Laying;
  readonly quality: PageQuality;
  readonly resolution: Resolution;
}

/** Everything that a small rectified page tells. */
export const examine = (
  image: Rgb,
  search: PageSearch,
  file: { dpi: number | null; shrunk: number },
): Seen => {
  const lying = layOut(image, search);
  const { native } = lying;
  const scale = Math.min(1, WORK_WIDTH_PX / Math.min(native.width, native.height));
  const work = rectify(image, lying.map, {
    width: Math.max(1, Math.round(native.width * scale)),
    height: Math.max(1, Math.round(native.height * scale)),
  });
  const measures = measurePage(work);
  const skew = skewDegrees(measures.flat);
  const { laid, before } = straightened(lying, skew);
  const capital = measures.capitalPx;
  const capitalShare = capital === null ? null : capital / Math.max(work.width, work.height);
  const paper = recogniseSize(native.width / native.height, capitalShare);
  const quality = judgeQuality(measures, {
    page: search.page !== null || looksLikePaper(search),
    twoPages: search.page !== null && search.page.second !== null,
    cutOff: search.page !== null && search.page.cutOffSides.length > 0,
    inShadow: search.page?.inShadow ?? false,
    capitalPx: capital === null ? null : (capital / scale) * file.shrunk,
    skewDegrees: skew,
  });
  const laying = ({ width, height }: Size): Laying => ({
    width,
    height,
    scale: width / laid.native.width / scale,
    before,
  });
  return { laid, paper, measures, laying, quality, resolution: resolutionFor(laid, paper, file.dpi) };
};

/** Throws "paper.unreadable", "paper.tooLarge" or, for a picture without any ink, "paper.absent". */
export const preparePage = async (
  cv: OpenCv,
  file: Uint8Array,
  options: { readonly maxPixels: number; readonly turn: Turn },
): Promise<PreparedPage> => {
  const decoded = await decodePage(file, options.maxPixels);
  const image = quarterTurns(decoded.image, options.turn);
  const { laid, measures, laying, quality, resolution } = examine(image, searchPage(cv, image), decoded);
  if (measures.ink < LEAST_INK)
    throw new FaultError("paper.absent", "nothing is written on what the camera sees");
  const { size, dpi } = resolution;
  const isLarge = Math.max(size.width, size.height) >= READING_PX * 1.05;
  const rgb = rectified(image, laid.map, isLarge ? scaledTo(size, READING_PX) : size);
  const survey = surveyOf(measures, laying(rgb));
  const gray = toGray(rgb);
  const flat = flattenLight(gray);
  if (laid.found !== null) whiteOut(flat, survey);
  return {
    forPeople: async () => {
      const page = isLarge ? rectify(image, laid.map, size) : { ...rgb, data: rgb.data.slice() };
      cleanPaper(page, enlarged(survey, page.width / rgb.width));
      const raw = { width: page.width, height: page.height, channels: 3 as const };
      // To choose its codes by the picture, the encoder would keep all of it once more: 26 MB for a tenth of the file.
      const jpeg = await sharp(page.data, { raw })
        .withMetadata(dpi === null ? {} : { density: dpi })
        .jpeg({ quality: 82, mozjpeg: false, optimiseCoding: false })
        .toBuffer();
      return new Uint8Array(jpeg);
    },
    flat,
    gray,
    rgb,
    scale: size.width / rgb.width,
    frame: image,
    widthPx: size.width,
    heightPx: size.height,
    dpi,
    quality,
  };
};
