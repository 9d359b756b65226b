// Do two descriptions show one person? (Three answers; a number never leaves the process.)
import type { Matcher } from "../models.js";

export type FaceMatch = "same" | "different" | "unsure";
/** How near, in words: strong and fair are "same". */
export type Band = "strong" | "fair" | "weak" | "none";

/** Below this share of the limit the match is strong. */
const STRONG = 0.8;

export const meanOf = (descriptors: readonly Float32Array[]): Float32Array => {
  const sum = new Float32Array(descriptors[0]?.length ?? 0);
  for (const each of descriptors) for (const [k, value] of each.entries()) sum[k] = (sum[k] ?? 0) + value;
  return sum.map((value) => value / Math.max(1, descriptors.length));
};

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] ?? Number.NaN), 0);

export const distanceOf = (a: Float32Array, b: Float32Array, metric: Matcher["metric"]): number => {
  if (a.length !== b.length) return Number.NaN;
  if (metric === "cosine") return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return Math.sqrt(a.reduce((sum, value, k) => sum + (value - (b[k] ?? Number.NaN)) ** 2, 0));
};

/** What can not be compared (no number) is "unsure". */
export const matchOf = (distance: number, { same, different }: Matcher): FaceMatch => {
  if (distance <= same.distance) return "same";
  return distance > different.distance ? "different" : "unsure";
};

export const bandOf = (distance: number, { same, different }: Matcher): Band => {
  if (distance <= same.distance * STRONG) return "strong";
  if (distance <= same.distance) return "fair";
  return distance > different.distance ? "none" : "weak";
};
