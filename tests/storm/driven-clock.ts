// Which time does a whole kiosk live in, that a test drives as fast as the machine allows?
import type { Clock, WallTime } from "../../src/core/clock.js";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
  cleared: boolean;
}

const before = (a: Timer, b: Timer): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Timers by their time, a binary heap; cleared ones are dropped when they come up. */
class Timers {
  readonly #heap: Timer[] = [];

  push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(timer, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  peek(): Timer | undefined {
    while (this.#heap[0]?.cleared === true) this.#pop();
    return this.#heap[0];
  }

  take(): Timer | undefined {
    const first = this.peek();
    if (first !== undefined) this.#pop();
    return first;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const goesRight = right !== undefined && left !== undefined && before(right, left);
      const child = goesRight ? right : left;
      if (child === undefined || !before(child, last)) break;
      heap[at] = child;
      at = 2 * at + (goesRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

const START_EPOCH_MS = Date.UTC(2026, 2, 2, 1);

/** Rejects with the signal's reason; leaves neither timer nor listener behind. */
const sleepOn = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      clock.clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });

/** Time stands still while anything is still to be done at this instant, threads of the pool included. */
export class DrivenClock implements Clock {
  readonly #timers = new Timers();
  readonly #work = new Set<Promise<unknown>>();
  #nowMs = 0;
  #order = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  wall(): WallTime {
    return { epochMs: START_EPOCH_MS + Math.round(this.#nowMs), trust: "trusted" };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const timer: Timer = {
      atMs: this.#nowMs + Math.max(0, ms),
      order: this.#order++,
      callback,
      cleared: false,
    };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    if (handle !== null && handle !== undefined) (handle as Timer).cleared = true;
  }

  /** Work of real threads (sealing): no simulated time passes meanwhile, so every run is the same. */
  during<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    const done = () => void this.#work.delete(work);
    work.then(done, done);
    return work;
  }

  async #quiet(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#work.size > 0 || filesUnderWay());
  }

  /** Lets time pass until `done` holds, `limitMs` is over or nothing is left to happen. True when `done` held. */
  async run(done: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#nowMs + limitMs;
    for (;;) {
      await this.#quiet();
      if (done()) return true;
      const next = this.#timers.peek();
      if (next === undefined || next.atMs > end) {
        this.#nowMs = end;
        return false;
      }
      this.#timers.take();
      this.#nowMs = next.atMs;
      next.callback();
    }
  }

  async pass(ms: number): Promise<void> {
    await this.run(() => false, ms);
  }
}

const filesUnderWay = (): boolean =>
  process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq") || name.endsWith("CloseReq"));

/** The time of one kiosk between power-up and power-down: what it waits for never comes after a cut. */
export class PoweredClock implements Clock {
  readonly #clock: DrivenClock;
  readonly #running = new Map<object, () => void>();
  #on = true;

  constructor(clock: DrivenClock) {
    this.#clock = clock;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  wall(): WallTime {
    return this.#clock.wall();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  setTimeout(callback: () => void, ms: number): object {
    if (!this.#on) return {};
    const timer: object = this.#clock.setTimeout(() => {
      this.#running.delete(timer);
      callback();
    }, ms);
    this.#running.set(timer, callback);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    if (typeof handle !== "object" || handle === null) return;
    this.#running.delete(handle);
    this.#clock.clearTimeout(handle);
  }

  /** Timers that somebody still waits for. */
  get pending(): number {
    return this.#running.size;
  }

  cut(): void {
    this.#on = false;
    for (const timer of this.#running.keys()) this.#clock.clearTimeout(timer);
    this.#running.clear();
  }
}
