// How large is the sheet really, told by its shape in perspective?
import { distance, type Point, type Quad } from "./homography.js";

export interface PaperSize {
  readonly name: "A3" | "A4" | "A5" | "A6" | "ID-1" | "ID-2" | "ID-3";
  readonly longMm: number;
  readonly shortMm: number;
}

/** ISO 216 and ISO/IEC 7810: what Vietnamese offices print on and what people carry. */
const A_SIZES: readonly PaperSize[] = [
  { name: "A3", longMm: 420, shortMm: 297 },
  { name: "A4", longMm: 297, shortMm: 210 },
  { name: "A5", longMm: 210, shortMm: 148 },
  { name: "A6", longMm: 148, shortMm: 105 },
];
const CARDS: readonly PaperSize[] = [{ name: "ID-1", longMm: 85.6, shortMm: 53.98 }];

/** A shape is recognised within this much of its aspect. */
const ASPECT_TOLERANCE = 0.022;
/** Focal length over the frame's longer side, where the picture does not tell: most phones' and modules' 26–28 mm. */
const USUAL_FOCAL = 0.75;
const FOCAL_RANGE = [0.45, 4] as const;
/**
 * Capitals of 13 … 14 pt in millimetres (0.7 em): official papers are printed so (Decree 30/2020/NĐ-CP, annex I).
 */
const USUAL_CAPITAL_MM = 3.2;

/** Print has many sizes, and most papers are A4: another is believed when its letters fit this much better (log). */
const A4_BY_FAR = 0.3;

type Vector = readonly [number, number, number];

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

const normals = (quad: Quad, frame: { readonly width: number; readonly height: number }) => {
  const unit = Math.max(frame.width, frame.height);
  const seen = ({ x, y }: Point): Vector => [(x - frame.width / 2) / unit, (y - frame.height / 2) / unit, 1];
  const [m1, m2, m4, m3] = [seen(quad[0]), seen(quad[1]), seen(quad[2]), seen(quad[3])];
  const k2 = dot(cross(m1, m4), m3) / dot(cross(m2, m4), m3);
  const k3 = dot(cross(m1, m4), m2) / dot(cross(m3, m4), m2);
  const n2: Vector = [k2 * m2[0] - m1[0], k2 * m2[1] - m1[1], k2 - 1];
  const n3: Vector = [k3 * m3[0] - m1[0], k3 * m3[1] - m1[1], k3 - 1];
  return { n2, n3 };
};

/**
 * Width over height of the flat rectangle that `quad` shows, by a pinhole camera that looks at the middle of the
 * frame (Zhang & He 2007, "Whiteboard scanning and image enhancement", equations 11 to 20). The focal length
 * comes from the vanishing points where they are near enough to tell it; between that and the usual one, the one
 * that makes the sheet a known size is believed.
 */
export const trueAspect = (
  quad: Quad,
  frame: { readonly width: number; readonly height: number },
): number => {
  const { n2, n3 } = normals(quad, frame);
  const told = Math.sqrt(-(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2]));
  // Both pairs of sides must converge well, or the quotient is one of two noises.
  const clear = Math.min(Math.abs(n2[2]), Math.abs(n3[2])) > 0.06;
  const focals =
    clear && told >= FOCAL_RANGE[0] && told <= FOCAL_RANGE[1] ? [told, USUAL_FOCAL] : [USUAL_FOCAL];
  const [width, height] = [
    distance(quad[0], quad[1]) + distance(quad[3], quad[2]),
    distance(quad[0], quad[3]) + distance(quad[1], quad[2]),
  ];
  const aspects = focals.map((focal) => {
    const size = (n: Vector): number => Math.hypot(n[0] / focal, n[1] / focal, n[2]);
    const aspect = size(n2) / size(n3);
    return Number.isFinite(aspect) && aspect > 0.05 && aspect < 20 ? aspect : width / height;
  });
  const [first = width / height] = aspects;
  return aspects.find((aspect) => recogniseSize(aspect, null) !== null) ?? first;
};

const fits = (size: PaperSize, slender: number): boolean =>
  Math.abs(Math.log(slender / (size.longMm / size.shortMm))) < ASPECT_TOLERANCE;

/**
 * `aspect`: width over height. `capitalShare`: height of a capital over the sheet's longer side, or null; it tells
 * the A sizes, which are all of one shape, from each other. Null for a shape that is none of these.
 */
export const recogniseSize = (aspect: number, capitalShare: number | null): PaperSize | null => {
  const slender = Math.max(aspect, 1 / aspect);
  const card = CARDS.find((size) => fits(size, slender));
  if (card !== undefined) return card;
  const sheets = A_SIZES.filter((size) => fits(size, slender));
  if (capitalShare === null || capitalShare <= 0) return sheets.find(({ name }) => name === "A4") ?? null;
  const oddness = ({ longMm }: PaperSize): number =>
    Math.abs(Math.log((capitalShare * longMm) / USUAL_CAPITAL_MM));
  const usual = sheets.find(({ name }) => name === "A4") ?? null;
  return sheets.reduce<PaperSize | null>((best, size) => {
    const least = best === null ? Number.POSITIVE_INFINITY : oddness(best);
    return oddness(size) < least - (best === usual ? A4_BY_FAR : 0) ? size : best;
  }, usual);
};

const CARD_CAPITAL_MM = 2.2;

/** Height of a capital over the sheet's longer side, as it usually is on a sheet of that aspect. */
export const usualCapitalShare = (aspect: number): number => {
  const size = recogniseSize(aspect, null);
  if (size === null) return USUAL_CAPITAL_MM / 297;
  return (size.name === "ID-1" ? CARD_CAPITAL_MM : USUAL_CAPITAL_MM) / size.longMm;
};
