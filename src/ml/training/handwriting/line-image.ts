// What does one handwritten line look like: hand, ink, paper and camera together?
import type { Random } from "../../samples/random.js";
import type { Face } from "./fonts.js";
import { paintLabel, paintPaper, type Setting } from "./form-paper.js";
import { type Grey, halve, soften } from "./grey-plane.js";
import { type Hand, inkLine, inventHand, type LineShapes, shapeLine, wobble } from "./hand.js";
import { InkPlane } from "./ink-plane.js";
import { cleanShot, inventShot, shoot } from "./line-camera.js";
import { type Kind, type WrittenText, writtenText } from "./text.js";

export const LINE_HEIGHT_PX = 48;
export const MAX_WIDTH_PX = 1200;
/** Drawn twice as fine, then halved. */
const FINE = 2;
const HEIGHT = LINE_HEIGHT_PX * FINE;

export interface LineImage extends WrittenText {
  readonly family: string;
  readonly width: number;
  /** Rows of `width` bytes, LINE_HEIGHT_PX of them; 255 is white. */
  readonly pixels: Uint8Array;
  /** No camera, no paper but white: what a flat scan of a blank sheet gives. */
  readonly clean: boolean;
}

interface Layout {
  readonly line: LineShapes;
  readonly size: number;
  readonly left: number;
  readonly baseline: number;
  readonly width: number;
  readonly label: number;
  /** Em. */
  readonly pitch: number | null;
  /** Which letters were crossed out: from, to. */
  readonly crossed: readonly [number, number] | null;
}

const IN_CELLS: ReadonlySet<Kind> = new Set(["number", "citizenNumber"]);

/** Digits of forms stand in printed cells about every third time. */
const pitchFor = ({ kind, text }: WrittenText, hand: Hand, random: Random): number | null => {
  if (!IN_CELLS.has(kind) || text.includes(" ") || random.next() > 0.35) return null;
  return (
    Math.max(hand.face.glyph("0")?.advance ?? 0.5, hand.face.xHeight) *
    hand.stretch *
    random.between(1.1, 1.9)
  );
};

/** A word that somebody wrote by mistake before the right one. */
const withMistake = (
  text: string,
  random: Random,
): { written: string; crossed: readonly [number, number] } => {
  const wrong = text.split(" ")[0]?.slice(0, random.integer(2, 6)) ?? text;
  return { written: `${wrong} ${text}`, crossed: [0, wrong.length] };
};

const layOut = (written: WrittenText, hand: Hand, random: Random): Layout => {
  const pitch = pitchFor(written, hand, random);
  const mistake = pitch === null && random.next() < 0.025 ? withMistake(written.text, random) : null;
  const line = shapeLine(mistake?.written ?? written.text, hand, random, pitch);
  const { face } = hand;
  // A line cut out along its ink, or along the form's spacing: then digits stay smaller than capitals with marks.
  const hugs = random.next() < 0.5;
  const top = hugs ? line.box.top : Math.max(line.box.top, face.capHeight * 1.25);
  const bottom = hugs ? line.box.bottom : Math.min(line.box.bottom, -face.xHeight * 0.6);
  const fill = hugs ? random.between(0.55, 0.96) : random.between(0.8, 1.08);
  const room = random.between(8, 60);
  const label = random.next() < 0.06 ? random.between(20, 160) : 0;
  const widest = MAX_WIDTH_PX * FINE - 2 * room - label;
  const size = Math.min(
    (HEIGHT * fill) / Math.max(0.2, top - bottom),
    widest / Math.max(line.advance, line.box.right),
  );
  const spare = HEIGHT - (top - bottom) * size;
  const baseline = top * size + spare * random.between(0.25, 0.75);
  const end = Math.max(line.advance, line.box.right) - Math.min(0, line.box.left);
  const width = FINE * Math.ceil((end * size + 2 * room + label) / FINE);
  return {
    line,
    size,
    left: room + label - Math.min(0, line.box.left) * size,
    baseline,
    width,
    label,
    pitch,
    crossed: mistake?.crossed ?? null,
  };
};

