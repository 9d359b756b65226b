// Is a picture good enough to read, and if not, what would make it so?
import type { PageQuality } from "../reader.js";
import { type Gray, shrinkGray } from "./raster.js";

/** Below these a person, too, would ask for another picture; chosen on the sample papers' camera frames. */
const TOO_DARK = 0.12;
const TOO_BLURRED = 0.06;
const TOO_MUCH_GLARE = 0.04;
const TOO_SMALL_PX = 600;
/** Variance of the Laplacian of a page in focus at 200 dpi; sharpness is relative to it. */
const FOCUSED_VARIANCE = 900;
const GLARE_CELL_PX = 12;

/** Variance of the 4-neighbour Laplacian (Pech-Pacheco et al. 2000), 0 … 1 against a page in focus. */
const sharpnessOf = (flat: Gray): number => {
  let sum = 0;
  let squares = 0;
  let count = 0;
  const { width, height, data } = flat;
  for (let y = 1; y < height - 1; y += 2) {
    for (let x = 1; x < width - 1; x += 2) {
      const index = y * width + x;
      const around =
        (data[index - 1] ?? 0) +
        (data[index + 1] ?? 0) +
        (data[index - width] ?? 0) +
        (data[index + width] ?? 0);
      const value = around - 4 * (data[index] ?? 0);
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  const mean = sum / Math.max(1, count);
  return Math.min(1, (squares / Math.max(1, count) - mean * mean) / FOCUSED_VARIANCE);
};

/** Share of cells that are clipped to white while the page itself is not that bright. */
const glareOf = (raw: Gray): number => {
  const cells = shrinkGray(raw, GLARE_CELL_PX);
  const sorted = cells.data.slice().sort();
  const paper = sorted[Math.floor(sorted.length * 0.5)] ?? 255;
  if (paper > 225) return 0;
  return cells.data.filter((value) => value >= 253).length / Math.max(1, cells.data.length);
};

const meanOf = (raw: Gray): number =>
  raw.data.reduce((sum, value) => sum + value, 0) / Math.max(1, raw.data.length) / 255;

export const judgeQuality = (raw: Gray, flat: Gray, skew: number): PageQuality => {
  const sharpness = sharpnessOf(flat);
  const brightness = meanOf(raw);
  const glare = glareOf(raw);
  const advice: PageQuality["advice"] =
    Math.min(raw.width, raw.height) < TOO_SMALL_PX
      ? "tooSmall"
      : brightness < TOO_DARK
        ? "tooDark"
        : glare > TOO_MUCH_GLARE
          ? "glare"
          : sharpness < TOO_BLURRED
            ? "blurred"
            : "none";
  const round = (value: number): number => Number(value.toFixed(3));
  return {
    sharpness: round(sharpness),
    brightness: round(brightness),
    glare: round(glare),
    shadow: 0,
    covered: 0,
    skewDegrees: skew,
    verdict: advice === "none" ? "good" : "poor",
    advice,
  };
};
