// How do tests put the product's printer driver and the simulated printer on the two ends of one wire?
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPort } from "../../src/hal/port/open.js";
import { blank, fillRect } from "../../src/hal/printer/bitmap.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import type { DotBitmap, Printer } from "../../src/hal/printer/printer.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { openPtyPair } from "../wire/pty.js";

export type Model = "epson" | "generic";
export type Wire = "memory" | "pty";

export interface PrinterBench {
  readonly sim: PrinterSim;
  /** Opens the driver anew, as after a restart of the kiosk; the printer stays as it is. */
  open(): Promise<Printer>;
  end(): Promise<void>;
}

export const clock = new SystemClock({ floorMs: 0, synchronised: () => true });

const memoryBench = (sim: PrinterSim, model: Model): PrinterBench => {
  const open = new Set<Printer>();
  return {
    sim,
    open: async () => {
      const [near, far] = memoryPair();
      sim.attach(far);
      const printer = await openPrinter({ port: near, widthDots: 576, model, clock, log: silentLog });
      open.add(printer);
      return printer;
    },
    end: async () => {
      for (const printer of open) await printer.close();
    },
  };
};

const ptyBench = async (sim: PrinterSim, model: Model): Promise<PrinterBench> => {
  const pair = await openPtyPair();
  const far = await openPort(`serial:${pair.b}:115200`);
  sim.attach(far);
  const open = new Set<Printer>();
  return {
    sim,
    open: async () => {
      const port = await openPort(`serial:${pair.a}:115200`);
      const printer = await openPrinter({ port, widthDots: 576, model, clock, log: silentLog });
      open.add(printer);
      return printer;
    },
    end: async () => {
      for (const printer of open) await printer.close();
      await far.close();
      await pair.close();
    },
  };
};

export const printerBench = async (
  model: Model,
  wire: Wire = "memory",
  rowsPerSecond?: number,
): Promise<PrinterBench> => {
  const sim = new PrinterSim({
    widthDots: 576,
    model,
    ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
  });
  return wire === "memory" ? memoryBench(sim, model) : ptyBench(sim, model);
};

/** A page that one knows again: a frame, a bar at `mark`, and dots that spell real-time commands. */
export const testPage = (mark: number, heightDots = 400): DotBitmap => {
  const page = blank(576, heightDots);
  fillRect(page, { x: 0, y: 0, width: 576, height: 4 });
  fillRect(page, { x: 40, y: 20 + mark * 10, width: 400, height: 8 });
  // DLE EOT 1, DLE ENQ 2 and DLE DC4 as image bytes: a printer that looks for them inside images acts on them.
  page.bits.set([0x10, 0x04, 0x01, 0x10, 0x05, 0x02, 0x10, 0x14, 0x01], 72 * 10 + 20);
  return page;
};

/** The rows between the first and the last that have a dot: paper is fed before and after the image. */
const inked = (page: DotBitmap): Uint8Array => {
  const rowBytes = Math.ceil(page.widthDots / 8);
  const isInked = (row: number): boolean =>
    page.bits.subarray(row * rowBytes, (row + 1) * rowBytes).some((byte) => byte !== 0);
  const rows = Array.from({ length: page.heightDots }, (_, row) => row).filter(isInked);
  return page.bits.subarray((rows[0] ?? 0) * rowBytes, ((rows.at(-1) ?? -1) + 1) * rowBytes);
};

/** Share of bytes that differ between two images; 1 when they are not of one height. */
export const difference = (one: DotBitmap, other: DotBitmap): number => {
  const [a, b] = [inked(one), inked(other)];
  if (a.length !== b.length) return 1;
  return a.reduce((wrong, byte, i) => wrong + (byte === b[i] ? 0 : 1), 0) / Math.max(1, a.length);
};
