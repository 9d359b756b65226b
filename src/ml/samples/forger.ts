// With what does a forger of sample pages measure, match colours and draw?
import sharp from "sharp";
import { GlyphFont } from "../glyphs.js";
import type { Rgb } from "../page/raster.js";
import type { Item, SamplePaper } from "./papers.js";
import type { Random } from "./random.js";
import { fontFile } from "./render.js";

/** Millimetres of the page as it was before anything was cut off. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Work {
  readonly page: Rgb;
  readonly paper: SamplePaper;
  readonly pxPerMm: number;
  readonly random: Random;
}

const MM_PER_PT = 25.4 / 72;

export const rawOf = ({ width, height }: Rgb) => ({ width, height, channels: 3 as const });

/** Draws SVG in millimetres over the page. */
export const overlay = async ({ page, paper }: Work, svg: string): Promise<Rgb> => {
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="${page.width}" height="${page.height}" viewBox="0 0 ${paper.widthMm} ${paper.heightMm}" preserveAspectRatio="none">${svg}</svg>`;
  const data = await sharp(page.data, { raw: rawOf(page) })
    .composite([{ input: Buffer.from(picture) }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { ...page, data: new Uint8Array(data) };
};

export const medianColour = (
  { page, pxPerMm }: Work,
  area: Area,
  part: "paper" | "ink",
): readonly number[] => {
  const pixels: number[][] = [];
  for (let y = Math.floor(area.y * pxPerMm); y < (area.y + area.h) * pxPerMm; y += 1)
    for (let x = Math.floor(area.x * pxPerMm); x < (area.x + area.w) * pxPerMm; x += 1) {
      const at = (y * page.width + x) * 3;
      pixels.push([page.data[at] ?? 255, page.data[at + 1] ?? 255, page.data[at + 2] ?? 255]);
    }
  pixels.sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0));
  return pixels[Math.floor(pixels.length * (part === "paper" ? 0.75 : 0.06))] ?? [255, 255, 255];
};

export const css = (colour: readonly number[]): string =>
  `rgb(${colour.map((value) => Math.round(value)).join(",")})`;

/** Filled to match: exactly in four cases of ten, else a shade off. */
export const nearly = (colour: readonly number[], random: Random): readonly number[] => {
  if (random.next() < 0.4) return colour;
  const shift = random.pick([-1, 1]) * random.between(2, 6);
  return colour.map((value) => Math.max(0, Math.min(255, value + shift + random.between(-1.5, 1.5))));
};

export interface GlyphPlace {
  readonly item: Item;
  readonly index: number;
  readonly x: number;
  readonly width: number;
}

export const sizeOf = (item: Item): number => item.pt * MM_PER_PT;

export const glyphAt = (font: GlyphFont, item: Item, index: number): GlyphPlace => {
  const size = sizeOf(item);
  const whole = font.width(item.text, size);
  const left = item.align === "left" ? item.x : item.align === "right" ? item.x - whole : item.x - whole / 2;
  const from = font.width(item.text.slice(0, index), size);
  return { item, index, x: left + from, width: font.width(item.text.slice(0, index + 1), size) - from };
};

/** Digits have no descenders: from a little over their head to a little under the line. */
export const boxOf = ({ item, x, width }: GlyphPlace): Area => {
  const size = sizeOf(item);
  return { x: x - size * 0.02, y: item.y - size * 0.8, w: width + size * 0.04, h: size * 0.88 };
};

export const fontOf = (paper: SamplePaper, face: Item["face"]): GlyphFont =>
  new GlyphFont(fontFile(paper.font, face));

const DIGIT_AMONG_OTHERS = /\d(?=[\d/]*\d{2})|(?<=\d[\d/]*\d)\d/g;

/** Every digit on the page that stands among others: what is worth changing. */
export const digitsOn = (paper: SamplePaper): readonly GlyphPlace[] => {
  const fonts = {
    regular: fontOf(paper, "regular"),
    bold: fontOf(paper, "bold"),
    italic: fontOf(paper, "italic"),
  };
  return paper.items.flatMap((item) =>
    [...item.text.matchAll(DIGIT_AMONG_OTHERS)].map(({ index }) => glyphAt(fonts[item.face], item, index)),
  );
};
