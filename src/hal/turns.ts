// Who may use a sensor or a scanner now? (It serves one process at a time.)

/** One after the other, in the order of asking. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #running = 0;
  #onWaiting: () => void = () => {};

  /** `listener` hears of each newcomer that has to wait, so that a long turn can make room. One listener. */
  whenWaiting(listener: () => void): void {
    this.#onWaiting = listener;
  }

  get waiting(): boolean {
    return this.#waiting > 0;
  }

  /** Somebody has the turn. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** Who leaves while still waiting is let go at once. */
  take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let begun = false;
    this.#waiting += 1;
    const result = this.#last.then(async () => {
      begun = true;
      this.#waiting -= 1;
      signal?.throwIfAborted();
      this.#running += 1;
      try {
        return await work();
      } finally {
        this.#running -= 1;
      }
    });
    this.#last = result.catch(() => {});
    this.#onWaiting();
    if (signal === undefined) return result;
    return new Promise((resolve, reject) => {
      const leave = () => {
        if (!begun) reject(signal.reason as Error);
      };
      signal.addEventListener("abort", leave, { once: true });
      result.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }

  /** Resolves when the turns taken so far are over. */
  async over(): Promise<void> {
    await this.#last;
  }
}
