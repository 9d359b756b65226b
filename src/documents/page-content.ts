// What stands on the page of a scan: the picture at true size, the words over it, the band under it?
//
// The band lies outside the paper's own area (which is the TrimBox), so that nothing of the paper is covered.
import { type JpegHead, readJpegHead } from "./pdf/jpeg.js";
import type { TextFont } from "./pdf/text-font.js";
import type { QrModules } from "./qr.js";
import type { ScanPage, ScanWord } from "./scan.js";
import type { Rect } from "./stamp.js";

const A4_LONG_PT = 841.89;
const A4_SHORT_PT = 595.28;
/** Without a better guess the page is as large as on paper if it was scanned at this resolution. */
const GUESSED_DPI = 200;
/** ISO 32000-1, annex C; ISO 19005-2, 6.1.13: no side is shorter or longer. */
const SIDE_PT = { least: 3, most: 14_400 } as const;

/** A card of 86 mm would leave no room for the statement: the page is at least this wide, the picture in its middle. */
export const BAND_LEAST_WIDTH = 420;
export const BAND_HEIGHT = 84;
const MARGIN = 10;
const QR_SIDE = 60;
const NOTICE_BOTTOM = 31;
const SMALL = 6.6;
/** ISO/IEC 18004: four modules of quiet zone; the paper of the band is white. */
const QUIET = 4;

export interface PlacedPage {
  readonly page: ScanPage;
  readonly head: JpegHead;
  /** Points. */
  readonly size: { readonly width: number; readonly height: number };
  /** Where the picture stands. */
  readonly picture: Rect;
  /** Null: without a band. */
  readonly notice: Rect | null;
}

/** Points a pixel. What has the shape of A4 (or A5, A3) is taken for A4; a camera tells no size. */
const pointsAPixel = ({ widthPx, heightPx, dpi }: ScanPage): number => {
  const [long, short] = [Math.max(widthPx, heightPx), Math.min(widthPx, heightPx)];
  if (dpi !== null && Number.isFinite(dpi) && dpi > 0) return 72 / dpi;
  if (Math.abs(long / short / Math.SQRT2 - 1) < 0.06) return A4_LONG_PT / long;
  return Math.min(72 / GUESSED_DPI, A4_LONG_PT / long, A4_SHORT_PT / short);
};

/** Throws "document.notMade" for a picture that is no usable JPEG. */
export const placePage = (page: ScanPage, withBand: boolean): PlacedPage => {
  const head = readJpegHead(page.jpeg);
  const most = SIDE_PT.most - BAND_HEIGHT;
  const wanted = pointsAPixel({ ...page, widthPx: head.widthPx, heightPx: head.heightPx });
  const scale = Math.min(wanted, most / head.widthPx, most / head.heightPx);
  const [width, height] = [
    Math.max(SIDE_PT.least, head.widthPx * scale),
    Math.max(SIDE_PT.least, head.heightPx * scale),
  ];
  const whole = withBand ? Math.max(width, BAND_LEAST_WIDTH) : width;
  const left = (whole - width) / 2;
  const bottom = withBand ? BAND_HEIGHT : 0;
  return {
    page,
    head,
    size: { width: whole, height: height + bottom },
    picture: [left, bottom, left + width, bottom + height],
    notice: withBand ? [MARGIN + QR_SIDE + MARGIN, NOTICE_BOTTOM, whole - MARGIN, BAND_HEIGHT - 5] : null,
  };
};

const number = (value: number): string => value.toFixed(3).replace(/\.?0+$/, "");

export const pictureContent = ({ picture }: PlacedPage): string =>
  `q ${number(picture[2] - picture[0])} 0 0 ${number(picture[3] - picture[1])} ${number(picture[0])} ${number(picture[1])} cm /Im1 Do Q`;

/** As high and as wide as on the picture, so that a selection lies over the print. */
const wordContent = (
  { text, box }: ScanWord,
  font: TextFont,
  { head, picture, page }: PlacedPage,
): string => {
  // A trailing space parts the words for readers that do not look at the gaps.
  const size = (box.h * (picture[3] - picture[1])) / page.heightPx;
  const width = font.width(text, size);
  const encoded = font.encode(text);
  if (encoded === "" || width <= 0 || !(size > 0) || head.widthPx === 0) return "";
  const stretch = (100 * box.w * (picture[2] - picture[0])) / page.widthPx / width;
  const x = picture[0] + (box.x * (picture[2] - picture[0])) / page.widthPx;
  const y = picture[3] - ((box.y + box.h * 0.82) * (picture[3] - picture[1])) / page.heightPx;
  if (![stretch, x, y, size].every(Number.isFinite) || stretch <= 0) return "";
  return `/F1 ${number(size)} Tf ${number(stretch)} Tz 1 0 0 1 ${number(x)} ${number(y)} Tm ${encoded} Tj`;
};

/** Text rendering mode 3: neither filled nor stroked (ISO 32000-1, 9.3.6). */
export const wordsContent = (placed: PlacedPage, font: TextFont): string => {
  const words = placed.page.words
    .map((word) => wordContent(word, font, placed))
    .filter((text) => text !== "");
  // The rendering mode outlives the text object: without q … Q the band under the page would be invisible, too.
  return words.length === 0 ? "" : ["q BT 3 Tr", ...words, "ET Q"].join("\n");
};

const qrContent = (qr: QrModules): string => {
  const module = QR_SIDE / (qr.side + 2 * QUIET);
  const top = (BAND_HEIGHT + QR_SIDE) / 2 - 6;
  const runs: string[] = [];
  for (let y = 0; y < qr.side; y++)
    for (let x = 0; x < qr.side; x++) {
      if (!qr.isDark(x, y)) continue;
      const from = x;
      while (x + 1 < qr.side && qr.isDark(x + 1, y)) x++;
      const [left, bottom] = [MARGIN + (from + QUIET) * module, top - (y + QUIET + 1) * module];
      runs.push(`${number(left)} ${number(bottom)} ${number((x - from + 1) * module)} ${number(module)} re`);
    }
  return `q 0 0 0 rg\n${runs.join("\n")}\nf Q`;
};

/** The white ground, a rule towards the paper, the lookup code and two small lines. */
export const bandContent = (
  { size }: PlacedPage,
  lines: readonly string[],
  font: TextFont,
  qr: QrModules | null,
): string => {
  const left = MARGIN + QR_SIDE + MARGIN;
  const room = size.width - left - MARGIN;
  const text = lines.map((line, index) => {
    const shrink = Math.min(1, room / Math.max(1, font.width(line, SMALL)));
    const at = NOTICE_BOTTOM - (index + 1) * SMALL * 1.45;
    return `BT /F1 ${number(SMALL * shrink)} Tf ${number(left)} ${number(at)} Td ${font.encode(line)} Tj ET`;
  });
  return [
    `q 1 1 1 rg 0 0 ${number(size.width)} ${number(BAND_HEIGHT)} re f`,
    `0.6 0.63 0.66 RG 0.5 w 0 ${number(BAND_HEIGHT - 0.5)} m ${number(size.width)} ${number(BAND_HEIGHT - 0.5)} l S`,
    "0.1 0.13 0.16 rg",
    ...text,
    "Q",
    ...(qr === null ? [] : [qrContent(qr)]),
  ].join("\n");
};
