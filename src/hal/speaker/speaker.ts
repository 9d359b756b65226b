// How does the kiosk speak?
import type { Device } from "../device.js";

export type Pace = "slow" | "normal" | "quick";

export interface Speaker extends Device {
  /**
   * Speaks and resolves when done; a new call or `stop` cuts the one before. Text is never logged. `keep`: the
   * sentence is of the catalogue, so its sound may be kept on disk; never say that of what a citizen entered.
   * `pace`: "normal" when left out.
   */
  say(
    text: string,
    language: "vi" | "en",
    options?: { readonly keep: boolean; readonly pace?: Pace },
  ): Promise<void>;
  stop(): Promise<void>;
  /** 0 … 1. */
  setVolume(volume: number): Promise<void>;
  /** The volume that each visit starts with. */
  resetVolume(): Promise<void>;
}
