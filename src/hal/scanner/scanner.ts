// What can any sheet-fed scanner do?
import type { Device } from "../device.js";

export interface Sheet {
  /** A whole PNG file. */
  readonly image: Uint8Array;
  readonly dpi: number;
  /** From 1, in the order in which the sheets were fed. */
  readonly number: number;
  /** `Clock.monotonicMs` when the sheet was through. */
  readonly takenAtMs: number;
}

/** "ejected": the scanner was told and did; "takeOut": it can not by itself, a person takes the papers out. */
export type GivenBack = "ejected" | "takeOut";

export interface Scanner extends Device {
  /** False where the kiosk has no scanner: then nothing else is worth asking. */
  readonly fitted: boolean;
  /**
   * Feeds sheet after sheet until the feeder is empty; resolves with their number. `onSheet` is waited for, and
   * has been told of each whole sheet before this settles. Throws `FaultError`: "scanner.feederEmpty" when there
   * was no sheet at all, "jam", "doubleFeed", "coverOpen", "stalled", "failed", "absent"; or the signal's reason.
   * However it ends, the scanner has been told to give the papers back.
   */
  scan(onSheet: (sheet: Sheet) => void | Promise<void>, signal?: AbortSignal): Promise<number>;
  /** Tells the scanner to push out what is in its path. Never throws; bounded. */
  giveBack(): Promise<GivenBack>;
}
