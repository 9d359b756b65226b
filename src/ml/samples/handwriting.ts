// What does a value look like that somebody wrote in by hand?
//
// An imitation: outlines of a thin italic are slanted, stretched, bent and set unevenly by an invented writer, and
// drawn with a round pen whose strokes run from letter to letter. It has a hand's unevenness and joined strokes,
// and none of its letter forms: it can show that handwriting is noticed, never how well it would be read.
import { createRequire } from "node:module";
import { GlyphFont } from "../glyphs.js";
import type { Random } from "./random.js";

export interface Writer {
  readonly font: GlyphFont;
  readonly colour: string;
  /** Of the em. */
  readonly penWidth: number;
  readonly slantDegrees: number;
  readonly spacing: number;
  /** How unevenly baseline, size and slant run, 0 … 1. */
  readonly unrest: number;
  /** How often a stroke runs on into the next letter, 0 … 1. */
  readonly joins: number;
}

const FACES = [
  "100Thin_Italic/NotoSans_100Thin_Italic",
  "200ExtraLight_Italic/NotoSans_200ExtraLight_Italic",
  "300Light_Italic/NotoSans_300Light_Italic",
] as const;
const INKS = ["#1a2f8a", "#20309c", "#2438b0", "#15151d", "#22222a", "#3b2a86"] as const;

export const inventWriter = (random: Random): Writer => ({
  font: new GlyphFont(
    createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans/${random.pick(FACES)}.ttf`),
  ),
  colour: random.pick(INKS),
  penWidth: random.between(0.045, 0.085),
  slantDegrees: random.between(-12, 22),
  spacing: random.between(-0.06, 0.05),
  unrest: random.between(0.35, 1),
  joins: random.between(0.15, 0.95),
});

/** A smooth function of x that a seed decides, about −1 … 1. */
const wobble = (random: Random): ((x: number) => number) => {
  const waves = [1, 2.3, 4.1].map((rate) => ({ rate, phase: random.between(0, 6.28), size: 1 / rate }));
  return (x) =>
    waves.reduce((sum, { rate, phase, size }) => sum + size * Math.sin(rate * x + phase), 0) / 1.5;
};

interface Bend {
  readonly across: (x: number) => number;
  readonly along: (x: number) => number;
}

/** SVG of `text` written from (x, y) on, baseline at y, `size` being the em; and how far it reaches. */
export const handwritten = (
  text: string,
  at: { readonly x: number; readonly y: number; readonly size: number },
  writer: Writer,
  random: Random,
): { readonly svg: string; readonly width: number } => {
  const bend: Bend = { across: wobble(random), along: wobble(random) };
  const rise = wobble(random);
  const paths: string[] = [];
  let pen = 0;
  let end: readonly [number, number] | null = null;
  for (const letter of writer.font.shapes(text)) {
    const swing = writer.unrest * random.normal();
    const lean = Math.tan(((writer.slantDegrees + 5 * swing) * Math.PI) / 180);
    const stretch = 1 + 0.08 * writer.unrest * random.normal();
    const tall = 1 + 0.09 * writer.unrest * random.normal();
    const lift = writer.unrest * (0.05 * rise(pen * 2.1) + 0.018 * random.normal());
    const place = (px: number, py: number): readonly [number, number] => {
      const x = pen + px * stretch + py * tall * lean;
      const y = py * tall + lift;
      const warp = 0.03 * writer.unrest;
      return [
        at.x + at.size * (x + warp * bend.across(6 * y + 3 * x)),
        at.y - at.size * (y + warp * bend.along(7 * x)),
      ];
    };
    const drawn = letter.outline.map(
      ({ command, points }) =>
        `${command}${points
          .map(([px, py]) =>
            place(px, py)
              .map((v) => v.toFixed(3))
              .join(" "),
          )
          .join(" ")}`,
    );
    if (drawn.length > 0) {
      paths.push(drawn.join(""));
      const start = place(0.02, 0.06);
      if (end !== null && random.next() < writer.joins)
        paths.push(
          `M${end[0].toFixed(3)} ${end[1].toFixed(3)}Q${((end[0] + start[0]) / 2).toFixed(3)} ${(Math.max(end[1], start[1]) + 0.05 * at.size).toFixed(3)} ${start[0].toFixed(3)} ${start[1].toFixed(3)}`,
        );
      end = place(letter.advance - 0.04, 0.05);
    } else end = null;
    pen += letter.advance * stretch + writer.spacing + 0.012 * writer.unrest * random.normal();
  }
  const svg = `<path d="${paths.join("")}" fill="none" stroke="${writer.colour}" stroke-width="${(writer.penWidth * at.size).toFixed(3)}" stroke-linecap="round" stroke-linejoin="round"/>`;
  return { svg, width: pen * at.size };
};
