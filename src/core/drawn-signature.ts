// What is a signature that was drawn with a finger, as text?
//
// SVG path data with nothing but "M x y" and relative "l dx dy …" (SVG 2, 9.3), one of them a stroke, in a box of
// 1000 × 400. It is the citizen's mark under the form as on paper; it proves nothing about who drew it.
import type { Bilingual } from "./faults.js";

/** Units of the path; a stroke is drawn 6 wide. */
export const SIGNATURE_BOX = { width: 1000, height: 400 } as const;

/** The other answer: nobody has to draw, and who can not is asked nothing. */
export const SIGNS_AT_DESK = "at-desk";
export const SIGNS_AT_DESK_WORDS: Bilingual = {
  vi: "Ký hoặc điểm chỉ tại quầy",
  en: "Signs, or gives a fingerprint, at the desk",
};

export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

/** What travels as one form value must fit; about three hundred points. */
const LONGEST_PATH = 1_900;
/** Below this the ink is a touch by accident: a fifth of the box's width. */
const LEAST_INK = 200;

const STROKE = /M(\d{1,4}) (\d{1,3})l(-?\d{1,4} -?\d{1,3}(?: -?\d{1,4} -?\d{1,3})*)(?=M|$)/y;

const strokeOf = (x: number, y: number, deltas: string): Stroke => {
  const numbers = deltas.split(" ").map(Number);
  const points: [number, number][] = [[x, y]];
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    const [lastX, lastY] = points.at(-1) ?? [0, 0];
    points.push([lastX + (numbers[index] ?? 0), lastY + (numbers[index + 1] ?? 0)]);
  }
  return points;
};

const inBox = ([x, y]: Point): boolean =>
  x >= 0 && x <= SIGNATURE_BOX.width && y >= 0 && y <= SIGNATURE_BOX.height;

/** Null for what is no drawing, or leaves the box. */
export const parseSignature = (text: string): readonly Stroke[] | null => {
  if (text === "" || text.length > LONGEST_PATH) return null;
  const strokes: Stroke[] = [];
  const pattern = new RegExp(STROKE);
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) return null;
    strokes.push(strokeOf(Number(found[1]), Number(found[2]), found[3] ?? ""));
  }
  return strokes.every((stroke) => stroke.every(inBox)) ? strokes : null;
};

/** Length of all strokes, in units of the box. */
const inkOf = (strokes: readonly Stroke[]): number =>
  strokes.reduce(
    (sum, stroke) =>
      sum +
      stroke.slice(1).reduce((length, [x, y], index) => {
        const [fromX, fromY] = stroke[index] ?? [x, y];
        return length + Math.hypot(x - fromX, y - fromY);
      }, 0),
    0,
  );

/** Whether a form may take it as its signature. */
export const isSigned = (text: string): boolean =>
  text === SIGNS_AT_DESK || inkOf(parseSignature(text) ?? []) >= LEAST_INK;

const distance = ([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number => {
  const [dx, dy] = [bx - ax, by - ay];
  const length = Math.hypot(dx, dy);
  return length === 0 ? Math.hypot(x - ax, y - ay) : Math.abs((x - ax) * dy - (y - ay) * dx) / length;
};

/** Ramer–Douglas–Peucker: drops the points that are nearer than `tolerance` to the line between those that stay. */
const simplified = (stroke: Stroke, tolerance: number): Stroke => {
  const [first, last] = [stroke[0], stroke.at(-1)];
  if (first === undefined || last === undefined || stroke.length < 3) return stroke;
  let [farthest, far] = [0, 0];
  for (let index = 1; index < stroke.length - 1; index += 1) {
    const off = distance(stroke[index] ?? first, first, last);
    if (off > far) [farthest, far] = [index, off];
  }
  if (far <= tolerance) return [first, last];
  const before = simplified(stroke.slice(0, farthest + 1), tolerance);
  return [...before.slice(0, -1), ...simplified(stroke.slice(farthest), tolerance)];
};

const clamped = ([x, y]: Point): Point => [
  Math.round(Math.min(Math.max(x, 0), SIGNATURE_BOX.width)),
  Math.round(Math.min(Math.max(y, 0), SIGNATURE_BOX.height)),
];

const pathOf = (stroke: Stroke): string => {
  const points = stroke.map(clamped);
  const [[x, y] = [0, 0], ...others] = points;
  const deltas = (others.length === 0 ? [[x, y] as const] : others).map(([toX, toY], index) => {
    const [fromX, fromY] = points[index] ?? [x, y];
    return `${toX - fromX} ${toY - fromY}`;
  });
  return `M${x} ${y}l${deltas.join(" ")}`;
};

/** As fine as the text's room allows; "" for no stroke. */
export const signatureText = (strokes: readonly Stroke[]): string => {
  const drawn = strokes.filter((stroke) => stroke.length > 0);
  for (let tolerance = 1; tolerance <= SIGNATURE_BOX.width; tolerance *= 1.5) {
    const text = drawn.map((stroke) => pathOf(simplified(stroke, tolerance))).join("");
    if (text.length <= LONGEST_PATH) return text;
  }
  // So many strokes that not even a line each has room: the first ones stand for it.
  return signatureText(drawn.slice(0, Math.floor(drawn.length / 2)));
};
