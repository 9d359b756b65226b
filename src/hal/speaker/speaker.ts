// How does the kiosk speak?
import type { Device } from "../device.js";

export interface Speaker extends Device {
  /** Speaks and resolves when done; a new call or `stop` cuts the one before. Text is never logged. */
  say(text: string, language: "vi" | "en"): Promise<void>;
  stop(): Promise<void>;
  /** 0 … 1. */
  setVolume(volume: number): Promise<void>;
}