const crossOut = (pen: InkPlane, layout: Layout, hand: Hand, random: Random): void => {
  if (layout.crossed === null) return;
  const { line, size, left, baseline } = layout;
  const [from, to] = layout.crossed.map((index) => left + (line.starts[index] ?? 0) * size) as [
    number,
    number,
  ];
  const middle = baseline - hand.face.xHeight * size * 0.5;
  const strokes = random.integer(1, 3);
  for (let i = 0; i < strokes; i += 1) {
    const y = middle + 4 * random.normal();
    pen.stroke(
      [from - 3, y, (from + to) / 2, y + 3 * random.normal(), to + 2, y + 5 * random.normal()],
      random.between(2, 4),
    );
  }
};

/** Pressure: the soft edge of a stroke is cut higher or lower along the line, so strokes thin and swell. */
const pressed = (ink: Grey, thinnest: number, random: Random): Grey => {
  const soft = soften(ink, random.between(0.6, 0.95));
  const centre = random.between(Math.min(0.24, thinnest), Math.min(0.55, thinnest + 0.06));
  const swing = random.between(0, 0.08);
  const [wave, skip] = [wobble(random), random.next() < 0.2 ? random.between(0.1, 0.35) : 0];
  const gain = random.between(2.2, 4);
  for (let y = 0, at = 0; y < ink.height; y += 1)
    for (let x = 0; x < ink.width; x += 1, at += 1) {
      const cut = centre + swing * wave(x / 60);
      const value = Math.max(0, Math.min(1, 0.5 + gain * ((soft.data[at] as number) - cut)));
      const faded = skip === 0 ? 1 : 1 - skip * Math.max(0, wave(x / 23 + y / 9));
      soft.data[at] = value * faded;
    }
  return soft;
};

/** Strokes of thin faces are less than a pixel wide and would vanish under a high cut. */
const strokePeak = (ink: Grey): number => {
  let [sum, weight] = [0, 0];
  for (const value of ink.data) {
    sum += value * value;
    weight += value;
  }
  return weight === 0 ? 0.5 : 0.55 * (sum / weight);
};

const inkOf = (layout: Layout, hand: Hand, random: Random): Grey => {
  const planes = { outlines: new InkPlane(layout.width, HEIGHT), pen: new InkPlane(layout.width, HEIGHT) };
  const place = { x: layout.left, y: layout.baseline, size: layout.size };
  inkLine(layout.line, place, planes, hand.pen);
  crossOut(planes.pen, layout, hand, random);
  const data = planes.outlines.coverage();
  const pen = planes.pen.coverage();
  for (let i = 0; i < data.length; i += 1) data[i] = Math.max(data[i] as number, pen[i] as number);
  const ink = { width: layout.width, height: HEIGHT, data };
  return pressed(ink, strokePeak(ink), random);
};

/** Tails of the line above and heads of the line below reach into the cut. */
const neighbours = (layout: Layout, hand: Hand, random: Random): InkPlane | null => {
  if (random.next() > 0.3) return null;
  const plane = new InkPlane(layout.width, HEIGHT);
  const pen = new InkPlane(1, 1);
  const apart = HEIGHT * random.between(0.88, 1.1);
  for (const y of [layout.baseline - apart, layout.baseline + apart])
    if (random.next() < 0.6) {
      const other = shapeLine(writtenText(random).text, hand, random);
      const shift = layout.left + random.between(-100, 100);
      inkLine(other, { x: shift, y, size: layout.size }, { outlines: plane, pen }, hand.pen);
    }
  return plane;
};

