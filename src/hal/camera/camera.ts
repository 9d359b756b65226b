// What can any camera do?
import type { Device } from "../device.js";

export interface Frame {
  /** A whole JPEG file. */
  readonly jpeg: Uint8Array;
  /** `Clock.monotonicMs` when the frame arrived. */
  readonly takenAtMs: number;
}

export interface Camera extends Device {
  /** One full-resolution picture. Throws `FaultError` "…Camera.stalled" past the deadline. */
  still(signal?: AbortSignal): Promise<Frame>;
}
