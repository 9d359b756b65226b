// How long does a receipt of 80 mm × 20 cm take from its lines to the printer's bytes?
//
// Ours: layout of the text, dots, and the bytes of every strip. The peer: the escpos package's own image path
// on the bitmap that ours laid out, given to it as the pixels it wants; it lays out nothing.
import type { Layout } from "../../src/core/layout.js";
import { rasterImage, stripsOf } from "../../src/hal/printer/commands.js";
import { renderLayout } from "../../src/hal/printer/layout.js";
import type { DotBitmap } from "../../src/hal/printer/printer.js";
import { escposRaster, rgbaOf } from "../hal/escpos-peer.js";
import { type BenchRow, median, row } from "./row.js";

const GOAL = 0.5;
const WIDTH_DOTS = 576;
/** 20 cm at 8 dots a millimetre. */
const HEIGHT_DOTS = 1_600;
const ROUNDS = 9;

const text = (
  line: string,
  size: "small" | "normal" | "large" | "huge",
  align: "left" | "centre",
): Layout[number] => ({ kind: "text", text: line, size, align, bold: size !== "small" });

/** `turn` is in every line, so that none is laid out in an earlier round already. */
const receipt = (turn: number): Layout => [
  text(`ỦY BAN NHÂN DÂN XÃ BÌNH PHÚ ${turn}`, "normal", "centre"),
  text(`GIẤY TIẾP NHẬN HỒ SƠ ${turn}`, "large", "centre"),
  text(`K01-${String(turn).padStart(6, "0")}`, "huge", "centre"),
  { kind: "rule" },
  ...["Thủ tục", "Mã hồ sơ", "Người nộp", "Nộp lúc", "Hẹn trả", "Lệ phí"].map(
    (label) => ({ kind: "pair", label, value: `Chứng thực số ${turn}` }) as const,
  ),
  { kind: "rule" },
  ...[1, 2, 3, 4, 5, 6].map(
    (point) =>
      ({
        kind: "item",
        marker: `${point}.`,
        text: `Mang theo bản chính giấy tờ tùy thân và một bản sao, lượt ${turn}`,
      }) as const,
  ),
  { kind: "qr", text: `MC1:7Q2K-9XH4-TP3M-${turn}`, widthFraction: 0.5 },
  text(`Điện thoại 0235 3 861 234, máy ${turn}`, "small", "centre"),
  text(`Xin giữ giấy này đến khi nhận kết quả lượt ${turn}`, "small", "centre"),
];

const bytesOf = (page: DotBitmap): number =>
  stripsOf(page).reduce((sum, strip) => sum + rasterImage(strip).length, 0);

/** Filled up with white, so that it is 20 cm whatever the lines need. */
const laidOut = async (turn: number): Promise<DotBitmap> => {
  const layout = receipt(turn);
  const page = await renderLayout(layout, WIDTH_DOTS);
  if (page.heightDots > HEIGHT_DOTS) throw new Error(`${page.heightDots} rows are more than 20 cm`);
  const bits = new Uint8Array((WIDTH_DOTS / 8) * HEIGHT_DOTS);
  bits.set(page.bits);
  return { widthDots: WIDTH_DOTS, heightDots: HEIGHT_DOTS, bits };
};

export const receiptRow = async (): Promise<BenchRow> => {
  const ours: number[] = [];
  const theirs: number[] = [];
  // The first round warms both up: fonts, the QR module, the compiler.
  for (let turn = 0; turn <= ROUNDS; turn++) {
    const started = performance.now();
    const page = await laidOut(turn);
    const bytes = bytesOf(page);
    const oursMs = performance.now() - started;
    const pixels = rgbaOf(page);
    const peerStarted = performance.now();
    const peerBytes = escposRaster(pixels).length;
    const peerMs = performance.now() - peerStarted;
    if (bytes < page.bits.length || peerBytes < page.bits.length) throw new Error("a page was not encoded");
    if (turn === 0) continue;
    ours.push(oursMs);
    theirs.push(peerMs);
  }
  return row({
    name: "receipt 80 mm × 20 cm to bytes",
    ours: median(ours),
    peer: median(theirs),
    peerName: "escpos' image path on the same bitmap",
    unit: "ms",
    ratio: median(ours.map((ms, turn) => ms / (theirs[turn] ?? Number.NaN))),
    better: "lower",
    goal: GOAL,
  });
};
