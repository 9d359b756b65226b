// How much energy is there, and where does it come from?
import type { Device } from "../device.js";

export interface PowerReading {
  readonly mains: boolean;
  /** 0 … 1. */
  readonly batteryFraction: number;
  readonly batteryVolts: number;
}

export interface Power extends Device {
  read(): Promise<PowerReading>;
}
