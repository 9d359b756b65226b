// Where on the picture does the page lie, and does all of it lie there?
import { createRequire } from "node:module";
import type { OpenCv } from "@techstark/opencv-js";
import { type EdgeKind, type Edges, edgesOf, type Tones, tonesOf } from "./edges.js";
import { grownQuad } from "./grow.js";
import type { Point, Quad } from "./homography.js";
import { goesOnIn, quadArea, type SheetQuad } from "./judge.js";
import { type EdgeLine, linesOf } from "./lines.js";
import { holds, sheetsAmong } from "./quads.js";
import { type Rgb, shrinkRgb } from "./raster.js";
import { corneredLines } from "./segments.js";

export const SIDES = ["top", "right", "bottom", "left"] as const;
/** Of the frame. */
export type Side = (typeof SIDES)[number];

export interface FoundPage {
  /** In pixels of the picture, clockwise from the corner nearest to its top left. */
  readonly quad: Quad;
  /** For each side from a corner to the next: whether it is the paper's own and not the frame's. */
  readonly own: readonly boolean[];
  /** Whether the paper is brighter than what it lies on. */
  readonly bright: boolean;
  readonly cutOffSides: readonly Side[];
  /** Another sheet beside the page, or null. */
  readonly second: Quad | null;
  /** The page goes on beside the quad, in a shadow so deep that its edge looks like the page's. */
  readonly inShadow: boolean;
}

export interface PageSearch {
  readonly page: FoundPage | null;
  /** The small picture that was searched, and how many of the picture's pixels make one of its own. */
  readonly small: Rgb;
  readonly tones: Tones;
  readonly factor: number;
}

const WORK_PX = 680;
/** Chosen between the worst page and the best of what only looks like one, on the sample frames. */
const LEAST_SCORE = 0.9;
/** Enough for what lies whole in the frame and stands off what is around it on all its sides by such a step. */
const LEAST_CLEAR_SCORE = 0.65;
const CLEAR_STEP = 10;
/** From here on nothing better is looked for. */
const SURE_SCORE = 1.5;
/** From here on a table of many lines is not looked through for something better. */
const LIKELY_SCORE = 1.2;
const LEAST_CONTRAST = 5;
/** A dark sheet is dark all over; a frame printed on paper is dark along its sides only. */
const DARK_SHEET_JUMP = 8;
/** What is dark and smaller than this lies on a page: a portrait, a stamp, a table's head. */
const DARK_SHEET_SHARE = 0.18;
/** A second sheet is of about the first one's size, and as sure. */
const SECOND_SHARE = 0.3;
const SECOND_SCORE = 0.35;
/** Log steps: less than half of the light. */
const SHADOW_TONES = 55;
/** A page larger than this leaves no room for another. */
const ALONE_SHARE = 0.62;
/** Closer to the frame's edges than this on every side, the picture is a scan and has no border to find. */
const FRAME_MARGIN = 0.02;
/** A corner this far out of the frame takes a part of the page with it. */
const OUT_OF_FRAME = 0.004;

/** The export has a `then`, so it must never be awaited or returned from an async function. */
export const loadOpenCv = (): Promise<{ readonly cv: OpenCv }> =>
  new Promise((resolve) => {
    const cv = createRequire(import.meta.url)("@techstark/opencv-js") as OpenCv;
    if (cv.Mat !== undefined) resolve({ cv });
    else cv.onRuntimeInitialized = () => resolve({ cv });
  });

type Frame = Pick<Rgb, "width" | "height">;

const fillsFrame = (quad: Quad, { width, height }: Frame): boolean =>
  quad.every(
    ({ x, y }) =>
      (x < FRAME_MARGIN * width || x > (1 - FRAME_MARGIN) * width) &&
      (y < FRAME_MARGIN * height || y > (1 - FRAME_MARGIN) * height),
  );

