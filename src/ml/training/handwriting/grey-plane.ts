// What is done to a plane of numbers as a whole: soften, weigh, shrink?

export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** One pass of weights ¼ ½ ¼ along rows and columns: variance ½ px² each way. Edges repeat. */
const softenOnce = ({ width, height, data }: Grey): Float32Array => {
  const rows = new Float32Array(data.length);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    let before = data[row] as number;
    let here = before;
    for (let x = 0; x < width; x += 1) {
      const after = x + 1 < width ? (data[row + x + 1] as number) : here;
      rows[row + x] = 0.25 * (before + after) + 0.5 * here;
      before = here;
      here = after;
    }
  }
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    const above = y > 0 ? row - width : row;
    const below = y + 1 < height ? row + width : row;
    for (let x = 0; x < width; x += 1)
      out[row + x] =
        0.25 * ((rows[above + x] as number) + (rows[below + x] as number)) + 0.5 * (rows[row + x] as number);
  }
  return out;
};

/** About a Gaussian of that standard deviation. */
export const soften = (plane: Grey, sigmaPx: number): Grey => {
  let { data } = plane;
  let variance = sigmaPx * sigmaPx;
  while (variance > 0.01) {
    const soft = softenOnce({ ...plane, data });
    const share = Math.min(1, variance / 0.5);
    if (share < 1)
      for (let i = 0; i < soft.length; i += 1)
        soft[i] = share * (soft[i] as number) + (1 - share) * (data[i] as number);
    data = soft;
    variance -= 0.5;
  }
  return { ...plane, data };
};

/** Mean along a straight line of whole-pixel steps: a trembling hand. */
export const smear = (plane: Grey, lengthPx: number, angle: number): Grey => {
  const steps = Math.max(2, Math.round(lengthPx) + 1);
  const { width, height, data } = plane;
  const out = new Float32Array(data.length);
  for (let i = 0; i < steps; i += 1) {
    const along = (i / (steps - 1) - 0.5) * lengthPx;
    const [dx, dy] = [Math.round(along * Math.cos(angle)), Math.round(along * Math.sin(angle))];
    for (let y = 0, at = 0; y < height; y += 1) {
      const from = Math.max(0, Math.min(height - 1, y + dy)) * width;
      for (let x = 0; x < width; x += 1, at += 1)
        out[at] =
          (out[at] as number) + (data[from + Math.max(0, Math.min(width - 1, x + dx))] as number) / steps;
    }
  }
  return { ...plane, data: out };
};

/** Four pixels become their mean. Width and height must be even. */
export const halve = ({ width, height, data }: Grey): Grey => {
  const [w, h] = [width / 2, height / 2];
  const out = new Float32Array(w * h);
  for (let y = 0, at = 0; y < h; y += 1)
    for (let x = 0; x < w; x += 1, at += 1) {
      const from = 2 * y * width + 2 * x;
      out[at] =
        0.25 *
        ((data[from] as number) +
          (data[from + 1] as number) +
          (data[from + width] as number) +
          (data[from + width + 1] as number));
    }
  return { width: w, height: h, data: out };
};
