// Which regular patterns does a square of a picture have?

/** cos and sin of the turns of a transform of `n` values. */
const turnsOf = (n: number): readonly [Float64Array, Float64Array] => [
  Float64Array.from({ length: n / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / n)),
  Float64Array.from({ length: n / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / n)),
];

/** In place, radix 2, length a power of two; decimation in time (Cooley & Tukey 1965). */
const fft = (re: Float64Array, im: Float64Array, [cos, sin]: readonly [Float64Array, Float64Array]): void => {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const [a, b] = [re[i] as number, im[i] as number];
      re[i] = re[j] as number;
      im[i] = im[j] as number;
      re[j] = a;
      im[j] = b;
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const step = n / size;
    for (let start = 0; start < n; start += size)
      for (let k = start, turn = 0; k < start + half; k += 1, turn += step) {
        const wr = cos[turn] as number;
        const wi = sin[turn] as number;
        const br = re[k + half] as number;
        const bi = im[k + half] as number;
        const tr = br * wr - bi * wi;
        const ti = br * wi + bi * wr;
        re[k + half] = (re[k] as number) - tr;
        im[k + half] = (im[k] as number) - ti;
        (re[k] as number) += tr;
        (im[k] as number) += ti;
      }
  }
};

/**
 * Power of each frequency of two squares of `size` × `size` real values, row by row, frequency 0 first: one transform
 * of them as real and imaginary part gives both, for the first is its even and the second its odd half.
 */
export const powerSpectra = (
  one: Float64Array,
  other: Float64Array,
  size: number,
): readonly [Float64Array, Float64Array] => {
  const re = one.slice();
  const im = other.slice();
  const turns = turnsOf(size);
  for (let y = 0; y < size; y += 1)
    fft(re.subarray(y * size, (y + 1) * size), im.subarray(y * size, (y + 1) * size), turns);
  const columnRe = new Float64Array(size);
  const columnIm = new Float64Array(size);
  for (let x = 0; x < size; x += 1) {
    for (let y = 0; y < size; y += 1) {
      columnRe[y] = re[y * size + x] as number;
      columnIm[y] = im[y * size + x] as number;
    }
    fft(columnRe, columnIm, turns);
    for (let y = 0; y < size; y += 1) {
      re[y * size + x] = columnRe[y] as number;
      im[y * size + x] = columnIm[y] as number;
    }
  }
  const [first, second] = [new Float64Array(size * size), new Float64Array(size * size)];
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const i = y * size + x;
      const k = ((size - y) % size) * size + ((size - x) % size);
      const [a, b, c, d] = [re[i] as number, im[i] as number, re[k] as number, im[k] as number];
      first[i] = ((a + c) ** 2 + (b - d) ** 2) / 4;
      second[i] = ((b + d) ** 2 + (a - c) ** 2) / 4;
    }
  return [first, second];
};