const cutOff = (sheet: SheetQuad, { width, height }: Frame): readonly Side[] => {
  const out: Readonly<Record<Side, boolean>> = {
    top: sheet.quad.some(({ y }) => y < -OUT_OF_FRAME * height),
    right: sheet.quad.some(({ x }) => x > (1 + OUT_OF_FRAME) * width),
    bottom: sheet.quad.some(({ y }) => y > (1 + OUT_OF_FRAME) * height),
    left: sheet.quad.some(({ x }) => x < -OUT_OF_FRAME * width),
  };
  return SIDES.filter((side) => out[side] || sheet.borders.includes(side));
};

const standsClear = ({ borders, bright, weakest }: SheetQuad): boolean =>
  bright && weakest >= CLEAR_STEP && borders.every((border) => border === null);

const isSheet = (sheet: SheetQuad, frame: Frame): boolean =>
  sheet.score >= (standsClear(sheet) ? LEAST_CLEAR_SCORE : LEAST_SCORE) &&
  sheet.contrast >= LEAST_CONTRAST &&
  (sheet.bright ||
    (sheet.jump <= DARK_SHEET_JUMP && quadArea(sheet.quad) > DARK_SHEET_SHARE * frame.width * frame.height));

/** How many corners to turn on, so that the first is the one nearest to the top left. */
const firstCorner = (quad: Quad): number =>
  quad.reduce(
    (best, p, i) => (p.x + p.y < (quad[best as 0]?.x ?? 0) + (quad[best as 0]?.y ?? 0) ? i : best),
    0,
  );

const turnOn = <T>(list: readonly T[], by: number): T[] => [...list.slice(by), ...list.slice(0, by)];

/** Pixel centres of the small picture lie at those of the cells of the large one. */
const enlarge = (quad: Quad, factor: number): Quad => {
  const large = ({ x, y }: Point): Point => ({
    x: (x + 0.5) * factor - 0.5,
    y: (y + 0.5) * factor - 0.5,
  });
  return [large(quad[0]), large(quad[1]), large(quad[2]), large(quad[3])];
};

/** Most sheets show by their long lines. On a table with many, they stand out by unbroken sides, or when it blurs. */
const LOOKS = [
  { kind: "faint", cornered: false, below: SURE_SCORE },
  { kind: "strong", cornered: false, below: SURE_SCORE },
  { kind: "strong", cornered: true, below: LIKELY_SCORE },
  { kind: "faint", cornered: true, below: LIKELY_SCORE },
  { kind: "coarse", cornered: false, below: LIKELY_SCORE },
] as const;

/** Part of the picture that is edges where print or a pattern covers the table; a scan's text has less. */
const BUSY = 0.08;

/** What it takes from a score that the sides' edges go on beyond the corners; some do by chance, on newsprint. */
const GOES_ON = 1.2;
const CHANCE_ON = 0.3;

interface Found {
  readonly best: SheetQuad;
  readonly lines: readonly EdgeLine[];
}

/** An outline this much smaller than another around it, and no clearer, is a frame printed on the sheet. */
const FRAME_SHARE = [0.55, 0.94] as const;
const FRAME_SCORE = 0.45;
const AS_CLEAR = 0.8;

/** A sheet that is this much less sure than the best outline, paper or not, is none. */
const BEHIND_BEST = 0.3;

/** Corners a little towards the middle: an inner frame and the sheet can share a side. */
const inwards = (quad: Quad): readonly Point[] => {
  const middle = {
    x: quad.reduce((sum, p) => sum + p.x / 4, 0),
    y: quad.reduce((sum, p) => sum + p.y / 4, 0),
  };
  return quad.map(({ x, y }) => ({ x: x + 0.04 * (middle.x - x), y: y + 0.04 * (middle.y - y) }));
};

const isFrameOf = (inner: Quad, outer: Quad): boolean => {
  const share = quadArea(inner) / quadArea(outer);
  return share > FRAME_SHARE[0] && share < FRAME_SHARE[1];
};

