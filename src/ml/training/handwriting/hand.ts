// How does one writer set a line of text: how large, leaning, pressing, uneven?
import type { Random } from "../../samples/random.js";
import type { Contour, Face, Glyph } from "./fonts.js";
import type { InkPlane } from "./ink-plane.js";
import { type Box, barStroke, markStrokes, type Stroke } from "./marks.js";

export interface Hand {
  readonly face: Face;
  /** Tangent of the lean that is added to the font's own. */
  readonly lean: number;
  /** Width over height against the font's. */
  readonly stretch: number;
  /** Added to each advance, in em; spaces get `gap` times their own. */
  readonly spacing: number;
  readonly gap: number;
  /** 0 … 1: how unevenly size, lean, base line and strokes run. */
  readonly unrest: number;
  /** Rise of the base line over its length. */
  readonly slope: number;
  /** How far marks stray from their letter, in em. */
  readonly stray: number;
  /** Share of the letters whose marks are drawn by the pen although the font has them. */
  readonly ownMarks: number;
  /** Pen of drawn marks in em. */
  readonly pen: number;
}

const someUnrest = (random: Random): number => (random.next() < 0.12 ? 0 : random.between(0.1, 1));

export const inventHand = (faces: readonly Face[], random: Random): Hand => {
  const total = faces.reduce((sum, { family }) => sum + family.share / family.weights.length, 0);
  let rest = random.next() * total;
  const face =
    faces.find(({ family }) => {
      rest -= family.share / family.weights.length;
      return rest < 0;
    }) ?? random.pick(faces);
  const unrest = someUnrest(random);
  return {
    face,
    lean: 0.16 * random.normal(),
    stretch: Math.exp(0.14 * random.normal()),
    spacing: random.between(-0.03, 0.06) * (random.next() < 0.15 ? 2 : 1) * face.xHeight * 2,
    gap: random.between(0.6, 1.7),
    unrest,
    slope: 0.012 * random.normal(),
    stray: 0.05 * unrest * random.next(),
    ownMarks: random.next() < 0.4 ? random.between(0.2, 1) : 0,
    pen: face.xHeight * random.between(0.1, 0.18),
  };
};

/** A smooth function of x that a seed decides, about −1 … 1. */
export const wobble = (random: Random): ((x: number) => number) => {
  const [a, b, c] = [random.between(0, 6.28), random.between(0, 6.28), random.between(0, 6.28)];
  return (x) => (Math.sin(x + a) + 0.5 * Math.sin(2.3 * x + b) + 0.3 * Math.sin(4.1 * x + c)) / 1.5;
};

export const boxOf = (contours: readonly Contour[]): Box => {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const contour of contours)
    for (let i = 0; i < contour.length; i += 2) {
      const [x, y] = [contour[i] as number, contour[i + 1] as number];
      left = Math.min(left, x);
      right = Math.max(right, x);
      bottom = Math.min(bottom, y);
      top = Math.max(top, y);
    }
  return { left, right, bottom, top };
};

interface Shape {
  readonly contours: readonly Contour[];
  /** Which of the contours are marks. */
  readonly mark: readonly boolean[];
  readonly strokes: readonly Stroke[];
  readonly advance: number;
}

/** i and j lose their dot under another mark. */
const undotted = (glyph: Glyph, base: string, face: Face): readonly Contour[] =>
  base === "i"
    ? glyph.contours.filter((contour) => boxOf([contour]).bottom < face.xHeight * 0.9)
    : glyph.contours;

const composed = (letter: string, face: Face, random: Random): Shape | null => {
  const barred = letter === "đ" || letter === "Đ";
  const [base = "", marks = ""] = barred
    ? [letter === "đ" ? "d" : "D", ""]
    : [letter.normalize("NFD").charAt(0), letter.normalize("NFD").slice(1)];
  const glyph = face.glyph(base);
  if (glyph === null) return null;
  const contours = marks === "" ? glyph.contours : undotted(glyph, base, face);
  const box = boxOf(contours);
  const strokes = barred ? [barStroke(letter, box, random)] : markStrokes(marks, box, face.xHeight, random);
  return { contours, mark: contours.map(() => false), strokes, advance: glyph.advance };
};

const isMarked = (letter: string): boolean => letter > "\u007f";

