// How long is waited before another browser is started, and when is the visit what kills them?

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A browser that held this long owes nothing to the one before. */
const HELD_MS = 120_000;
const DEATHS_OF_ONE_VISIT = 3;

/** The waits before each new start, by the monotonic clock. */
export class Waits {
  #waitMs = FIRST_WAIT_MS;
  #begunMs = 0;

  begun(nowMs: number): void {
    this.#begunMs = nowMs;
  }

  next(nowMs: number): number {
    if (nowMs - this.#begunMs >= HELD_MS) this.#waitMs = FIRST_WAIT_MS;
    const waitMs = this.#waitMs;
    this.#waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    return waitMs;
  }
}

/** Calls `endVisit` when several died within a short time. */
export class Deaths {
  readonly #endVisit: () => void;
  #deaths: readonly number[] = [];

  constructor(endVisit: () => void) {
    this.#endVisit = endVisit;
  }

  count(nowMs: number): void {
    this.#deaths = [...this.#deaths.filter((at) => nowMs - at < HELD_MS), nowMs];
    if (this.#deaths.length < DEATHS_OF_ONE_VISIT) return;
    this.#deaths = [];
    this.#endVisit();
  }
}
