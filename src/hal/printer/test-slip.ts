// What is printed to see that a printer prints well?
//
// Every block answers one question of the technician's: the frame, whether both edges of the paper are
// reached; the ruler, whether the width in the board file is right and the paper runs at its pace; the fields,
// whether the head burns evenly and every dot of it; the letters, whether marks stay apart; the last row,
// where the knife comes down.
import type { Layout } from "../../core/layout.js";
import { blacken, blank, fillRect, paste, stack } from "./bitmap.js";
import { renderLayout } from "./layout.js";
import type { DotBitmap } from "./printer.js";

const DOTS_PER_MM = 8;
const FRAME_DOTS = 2;
const FIELD_ROWS = 40;
const FIELDS_PER_ROW = 4;
const DASH_DOTS = 16;
/** Vietnam has one time zone and no summer time. */
const VIETNAM_OFFSET_MS = 7 * 3_600_000;

/** Twelve vowels, each without a tone mark and with each of the five. */
const VOWELS = "aăâeêioôơuưy";
const TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"];

const vowelsWithTones = (vowels: string): string =>
  [...vowels].map((vowel) => TONES.map((tone) => (vowel + tone).normalize("NFC")).join("")).join(" ");

const LETTERS = [
  `${vowelsWithTones(VOWELS)} đ`,
  `${vowelsWithTones(VOWELS.toUpperCase())} Đ`,
  "0123456789 .,:;-/()&@%",
] as const;

const stamp = (atMs: number): string => {
  const [day = "", time = ""] = new Date(atMs + VIETNAM_OFFSET_MS).toISOString().split("T");
  return `${day.split("-").reverse().join("/")} ${time.slice(0, 8)}`;
};

/** Which dots of a field are black. Even burning shows in 1 × 1, a dead dot of the head in the bars. */
const FIELDS: readonly ((x: number, y: number) => boolean)[] = [
  () => true,
  (x, y) => ((x ^ y) & 1) === 0,
  (x, y) => (((x >> 1) ^ (y >> 1)) & 1) === 0,
  (x, y) => (((x >> 3) ^ (y >> 3)) & 1) === 0,
  (x) => (x & 1) === 0,
  (x) => (x & 2) === 0,
  (_, y) => (y & 1) === 0,
  (_, y) => (y & 3) === 0,
];

/** Across the whole width, so that every dot of the head is in some field. */
const fields = (widthDots: number): DotBitmap => {
  const rows = FIELDS.length / FIELDS_PER_ROW;
  const strip = blank(widthDots, rows * FIELD_ROWS);
  const fieldDots = widthDots / FIELDS_PER_ROW;
  FIELDS.forEach((isInk, at) => {
    const left = Math.round((at % FIELDS_PER_ROW) * fieldDots);
    const right = Math.round(((at % FIELDS_PER_ROW) + 1) * fieldDots);
    const top = Math.floor(at / FIELDS_PER_ROW) * FIELD_ROWS;
    for (let y = top; y < top + FIELD_ROWS; y++)
      for (let x = left; x < right; x++) if (isInk(x, y)) blacken(strip, x, y);
  });
  return strip;
};

/** One dot a column, a row lower every four: a dead dot is a gap in the slant that no neighbour hides. */
const slant = (widthDots: number): DotBitmap => {
  const strip = blank(widthDots, 24);
  for (let x = 0; x < widthDots; x++) fillRect(strip, { x, y: (x >> 2) % 24, width: 1, height: 1 });
  return strip;
};

/** Ticks of a millimetre, longer at 5 and at 10, from the left edge. */
const ruler = (widthDots: number): DotBitmap => {
  const strip = blank(widthDots, 28);
  for (let millimetre = 0; millimetre * DOTS_PER_MM < widthDots; millimetre++) {
    const height = millimetre % 10 === 0 ? 28 : millimetre % 5 === 0 ? 18 : 10;
    fillRect(strip, { x: millimetre * DOTS_PER_MM, y: 0, width: 2, height });
  }
  return strip;
};

/** Its last row is the last one printed; the printer feeds exactly that to its knife. */
const cutLine = (widthDots: number): DotBitmap => {
  const strip = blank(widthDots, 10);
  for (let x = 0; x < widthDots; x += 2 * DASH_DOTS)
    fillRect(strip, { x, y: 8, width: DASH_DOTS, height: 2 });
  return strip;
};

const frame = (page: DotBitmap, heightDots: number): void => {
  const { widthDots } = page;
  fillRect(page, { x: 0, y: 0, width: widthDots, height: FRAME_DOTS });
  fillRect(page, { x: 0, y: 0, width: FRAME_DOTS, height: heightDots });
  fillRect(page, { x: widthDots - FRAME_DOTS, y: 0, width: FRAME_DOTS, height: heightDots });
  fillRect(page, { x: 0, y: heightDots - FRAME_DOTS, width: widthDots, height: FRAME_DOTS });
};

const centred = (
  text: string,
  size: "small" | "normal" | "large" | "huge",
  bold: boolean,
): Layout[number] => ({
  kind: "text",
  text,
  size,
  align: "centre",
  bold,
});

const head = (widthDots: number, kioskId: string, atMs: number): Layout => [
  { kind: "space", millimetres: 1 },
  centred("IN THỬ", "large", true),
  centred("Printer test", "normal", false),
  { kind: "pair", label: "Máy / Kiosk", value: kioskId },
  { kind: "pair", label: "Lúc / At", value: stamp(atMs) },
  { kind: "pair", label: "Rộng / Width", value: `${widthDots} (${widthDots / DOTS_PER_MM} mm)` },
  { kind: "rule" },
];

const body = (kioskId: string, atMs: number): Layout => [
  { kind: "rule" },
  ...LETTERS.map((text) => ({ kind: "text", text, size: "small", align: "left", bold: false }) as const),
  { kind: "rule" },
  centred("Chữ nhỏ: Ễ ỵ ặ ở", "small", false),
  centred("Chữ thường: Ễ ỵ ặ ở", "normal", false),
  centred("Chữ đậm: Ễ ỵ ặ ở", "normal", true),
  centred("Chữ lớn: Ễ ỵ ặ ở", "large", true),
  centred("012", "huge", true),
  { kind: "qr", text: `${kioskId} ${new Date(atMs).toISOString()}`, widthFraction: 0.5 },
  centred("Cắt ở nét đứt · Cut at the dashes", "small", false),
];

/** `atMs`: milliseconds since 1970. Everything on it is public. */
export const testSlip = async (
  widthDots: number,
  { kioskId, atMs }: { readonly kioskId: string; readonly atMs: number },
): Promise<DotBitmap> => {
  const top = await renderLayout(head(widthDots, kioskId, atMs), widthDots);
  const rest = await renderLayout(body(kioskId, atMs), widthDots);
  const framed = stack(widthDots, [top, ruler(widthDots), slant(widthDots), fields(widthDots), rest]);
  frame(framed, framed.heightDots);
  const page = blank(widthDots, framed.heightDots + cutLine(widthDots).heightDots);
  paste(page, framed, 0, 0);
  paste(page, cutLine(widthDots), 0, framed.heightDots);
  return page;
};
