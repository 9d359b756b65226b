// How full is the store, and what follows from it?
//
// Submissions are never dropped. 70 %: warn. 85 %: telemetry and diagnostics stop. 95 %: new visits that
// would submit are refused before the citizen starts.
import { statfsSync } from "node:fs";
import type { QuotaLevel } from "./store.js";

const STEPS: readonly (readonly [from: number, level: QuotaLevel])[] = [
  [0.95, "refuse"],
  [0.85, "shed"],
  [0.7, "warn"],
];

export const quotaLevel = (usedFraction: number): QuotaLevel =>
  STEPS.find(([from]) => usedFraction >= from)?.[1] ?? "ok";

/**
 * The store may use `limitBytes`, or less when the disk has less: what it uses now plus what the disk still
 * gives to it. `keepFreeBytes` is left to the rest of the machine.
 */
export const usedFraction = (
  dir: string,
  usedBytes: number,
  limitBytes: number,
  keepFreeBytes: number,
): number => {
  const disk = statfsSync(dir);
  const free = Math.max(0, disk.bavail * disk.bsize - keepFreeBytes);
  const capacity = Math.min(limitBytes, usedBytes + free);
  return capacity <= 0 ? 1 : Math.min(1, usedBytes / capacity);
};
