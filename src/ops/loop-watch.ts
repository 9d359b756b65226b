// Is it told which part held the runtime up, when the whole of it is held up by that part?
//
// SQLite and the statechart work on the runtime's own thread: one that hangs takes every timer with it. What they are
// about to do is therefore put down first, where another thread can read it.
import { Worker } from "node:worker_threads";
import type { Clock } from "../core/clock.js";
import { BEATS, type LoopWatchData, newMemory, putName, SPOKEN, STOPPED } from "./loop-watch-memory.js";

export interface LoopWatchOptions extends Omit<LoopWatchData, "memory"> {
  readonly clock: Clock;
}

const BEATS_IN_SILENCE = 5;

export class LoopWatch {
  readonly #options: LoopWatchOptions;
  readonly #memory = newMemory();
  readonly #counts = new Int32Array(this.#memory);
  #thread: Worker | null = null;
  #part = "";
  #timer: unknown = null;

  constructor(options: LoopWatchOptions) {
    this.#options = options;
  }

  /** Before this nobody speaks: a start may stand still for long, and the unit's status says at what. */
  begin(): void {
    const { silentAfterMs, fd, logFile } = this.#options;
    this.#thread = new Worker(new URL("./loop-watch-thread.js", import.meta.url), {
      workerData: { memory: this.#memory, silentAfterMs, fd, logFile } satisfies LoopWatchData,
      // It sleeps: the least that V8 takes is enough.
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
    });
    this.#thread.unref();
    // A thread that could not be started is a poorer report, and no reason to serve nobody.
    this.#thread.on("error", () => {});
    this.#beat();
  }

  /** Runs `act`; should it never come back, `part` is named. */
  during<T>(part: string, act: () => T): T {
    const before = this.#part;
    this.#name(part);
    try {
      return act();
    } finally {
      this.#name(before);
    }
  }

  /** Whether the thread spoke since this was asked last: the unit's status is then its own. */
  hasSpoken(): boolean {
    return Atomics.exchange(this.#counts, SPOKEN, 0) === 1;
  }

  async close(): Promise<void> {
    this.#options.clock.clearTimeout(this.#timer);
    Atomics.store(this.#counts, STOPPED, 1);
    Atomics.notify(this.#counts, BEATS);
    await this.#thread?.terminate();
  }

  #name(part: string): void {
    this.#part = part;
    putName(this.#memory, part);
  }

  #beat(): void {
    const { clock, silentAfterMs } = this.#options;
    Atomics.add(this.#counts, BEATS, 1);
    Atomics.notify(this.#counts, BEATS);
    this.#timer = clock.setTimeout(() => this.#beat(), silentAfterMs / BEATS_IN_SILENCE);
  }
}
