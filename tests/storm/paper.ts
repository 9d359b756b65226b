// Which slip is it that lies in the slot?
import { createHash } from "node:crypto";
import type { Layout } from "../../src/core/layout.js";
import { blank } from "../../src/hal/printer/bitmap.js";
import type { DotBitmap } from "../../src/hal/printer/printer.js";
import type { PrintedSlip } from "../../src/hal/sim/far-ends.js";

const PAGE_ROWS = 240;

const white = (bits: Uint8Array, from: number, to: number): boolean => {
  for (let at = from; at < to; at++) if (bits[at] !== 0) return false;
  return true;
};

/** The dots between the first and the last black row: what lies between head and knife is cut off or not. */
const inkOf = ({ widthDots, heightDots, bits }: DotBitmap): string => {
  const rowBytes = Math.ceil(widthDots / 8);
  let first = 0;
  while (first < heightDots && white(bits, first * rowBytes, (first + 1) * rowBytes)) first += 1;
  let last = heightDots;
  while (last > first && white(bits, (last - 1) * rowBytes, last * rowBytes)) last -= 1;
  return createHash("sha1")
    .update(bits.subarray(first * rowBytes, last * rowBytes))
    .digest("hex");
};

/** What one reads from two metres: the number of the application or of the queue. */
const numberOn = (layout: Layout): string => {
  const huge = layout.find((line) => line.kind === "text" && line.size === "huge");
  return huge?.kind === "text" ? huge.text : "";
};

/** Draws pages that differ in every dot row, cheaply, and knows them again on the paper. */
export class SlipPrinter {
  readonly #numbers = new Map<string, string>();

  /** A pattern in place of the letters: what is laid out how is proven elsewhere. */
  render(layout: Layout, widthDots: number): DotBitmap {
    const page = blank(widthDots, PAGE_ROWS);
    const rowBytes = Math.ceil(widthDots / 8);
    const seed = createHash("sha256").update(JSON.stringify(layout)).digest();
    for (let y = 0; y < PAGE_ROWS; y++)
      for (let at = 0; at < 4; at++)
        page.bits[y * rowBytes + ((y * 5 + at * 7) % rowBytes)] = (seed[(y + at) % 32] ?? 0) | 0x10;
    this.#numbers.set(inkOf(page), numberOn(layout));
    return page;
  }

  /** The number on a whole slip; null: not a page that was ever asked for, or not the whole of it. */
  numberOn(slip: PrintedSlip): string | null {
    return slip.complete ? (this.#numbers.get(inkOf(slip.page)) ?? null) : null;
  }
}
