// Which marks of a picture hang together?
import type { Box } from "../reader.js";

/** One byte a cell, row by row; not zero is set. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Blob {
  /** Cells of the mask. */
  readonly box: Box;
  readonly area: number;
  /** Its number in `labels`. */
  readonly label: number;
}

export interface Blobs {
  readonly blobs: readonly Blob[];
  /** The label of each cell; 0 is background. */
  readonly labels: Int32Array;
}

interface Extent {
  left: number;
  top: number;
  right: number;
  bottom: number;
  area: number;
}

const rootOf = (parents: number[], label: number): number => {
  let root = label;
  while ((parents[root] ?? root) !== root) root = parents[root] ?? root;
  let at = label;
  while (at !== root) {
    const next = parents[at] ?? root;
    parents[at] = root;
    at = next;
  }
  return root;
};

/** Provisional labels by the four neighbours that were seen before (Rosenfeld and Pfaltz 1966). */
const firstPass = ({ width, height, data }: Mask, labels: Int32Array): number[] => {
  const parents = [0];
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      if (data[at] === 0) continue;
      let label = x > 0 ? (labels[at - 1] ?? 0) : 0;
      if (y > 0)
        for (let dx = x > 0 ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx += 1) {
          const above = labels[at - width + dx] ?? 0;
          if (above === 0 || above === label) continue;
          if (label === 0) label = above;
          else {
            const [a, b] = [rootOf(parents, label), rootOf(parents, above)];
            if (a !== b) parents[Math.max(a, b)] = Math.min(a, b);
          }
        }
      if (label === 0) {
        label = parents.length;
        parents.push(label);
      }
      labels[at] = label;
    }
  }
  return parents;
};

/** Components whose cells touch, also at corners. */
export const findBlobs = (mask: Mask): Blobs => {
  const labels = new Int32Array(mask.data.length);
  const parents = firstPass(mask, labels);
  const extents: (Extent | undefined)[] = new Array(parents.length);
  for (let y = 0, at = 0; y < mask.height; y += 1) {
    for (let x = 0; x < mask.width; x += 1, at += 1) {
      const first = labels[at] ?? 0;
      if (first === 0) continue;
      const label = rootOf(parents, first);
      labels[at] = label;
      const extent = extents[label];
      if (extent === undefined) extents[label] = { left: x, top: y, right: x, bottom: y, area: 1 };
      else {
        if (x < extent.left) extent.left = x;
        if (x > extent.right) extent.right = x;
        extent.bottom = y;
        extent.area += 1;
      }
    }
  }
  const blobs: Blob[] = [];
  for (const [label, extent] of extents.entries()) {
    if (extent === undefined) continue;
    const { left, top, right, bottom, area } = extent;
    blobs.push({ box: { x: left, y: top, w: right - left + 1, h: bottom - top + 1 }, area, label });
  }
  return { blobs, labels };
};

/** Every cell within `reach` of a set one, along rows and columns. Rows of nothing cost nothing. */
export const grown = (mask: Mask, reach: number): Mask => {
  const { width, height, data } = mask;
  const across = new Uint8Array(data.length);
  const isFilled = new Uint8Array(height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      if (data[at] === 0) continue;
      isFilled[y] = 1;
      across.fill(1, y * width + Math.max(0, x - reach), y * width + Math.min(width, x + reach + 1));
    }
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1)
    for (let from = Math.max(0, y - reach); from <= Math.min(height - 1, y + reach); from += 1) {
      if (isFilled[from] === 0) continue;
      for (let x = 0, at = y * width, near = from * width; x < width; x += 1, at += 1, near += 1)
        if (across[near] !== 0) out[at] = 1;
    }
  return { width, height, data: out };
};
