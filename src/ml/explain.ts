// What did the reader see on a page, as a picture?
import sharp from "sharp";
import { GlyphFont, notoSansFile } from "./glyphs.js";
import type { Box, ReadPage } from "./reader.js";

/** Sure, doubtful, hardly read; each also has its own line style, for those who do not see the colours. */
const STYLE = [
  { from: 0.85, colour: "#0a7d3c", dash: "" },
  { from: 0.6, colour: "#b36b00", dash: "8 4" },
  { from: 0, colour: "#b3261e", dash: "2 4" },
] as const;
const CHANGED = "#6a1b9a";
const CODE = "#0b4f9e";
const TABLE = "#00798c";
const HAND = "#fff2b8";
const VERDICT = { pass: "#0a7d3c", unsure: "#b36b00", fail: "#b3261e" } as const;

const HEAD_PX = 44;
const ROW_PX = 34;
const CAPTION_PX = 20;

const styleOf = (confidence: number) => STYLE.find(({ from }) => confidence >= from) ?? STYLE[2];

interface Frame {
  readonly colour: string;
  readonly width: number;
  readonly dash?: string;
  readonly fill?: string;
  readonly opacity?: number;
}

const frame = (area: Box, { colour, width, dash = "", fill = "none", opacity = 1 }: Frame): string =>
  `<rect x="${area.x - 2}" y="${area.y - 2}" width="${area.w + 4}" height="${area.h + 4}" fill="${fill}" fill-opacity="${opacity}" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;

const caption = (
  text: string,
  at: { readonly x: number; readonly y: number },
  colour: string,
  font: GlyphFont,
): string => {
  const width = font.width(text, CAPTION_PX) + 8;
  const [x, y] = [Math.max(0, at.x - 4), Math.max(CAPTION_PX, at.y)];
  return `<rect x="${x}" y="${y - 19}" width="${width}" height="25" fill="#ffffff" fill-opacity="0.85"/>${font.draw(text, x + 4, y, { size: CAPTION_PX, colour })}`;
};

const wordsLayer = ({ words }: ReadPage, font: GlyphFont): string =>
  words
    .map(({ box, confidence, correction }) => {
      const { colour, dash } = styleOf(confidence);
      if (correction === undefined) return frame(box, { colour, width: 1.5, dash });
      const was = caption(`"${correction.from}"`, { x: box.x, y: box.y + box.h + 24 }, CHANGED, font);
      return frame(box, { colour: CHANGED, width: 3, fill: CHANGED, opacity: 0.12 }) + was;
    })
    .join("");

/** Handwriting lies on yellow; under it how sure its model is, and what it read where it is sure enough. */
const linesLayer = ({ lines }: ReadPage, font: GlyphFont): string =>
  lines
    .filter(({ script }) => script === "hand")
    .map(({ box, hand }) => {
      const place = frame(box, { colour: "#c9a400", width: 2, dash: "12 6", fill: HAND, opacity: 0.55 });
      if (hand === undefined) return place;
      const text = `${hand.sure ? `"${hand.text}" ` : ""}${Math.round(hand.confidence * 100)} %`;
      const { colour } = styleOf(hand.sure ? 1 : 0);
      return place + caption(text, { x: box.x, y: box.y + box.h + 24 }, colour, font);
    })
    .join("");

const fieldsLayer = ({ fields }: ReadPage, font: GlyphFont): string =>
  fields
    .map(({ box, confidence, label }) => {
      if (box === null) return "";
      const { colour } = styleOf(confidence);
      const text = `${label.vi} ${Math.round(confidence * 100)} %`;
      return frame(box, { colour, width: 4 }) + caption(text, { x: box.x, y: box.y - 8 }, colour, font);
    })
    .join("");

const foundLayer = ({ tables, codes }: ReadPage, font: GlyphFont): string => {
  const table = tables.map(({ box, rows }) => {
    const text = `${rows.length} × ${rows[0]?.length ?? 0}`;
    return (
      frame(box, { colour: TABLE, width: 5, dash: "20 8" }) +
      caption(text, { x: box.x + box.w, y: box.y }, TABLE, font)
    );
  });
  const code = codes.map(({ box, kind, text }) => {
    if (box === null) return "";
    const short = text.replaceAll("\n", " / ").slice(0, 60);
    return (
      frame(box, { colour: CODE, width: 5 }) +
      caption(`${kind}: ${short}`, { x: box.x, y: box.y - 8 }, CODE, font)
    );
  });
  return [...table, ...code].join("");
};

const SIGN = { pass: "✓", unsure: "?", fail: "!" } as const;

/** Doubts have a number on the page, and their sentence below it. */
const doubtsOf = ({ checks }: ReadPage) => checks.filter(({ verdict }) => verdict !== "pass");

const doubtsLayer = (page: ReadPage, font: GlyphFont): string =>
  doubtsOf(page)
    .map(({ box, verdict }, index) =>
      box === null
        ? ""
        : frame(box, { colour: VERDICT[verdict], width: 7 }) +
          caption(`${SIGN[verdict]} ${index + 1}`, { x: box.x + box.w, y: box.y }, VERDICT[verdict], font),
    )
    .join("");

interface Row {
  readonly text: string;
  readonly colour: string;
}

const sentences = (page: ReadPage): readonly Row[] => {
  const passed = page.checks.filter(({ verdict }) => verdict === "pass").map(({ id }) => id);
  return [
    ...doubtsOf(page).map(({ verdict, sentence }, index) => ({
      text: `${index + 1} ${SIGN[verdict]} ${sentence.vi}`,
      colour: VERDICT[verdict],
    })),
    ...(passed.length === 0
      ? []
      : [{ text: `Không có gì đáng ngờ: ${passed.join(", ")}`, colour: VERDICT.pass }]),
  ];
};

const headline = ({ paperClass, words, meanConfidence, quality }: ReadPage): string =>
  `${paperClass} · ${words.length} words, mean confidence ${Math.round(meanConfidence * 100)} % · sharpness ${quality.sharpness} · brightness ${quality.brightness} · skew ${quality.skewDegrees}° · ${quality.advice === "none" ? "good picture" : quality.advice}`;

/** As large as fits into the width, 22 at most. */
const fitted = (text: string, widthPx: number, font: GlyphFont): number =>
  Math.min(22, (22 * (widthPx - 24)) / Math.max(1, font.width(text, 22)));

/**
 * A PNG of the page: a thin box a word, a bold one and its name a field, corrected words with what was read before,
 * handwriting on yellow, tables, codes; above it the quality in one line, below it what speaks against the page.
 */
export const explainPage = async (page: ReadPage): Promise<Uint8Array> => {
  const font = new GlyphFont(notoSansFile("bold"));
  const rows = sentences(page);
  const [width, foot] = [page.widthPx, rows.length * ROW_PX + (rows.length === 0 ? 0 : 16)];
  const title = headline(page);
  const below = rows.map(({ text, colour }, index) =>
    font.draw(text, 12, HEAD_PX + page.heightPx + (index + 1) * ROW_PX, {
      size: fitted(text, width, font),
      colour,
    }),
  );
  const layers = [
    linesLayer(page, font),
    wordsLayer(page, font),
    fieldsLayer(page, font),
    foundLayer(page, font),
    doubtsLayer(page, font),
  ];
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${page.heightPx + HEAD_PX + foot}"><g transform="translate(0 ${HEAD_PX})">${layers.join("")}</g>${font.draw(title, 12, 30, { size: fitted(title, width, font), colour: "#1d2b2a" })}${below.join("")}</svg>`;
  const png = await sharp(page.jpeg)
    .extend({ top: HEAD_PX, bottom: foot, background: "#ffffff" })
    .composite([{ input: Buffer.from(overlay) }])
    .png({ palette: true })
    .toBuffer();
  return new Uint8Array(png);
};
