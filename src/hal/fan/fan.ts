// Is the board kept cool?
import type { Device } from "../device.js";

export interface FanReading {
  /** Of the processor: −40 … 150 °C. */
  readonly celsius: number;
  /** What the fan is told: 0 … 100. */
  readonly percent: number;
  /** Null where its wire has no tachometer. */
  readonly rpm: number | null;
}

export interface Fan extends Device {
  /** `null` where no fan is fitted. */
  read(): Promise<FanReading | null>;
  /**
   * Full speed for a moment, and whether it was seen to turn: true or false by its tachometer, `null` where it has none
   * or somebody else steers it.
   */
  spin(signal: AbortSignal): Promise<boolean | null>;
}

/** A board that needs none. */
export const noFan = (): Fan => ({
  read: async () => null,
  spin: async () => null,
  health: async () => null,
  close: async () => {},
});
