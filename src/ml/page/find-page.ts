// Where on the picture does the page lie?
import { createRequire } from "node:module";
import type { Mat, OpenCv } from "@techstark/opencv-js";
import { distance, type Point, type Quad } from "./homography.js";
import { type Gray, shrinkGray } from "./raster.js";

const WORK_PX = 720;
/** A page fills at least this much of the frame; the tray is made so. */
const SMALLEST_SHARE = 0.18;
/** Closer to the frame's edges than this on every side, the picture is a scan and has no border to find. */
const FRAME_MARGIN = 0.02;
const CANNY = [
  [40, 120],
  [20, 60],
  [10, 30],
] as const;

/** The export has a `then`, so it must never be awaited or returned from an async function. */
export const loadOpenCv = (): Promise<{ readonly cv: OpenCv }> =>
  new Promise((resolve) => {
    const cv = createRequire(import.meta.url)("@techstark/opencv-js") as OpenCv;
    if (cv.Mat !== undefined) resolve({ cv });
    else cv.onRuntimeInitialized = () => resolve({ cv });
  });

const pointsOf = (contour: Mat): Point[] =>
  Array.from({ length: contour.rows }, (_, row) => ({
    x: contour.data32S[row * 2] ?? 0,
    y: contour.data32S[row * 2 + 1] ?? 0,
  }));

/** Clockwise from the corner nearest to the top left. */
const inOrder = (points: readonly Point[]): Quad | null => {
  if (points.length !== 4) return null;
  const centre = { x: points.reduce((s, p) => s + p.x, 0) / 4, y: points.reduce((s, p) => s + p.y, 0) / 4 };
  const around = [...points].sort(
    (a, b) => Math.atan2(a.y - centre.y, a.x - centre.x) - Math.atan2(b.y - centre.y, b.x - centre.x),
  );
  const first = around.reduce(
    (best, p, i) => (p.x + p.y < (around[best]?.x ?? 0) + (around[best]?.y ?? 0) ? i : best),
    0,
  );
  const [a, b, c, d] = [0, 1, 2, 3].map((step) => around[(first + step) % 4]);
  return a === undefined || b === undefined || c === undefined || d === undefined ? null : [a, b, c, d];
};

/** A sheet has corners near 90° even in perspective. */
const isSheet = (quad: Quad): boolean =>
  quad.every((corner, i) => {
    const before = quad[(i + 3) % 4] ?? corner;
    const after = quad[(i + 1) % 4] ?? corner;
    const dot = (before.x - corner.x) * (after.x - corner.x) + (before.y - corner.y) * (after.y - corner.y);
    const cosine = dot / Math.max(1, distance(before, corner) * distance(after, corner));
    return Math.abs(cosine) < 0.35;
  });

const quadOfContour = (cv: OpenCv, contour: Mat): Quad | null => {
  const EmptyMat = cv.Mat;
  if (EmptyMat === undefined) return null;
  const hull = new EmptyMat();
  const polygon = new EmptyMat();
  try {
    cv.convexHull(contour, hull);
    const around = cv.arcLength(hull, true);
    for (const epsilon of [0.02, 0.03, 0.05]) {
      cv.approxPolyDP(hull, polygon, epsilon * around, true);
      const quad = inOrder(pointsOf(polygon));
      if (quad !== null && isSheet(quad)) return quad;
    }
    return null;
  } finally {
    hull.delete();
    polygon.delete();
  }
};

const largestQuad = (cv: OpenCv, small: Gray, thresholds: readonly [number, number]): Quad | null => {
  const EmptyMat = cv.Mat;
  if (EmptyMat === undefined) return null;
  const image = cv.matFromArray(small.height, small.width, cv.CV_8UC1, small.data);
  const edges = new EmptyMat();
  const hierarchy = new EmptyMat();
  const contours = new cv.MatVector();
  const kernel = cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(5, 5));
  try {
    cv.GaussianBlur(image, image, new cv.Size(5, 5), 0);
    cv.Canny(image, edges, thresholds[0], thresholds[1]);
    cv.dilate(edges, edges, kernel);
    cv.findContours(edges, contours, hierarchy, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE);
    let best: Quad | null = null;
    let bestArea = SMALLEST_SHARE * small.width * small.height;
    for (let index = 0; index < contours.size(); index += 1) {
      const contour = contours.get(index);
      const quad = quadOfContour(cv, contour);
      const area = quad === null ? 0 : areaOf(quad);
      if (quad !== null && area > bestArea) [best, bestArea] = [quad, area];
      contour.delete();
    }
    return best;
  } finally {
    for (const mat of [image, edges, hierarchy, contours, kernel]) mat.delete();
  }
};

const areaOf = (quad: Quad): number =>
  Math.abs(
    quad.reduce((sum, p, i) => {
      const next = quad[(i + 1) % 4] ?? p;
      return sum + p.x * next.y - next.x * p.y;
    }, 0) / 2,
  );

const fillsFrame = (quad: Quad, width: number, height: number): boolean =>
  quad.every(
    ({ x, y }) =>
      (x < FRAME_MARGIN * width || x > (1 - FRAME_MARGIN) * width) &&
      (y < FRAME_MARGIN * height || y > (1 - FRAME_MARGIN) * height),
  );

/** The page's corners in pixels of `image`, or null when the picture is the page. */
export const findPage = (cv: OpenCv, image: Gray): Quad | null => {
  const factor = Math.max(1, Math.round(Math.max(image.width, image.height) / WORK_PX));
  const small = shrinkGray(image, factor);
  for (const thresholds of CANNY) {
    const quad = largestQuad(cv, small, thresholds);
    if (quad === null || fillsFrame(quad, small.width, small.height)) continue;
    // The dilated edge lies outside the page by two cells of the kernel.
    const centre = { x: quad.reduce((s, p) => s + p.x, 0) / 4, y: quad.reduce((s, p) => s + p.y, 0) / 4 };
    const inward = (p: Point): Point => {
      const length = Math.max(1, distance(p, centre));
      return {
        x: (p.x + ((centre.x - p.x) / length) * 2.5) * factor,
        y: (p.y + ((centre.y - p.y) / length) * 2.5) * factor,
      };
    };
    return [inward(quad[0]), inward(quad[1]), inward(quad[2]), inward(quad[3])];
  }
  return null;
};
