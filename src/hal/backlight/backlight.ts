// How bright is the screen?
import type { Device } from "../device.js";

export interface Backlight extends Device {
  /** Of its full light: 0 … 100; `null` where the screen has no light that can be set. */
  read(): Promise<number | null>;
  /** 0 … 100. Zero is the least light that the panel has, never "off": a dark screen looks broken. */
  set(percent: number): Promise<void>;
}

/** A screen that looks after itself. */
export const noBacklight = (): Backlight => ({
  read: async () => null,
  set: async () => {},
  health: async () => null,
  close: async () => {},
});
