// Was part of a JPEG file put in after the rest had been compressed once?
//
// A picture that was saved as JPEG keeps the steps of that first saving when it is saved again: its coefficients stand
// on the first quality's lattice still, more or less. What was pasted between the two savings never stood there
// (Farid, "Exposing digital forgeries from JPEG ghosts", IEEE TIFS 4, 2009). Only where the first saving was the
// coarser one, and the blocks lie where they lay.
import type { Gray } from "../page/raster.js";
import type { Box } from "../reader.js";
import { median } from "./median.js";

/** ITU-T T.81 annex K, table K.1: what libjpeg and most others scale. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
] as const;

const QUALITIES = Array.from({ length: 33 }, (_, i) => 60 + i);

/** libjpeg's rule of scaling. */
const tableOf = (quality: number): Float64Array => {
  const scale = quality < 50 ? 5_000 / quality : 200 - 2 * quality;
  return Float64Array.from(LUMINANCE, (value) =>
    Math.max(1, Math.min(255, Math.floor((value * scale + 50) / 100))),
  );
};

const N = 8;
const COSINES = Float64Array.from({ length: N * N }, (_, i) => {
  const [k, x] = [Math.floor(i / N), i % N];
  return (k === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * k * Math.PI) / (2 * N));
});

/** The block's coefficients (T.81 A.3.3), written to `out` from `to` on. */
const transform = ({ data, width }: Gray, left: number, top: number, out: Float32Array, to: number): void => {
  const rows = new Float64Array(N * N);
  for (let y = 0; y < N; y += 1)
    for (let k = 0; k < N; k += 1) {
      let sum = 0;
      for (let x = 0; x < N; x += 1)
        sum += ((data[(top + y) * width + left + x] as number) - 128) * (COSINES[k * N + x] as number);
      rows[y * N + k] = sum;
    }
  for (let k = 0; k < N; k += 1)
    for (let v = 0; v < N; v += 1) {
      let sum = 0;
      for (let y = 0; y < N; y += 1) sum += (rows[y * N + k] as number) * (COSINES[v * N + y] as number);
      out[to + v * N + k] = sum;
    }
};

interface Blocks {
  /** Index of each block with strokes in it, row by row of the block grid. */
  readonly at: Int32Array;
  readonly columns: number;
  readonly coefficients: Float32Array;
}

/** Mean step between neighbours of a block with strokes; bare paper has no coefficients to speak of. */
const STROKES = 8;
const MOST_BLOCKS = 24_000;

const blocksOf = (gray: Gray): Blocks => {
  const columns = Math.floor(gray.width / N);
  const rows = Math.floor(gray.height / N);
  const at: number[] = [];
  for (let row = 0; row < rows && at.length < MOST_BLOCKS; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let steps = 0;
      for (let y = 0; y < N; y += 1) {
        const from = (row * N + y) * gray.width + column * N;
        for (let i = from; i < from + N - 1; i += 1)
          steps += Math.abs((gray.data[i] as number) - (gray.data[i + 1] as number));
      }
      if (steps > STROKES * N * (N - 1)) at.push(row * columns + column);
    }
  const coefficients = new Float32Array(at.length * N * N);
  for (const [index, block] of at.entries())
    transform(gray, (block % columns) * N, Math.floor(block / columns) * N, coefficients, index * N * N);
  return { at: Int32Array.from(at), columns, coefficients };
};

/** Mean square of what saving at a quality would change, a block. */
const lossAt = ({ at, coefficients }: Blocks, quality: number): Float32Array => {
  const table = tableOf(quality);
  return Float32Array.from(at, (_, block) => {
    let sum = 0;
    for (let i = 0; i < N * N; i += 1) {
      const value = coefficients[block * N * N + i] as number;
      const step = table[i] as number;
      sum += (value - Math.round(value / step) * step) ** 2;
    }
    return sum / (N * N);
  });
};

export interface Ghost {
  /** Of the first saving. */
  readonly quality: number;
  /** Pixels of the file. */
  readonly box: Box;
  readonly blocks: number;
}

