// What can any camera do?
import type { Device } from "../device.js";

/** What the sensor was set to; given to the next picture, it comes out equally bright and of the same white. */
export interface Exposure {
  readonly shutterUs: number;
  /** Analogue times digital gain. */
  readonly gain: number;
  readonly colourGains: readonly [red: number, blue: number];
}

export interface Frame {
  /** A whole JPEG file. */
  readonly jpeg: Uint8Array;
  /** `Clock.monotonicMs` when the frame arrived. */
  readonly takenAtMs: number;
  /** How it was exposed, where the camera tells. */
  readonly exposure?: Exposure;
}

export interface PreviewOptions {
  /** At least this size, where several watch at once. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** At most so many, 1 … 30. */
  readonly framesPerSecond: number;
  /** A frame that comes later than this after the one before is a stall; 3000 when left out. */
  readonly frameWithinMs?: number;
}

export interface Camera extends Device {
  /**
   * One full-resolution picture. Throws `FaultError` "…Camera.stalled" past the deadline. With `exposure` (of an
   * earlier picture) nothing is measured anew: the pages of one paper match.
   */
  still(signal?: AbortSignal, exposure?: Exposure): Promise<Frame>;
  /**
   * Small frames until `signal` aborts (then it resolves); pauses for a still. Throws `FaultError`
   * "…Camera.stalled" when a frame misses its deadline; under supervision the sensor is then opened anew.
   */
  preview(watcher: (frame: Frame) => void, options: PreviewOptions, signal: AbortSignal): Promise<void>;
}
