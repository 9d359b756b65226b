// How does a sample paper become pixels?
import { existsSync } from "node:fs";
import sharp from "sharp";
import { GlyphFont, notoSansFile } from "../glyphs.js";
import type { Rgb } from "../page/raster.js";
import { PHONE_FRAME, photograph } from "./camera.js";
import { type Item, layOutPaper, type SampleKind, type SamplePaper } from "./papers.js";

const MM_PER_PT = 25.4 / 72;

/** Offices print in a serif face; Debian's Noto Serif when it is there. */
const SERIF = "/usr/share/fonts/truetype/noto/NotoSerif-";
const fontFile = (face: Item["face"]): string => {
  const serif = `${SERIF}${face === "regular" ? "Regular" : face === "bold" ? "Bold" : "Italic"}.ttf`;
  return existsSync(serif) ? serif : notoSansFile(face);
};

export const paperSvg = (paper: SamplePaper, dpi: number): string => {
  const fonts = { regular: fontFile("regular"), bold: fontFile("bold"), italic: fontFile("italic") };
  const loaded = {
    regular: new GlyphFont(fonts.regular),
    bold: new GlyphFont(fonts.bold),
    italic: new GlyphFont(fonts.italic),
  };
  const text = paper.items.map((item) =>
    loaded[item.face].draw(item.text, item.x, item.y, {
      size: item.pt * MM_PER_PT,
      colour: item.colour ?? "#000",
      align: item.align,
    }),
  );
  const px = (mm: number) => Math.round((mm / 25.4) * dpi);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${px(paper.widthMm)}" height="${px(paper.heightMm)}" viewBox="0 0 ${paper.widthMm} ${paper.heightMm}"><rect width="100%" height="100%" fill="${paper.tint}"/>${paper.drawing}${text.join("")}</svg>`;
};

export const renderPage = async (paper: SamplePaper, dpi: number): Promise<Rgb> => {
  const { data, info } = await sharp(Buffer.from(paperSvg(paper, dpi)))
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
};

/** A flat scan as a JPEG file, turned by `rotateDegrees` on white. */
export const scanJpeg = async (page: Rgb, rotateDegrees = 0): Promise<Uint8Array> => {
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  const image = sharp(page.data, { raw });
  const turned = rotateDegrees === 0 ? image : image.rotate(rotateDegrees, { background: "#fff" });
  return new Uint8Array(await turned.jpeg({ quality: 92 }).toBuffer());
};

/** A sample paper as a JPEG file: a flat 200 dpi scan, or what a phone makes of it in one lamp's light. */
export const renderSamplePaper = async (
  kind: SampleKind,
  seed: number,
  options: { readonly camera: boolean },
): Promise<Uint8Array> => {
  const page = await renderPage(layOutPaper(kind, seed), 200);
  return options.camera ? (await photograph(page, PHONE_FRAME, seed)).jpeg : scanJpeg(page);
};
