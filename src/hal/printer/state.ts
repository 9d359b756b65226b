// What do a printer's status bits mean, and which fault is the one to tell?
import type { Fault } from "../../core/faults.js";
import type { PaperLevel, PrinterStatus } from "./printer.js";

/** The bits that matter, from either kind of status. */
export interface PrinterState {
  readonly offline: boolean;
  readonly coverOpen: boolean;
  readonly fedByButton: boolean;
  readonly cutterError: boolean;
  readonly unrecoverable: boolean;
  /** Leaves by itself: the head is too hot. */
  readonly autoRecoverable: boolean;
  readonly paperEnd: boolean;
  readonly paperNearEnd: boolean;
}

const bit = (byte: number, n: number): boolean => (byte & (1 << n)) !== 0;

/** DLE EOT 1 … 4, in this order. */
export const stateOfRealTime = (bytes: readonly [number, number, number, number]): PrinterState => {
  const [printer, offlineCause, errorCause, paper] = bytes;
  return {
    offline: bit(printer, 3),
    coverOpen: bit(offlineCause, 2),
    fedByButton: bit(offlineCause, 3),
    cutterError: bit(errorCause, 3),
    unrecoverable: bit(errorCause, 5),
    autoRecoverable: bit(errorCause, 6),
    paperEnd: bit(paper, 5) || bit(paper, 6) || bit(offlineCause, 5),
    paperNearEnd: bit(paper, 2) || bit(paper, 3),
  };
};

/** GS a: the four bytes of automatic status back. */
export const stateOfAutoStatus = (bytes: readonly [number, number, number, number]): PrinterState => {
  const [first, second, third] = bytes;
  return {
    offline: bit(first, 3),
    coverOpen: bit(first, 5),
    fedByButton: bit(first, 6),
    cutterError: bit(second, 3),
    unrecoverable: bit(second, 5),
    autoRecoverable: bit(second, 6),
    paperEnd: bit(third, 2) || bit(third, 3),
    paperNearEnd: bit(third, 0) || bit(third, 1),
  };
};

const paperOf = (state: PrinterState): PaperLevel => {
  // With the cover open the sensor looks at air.
  if (state.coverOpen) return "unknown";
  if (state.paperEnd) return "out";
  return state.paperNearEnd ? "low" : "enough";
};

/** Worst first: what must be mended before the next can be judged. */
export const faultOf = (state: PrinterState): Fault | null => {
  if (state.unrecoverable) return { code: "printer.unrecoverable", detail: "unrecoverable error bit set" };
  if (state.coverOpen) return { code: "printer.coverOpen", detail: "cover sensor open" };
  if (state.paperEnd) return { code: "printer.paperOut", detail: "paper end sensor" };
  if (state.cutterError) return { code: "printer.cutterError", detail: "auto-cutter error bit set" };
  if (state.autoRecoverable)
    return {
      code: "printer.overheated",
      detail: "auto-recoverable error: head temperature or supply voltage",
    };
  if (state.offline)
    return {
      code: "printer.offline",
      detail: state.fedByButton ? "paper is being fed by the button" : "off-line without a cause",
    };
  return null;
};

export const statusOf = (state: PrinterState): PrinterStatus => ({
  paper: paperOf(state),
  fault: faultOf(state),
});

export const sameStatus = (a: PrinterStatus | null, b: PrinterStatus): boolean =>
  a !== null && a.paper === b.paper && a.fault?.code === b.fault?.code;
