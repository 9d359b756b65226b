// What does the bare paper between the letters look like, and what just above and below them?
import type { Box } from "../reader.js";
import type { Planes } from "./planes.js";

export interface Patch {
  /** sRGB. */
  readonly level: readonly [red: number, green: number, blue: number];
  /** Mean step between neighbouring pixels, in 8-bit steps of grey. */
  readonly grain: number;
  readonly count: number;
}

/** Of the paper's brightness; ink and its blur are darker. */
const BARE = 0.9;

/** Bare pixels in `area`, every second one of every second row. */
export const patchOf = ({ page, paperAt }: Planes, area: Box): Patch => {
  const left = Math.max(2, Math.round(area.x));
  const top = Math.max(2, Math.round(area.y));
  const right = Math.min(page.width - 3, Math.round(area.x + area.w));
  const bottom = Math.min(page.height - 3, Math.round(area.y + area.h));
  let [r, g, b, count, steps] = [0, 0, 0, 0, 0];
  const { data } = page;
  const row = page.width * 3;
  const bare = paperAt((left + right) / 2, (top + bottom) / 2) * BARE;
  for (let y = top; y < bottom; y += 2)
    for (let x = left; x < right; x += 2) {
      // The green of a pixel stands for its brightness.
      const i = y * row + x * 3 + 1;
      const here = data[i] as number;
      const next = data[i + 3] as number;
      const light =
        here > bare &&
        next > bare &&
        (data[i - 6] as number) > bare &&
        (data[i + 6] as number) > bare &&
        (data[i - 2 * row] as number) > bare &&
        (data[i + 2 * row] as number) > bare;
      if (!light) continue;
      r += data[i - 1] as number;
      g += here;
      b += data[i + 1] as number;
      steps += Math.abs(here - next);
      count += 1;
    }
  const n = Math.max(1, count);
  return { level: [r / n, g / n, b / n], grain: steps / n, count };
};

/** Of both, as one. */
export const joined = (a: Patch, b: Patch): Patch => {
  const count = a.count + b.count;
  const mean = (x: number, y: number): number => (count === 0 ? 0 : (x * a.count + y * b.count) / count);
  return {
    level: [mean(a.level[0], b.level[0]), mean(a.level[1], b.level[1]), mean(a.level[2], b.level[2])],
    grain: mean(a.grain, b.grain),
    count,
  };
};
