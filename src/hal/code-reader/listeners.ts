// Who is told of a code, and what if one of them fails?
import type { Log } from "../../core/log.js";

export class Listeners {
  readonly #log: Log;
  readonly #all = new Set<(text: string) => void>();
  readonly #onCount: (count: number) => void;

  /** `onCount` hears of every change of their number. */
  constructor(log: Log, onCount: (count: number) => void = () => {}) {
    this.#log = log;
    this.#onCount = onCount;
  }

  get count(): number {
    return this.#all.size;
  }

  add(listener: (text: string) => void): () => void {
    // A listener that is added twice hears twice, and leaves once at a time.
    const own = (text: string) => listener(text);
    this.#all.add(own);
    this.#onCount(this.#all.size);
    return () => {
      if (this.#all.delete(own)) this.#onCount(this.#all.size);
    };
  }

  clear(): void {
    this.#all.clear();
    this.#onCount(0);
  }

  tell(text: string): void {
    for (const listener of [...this.#all]) {
      try {
        listener(text);
      } catch (thrown) {
        // Its message may quote the code: only the kind of error is logged.
        const message = thrown instanceof Error ? thrown.name : typeof thrown;
        this.#log("kiosk.error", { where: "listener of the code reader", message });
      }
    }
  }
}
