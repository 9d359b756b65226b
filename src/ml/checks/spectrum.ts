// Which regular patterns does a square of a picture have?

/** In place, radix 2, length a power of two; decimation in time (Cooley & Tukey 1965). */
export const fft = (re: Float64Array, im: Float64Array): void => {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j] as number, re[i] as number];
      [im[i], im[j]] = [im[j] as number, im[i] as number];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const angle = (-2 * Math.PI) / size;
    const [stepRe, stepIm] = [Math.cos(angle), Math.sin(angle)];
    for (let start = 0; start < n; start += size) {
      let [wr, wi] = [1, 0];
      for (let k = start; k < start + half; k += 1) {
        const [ar, ai] = [re[k] as number, im[k] as number];
        const [br, bi] = [re[k + half] as number, im[k + half] as number];
        const [tr, ti] = [br * wr - bi * wi, br * wi + bi * wr];
        re[k] = ar + tr;
        im[k] = ai + ti;
        re[k + half] = ar - tr;
        im[k + half] = ai - ti;
        [wr, wi] = [wr * stepRe - wi * stepIm, wr * stepIm + wi * stepRe];
      }
    }
  }
};

/** Power of each frequency of a square of `size` × `size` values, row by row; frequency 0 first. */
export const powerSpectrum = (values: Float64Array, size: number): Float64Array => {
  const re = values.slice();
  const im = new Float64Array(size * size);
  for (let y = 0; y < size; y += 1)
    fft(re.subarray(y * size, (y + 1) * size), im.subarray(y * size, (y + 1) * size));
  const columnRe = new Float64Array(size);
  const columnIm = new Float64Array(size);
  const out = new Float64Array(size * size);
  for (let x = 0; x < size; x += 1) {
    for (let y = 0; y < size; y += 1) {
      columnRe[y] = re[y * size + x] as number;
      columnIm[y] = im[y * size + x] as number;
    }
    fft(columnRe, columnIm);
    for (let y = 0; y < size; y += 1)
      out[y * size + x] = (columnRe[y] as number) ** 2 + (columnIm[y] as number) ** 2;
  }
  return out;
};