const shapeOf = (letter: string, hand: Hand, random: Random): Shape => {
  const { face } = hand;
  if (isMarked(letter) && (face.glyph(letter) === null || random.next() < hand.ownMarks)) {
    const drawn = composed(letter, face, random);
    if (drawn !== null) return drawn;
  }
  const glyph = face.glyph(letter) ?? { contours: [], advance: 0.3 };
  const height = letter === letter.toLowerCase() ? face.xHeight : face.capHeight;
  const mark = glyph.contours.map((contour) => {
    if (!isMarked(letter) && letter !== "i") return false;
    const { bottom, top } = boxOf([contour]);
    return bottom > height * 0.97 || top < -0.02;
  });
  return { contours: glyph.contours, mark, strokes: [], advance: glyph.advance };
};

export interface Place {
  readonly x: number;
  /** Of the base line at x. */
  readonly y: number;
  /** Em in pixels. */
  readonly size: number;
}

export interface LineShapes {
  /** In em from the line's start, y upwards. */
  readonly contours: readonly (readonly number[])[];
  readonly strokes: readonly (readonly number[])[];
  readonly box: Box;
  readonly advance: number;
  /** Where each letter begins, and the end of the last one. */
  readonly starts: readonly number[];
}

interface Warp {
  readonly rise: (x: number) => number;
  readonly across: (x: number) => number;
  readonly along: (x: number) => number;
}

/** Turns a letter's own em into the line's, with this letter's share of unrest. */
const bender = (
  pen: number,
  hand: Hand,
  warp: Warp,
  random: Random,
): ((points: readonly number[]) => number[]) => {
  const { unrest, stretch, slope, face } = hand;
  const unit = face.xHeight;
  const lean = hand.lean + 0.07 * unrest * random.normal();
  const wide = stretch * (1 + 0.09 * unrest * random.normal());
  const tall = 1 + 0.1 * unrest * random.normal();
  const lift = unit * unrest * (0.22 * warp.rise((pen / unit) * 0.5) + 0.06 * random.normal());
  const amount = 0.1 * unit * unrest;
  return (points) => {
    const bent = new Array<number>(points.length);
    for (let i = 0; i < points.length; i += 2) {
      const [px, py] = [points[i] as number, points[i + 1] as number];
      const x = pen + px * wide + py * tall * lean;
      const y = py * tall + lift + x * slope;
      bent[i] = x + amount * warp.across((3 * py + 1.7 * x) / unit);
      bent[i + 1] = y + amount * warp.along((2.1 * x + py) / unit);
    }
    return bent;
  };
};

const strayed = (contour: readonly number[], dx: number, dy: number): readonly number[] =>
  contour.map((value, i) => value + (i % 2 === 0 ? dx : dy));

/** `pitch` in em puts each letter into a cell of that width, as in the boxes of a form. */
export const shapeLine = (
  text: string,
  hand: Hand,
  random: Random,
  pitch: number | null = null,
): LineShapes => {
  const warp = { rise: wobble(random), across: wobble(random), along: wobble(random) };
  const contours: (readonly number[])[] = [];
  const strokes: (readonly number[])[] = [];
  const starts: number[] = [];
  let pen = 0;
  for (const letter of text) {
    starts.push(pen);
    const shape = shapeOf(letter, hand, random);
    const inCell = pitch === null ? 0 : Math.max(0, (pitch - shape.advance * hand.stretch) / 2);
    const bend = bender(pen + inCell, hand, warp, random);
    const [dx, dy] = [hand.stray * random.normal(), hand.stray * random.normal()];
    shape.contours.forEach((contour, i) => {
      contours.push(bend(shape.mark[i] === true ? strayed(contour, dx, dy) : contour));
    });
    for (const stroke of shape.strokes) strokes.push(bend(stroke));
    const step = shape.advance * hand.stretch;
    pen +=
      pitch ??
      (letter === " "
        ? Math.max(step, hand.face.xHeight * 0.45) * hand.gap
        : Math.max(0.03, step + hand.spacing + 0.04 * hand.face.xHeight * hand.unrest * random.normal()));
  }
  return { contours, strokes, box: boxOf([...contours, ...strokes]), advance: pen, starts: [...starts, pen] };
};

/** Draws a line; base line at `place.y`, y downwards on the plane. */
export const inkLine = (
  line: Pick<LineShapes, "contours" | "strokes">,
  place: Place,
  planes: { readonly outlines: InkPlane; readonly pen: InkPlane },
  penWidthEm: number,
): void => {
  const onPlane = (points: readonly number[]): number[] =>
    points.map((value, i) => (i % 2 === 0 ? place.x + value * place.size : place.y - value * place.size));
  for (const contour of line.contours) planes.outlines.polygon(onPlane(contour));
  for (const stroke of line.strokes)
    planes.pen.stroke(onPlane(stroke), Math.max(1.6, penWidthEm * place.size));
};
