// By how many degrees do the lines of a page climb?
import { type Gray, shrinkGray } from "./raster.js";

const LARGEST_DEGREES = 8;
const COARSE_STEP = 0.5;
const FINE_STEP = 0.1;
const WORK_WIDTH_PX = 700;
const INK_BELOW = 150;
/** More say nothing new. */
const MOST_INK = 12_000;

/** Rows of text make sharp steps in the sum of ink along them only when the sum runs along the rows. */
const sharpness = (
  ink: readonly { readonly x: number; readonly y: number }[],
  rows: number,
  degrees: number,
): number => {
  const slope = Math.tan((degrees * Math.PI) / 180);
  const margin = Math.ceil(WORK_WIDTH_PX * Math.tan((LARGEST_DEGREES * Math.PI) / 180));
  const profile = new Float64Array(rows + 2 * margin);
  for (const { x, y } of ink) {
    const row = Math.round(y - x * slope) + margin;
    profile[row] = (profile[row] ?? 0) + 1;
  }
  let sum = 0;
  for (let row = 1; row < profile.length; row += 1) {
    const step = (profile[row] ?? 0) - (profile[row - 1] ?? 0);
    sum += step * step;
  }
  return sum;
};

/**
 * Degrees, positive when lines fall to the right (clockwise); within ±8. Zero for a page without text.
 * `page` has flattened light. Method: maximum of the squared steps of the projection profile (Postl 1986).
 */
export const skewDegrees = (page: Gray): number => {
  const small = shrinkGray(page, Math.max(1, Math.round(page.width / WORK_WIDTH_PX)));
  const dark: number[] = [];
  small.data.forEach((value, i) => {
    if (value < INK_BELOW) dark.push(i);
  });
  const every = Math.max(1, Math.ceil(dark.length / MOST_INK));
  const ink = dark
    .filter((_, i) => i % every === 0)
    .map((i) => ({ x: i % small.width, y: Math.floor(i / small.width) }));
  if (ink.length < 200) return 0;
  const best = (from: number, to: number, step: number): number => {
    let winner = 0;
    let most = -1;
    for (let degrees = from; degrees <= to + 1e-9; degrees += step) {
      const value = sharpness(ink, small.height, degrees);
      if (value > most) [most, winner] = [value, degrees];
    }
    return winner;
  };
  const coarse = best(-LARGEST_DEGREES, LARGEST_DEGREES, COARSE_STEP);
  return Number(best(coarse - COARSE_STEP, coarse + COARSE_STEP, FINE_STEP).toFixed(2));
};
