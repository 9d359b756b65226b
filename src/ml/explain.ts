// What did the reader see on a page, as a picture?
import sharp from "sharp";
import { GlyphFont, notoSansFile } from "./glyphs.js";
import type { ReadField, ReadPage, Word } from "./reader.js";

/** Sure, doubtful, hardly read; each also has its own line style, for those who do not see the colours. */
const STYLE = [
  { from: 0.85, colour: "#0a7d3c", dash: "" },
  { from: 0.6, colour: "#b36b00", dash: "8 4" },
  { from: 0, colour: "#b3261e", dash: "2 4" },
] as const;

const styleOf = (confidence: number) => STYLE.find(({ from }) => confidence >= from) ?? STYLE[2];

const box = (area: Word["box"], confidence: number, width: number): string => {
  const { colour, dash } = styleOf(confidence);
  return `<rect x="${area.x - 2}" y="${area.y - 2}" width="${area.w + 4}" height="${area.h + 4}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;
};

const caption = (field: ReadField, font: GlyphFont): string => {
  if (field.box === null) return "";
  const text = `${field.label.vi} ${Math.round(field.confidence * 100)} %`;
  const { colour } = styleOf(field.confidence);
  const y = field.box.y - 8;
  const width = font.width(text, 20) + 8;
  return `<rect x="${field.box.x - 4}" y="${y - 19}" width="${width}" height="25" fill="#ffffff" fill-opacity="0.85"/>${font.draw(text, field.box.x, y, { size: 20, colour })}`;
};

const HEAD_PX = 44;

/** A PNG of the page with a box a word, a bold box and its name a field, and above it the quality in one line. */
export const explainPage = async (page: ReadPage): Promise<Uint8Array> => {
  const font = new GlyphFont(notoSansFile("bold"));
  const { quality } = page;
  const headline = `${page.paperClass} · ${page.words.length} words, mean confidence ${Math.round(page.meanConfidence * 100)} % · sharpness ${quality.sharpness} · brightness ${quality.brightness} · skew ${quality.skewDegrees}° · ${quality.advice === "none" ? "good picture" : quality.advice}`;
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${page.widthPx}" height="${page.heightPx + HEAD_PX}"><g transform="translate(0 ${HEAD_PX})">
    ${page.words.map((word) => box(word.box, word.confidence, 1.5)).join("")}
    ${page.fields.map((field) => (field.box === null ? "" : box(field.box, field.confidence, 4))).join("")}
    ${page.fields.map((field) => caption(field, font)).join("")}
    </g>${font.draw(headline, 12, 30, { size: Math.min(22, (22 * (page.widthPx - 24)) / font.width(headline, 22)), colour: "#1d2b2a" })}
  </svg>`;
  const png = await sharp(page.jpeg)
    .extend({ top: HEAD_PX, background: "#ffffff" })
    .composite([{ input: Buffer.from(overlay) }])
    .png({ palette: true })
    .toBuffer();
  return new Uint8Array(png);
};
