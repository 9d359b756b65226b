// How do two ends of a wire meet inside one process?
import { type BytePort, PortClosedError } from "./byte-port.js";

class MemoryEnd implements BytePort {
  other: MemoryEnd | null = null;
  readonly #data = new Set<(chunk: Uint8Array) => void>();
  readonly #close = new Set<(reason: Error | null) => void>();
  #open = true;

  async write(bytes: Uint8Array): Promise<void> {
    const other = this.other;
    if (!this.#open || other === null) throw new PortClosedError("wire is closed");
    const copy = bytes.slice();
    await Promise.resolve();
    other.#deliver(copy);
  }

  #deliver(chunk: Uint8Array): void {
    if (!this.#open) return;
    for (const listener of [...this.#data]) listener(chunk);
  }

  #end(reason: Error | null): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of [...this.#close]) listener(reason);
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    this.#data.add(listener);
    return () => this.#data.delete(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    this.#close.add(listener);
    return () => this.#close.delete(listener);
  }

  async setBaudRate(): Promise<void> {}

  async close(): Promise<void> {
    const other = this.other;
    this.#end(null);
    if (other !== null) other.#end(new PortClosedError("the other end closed"));
  }
}

/** Two connected ends: what is written to one arrives at the other, in order, asynchronously. */
export const memoryPair = (): readonly [near: BytePort, far: BytePort] => {
  const near = new MemoryEnd();
  const far = new MemoryEnd();
  near.other = far;
  far.other = near;
  return [near, far];
};
