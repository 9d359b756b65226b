// When is the cabinet being tampered with? (An LIS3DH on its back wall.)
import type { Clock } from "../../core/clock.js";
import { type Fault, toFault } from "../../core/faults.js";
import { ImplausibleError } from "../i2c/chip-errors.js";
import type { I2cWire } from "../i2c/i2c-wire.js";
import { withRetries } from "../i2c/retry.js";
import { angleDegrees, checkSetUp, magnitude, readAcceleration, readKnock, setUpLis3dh } from "./lis3dh.js";
import type { Acceleration, Knock, Motion, MotionReading, Tilt } from "./motion.js";

/** The chip remembers a blow, so it is enough to look now and then; a second is soon enough for an alarm. */
const LOOK_EVERY_MS = 1_000;
/** A cabinet on castors rocks by a few degrees; one that is carried or tipped passes this at once. */
const TILTED_DEGREES = 15;
const UPRIGHT_DEGREES = 10;
/** Longer than ops' telemetry period, so that no blow falls between two reports. */
const TAMPER_STANDS_MS = 60_000;
const REST_SAMPLES = 8;
const REST_SAMPLE_EVERY_MS = 15;
/** Gravity within the part's tolerance (±40 mg an axis) and a floor that trembles. */
const REST_G = { min: 0.85, max: 1.15 };

/**
 * How the cabinet was put up. It outlives the device object: a sensor that was unplugged while somebody
 * tipped the cabinet must not learn the tipped attitude as its own.
 */
export class RestingAttitude {
  down: Acceleration | null = null;
}

export interface MotionOptions {
  readonly wire: I2cWire;
  readonly clock: Clock;
  readonly rest: RestingAttitude;
  readonly lookEveryMs?: number;
}

/**
 * Throws `FaultError` "motion.absent", "motion.wrongChip", or "motion.implausible" when a cabinet at rest
 * does not weigh 1 g. Owns the wire.
 */
export const openMotion = async (options: MotionOptions): Promise<Motion> => {
  const motion = new Lis3dh(options);
  try {
    await motion.start();
  } catch (thrown) {
    await motion.close();
    throw thrown;
  }
  return motion;
};

class Lis3dh implements Motion {
  readonly #options: Required<MotionOptions>;
  readonly #knocks = new Set<(knock: Knock) => void>();
  readonly #tilts = new Set<(tilt: Tilt) => void>();
  #timer: unknown = null;
  #closed = false;
  #tilted = false;
  /** Leaning in the last look: only the second in a row counts, a blow leans for one. */
  #leaning = false;
  #knockedAtMs = Number.NEGATIVE_INFINITY;
  #failure: unknown = null;

  constructor(options: MotionOptions) {
    this.#options = { lookEveryMs: LOOK_EVERY_MS, ...options };
  }

  async start(): Promise<void> {
    const { wire, clock, rest } = this.#options;
    await withRetries(clock, "motion", () => setUpLis3dh(wire));
    const down = await this.#settle();
    rest.down ??= down;
    this.#later();
  }

  async read(): Promise<MotionReading> {
    const { wire, clock } = this.#options;
    const acceleration = await withRetries(clock, "motion", () => readAcceleration(wire));
    return { acceleration, tiltDegrees: this.#tiltOf(acceleration) };
  }

  onKnock(listener: (knock: Knock) => void): () => void {
    this.#knocks.add(listener);
    return () => this.#knocks.delete(listener);
  }

  onTilt(listener: (tilt: Tilt) => void): () => void {
    this.#tilts.add(listener);
    return () => this.#tilts.delete(listener);
  }

  async health(): Promise<Fault | null> {
    try {
      const { wire, clock } = this.#options;
      // First, for it explains what the last look found: a chip that forgot its settings weighs nothing.
      await withRetries(clock, "motion", () => checkSetUp(wire));
      if (this.#failure !== null) throw this.#failure;
      const { tiltDegrees } = await this.read();
      if (this.#tilted)
        return { code: "motion.tampered", detail: `tilted by ${tiltDegrees.toFixed(0)} degrees` };
      const sinceMs = clock.monotonicMs() - this.#knockedAtMs;
      if (sinceMs < TAMPER_STANDS_MS)
        return { code: "motion.tampered", detail: `a blow ${Math.round(sinceMs / 1_000)} s ago` };
      return null;
    } catch (thrown) {
      return toFault(thrown, "motion.absent");
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);
    this.#knocks.clear();
    this.#tilts.clear();
    await this.#options.wire.close();
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.setTimeout(() => void this.#look(), this.#options.lookEveryMs);
  }

  /** Never throws; what failed is told by the next health question, which comes within seconds. */
  async #look(): Promise<void> {
    const { wire, clock } = this.#options;
    try {
      const knocked = await withRetries(clock, "motion", () => readKnock(wire));
      const { tiltDegrees } = await this.read();
      if (this.#closed) return;
      if (knocked) this.#tellKnock();
      this.#weigh(tiltDegrees);
      this.#failure = null;
    } catch (thrown) {
      this.#failure = thrown;
    }
    this.#later();
  }

  #tellKnock(): void {
    const atMs = this.#options.clock.monotonicMs();
    this.#knockedAtMs = atMs;
    for (const listener of [...this.#knocks]) listener({ atMs });
  }

  #weigh(degrees: number): void {
    const leaning = degrees >= (this.#tilted ? UPRIGHT_DEGREES : TILTED_DEGREES);
    const changed = leaning !== this.#tilted && leaning === this.#leaning;
    this.#leaning = leaning;
    if (!changed) return;
    this.#tilted = leaning;
    const tilt = { tilted: leaning, degrees, atMs: this.#options.clock.monotonicMs() };
    for (const listener of [...this.#tilts]) listener(tilt);
  }

  #tiltOf(acceleration: Acceleration): number {
    const { down } = this.#options.rest;
    return down === null ? 0 : angleDegrees(acceleration, down);
  }

  /** The mean of some samples. A cabinet at rest weighs 1 g; a sensor that says else is broken or on a lorry. */
  #settle(): Promise<Acceleration> {
    const { wire, clock } = this.#options;
    return withRetries(clock, "motion", async () => {
      const sum = { x: 0, y: 0, z: 0 };
      for (let sample = 0; sample < REST_SAMPLES; sample++) {
        await clock.sleep(REST_SAMPLE_EVERY_MS);
        const { x, y, z } = await readAcceleration(wire);
        sum.x += x / REST_SAMPLES;
        sum.y += y / REST_SAMPLES;
        sum.z += z / REST_SAMPLES;
      }
      const g = magnitude(sum);
      if (g < REST_G.min || g > REST_G.max)
        throw new ImplausibleError(`at rest it reads ${g.toFixed(2)} g instead of 1 g`);
      return sum;
    });
  }
}
