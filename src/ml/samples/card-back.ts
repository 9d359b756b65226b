// What does the back of a made-up citizen card look like to a camera?
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { GlyphFont, notoSansFile } from "../glyphs.js";
import type { Rgb } from "../page/raster.js";
import { PHONE_FRAME, photograph } from "./camera.js";

/** ID-1 (ISO/IEC 7810) in millimetres, and the zone's places by Doc 9303-5 figure 4. */
const CARD = { width: 85.6, height: 54 } as const;
const ZONE = { left: 4.7, firstBaseline: 40.9, rowPitch: 5.1, letterPitch: 2.54 } as const;

export interface CardBackOptions {
  /** A font file of OCR-B for the zone, another than the one whose outlines travel with the program. */
  readonly mrzFont?: string;
  readonly dpi: number;
  /** The card alone, or lying on an A4 tray, turned by so many degrees. */
  readonly tray?: { readonly turnDegrees: number; readonly x: number; readonly y: number };
  readonly seed?: number;
}

const INK = "#1d1d24";

const ownLetters = (): ((letter: string, x: number, y: number) => string) => {
  const { outlines } = JSON.parse(readFileSync(new URL("../mrz/ocr-b.json", import.meta.url), "utf8")) as {
    outlines: Readonly<Record<string, string>>;
  };
  const scale = ZONE.letterPitch / 1000;
  return (letter, x, y) =>
    `<path transform="translate(${x.toFixed(3)} ${y.toFixed(3)}) scale(${scale})" fill="${INK}" d="${outlines[letter] ?? ""}"/>`;
};

const lettersOf = (fontFile: string): ((letter: string, x: number, y: number) => string) => {
  const font = new GlyphFont(fontFile);
  // The em at which the font's own advance is the standard's pitch.
  const size = ZONE.letterPitch / font.width("A", 1);
  return (letter, x, y) => font.draw(letter, x, y, { size, colour: INK });
};

const zoneSvg = (rows: readonly string[], fontFile: string | undefined): string => {
  const draw = fontFile === undefined ? ownLetters() : lettersOf(fontFile);
  return rows
    .flatMap((row, index) =>
      [...row].map((letter, place) =>
        draw(letter, ZONE.left + place * ZONE.letterPitch, ZONE.firstBaseline + index * ZONE.rowPitch),
      ),
    )
    .join("");
};

/** Guilloche lines, a chip's contacts, two finger fields and small print: what a finder must not take for a zone. */
const artwork = (seed: number): string => {
  const waves = Array.from({ length: 26 }, (_, i) => {
    const y = 2 + i * 2;
    const swing = 1 + ((i * 7 + seed) % 5) / 3;
    return `<path d="M0 ${y} C 20 ${y - swing}, 40 ${y + swing}, 60 ${y} S 80 ${y - swing}, 85.6 ${y}" fill="none" stroke="${i % 2 ? "#b8d4c4" : "#d8c6a8"}" stroke-width="0.35"/>`;
  }).join("");
  const contacts =
    '<rect x="8" y="6" width="12" height="11" rx="2" fill="#c9a54a"/><path d="M8 9.5h12M8 13h12M14 6v11" stroke="#7d6425" stroke-width="0.3"/>';
  const fingers = [50, 67]
    .map((x) =>
      Array.from(
        { length: 7 },
        (_, i) =>
          `<ellipse cx="${x + 6}" cy="15" rx="${1 + i * 0.8}" ry="${1.4 + i}" fill="none" stroke="#555" stroke-width="0.3"/>`,
      ).join(""),
    )
    .join("");
  const font = new GlyphFont(notoSansFile("regular"));
  const words = [
    "Đặc điểm nhân dạng / Personal identification",
    "Ngày, tháng, năm / Date, month, year",
    "CỤC TRƯỞNG CỤC CẢNH SÁT MẪU THỬ",
  ]
    .map((text, i) => font.draw(text, 24, 9 + i * 4, { size: 2.1, colour: "#2b2b33" }))
    .join("");
  return `${waves}${contacts}${fingers}${words}`;
};

export const cardBack = async (rows: readonly string[], options: CardBackOptions): Promise<Rgb> => {
  const { tray, dpi, seed = 1 } = options;
  const [width, height] = tray === undefined ? [CARD.width, CARD.height] : [210, 297];
  const card = `<rect width="${CARD.width}" height="${CARD.height}" rx="3" fill="#e9efe6"/>${artwork(seed)}${zoneSvg(rows, options.mrzFont)}`;
  const placed =
    tray === undefined
      ? card
      : `<rect width="100%" height="100%" fill="#35373b"/><g transform="translate(${tray.x} ${tray.y}) rotate(${tray.turnDegrees})">${card}</g>`;
  const px = (mm: number): number => Math.round((mm / 25.4) * dpi);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${width} ${height}">${placed}</svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: "#35373b" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
};

/** The back of a card on the tray, as the camera over it takes it. */
export const renderCardBack = async (rows: readonly string[], seed: number): Promise<Uint8Array> => {
  const page = await cardBack(rows, { dpi: 300, seed, tray: { turnDegrees: 3, x: 62, y: 120 } });
  return (await photograph(page, PHONE_FRAME, seed)).jpeg;
};
