// What is a picture, once it is decoded?

/** 8-bit luminance, row by row, no padding. */
export interface Gray {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** 8-bit sRGB, interleaved, no padding. */
export interface Rgb {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Rec. 601 luma, as JPEG's own Y. */
export const toGray = (image: Rgb): Gray => {
  const { width, height, data } = image;
  const out = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < out.length; i += 1, p += 3)
    out[i] = ((data[p] as number) * 77 + (data[p + 1] as number) * 150 + (data[p + 2] as number) * 29) >> 8;
  return { width, height, data: out };
};

/** Box average down by a whole factor; the last partial cells are dropped. */
export const shrinkGray = (image: Gray, factor: number): Gray => {
  if (factor <= 1) return image;
  const width = Math.max(1, Math.floor(image.width / factor));
  const height = Math.max(1, Math.floor(image.height / factor));
  const out = new Uint8Array(width * height);
  const { data } = image;
  const area = factor * factor;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let dy = 0; dy < factor; dy += 1) {
        const row = (y * factor + dy) * image.width + x * factor;
        for (let dx = 0; dx < factor; dx += 1) sum += data[row + dx] as number;
      }
      out[y * width + x] = sum / area;
    }
  }
  return { width, height, data: out };
};

/**
 * Box average down by a whole factor; the last partial cells are dropped. From a factor of 3 on every other row is
 * left out, from 6 on two of three: what the rest says is as sure, in a part of the time.
 */
export const shrinkRgb = (image: Rgb, factor: number): Rgb => {
  if (factor <= 1) return image;
  const width = Math.max(1, Math.floor(image.width / factor));
  const height = Math.max(1, Math.floor(image.height / factor));
  const out = new Uint8Array(width * height * 3);
  const sums = new Uint32Array(width * 3);
  const { data } = image;
  const every = factor >= 6 ? 3 : factor >= 3 ? 2 : 1;
  const area = factor * Math.ceil(factor / every);
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    for (let dy = 0; dy < factor; dy += every) {
      let p = (y * factor + dy) * image.width * 3;
      for (let x = 0; x < sums.length; x += 3) {
        let r = 0;
        let g = 0;
        let b = 0;
        for (let dx = 0; dx < factor; dx += 1, p += 3) {
          r += data[p] as number;
          g += data[p + 1] as number;
          b += data[p + 2] as number;
        }
        sums[x] = (sums[x] as number) + r;
        sums[x + 1] = (sums[x + 1] as number) + g;
        sums[x + 2] = (sums[x + 2] as number) + b;
      }
    }
    for (let x = 0; x < sums.length; x += 1) out[y * sums.length + x] = (sums[x] as number) / area;
  }
  return { width, height, data: out };
};
