// How many kiosks send their documents at the same time?
//
// A broker acknowledges also what its portals have no time for, keeps it up to its limit and drops the rest; kiosks then
// send everything again, and a fleet that comes back at once never gets through (seen with 5,000 on two cores). So a
// portal asks for documents only as fast as it takes them in. Who is not asked waits for a turn and announces the
// submission again meanwhile, which costs a small message and keeps the place; a kiosk that stands back when its turn
// comes takes it as an invitation.
import type { Clock } from "../core/clock.js";

export interface TurnsParts {
  readonly clock: Clock;
  /** A begin that failed after its wait: nobody else hears of it. */
  readonly failed: (thrown: unknown) => void;
  readonly mostAtOnce?: number;
}

const MOST_AT_ONCE = 64;
/** A slow line, or another replica that has finished it: its turn is over, and what it sends is taken all the same. */
const IDLE_MS = 5_000;
/**
 * More than a kiosk takes from one announcement to the next (replyTimeoutMs + coolMs in sync/timings.ts): with less, those
 * who stood back lost their places, and a portal that was through with the others sat idle until they came again.
 */
const PATIENCE_MS = 40_000;
const MOST_WAITING = 5_000;
const LOOK_MS = 1_000;

interface Waiting {
  readonly sinceMs: number;
  readonly begin: () => void;
}

export class Turns {
  readonly #parts: TurnsParts;
  /** When each was last heard of. */
  readonly #sending = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting>();
  #timer: unknown = null;
  /** A begin may be over at once and make room for the next. */
  #giving = false;

  constructor(parts: TurnsParts) {
    this.#parts = parts;
  }

  /** `begin` is called now or later, or never; one that is sending already is not made to wait. */
  ask(name: string, begin: () => void): void {
    const nowMs = this.#parts.clock.monotonicMs();
    this.#tidy(nowMs);
    if (this.#sending.has(name) || (this.#waiting.size === 0 && this.#hasRoom())) {
      this.#sending.set(name, nowMs);
      begin();
    } else if (this.#waiting.has(name) || this.#waiting.size < MOST_WAITING) {
      // Who asks again keeps the place.
      this.#waiting.set(name, { sinceMs: nowMs, begin });
      this.#next(nowMs);
    }
  }

  /** Something of it came. */
  heard(name: string): void {
    if (this.#sending.has(name)) this.#sending.set(name, this.#parts.clock.monotonicMs());
  }

  /** It has its answer. */
  over(name: string): void {
    this.#waiting.delete(name);
    if (this.#sending.delete(name)) this.#next(this.#parts.clock.monotonicMs());
  }

  close(): void {
    this.#waiting.clear();
    if (this.#timer !== null) this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #hasRoom(): boolean {
    return this.#sending.size < (this.#parts.mostAtOnce ?? MOST_AT_ONCE);
  }

  #tidy(nowMs: number): void {
    for (const [name, heardMs] of this.#sending) if (nowMs - heardMs > IDLE_MS) this.#sending.delete(name);
    for (const [name, { sinceMs }] of this.#waiting)
      if (nowMs - sinceMs > PATIENCE_MS) this.#waiting.delete(name);
  }

  #next(nowMs: number): void {
    if (this.#giving) return;
    this.#giving = true;
    for (const [name, { begin }] of this.#waiting) {
      if (!this.#hasRoom()) break;
      this.#waiting.delete(name);
      this.#sending.set(name, nowMs);
      try {
        begin();
      } catch (thrown) {
        this.#sending.delete(name);
        this.#parts.failed(thrown);
      }
    }
    this.#giving = false;
    if (this.#waiting.size > 0) this.#lookLater();
  }

  /** Nothing may come that would end a turn which is idle. */
  #lookLater(): void {
    this.#timer ??= this.#parts.clock.setTimeout(() => {
      this.#timer = null;
      const nowMs = this.#parts.clock.monotonicMs();
      this.#tidy(nowMs);
      this.#next(nowMs);
    }, LOOK_MS);
  }
}
