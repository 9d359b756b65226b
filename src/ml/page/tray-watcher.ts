// What lies on the tray right now, and is it time to take its picture?
//
// Preview frames go to a process of their own; the answer is one instruction and where the page lies.
import { FaultError } from "../../core/faults.js";
import type { Advice } from "../reader.js";
import { WorkProcess } from "../work-process.js";
import type { Quad } from "./homography.js";
import type { FrameLook } from "./look.js";
import { STEADY_LIMITS, type SteadyLimits, SteadyWatch } from "./steady.js";
import type { TrayTask } from "./tray-process.js";

export interface TrayFrame {
  /** A preview picture; 640 px wide is enough. */
  readonly jpeg: Uint8Array;
  /** Any monotonic clock. */
  readonly takenAtMs: number;
}

export interface TrayLook {
  /** The one thing to tell the citizen; "holdStill" while a good page has to lie still a moment longer. */
  readonly advice: Advice | "none" | "holdStill";
  /** Corners in 0…1 of the frame, clockwise from the page's top left as the frame shows it; null without a page. */
  readonly quad: Quad | null;
  /** True once for each page that lies still and is good: take the full picture now. */
  readonly takeNow: boolean;
  readonly look: FrameLook;
}

export interface TrayWatcher {
  /**
   * One frame at a time: a frame that comes while another is looked at is refused with null, so that a slow
   * board shows the newest and not the oldest. Throws `FaultError` "paper.unreadable" for a picture that can not
   * be decoded, or the signal's reason.
   */
  look(frame: TrayFrame, signal?: AbortSignal): Promise<TrayLook | null>;
  /** The picture just taken is of no use: take the same page once more. */
  again(): void;
  /** Ends the process; no picture stays in memory. A later look starts another. */
  close(): Promise<void>;
}

export interface TrayWatcherParts {
  /** Monotonic timers; the process is ended when nobody asks any more. */
  readonly clock: {
    setTimeout(then: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
  };
  readonly limits?: SteadyLimits;
}

/** The first look loads opencv: half a second here, some on a small board. */
const LIMIT_MS = 30_000;
/** Nobody has asked for this long: the process is ended and its memory given back. */
const IDLE_MS = 20_000;

class Watcher implements TrayWatcher {
  readonly #parts: TrayWatcherParts;
  readonly #work = new WorkProcess<TrayTask, FrameLook>({
    script: new URL("./tray-process.js", import.meta.url),
    name: "tray process",
    loss: "paper.unreadable",
  });
  #steady: SteadyWatch;
  #busy = false;
  #idle: unknown = null;

  constructor(parts: TrayWatcherParts) {
    this.#parts = parts;
    this.#steady = new SteadyWatch(parts.limits ?? STEADY_LIMITS);
  }

  async look({ jpeg, takenAtMs }: TrayFrame, signal?: AbortSignal): Promise<TrayLook | null> {
    if (this.#busy) return null;
    this.#busy = true;
    this.#parts.clock.clearTimeout(this.#idle);
    const limit = new AbortController();
    const tooLong = new FaultError(
      "paper.unreadable",
      `a look at the tray took more than ${LIMIT_MS / 1_000} s`,
    );
    const timer = this.#parts.clock.setTimeout(() => limit.abort(tooLong), LIMIT_MS);
    const signals = signal === undefined ? [limit.signal] : [limit.signal, signal];
    try {
      const look = await this.#work.run({ jpeg }, { signal: AbortSignal.any(signals) });
      return { ...this.#steady.look(look, takenAtMs), look };
    } finally {
      this.#parts.clock.clearTimeout(timer);
      this.#busy = false;
      this.#idle = this.#parts.clock.setTimeout(() => void this.#work.end(), IDLE_MS);
    }
  }

  again(): void {
    this.#steady.again();
  }

  async close(): Promise<void> {
    this.#parts.clock.clearTimeout(this.#idle);
    this.#steady = new SteadyWatch(this.#parts.limits ?? STEADY_LIMITS);
    await this.#work.end();
  }
}

export const createTrayWatcher = (parts: TrayWatcherParts): TrayWatcher => new Watcher(parts);
