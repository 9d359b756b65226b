// What can any receipt printer do, and what can it say about itself?
import type { Fault } from "../../core/faults.js";
import type { Device } from "../device.js";

/** One bit a dot, rows top to bottom, each row padded to a byte, most significant bit left, 1 = black. */
export interface DotBitmap {
  readonly widthDots: number;
  readonly heightDots: number;
  /** Length: ceil(widthDots / 8) * heightDots. */
  readonly bits: Uint8Array;
}

export interface PrintJob {
  /** 0 … 0xFFFF_FFFF; echoed by the printer's process-id answer. Unique per kiosk and never reused soon. */
  readonly jobId: number;
  readonly page: DotBitmap;
}

export type PrintOutcome =
  /** Paper came out: by process id (strong) or by "idle, no error since the last byte" (weak). */
  | { readonly result: "printed"; readonly fence: "processId" | "idle" }
  /** Certain that nothing of it was or will be printed: nothing was sent. */
  | { readonly result: "notPrinted"; readonly fault: Fault }
  /** Bytes went out and no confirmation came: a person must look. */
  | { readonly result: "inDoubt"; readonly fault: Fault };

export type PaperLevel = "enough" | "low" | "out" | "unknown";

export interface PrinterStatus {
  readonly paper: PaperLevel;
  /** The worst standing fault, or null. "printer.paperLow" is reported by `paper` and by `health`, not here: it prints. */
  readonly fault: Fault | null;
}

export interface Printer extends Device {
  /** 384 (58 mm) or 576 (80 mm) at 203 dpi. */
  readonly widthDots: number;
  status(): Promise<PrinterStatus>;
  /** Prints and cuts. Never throws for the printer's sake: every way out is an outcome. */
  print(job: PrintJob, signal?: AbortSignal): Promise<PrintOutcome>;
  /** Fires on automatic status back and after each poll that differs. */
  watch(listener: (status: PrinterStatus) => void): () => void;
}
