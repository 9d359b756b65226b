// How does a hand set the marks of Vietnamese over and under a letter?
//
// Pen strokes in units of the x-height, for hands whose font has no such marks, and to make the marks of all hands
// differ more than the few fonts do.
import type { Random } from "../../samples/random.js";

/** x0, y0, x1, y1, … in em, y upwards. */
export type Stroke = readonly number[];

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

const HOOK = [-0.16, 0.26, -0.04, 0.4, 0.14, 0.34, 0.12, 0.18, 0, 0.04];
const TILDE = [-0.26, 0.06, -0.16, 0.22, -0.02, 0.18, 0.1, 0.06, 0.22, 0.1, 0.28, 0.26];

/** By combining mark: above the letter's middle, from its top upwards, in x-heights. */
const ABOVE: Readonly<Record<string, readonly number[]>> = {
  "\u0300": [-0.2, 0.32, 0.12, 0],
  "\u0301": [0.22, 0.34, -0.08, 0],
  "\u0309": HOOK,
  "\u0303": TILDE,
  "\u0302": [-0.24, 0, 0, 0.24, 0.24, 0],
  "\u0306": [-0.24, 0.22, -0.14, 0.04, 0.12, 0.04, 0.24, 0.22],
};

const HORN = "\u031b";
const DOT_BELOW = "\u0323";
/** Circumflex and breve sit on the letter; a tone goes over them. */
const SHAPES = new Set(["\u0302", "\u0306"]);

const placed = (
  shape: readonly number[],
  at: readonly [number, number],
  scale: readonly [number, number],
): Stroke => shape.map((value, i) => (i % 2 === 0 ? at[0] + value * scale[0] : at[1] + value * scale[1]));

/**
 * Strokes for the combining marks of a letter's NFD form over a base letter that fills `box`; `xHeight` in em.
 * Uneven as `random` has it.
 */
export const markStrokes = (marks: string, box: Box, xHeight: number, random: Random): readonly Stroke[] => {
  const strokes: Stroke[] = [];
  const middle = (box.left + box.right) / 2 + 0.05 * xHeight * random.normal();
  let floor = box.top + xHeight * random.between(0.08, 0.3);
  let shift = 0;
  for (const mark of [...marks].sort((a, b) => Number(SHAPES.has(b)) - Number(SHAPES.has(a)))) {
    const size = xHeight * random.between(0.8, 1.25);
    if (mark === HORN) {
      const [x, y] = [box.right - 0.08 * xHeight, box.top - 0.12 * xHeight];
      strokes.push(placed([0, 0, 0.2, 0.08, 0.24, 0.3], [x, y], [size, size]));
    } else if (mark === DOT_BELOW) {
      const y = Math.min(0, box.bottom) - xHeight * random.between(0.18, 0.4);
      strokes.push([middle, y, middle + 0.05 * size, y - 0.02 * size]);
    } else {
      const shape = ABOVE[mark];
      if (shape === undefined) continue;
      strokes.push(placed(shape, [middle + shift, floor], [size, size * random.between(0.7, 1.1)]));
      floor += size * (SHAPES.has(mark) ? random.between(0.12, 0.34) : 0.3);
      shift = xHeight * random.between(-0.05, 0.3);
    }
  }
  return strokes;
};

/** The bar of đ through its stem, of Đ through its back. */
export const barStroke = (letter: "đ" | "Đ", box: Box, random: Random): Stroke => {
  const width = box.right - box.left;
  const high = box.top * (letter === "đ" ? random.between(0.74, 0.88) : random.between(0.46, 0.56));
  const from = letter === "đ" ? box.right - 0.6 * width : box.left - 0.18 * width;
  const to = letter === "đ" ? box.right + 0.22 * width : box.left + 0.38 * width;
  return [from, high, to, high + 0.03 * random.normal()];
};
