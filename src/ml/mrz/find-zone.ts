// Where on a frame are the two or three parallel rows of a machine-readable zone?
//
// Letters are dark on a quieter ground: the black-hat shows them whatever the light, a wide closing joins a row,
// and only a zone has several rows of the same length, close together (Doc 9303-3 clause 4: 4.2 to 6.4 mm apart).
import type { Mat, OpenCv } from "@techstark/opencv-js";
import { distance, type Point, type Quad } from "../page/homography.js";
import { type Gray, shrinkGray } from "../page/raster.js";

/** Long sides at which letters of a card that fills the frame, or lies on an A4 tray, are 8 to 25 pixels high. */
const WORK_PX = [1_700, 1_000, 560] as const;
const BLACK_HAT = [17, 17] as const;
/** Bridge the widest gap between two letters, and no two rows: lying, standing, and askew. */
const CLOSES = [
  [21, 3],
  [3, 21],
  [10, 10],
] as const;
/** Longer than this many times its height is a row; one of 30 letters has about 24. */
const LEAST_SLENDER = 9;
const SHORTEST_ROW_PX = 120;
/** Rows of one zone: difference of length, of angle, and distance in parts of the length. */
const SAME_LENGTH = 0.16;
const SAME_ANGLE = (6 * Math.PI) / 180;
const ROW_PITCH = [0.025, 0.125] as const;
const SHIFTED = 0.1;
/** Corners nearer than this part of the length are the same zone, seen at another scale. */
const SAME_PLACE = 0.015;

interface Row {
  /** Ends of the middle line, left first as the frame is. */
  readonly left: Point;
  readonly right: Point;
  readonly length: number;
  readonly thick: number;
  readonly angle: number;
}

/** The rows' outer ends, in pixels of the frame, and how many rows there are. */
export interface Zone {
  /** Middle line of the first row left and right, of the last row right and left. */
  readonly quad: Quad;
  readonly rows: 2 | 3;
  /** Height of a row's ink by its length; a filler at the end does not change it. */
  readonly length: number;
}

const rowOf = (cv: OpenCv, contour: Mat): Row | null => {
  const { center, size, angle } = cv.minAreaRect(contour);
  const wide = size.width >= size.height;
  const [length, thick] = wide ? [size.width, size.height] : [size.height, size.width];
  if (length < SHORTEST_ROW_PX || length < LEAST_SLENDER * thick || thick < 5) return null;
  const turn = ((wide ? angle : angle + 90) * Math.PI) / 180;
  const [dx, dy] = [(Math.cos(turn) * length) / 2, (Math.sin(turn) * length) / 2];
  const one = { x: center.x - dx, y: center.y - dy };
  const other = { x: center.x + dx, y: center.y + dy };
  // Rows that run down the frame are read from the top; the other way up is tried by the caller.
  const forward = Math.abs(dx) >= Math.abs(dy) ? dx >= 0 : dy >= 0;
  const [left, right] = forward ? [one, other] : [other, one];
  return { left, right, length, thick, angle: Math.atan2(right.y - left.y, right.x - left.x) };
};

const findRows = (cv: OpenCv, small: Gray): readonly Row[] => {
  const EmptyMat = cv.Mat;
  if (EmptyMat === undefined) return [];
  const image = cv.matFromArray(small.height, small.width, cv.CV_8UC1, small.data);
  const hat = new EmptyMat();
  const hierarchy = new EmptyMat();
  const contours = new cv.MatVector();
  const square = cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(...BLACK_HAT));
  const joins = CLOSES.map(([w, h]) => cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(w, h)));
  const rows: Row[] = [];
  try {
    cv.morphologyEx(image, hat, cv.MORPH_BLACKHAT, square);
    cv.threshold(hat, hat, 0, 255, cv.THRESH_BINARY + cv.THRESH_OTSU);
    for (const join of joins) {
      const closed = new EmptyMat();
      try {
        cv.morphologyEx(hat, closed, cv.MORPH_CLOSE, join);
        cv.findContours(closed, contours, hierarchy, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE);
        for (let index = 0; index < contours.size(); index += 1) {
          const contour = contours.get(index);
          const row = rowOf(cv, contour);
          if (row !== null) rows.push(row);
          contour.delete();
        }
      } finally {
        closed.delete();
      }
    }
    return rows;
  } finally {
    for (const mat of [image, hat, hierarchy, contours, square, ...joins]) mat.delete();
  }
};

/** Distance of b's left end from a's line, across it (positive: below), and along it. */
const offset = (a: Row, b: Row): { readonly across: number; readonly along: number } => {
  const [cos, sin] = [Math.cos(a.angle), Math.sin(a.angle)];
  const [dx, dy] = [b.left.x - a.left.x, b.left.y - a.left.y];
  return { across: dy * cos - dx * sin, along: dx * cos + dy * sin };
};

const follows = (a: Row, b: Row): boolean => {
  if (Math.abs(a.length - b.length) > SAME_LENGTH * a.length) return false;
  if (Math.abs(a.angle - b.angle) > SAME_ANGLE) return false;
  const { across, along } = offset(a, b);
  return (
    across > ROW_PITCH[0] * a.length &&
    across < ROW_PITCH[1] * a.length &&
    Math.abs(along) < SHIFTED * a.length
  );
};

/** Chains of two and three rows, the longest rows first. */
const zonesIn = (rows: readonly Row[], factor: number): readonly Zone[] => {
  const zones: (Zone & { readonly length: number })[] = [];
  const up = (p: Point): Point => ({ x: p.x * factor, y: p.y * factor });
  const zoneOf = (first: Row, last: Row, count: 2 | 3): Zone => ({
    quad: [up(first.left), up(first.right), up(last.right), up(last.left)],
    rows: count,
    length: distance(first.left, first.right) * factor,
  });
  for (const first of rows)
    for (const second of rows) {
      if (!follows(first, second)) continue;
      const third = rows.find((row) => follows(second, row));
      if (third !== undefined) zones.push(zoneOf(first, third, 3));
      zones.push(zoneOf(first, second, 2));
    }
  return zones;
};

const same = (a: Zone, b: Zone): boolean =>
  a.rows === b.rows &&
  a.quad.every((corner, index) => distance(corner, b.quad[index] ?? corner) < SAME_PLACE * a.length);

/** Every place that may be a zone, three rows before two, the longest first; at most `most`. */
export const findZones = (cv: OpenCv, frame: Gray, most = 8): readonly Zone[] => {
  const longest = Math.max(frame.width, frame.height);
  const zones = WORK_PX.flatMap((px) => {
    const factor = Math.max(1, Math.round(longest / px));
    return zonesIn(findRows(cv, shrinkGray(frame, factor)), factor);
  });
  const kept: Zone[] = [];
  for (const zone of zones.sort((a, b) => b.rows - a.rows || b.length - a.length))
    if (kept.length < most && !kept.some((other) => same(other, zone))) kept.push(zone);
  return kept;
};
