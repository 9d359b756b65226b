// How does a sample paper become pixels?
import { existsSync } from "node:fs";
import sharp from "sharp";
import { GlyphFont, notoSansFile } from "../glyphs.js";
import type { Rgb } from "../page/raster.js";
import { PHONE_FRAME, photograph } from "./camera.js";
import { type Item, layOutPaper, type SampleFont, type SampleKind, type SamplePaper } from "./papers.js";

const MM_PER_PT = 25.4 / 72;

const FILES: Readonly<Record<SampleFont, Readonly<Record<Item["face"], string>>>> = {
  notoSerif: {
    regular: "noto/NotoSerif-Regular",
    bold: "noto/NotoSerif-Bold",
    italic: "noto/NotoSerif-Italic",
  },
  notoSans: { regular: "noto/NotoSans-Regular", bold: "noto/NotoSans-Bold", italic: "noto/NotoSans-Italic" },
  dejavuSerif: {
    regular: "dejavu/DejaVuSerif",
    bold: "dejavu/DejaVuSerif-Bold",
    italic: "dejavu/DejaVuSerif-Italic",
  },
  dejavuSans: {
    regular: "dejavu/DejaVuSans",
    bold: "dejavu/DejaVuSans-Bold",
    italic: "dejavu/DejaVuSans-Oblique",
  },
};

/** Debian's, when they are installed; else the one that travels with the program. */
export const fontFile = (font: SampleFont, face: Item["face"]): string => {
  const file = `/usr/share/fonts/truetype/${FILES[font][face]}.ttf`;
  return existsSync(file) ? file : notoSansFile(face);
};

export const paperSvg = (paper: SamplePaper, dpi: number): string => {
  const loaded = {
    regular: new GlyphFont(fontFile(paper.font, "regular")),
    bold: new GlyphFont(fontFile(paper.font, "bold")),
    italic: new GlyphFont(fontFile(paper.font, "italic")),
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

/** Longest side of what people lay on the glass as a card, not as a page. */
const CARD_MM = 110;

const isCard = ({ widthMm, heightMm }: SamplePaper): boolean => Math.max(widthMm, heightMm) <= CARD_MM;

/** What the paper is scanned at: 200 dpi for pages; cards have half as large letters, and everybody scans them finer. */
export const scanDpi = (paper: SamplePaper): number => (isCard(paper) ? 400 : 200);

/**
 * What a paper is rendered at before a camera model looks at it. A card fills the frame, which then has 600 and more
 * pixels an inch of it: one rendered as for a scanner would be seen as an enlarged blur, which no real card is.
 */
export const frameDpi = (paper: SamplePaper): number => (isCard(paper) ? 1_000 : 200);

/** A sample paper as a JPEG file: a flat scan, or what a phone makes of it in one lamp's light. */
export const renderSamplePaper = async (
  kind: SampleKind,
  seed: number,
  options: { readonly camera: boolean },
): Promise<Uint8Array> => {
  const paper = layOutPaper(kind, seed);
  return options.camera
    ? (await photograph(await renderPage(paper, frameDpi(paper)), PHONE_FRAME, seed)).jpeg
    : scanJpeg(await renderPage(paper, scanDpi(paper)));
};
