// Which single wires does the kiosk have, and how are they read and set?
import type { Device } from "../device.js";

/** The tactile keys of a keypad that is wired and not plugged in. */
export const KEY_LINES = [
  "keyPrevious",
  "keyNext",
  "keySelect",
  "keyRepeat",
  "keyVolume",
  "keyPace",
] as const;
/** Inputs: true = door open, person present, button pressed, headphones in, no mains at the UPS. */
export const INPUT_LINES = [
  "door",
  "presence",
  "helpButton",
  "headphones",
  "powerLost",
  ...KEY_LINES,
] as const;
export type KeyLine = (typeof KEY_LINES)[number];
/** Outputs: true = lit or sounding. */
export const OUTPUT_LINES = ["cardLamp", "trayLamp", "slipLamp", "officerLamp", "buzzer"] as const;
export type InputLine = (typeof INPUT_LINES)[number];
export type OutputLine = (typeof OUTPUT_LINES)[number];

export interface Edge {
  readonly line: InputLine;
  /** Logical value after the edge; active-low wiring is already undone. */
  readonly value: boolean;
  readonly atMs: number;
}

export interface Lines extends Device {
  read(line: InputLine): Promise<boolean>;
  set(line: OutputLine, on: boolean): Promise<void>;
  /** Debounced edges. Returns the unsubscribe. */
  onEdge(listener: (edge: Edge) => void): () => void;
}
