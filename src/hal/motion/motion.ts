// Does the cabinet stand as it was put up, and does somebody knock on it, tilt it or carry it away?
import type { Device } from "../device.js";

/** Acceleration in multiples of 9.81 m/s²; at rest the three together are 1 g, upwards. */
export interface Acceleration {
  /** Each −2.048 … 2.047 g. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface MotionReading {
  readonly acceleration: Acceleration;
  /** Against the attitude in which the cabinet was put up: 0 … 180°. */
  readonly tiltDegrees: number;
}

export interface Knock {
  readonly atMs: number;
}

export interface Tilt {
  /** False: it stands as before again. */
  readonly tilted: boolean;
  readonly degrees: number;
  readonly atMs: number;
}

export interface Motion extends Device {
  /** `null` where no sensor is fitted. */
  read(): Promise<MotionReading | null>;
  /** A blow since the last look, however short. Returns the unsubscribe. */
  onKnock(listener: (knock: Knock) => void): () => void;
  /** Told when the cabinet leaves its attitude and when it is back. Returns the unsubscribe. */
  onTilt(listener: (tilt: Tilt) => void): () => void;
}

/** A cabinet without an accelerometer. */
export const noMotionSensor = (): Motion => ({
  read: async () => null,
  onKnock: () => () => {},
  onTilt: () => () => {},
  health: async () => null,
  close: async () => {},
});
