// What stands on the paper that is not the value: rules, dots, boxes, a printed label, a stamp, the line above?
import { notoSansFile } from "../../glyphs.js";
import type { Random } from "../../samples/random.js";
import { Face } from "./fonts.js";
import { type Hand, inkLine, shapeLine } from "./hand.js";
import { InkPlane } from "./ink-plane.js";

const LABELS = [
  "Họ và tên:",
  "Ngày sinh:",
  "Nơi cư trú:",
  "Số CCCD:",
  "Lý do:",
  "Quê quán:",
  "Nghề nghiệp:",
  "1.",
  "(2)",
  "Ông/Bà:",
];

export const printedFace = (): Face =>
  new Face(
    {
      family: "noto-sans",
      package: "@expo-google-fonts/noto-sans",
      version: "0.0.0",
      sha256: "",
      licence: "OFL-1.1",
      weights: [400],
      role: "train",
      marks: "font",
      share: 1,
    },
    400,
    [notoSansFile("regular")],
  );

/** Where the value stands, in pixels of the plane. */
export interface Setting {
  readonly left: number;
  readonly baseline: number;
  /** Height of small letters. */
  readonly xHeight: number;
  /** Cells of a form's boxes: pixel width of each, or null. */
  readonly cell: {
    readonly pitch: number;
    readonly count: number;
    readonly top: number;
    readonly bottom: number;
  } | null;
}

const rectangle = (plane: InkPlane, x0: number, y0: number, [x1, y1]: readonly [number, number]): void =>
  plane.polygon([x0, y0, x1, y0, x1, y1, x0, y1]);

const rule = (plane: InkPlane, y: number, thick: number, tilt: number): void => {
  const end = y + tilt * plane.width;
  plane.polygon([0, y, plane.width, end, plane.width, end + thick, 0, y + thick]);
};

const dots = (plane: InkPlane, y: number, random: Random): void => {
  const [pitch, size] = [random.between(5, 14), random.between(1.4, 3)];
  for (let x = random.between(0, pitch); x < plane.width; x += pitch)
    rectangle(plane, x, y - size, [x + size, y]);
};

const boxes = (plane: InkPlane, setting: Setting, random: Random): void => {
  const { cell, left } = setting;
  if (cell === null) return;
  const thick = random.between(1, 2.6);
  const end = left + cell.pitch * cell.count;
  rectangle(plane, left, cell.top, [end, cell.top + thick]);
  rectangle(plane, left, cell.bottom - thick, [end, cell.bottom]);
  const step = random.next() < 0.85 ? 1 : 3;
  for (let i = 0; i <= cell.count; i += 1)
    if (i % step === 0 || i === cell.count) {
      const x = left + i * cell.pitch;
      rectangle(plane, x, cell.top, [x + thick, cell.bottom]);
    }
};

/** A ring and a few bars of a round stamp, pale since red ink is light once grey. */
const stamp = (plane: InkPlane, random: Random): void => {
  const radius = plane.height * random.between(0.8, 2);
  const [cx, cy] = [plane.width * random.next(), plane.height * random.between(-0.5, 1.5)];
  for (const [r, width] of [
    [radius, 4],
    [radius * 0.88, 2],
  ] as const) {
    const ring: number[] = [];
    for (let i = 0; i <= 48; i += 1)
      ring.push(cx + r * Math.cos((i * Math.PI) / 24), cy + r * Math.sin((i * Math.PI) / 24));
    plane.stroke(ring, width);
  }
};

export interface Printed {
  readonly rules: InkPlane;
  readonly stamps: InkPlane;
}

/** Draws everything that is not to be read; the value's own plane is left alone. */
export const paintPaper = (
  plane: { width: number; height: number },
  setting: Setting,
  random: Random,
): Printed => {
  const rules = new InkPlane(plane.width, plane.height);
  const stamps = new InkPlane(plane.width, plane.height);
  const under = setting.baseline + setting.xHeight * random.between(0, 0.35);
  if (setting.cell !== null) boxes(rules, setting, random);
  else {
    const draw = random.next();
    const tilt = 0.004 * random.normal();
    if (draw < 0.22) dots(rules, under, random);
    else if (draw < 0.38) rule(rules, under, random.between(0.8, 2.4), tilt);
    else if (draw < 0.46) {
      rule(rules, under, random.between(0.8, 1.8), tilt);
      rule(rules, under - plane.height * random.between(0.6, 0.8), random.between(0.8, 1.8), tilt);
    } else if (draw < 0.5) {
      // The squared paper of school books: five millimetres, and a line of writing is about eight high.
      const pitch = plane.height * random.between(0.3, 0.5);
      for (let x = random.between(0, pitch); x < plane.width; x += pitch)
        rectangle(rules, x, 0, [x + 1, plane.height]);
      for (let y = under % pitch; y < plane.height; y += pitch) rectangle(rules, 0, y, [plane.width, y + 1]);
    }
  }
  if (random.next() < 0.05) stamp(stamps, random);
  return { rules, stamps };
};

/** Printed letters before the value; they end at `until` px. Returns nothing: they are not part of what is read. */
export const paintLabel = (
  plane: InkPlane,
  face: Face,
  at: { readonly until: number; readonly baseline: number; readonly size: number },
  random: Random,
): void => {
  const still: Hand = {
    face,
    lean: 0,
    stretch: 1,
    spacing: 0,
    gap: 1,
    unrest: 0,
    slope: 0,
    stray: 0,
    ownMarks: 0,
    pen: 0.05,
  };
  const line = shapeLine(random.pick(LABELS), still, random);
  const pen = new InkPlane(1, 1);
  inkLine(
    line,
    { x: at.until - line.advance * at.size, y: at.baseline, size: at.size },
    { outlines: plane, pen },
    0.05,
  );
};
