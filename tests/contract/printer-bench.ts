// What do the printer's tests share: a printer on a wire, pages with a known look, and slips to compare?
import type { Fault } from "../../src/core/faults.js";
import { FaultError } from "../../src/core/faults.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { blank, fillRect, isBlack } from "../../src/hal/printer/bitmap.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import type { DotBitmap, Printer, PrintOutcome } from "../../src/hal/printer/printer.js";
import type { PrintedSlip } from "../../src/hal/sim/far-ends.js";
import { PrinterSim, type PrinterSimOptions } from "../../src/hal/sim/printer-sim.js";
import { clock } from "./bench.js";

export type Model = PrinterSimOptions["model"];

export interface PrinterBench {
  readonly sim: PrinterSim;
  readonly printer: Printer;
  /** The kiosk's end of the wire and the printer's, of the latest opening. */
  readonly near: BytePort;
  readonly far: BytePort;
}

export interface BenchOptions extends Partial<PrinterSimOptions> {
  /** An earlier printer, with its paper and its buffer as they were. */
  readonly sim?: PrinterSim;
  readonly paperLeftBehind?: boolean;
}

export const openBench = async (options: BenchOptions = {}): Promise<PrinterBench> => {
  const { sim: earlier, paperLeftBehind, ...given } = options;
  const model = given.model ?? "epson";
  const widthDots = given.widthDots ?? 384;
  const sim = earlier ?? new PrinterSim({ ...given, widthDots, model });
  const [near, far] = memoryPair();
  sim.attach(far);
  const printer = await openPrinter({
    port: near,
    widthDots,
    model,
    clock: given.clock ?? clock,
    ...(paperLeftBehind === undefined ? {} : { paperLeftBehind }),
  });
  return { sim, printer, near, far };
};

/** A page that is different for each seed, with ink in its first and its last row. */
export const testPage = (heightDots: number, seed = 1, widthDots = 384): DotBitmap => {
  const page = blank(widthDots, heightDots);
  let state = seed * 2_654_435_761;
  for (let y = 0; y < heightDots; y += 8) {
    state = (state * 1_103_515_245 + 12_345) % 0x8000_0000;
    fillRect(page, { x: state % (widthDots - 40), y, width: 32, height: Math.min(6, heightDots - y) });
  }
  fillRect(page, { x: 0, y: 0, width: widthDots, height: 1 });
  fillRect(page, { x: 0, y: heightDots - 1, width: widthDots, height: 1 });
  return page;
};

/** Every pair of bytes that a printer could take for a real-time command, at every place in a row. */
export const treacherousPage = (heightDots: number, widthDots = 384): DotBitmap => {
  const page = blank(widthDots, heightDots);
  const spell = [0x10, 0x04, 1, 0x10, 0x05, 2, 0x10, 0x14, 0x10, 0x10, 0x04, 4, 0x10];
  for (let at = 0; at < page.bits.length; at++)
    page.bits[at] = spell[(at + Math.floor(at / 131)) % spell.length] ?? 0;
  return page;
};

const rowsOf = (page: DotBitmap): string[] => {
  const rowBytes = Math.ceil(page.widthDots / 8);
  return Array.from({ length: page.heightDots }, (_, y) =>
    Buffer.from(page.bits.subarray(y * rowBytes, (y + 1) * rowBytes)).toString("hex"),
  );
};

const isWhite = (row: string): boolean => /^0*$/.test(row);

/** Without the white rows above and below: the paper between head and knife. */
export const inkOf = (page: DotBitmap): string[] => {
  const rows = rowsOf(page);
  const first = rows.findIndex((row) => !isWhite(row));
  if (first < 0) return [];
  return rows.slice(first, rows.findLastIndex((row) => !isWhite(row)) + 1);
};

/** The slip shows this page and nothing else, dot for dot. */
export const shows = (slip: PrintedSlip | undefined, page: DotBitmap): boolean => {
  if (slip === undefined) return false;
  const ink = inkOf(slip.page);
  const wanted = inkOf(page);
  return ink.length === wanted.length && ink.every((row, y) => row === wanted[y]);
};

/** Dots that differ between what was asked for and what came out. */
export const differingDots = (slip: PrintedSlip, page: DotBitmap): number => {
  const top = Array.from({ length: slip.page.heightDots }, (_, y) => y).find((y) =>
    Array.from({ length: slip.page.widthDots }, (_, x) => isBlack(slip.page, x, y)).includes(true),
  );
  let count = 0;
  for (let y = 0; y < page.heightDots; y++)
    for (let x = 0; x < page.widthDots; x++)
      if (isBlack(page, x, y) !== isBlack(slip.page, x, y + (top ?? 0))) count += 1;
  return count;
};

/** The code of what an outcome holds, or its fence. */
export const saidOf = (outcome: PrintOutcome): string =>
  outcome.result === "printed" ? outcome.fence : outcome.fault.code;

export const codeOf = (fault: Fault | null): string | null => fault?.code ?? null;

/** What opening a printer fails with. */
export const openFault = async (open: Promise<unknown>): Promise<string> => {
  try {
    await open;
  } catch (thrown) {
    if (thrown instanceof FaultError) return thrown.code;
    throw thrown;
  }
  throw new Error("it opened");
};
