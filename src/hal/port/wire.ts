// Who listens to a port, and is it still open? (What all kinds of ports share of the failure contract.)
import { PortClosedError } from "./byte-port.js";

type DataListener = (chunk: Uint8Array) => void;
type CloseListener = (reason: Error | null) => void;

export class Wire {
  readonly name: string;
  readonly #data = new Set<DataListener>();
  readonly #close = new Set<CloseListener>();
  #closed: { readonly reason: Error | null } | null = null;

  /** `name` is the address, for error messages. */
  constructor(name: string) {
    this.name = name;
  }

  get open(): boolean {
    return this.#closed === null;
  }

  onData(listener: DataListener): () => void {
    this.#data.add(listener);
    return () => this.#data.delete(listener);
  }

  /** A listener that comes after the end is told at once, so that nobody waits for an end already past. */
  onClose(listener: CloseListener): () => void {
    const closed = this.#closed;
    if (closed !== null) queueMicrotask(() => listener(closed.reason));
    else this.#close.add(listener);
    return () => this.#close.delete(listener);
  }

  deliver(chunk: Uint8Array): void {
    if (this.#closed !== null || chunk.length === 0) return;
    for (const listener of [...this.#data]) listener(chunk);
  }

  /** Only the first end counts. */
  end(reason: Error | null): void {
    if (this.#closed !== null) return;
    this.#closed = { reason };
    const listeners = [...this.#close];
    this.#close.clear();
    this.#data.clear();
    for (const listener of listeners) listener(reason);
  }

  /** What `write` rejects with once the wire is gone. */
  closedError(cause?: unknown): PortClosedError {
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    return new PortClosedError(`${this.name} is closed${why}`, { cause });
  }

  /**
   * Runs one hand-over to the operating system; ends with `PortClosedError` when the wire ends first,
   * because a stream that is destroyed may never call its write callback.
   */
  handOver(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    if (this.#closed !== null) return Promise.reject(this.closedError(this.#closed.reason));
    return new Promise((resolve, reject) => {
      const unsubscribe = this.onClose((reason) => reject(this.closedError(reason)));
      start((error) => {
        unsubscribe();
        if (error === undefined || error === null) resolve();
        else reject(this.closedError(error));
      });
    });
  }
}
