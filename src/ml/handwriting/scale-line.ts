// What does a line look like at the height that its network reads?
import type { Gray } from "../page/raster.js";

interface Taps {
  readonly from: number;
  readonly weights: Float32Array;
}

/** Triangles as wide as what one pixel of the result covers, and never narrower than one of the source. */
const tapsFor = (from: number, to: number): readonly Taps[] => {
  const step = from / to;
  const reach = Math.max(1, step);
  return Array.from({ length: to }, (_, i): Taps => {
    const centre = (i + 0.5) * step - 0.5;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(from - 1, Math.floor(centre + reach));
    const weights = Float32Array.from({ length: Math.max(1, last - first + 1) }, (__, k) =>
      Math.max(1e-6, 1 - Math.abs(first + k - centre) / reach),
    );
    const sum = weights.reduce((all, weight) => all + weight, 0);
    return { from: Math.min(first, from - 1), weights: weights.map((weight) => weight / sum) };
  });
};

/** Rows first, then columns: a line is much wider than high. */
export const scaledLine = ({ width, height, data }: Gray, toWidth: number, toHeight: number): Gray => {
  const rows = new Float32Array(width * toHeight);
  tapsFor(height, toHeight).forEach(({ from, weights }, y) => {
    for (let k = 0; k < weights.length; k += 1) {
      const weight = weights[k] as number;
      const at = (from + k) * width;
      for (let x = 0; x < width; x += 1)
        rows[y * width + x] = (rows[y * width + x] as number) + weight * (data[at + x] as number);
    }
  });
  const out = new Uint8Array(toWidth * toHeight);
  tapsFor(width, toWidth).forEach(({ from, weights }, x) => {
    for (let y = 0; y < toHeight; y += 1) {
      let sum = 0;
      for (let k = 0; k < weights.length; k += 1)
        sum += (weights[k] as number) * (rows[y * width + from + k] as number);
      out[y * toWidth + x] = Math.round(sum);
    }
  });
  return { width: toWidth, height: toHeight, data: out };
};
