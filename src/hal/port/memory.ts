// How do two ends of a wire meet inside one process?
import { type BytePort, PortClosedError } from "./byte-port.js";
import { Wire } from "./wire.js";

class MemoryEnd implements BytePort {
  other: MemoryEnd | null = null;
  readonly #wire = new Wire("memory wire");

  async write(bytes: Uint8Array): Promise<void> {
    const other = this.other;
    if (!this.#wire.open || other === null) throw this.#wire.closedError();
    const copy = bytes.slice();
    await Promise.resolve();
    other.#wire.deliver(copy);
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    return this.#wire.onData(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return this.#wire.onClose(listener);
  }

  async setBaudRate(): Promise<void> {}

  async close(): Promise<void> {
    this.#wire.end(null);
    const other = this.other;
    if (other !== null) other.#wire.end(new PortClosedError("the other end closed"));
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
