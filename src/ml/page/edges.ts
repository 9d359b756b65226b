// Where on a small picture does brightness step, and which way does it fall?
import type { OpenCv } from "@techstark/opencv-js";
import type { Rgb } from "./raster.js";

/** Brightness as the eye and a lamp's fall-off count it: equal ratios of light are equal steps. */
export interface Tones {
  readonly width: number;
  readonly height: number;
  /** Logarithm of luma, 0 … 255; a doubling of light well above the noise is about 50. */
  readonly log: Uint8Array;
  /** Red and blue against green in parts of the luma, 128 for grey: light that falls off leaves it alone. */
  readonly red: Uint8Array;
  readonly blue: Uint8Array;
}

export interface Edges {
  readonly width: number;
  readonly height: number;
  /** Indexes into the picture, one an edge pixel. */
  readonly at: Int32Array;
  /** Unit vector towards the brighter side, of each edge pixel. */
  readonly nx: Float32Array;
  readonly ny: Float32Array;
  /** Per pixel: index into the lists above plus one, or 0. */
  readonly index: Int32Array;
}

/** Below this luma noise outweighs light. */
const NOISE_LUMA = 10;
const LOG_SCALE = 255 / Math.log((255 + NOISE_LUMA) / NOISE_LUMA);
/** Canny's thresholds on Sobel sums: white paper on a white table has steps of 8, and 4 × 8 is 32. */
const KINDS = {
  faint: { low: 16, high: 34, blurPx: 1.1, window: 5 },
  /** A dark table's grain has steps of 10; against it a small sheet stands out by its strong edges alone. */
  strong: { low: 70, high: 150, blurPx: 1.1, window: 5 },
  /** A newspaper's print and a cloth's pattern blur into one tone; a sheet on them still has its sides. */
  coarse: { low: 14, high: 30, blurPx: 2.8, window: 11 },
} as const;
export type EdgeKind = keyof typeof KINDS;

export const tonesOf = (image: Rgb): Tones => {
  const { width, height, data } = image;
  const curve = Uint8Array.from({ length: 256 }, (_, v) =>
    Math.round(LOG_SCALE * Math.log((v + NOISE_LUMA) / NOISE_LUMA)),
  );
  const count = width * height;
  const [log, red, blue] = [new Uint8Array(count), new Uint8Array(count), new Uint8Array(count)];
  for (let i = 0, p = 0; i < count; i += 1, p += 3) {
    const [r, g, b] = [data[p] as number, data[p + 1] as number, data[p + 2] as number];
    const luma = (r * 77 + g * 150 + b * 29) >> 8;
    const scale = 128 / (luma + 2 * NOISE_LUMA);
    log[i] = curve[luma] as number;
    red[i] = Math.max(0, Math.min(255, 128 + (r - g) * scale));
    blue[i] = Math.max(0, Math.min(255, 128 + (b - g) * scale));
  }
  return { width, height, log, red, blue };
};

export const edgesOf = (cv: OpenCv, { width, height, log }: Tones, kind: EdgeKind): Edges => {
  const { low, high, blurPx, window } = KINDS[kind];
  const image = cv.matFromArray(height, width, cv.CV_8UC1, log);
  const [dx, dy, edges] = [new cv.Mat(), new cv.Mat(), new cv.Mat()];
  try {
    cv.GaussianBlur(image, image, new cv.Size(window, window), blurPx);
    cv.Sobel(image, dx, cv.CV_16S, 1, 0, 3);
    cv.Sobel(image, dy, cv.CV_16S, 0, 1, 3);
    cv.Canny1(dx, dy, edges, low, high, false);
    const [gx, gy, found] = [dx.data16S, dy.data16S, edges.data];
    let count = 0;
    for (let i = 0; i < found.length; i += 1) if (found[i] !== 0) count += 1;
    const at = new Int32Array(count);
    const [nx, ny] = [new Float32Array(count), new Float32Array(count)];
    const index = new Int32Array(width * height);
    for (let i = 0, k = 0; i < found.length; i += 1) {
      if (found[i] === 0) continue;
      const [x, y] = [gx[i] as number, gy[i] as number];
      const length = Math.hypot(x, y) || 1;
      at[k] = i;
      nx[k] = x / length;
      ny[k] = y / length;
      k += 1;
      index[i] = k;
    }
    return { width, height, at, nx, ny, index };
  } finally {
    for (const mat of [image, dx, dy, edges]) mat.delete();
  }
};
