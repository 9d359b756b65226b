// How warm and damp is it inside the cabinet?
import type { Device } from "../device.js";

export interface ClimateReading {
  /** −40 … 125 °C. */
  readonly celsius: number;
  /** 0 … 100 %. */
  readonly relativeHumidity: number;
}

export interface Climate extends Device {
  read(): Promise<ClimateReading>;
}
