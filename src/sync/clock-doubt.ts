// Is there reason to think that this kiosk's clock is wrong, for ops to see as `clock_suspect`?
//
// Three things speak against it: it stands below its floor; a certificate seemed "not yet valid"; the portal, over a
// session that the broker vouched for, spoke of a later time. The first two keep a kiosk off the network, so the figure is
// told when the clock is right again, with those of the time out of contact (telemetry-ring.ts).
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";

/** More than clocks differ that nobody sets for a while. */
const TOLERANCE_MS = 5 * 60_000;

export class ClockDoubt {
  readonly #clock: Clock;
  readonly #log: Log;
  #notYetValid = false;
  /** How far the portal's clock was ahead when it last spoke. */
  #behindMs = 0;
  #said = false;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  get isSuspect(): boolean {
    const reason = this.#clock.wall().trust === "floor" || this.#notYetValid || this.#behindMs > TOLERANCE_MS;
    if (reason && !this.#said) {
      const wallMs = this.#clock.wall().epochMs;
      this.#log("clock.suspect", { wallMs, floorMs: wallMs + Math.max(0, this.#behindMs) });
    }
    this.#said = reason;
    return reason;
  }

  /** A certificate, ours or the broker's, was not valid yet. */
  notYetValid(): void {
    this.#notYetValid = true;
    void this.isSuspect;
  }

  /** A connection is up: both certificates hold. */
  connected(): void {
    this.#notYetValid = false;
  }

  /** What the portal said then is past: now can only be later. */
  portalSaid(atMs: number): void {
    this.#behindMs = atMs - this.#clock.wall().epochMs;
    void this.isSuspect;
  }
}
