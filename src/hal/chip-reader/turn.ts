// Who may use a thing that serves one at a time?

/** First come, first served. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Runs `work` when its turn comes. Who is aborted while waiting leaves at once, with the signal's reason. */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const before = this.#last;
    let done = () => {};
    this.#last = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#waiting += 1;
    try {
      await untilOrAborted(before, signal);
    } catch (thrown) {
      // The next in line still waits for the one before.
      this.#waiting -= 1;
      void before.then(done);
      throw thrown;
    }
    try {
      return await work();
    } finally {
      this.#waiting -= 1;
      done();
    }
  }
}

/** `before` never rejects. */
const untilOrAborted = (before: Promise<unknown>, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason as Error);
    signal?.addEventListener("abort", onAbort, { once: true });
    void before.then(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
  });