/** The sheet itself where the best is a frame printed on it: cards carry their design up to the edge. */
const outermost = (best: SheetQuad, sheets: readonly SheetQuad[]): SheetQuad =>
  sheets.reduce(
    (inner, outer) =>
      outer.score > best.score - FRAME_SCORE &&
      outer.contrast > AS_CLEAR * inner.contrast &&
      outer.weakest > AS_CLEAR * inner.weakest &&
      outer.borders.every((border) => border === null) &&
      outer.support > 0.8 * best.support &&
      isFrameOf(inner.quad, outer.quad) &&
      inwards(inner.quad).every((corner) => holds(outer.quad, corner))
        ? outer
        : inner,
    best,
  );

/** Without what goes on in fainter edges: a strong edge can break off where a joint's tile gets darker. */
const withDoubt = (outline: SheetQuad, faint: Edges): SheetQuad => ({
  ...outline,
  score: outline.score - GOES_ON * Math.max(0, goesOnIn(faint, outline) - CHANCE_ON),
});

const lookThrough = (cv: OpenCv, tones: Tones): Found | null => {
  const known = new Map<EdgeKind, Edges>();
  const edgesFor = (kind: EdgeKind): Edges => {
    const edges = known.get(kind) ?? edgesOf(cv, tones, kind);
    known.set(kind, edges);
    return edges;
  };
  let found: Found | null = null;
  for (const { kind, cornered, below } of LOOKS) {
    if (found !== null && found.best.score >= below) break;
    const isBusy = edgesFor("faint").at.length > BUSY * tones.width * tones.height;
    if (kind === "coarse" && !isBusy) continue;
    const lines = cornered ? corneredLines(edgesFor(kind)) : linesOf(edgesFor(kind));
    const all = sheetsAmong(tones, lines, null).filter(({ quad }) => !fillsFrame(quad, tones));
    const doubted = (outline: SheetQuad): SheetQuad => withDoubt(outline, edgesFor("faint"));
    const outlines = kind === "faint" ? all : all.map(doubted).sort((a, b) => b.score - a.score);
    const sheets = outlines.filter((outline) => isSheet(outline, tones));
    const best = sheets.find(({ score }) => score > (outlines[0]?.score ?? 0) - BEHIND_BEST);
    if (best !== undefined && (found === null || best.score > found.best.score))
      found = { best: outermost(best, sheets), lines };
  }
  return found;
};

const grown = (tones: Tones, sheet: SheetQuad): SheetQuad => {
  if (!sheet.bright) return sheet;
  const own = sheet.borders.map((border) => border === null);
  return { ...sheet, quad: grownQuad(tones, sheet.quad, own) };
};

/** `page` is null when there is no page, and when the picture is nothing but the page. */
export const searchPage = (cv: OpenCv, image: Rgb): PageSearch => {
  const factor = Math.max(1, Math.round(Math.max(image.width, image.height) / WORK_PX));
  const small = shrinkRgb(image, factor);
  const tones = tonesOf(small);
  const search = { small, tones, factor };
  const found = lookThrough(cv, tones);
  if (found === null) return { page: null, ...search };
  const { lines } = found;
  const best = grown(tones, found.best);
  const frame = small.width * small.height;
  const area = quadArea(best.quad);
  const second =
    area > ALONE_SHARE * frame
      ? undefined
      : sheetsAmong(tones, lines, best.quad).find(
          (other) =>
            isSheet(other, small) &&
            other.score >= LEAST_SCORE &&
            other.bright === best.bright &&
            other.score > best.score - SECOND_SCORE &&
            quadArea(other.quad) > SECOND_SHARE * area &&
            !other.quad.some((corner) => holds(best.quad, corner)),
        );
  // Two sheets on one tray have about the same light; half a sheet in a deep shadow has not.
  const inShadow = second !== undefined && Math.abs(second.tone - best.tone) > SHADOW_TONES;
  const first = firstCorner(best.quad);
  const corners = turnOn(best.quad, first) as unknown as Quad;
  return {
    page: {
      quad: enlarge(corners, factor),
      own: turnOn(best.borders, first).map((border) => border === null),
      bright: best.bright,
      cutOffSides: cutOff(best, small),
      second: second === undefined || inShadow ? null : enlarge(second.quad, factor),
      inShadow,
    },
    ...search,
  };
};