/** How much finer the qualities are at which blocks of the first saving lose more than at its own. */
const FINER = { from: 2, to: 8 } as const;
/** Loss of a picture that was saved once falls with every finer quality. */
const DIP = 0.8;
const MOST_DIPS = 4;
/** At the last quality nothing is lost, by what was pasted neither. */
const LAST_LOSS = 0.35;
const LEAST_BLOCKS = 400;
/** More than this came in later: then it is not known which part is the page. */
const MOST_SHARE = 0.15;
/** A block that was there at the first saving loses less at its quality than at a finer one; a later one more. */
const LATER = { ratio: 1.25, loss: 5 } as const;
/** Blocks of one place: a digit has five to ten. */
const CLUSTER = 4;
const TOGETHER = 0.5;
const MOST_CLUSTERS = 6;

const clustersOf = (later: ReadonlySet<number>, columns: number): readonly (readonly number[])[] => {
  const left = new Set(later);
  const out: number[][] = [];
  for (const start of later) {
    if (!left.delete(start)) continue;
    const cluster = [start];
    for (let next = 0; next < cluster.length; next += 1) {
      const block = cluster[next] as number;
      for (let dy = -2; dy <= 2; dy += 1)
        for (let dx = -2; dx <= 2; dx += 1) {
          const near = block + dy * columns + dx;
          if (left.delete(near)) cluster.push(near);
        }
    }
    out.push(cluster);
  }
  return out;
};

const boxOf = (cluster: readonly number[], columns: number): Box => {
  const xs = cluster.map((block) => block % columns);
  const ys = cluster.map((block) => Math.floor(block / columns));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x: x * N, y: y * N, w: (Math.max(...xs) - x + 1) * N, h: (Math.max(...ys) - y + 1) * N };
};

interface Dip {
  /** Indexes into `QUALITIES`. */
  readonly at: number;
  readonly finer: number;
  readonly depth: number;
}

/** The deepest first. */
const dipsOf = (curve: readonly number[]): readonly Dip[] =>
  curve
    .flatMap((loss, at): readonly Dip[] => {
      const next = curve.slice(at + FINER.from, at + FINER.to + 1);
      const most = Math.max(...next);
      const finer = at + FINER.from + next.indexOf(most);
      return next.length === 0 || loss < LAST_LOSS || loss > DIP * most
        ? []
        : [{ at, finer, depth: loss / most }];
    })
    .sort((a, b) => a.depth - b.depth)
    .slice(0, MOST_DIPS);

const ghostsAt = (blocks: Blocks, { at, finer }: Dip, losses: readonly Float32Array[]): readonly Ghost[] => {
  const [coarse, fine] = [losses[at] as Float32Array, losses[finer] as Float32Array];
  const later = new Set<number>();
  for (const [index, block] of blocks.at.entries()) {
    const loss = coarse[index] as number;
    if (loss > LATER.loss && loss > LATER.ratio * (fine[index] as number)) later.add(block);
  }
  if (later.size > MOST_SHARE * blocks.at.length) return [];
  const clusters = clustersOf(later, blocks.columns).filter(({ length }) => length >= CLUSTER);
  // What was pasted lies together; blocks that only happen to fit badly lie all over the page.
  if (clusters.reduce((sum, { length }) => sum + length, 0) < TOGETHER * later.size) return [];
  return clusters
    .toSorted((a, b) => b.length - a.length)
    .slice(0, MOST_CLUSTERS)
    .map((cluster) => ({
      quality: QUALITIES[at] ?? 0,
      box: boxOf(cluster, blocks.columns),
      blocks: cluster.length,
    }));
};

/**
 * Places that were put in between two savings; empty where the file does not show it was saved twice. `gray` is the
 * file's own luminance, neither scaled nor turned.
 */
export const findGhosts = (gray: Gray): readonly Ghost[] => {
  const blocks = blocksOf(gray);
  if (blocks.at.length < LEAST_BLOCKS) return [];
  const losses = QUALITIES.map((quality) => lossAt(blocks, quality));
  for (const dip of dipsOf(losses.map((loss) => median([...loss])))) {
    const found = ghostsAt(blocks, dip, losses);
    if (found.length > 0) return found;
  }
  return [];
};
