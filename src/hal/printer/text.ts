// Which dots show a line of Vietnamese text? (Pango composes the marks; printers' code pages can not.)
import { createRequire } from "node:module";
import sharp from "sharp";
import { blank, paste } from "./bitmap.js";
import type { DotBitmap } from "./printer.js";

export interface TextStyle {
  /** Height of an em in dots. */
  readonly emDots: number;
  readonly bold: boolean;
  readonly align: "left" | "centre";
  readonly maxWidthDots: number;
}

/** Coverage of a dot from which it is burnt: a little below half, because thin strokes print too faint. */
const THRESHOLD = 112;
/** The tallest letter and the deepest one: with them above and below, line heights do not hang on the text. */
const STRUT = "Ễy";

/** The font that travels with the program; what it lacks, no slip can say. */
export const printFontFile = (bold: boolean): string =>
  createRequire(import.meta.url).resolve(
    bold
      ? "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf"
      : "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  );

const escapeMarkup = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

interface Grey {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const pango = async (lines: string, style: TextStyle): Promise<Grey> => {
  const { data, info } = await sharp({
    text: {
      text: escapeMarkup(lines),
      font: `Noto Sans ${style.bold ? "Bold " : ""}${style.emDots}`,
      fontfile: printFontFile(style.bold),
      // At 72 dpi a point is a dot.
      dpi: 72,
      width: style.maxWidthDots,
      align: style.align,
      wrap: "word-char",
    },
  })
    // One byte a dot instead of three.
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
};

/** Dots from one line's top to the next one's, and of one line alone. */
export interface LineMetrics {
  readonly pitchDots: number;
  readonly inkDots: number;
}

export const measureLines = async (style: TextStyle): Promise<LineMetrics> => {
  const one = await pango(STRUT, style);
  const two = await pango(`${STRUT}\n${STRUT}`, style);
  return { pitchDots: two.height - one.height, inkDots: one.height };
};

/**
 * The text, wrapped at words, as a bitmap as wide as its widest line and a whole number of line pitches
 * high. Pango crops to the ink, which would make "xin" sit higher than "Đồ": struts hold the lines apart.
 */
export const textBitmap = async (
  text: string,
  style: TextStyle,
  metrics: LineMetrics,
): Promise<DotBitmap> => {
  const { data, width, height, channels } = await pango(`${STRUT}\n${text}\n${STRUT}`, style);
  const { pitchDots, inkDots } = metrics;
  const lines = Math.max(1, Math.round((height - inkDots) / pitchDots) - 1);
  const top = pitchDots;
  const bottom = Math.min(height, top + lines * pitchDots);
  const bits = blank(width, bottom - top);
  const rowBytes = Math.ceil(width / 8);
  let left = width;
  let right = -1;
  for (let y = top; y < bottom; y++)
    for (let x = 0, at = y * width * channels; x < width; x++, at += channels) {
      if ((data[at] ?? 0) < THRESHOLD) continue;
      const byte = (y - top) * rowBytes + (x >> 3);
      bits.bits[byte] = (bits.bits[byte] ?? 0) | (0x80 >> (x & 7));
      if (x < left) left = x;
      if (x > right) right = x;
    }
  const bitmap = blank(Math.max(0, right - left + 1), lines * pitchDots);
  paste(bitmap, bits, -left, 0);
  return bitmap;
};