const settingOf = (layout: Layout, hand: Hand, count: number, random: Random): Setting => {
  const { pitch, size, baseline, left } = layout;
  const cap = hand.face.capHeight * size;
  return {
    left,
    baseline,
    xHeight: hand.face.xHeight * size,
    cell:
      pitch === null
        ? null
        : {
            pitch: pitch * size,
            count,
            top: baseline - cap * random.between(1.1, 1.4),
            bottom: baseline + cap * random.between(0.1, 0.4),
          },
  };
};

interface Tones {
  readonly paper: number;
  readonly ink: number;
  readonly rule: number;
  readonly stamp: number;
}

const inventTones = (clean: boolean, random: Random): Tones => ({
  paper: clean ? 255 : random.between(205, 255),
  // Blue ballpoint is a middle grey, black gel nearly black, a hard pencil pale.
  ink: random.next() < 0.12 ? random.between(0.4, 0.55) : random.between(0.55, 0.97),
  rule: random.between(0.2, 0.8),
  stamp: random.between(0.15, 0.45),
});

const onPaper = (
  layout: Layout,
  hand: Hand,
  inputs: { readonly written: WrittenText; readonly clean: boolean; readonly printed: Face },
  random: Random,
): Grey => {
  const tones = inventTones(inputs.clean, random);
  const ink = inkOf(layout, hand, random);
  const setting = settingOf(layout, hand, [...inputs.written.text].length, random);
  const page = { width: layout.width, height: HEIGHT };
  const bare = inputs.clean && setting.cell === null;
  const paper = bare ? null : paintPaper(page, setting, random);
  if (paper !== null && layout.label > 0)
    paintLabel(
      paper.rules,
      inputs.printed,
      { until: layout.left - 6, baseline: layout.baseline, size: random.between(30, 44) },
      random,
    );
  const rules = paper?.rules.coverage();
  const stamps = paper?.stamps.coverage();
  const others = bare ? undefined : neighbours(layout, hand, random)?.coverage();
  const data = ink.data;
  for (let i = 0; i < data.length; i += 1) {
    let value = tones.paper * (1 - tones.ink * (data[i] as number));
    if (rules !== undefined) value *= 1 - tones.rule * (rules[i] as number);
    if (stamps !== undefined) value *= 1 - tones.stamp * (stamps[i] as number);
    if (others !== undefined) value *= 1 - tones.ink * (others[i] as number);
    data[i] = value;
  }
  return halve({ ...page, data });
};

export interface Makers {
  readonly faces: readonly Face[];
  readonly printed: Face;
  /** Share of pictures without paper and camera. */
  readonly cleanShare: number;
  readonly only?: Kind;
}

/** CTC needs a step of four pixels a character and one between two equal ones; room to spare is kept. */
const LEAST_PX_A_CHARACTER = 6.5;

const spelt = (word: string): string => word.charAt(0) + word.slice(1).toLowerCase();

/** Nobody writes a whole word in swash capitals: it can not be read. */
const asThisHand = (written: WrittenText, { face }: Hand): WrittenText =>
  face.swashes ? { ...written, text: written.text.split(" ").map(spelt).join(" ") } : written;

/** The next line that `random` decides. */
export const lineImage = ({ faces, printed, cleanShare, only }: Makers, random: Random): LineImage => {
  let hand = inventHand(faces, random);
  const written = asThisHand(writtenText(random, only), hand);
  let layout = layOut(written, hand, random);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const least = LEAST_PX_A_CHARACTER * FINE * layout.line.starts.length;
    if (layout.line.advance * layout.size >= least) break;
    hand = { ...hand, stretch: hand.stretch * 1.25, spacing: Math.max(0, hand.spacing) };
    layout = layOut(written, hand, random);
  }
  const clean = random.next() < cleanShare;
  const page = onPaper(layout, hand, { written, clean, printed }, random);
  const shot = clean ? cleanShot(random) : inventShot(random);
  return {
    ...written,
    family: hand.face.family.family,
    width: page.width,
    pixels: shoot(page, shot, random),
    clean,
  };
};
