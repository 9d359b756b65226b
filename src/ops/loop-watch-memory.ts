// Which words of memory do the runtime's thread and the one that watches it share?

/** Places in the shared memory, counted in 32-bit words. */
export const BEATS = 0;
export const STOPPED = 1;
/** 1 once the thread has said something that the runtime does not know of. */
export const SPOKEN = 2;
const LENGTH = 3;
const NAME_AT_BYTES = 16;
const MEMORY_BYTES = 256;

export interface LoopWatchData {
  readonly memory: SharedArrayBuffer;
  /** Without a beat for so long the thread speaks. */
  readonly silentAfterMs: number;
  /** A connected datagram socket of sd_notify(3); null: there is none. */
  readonly fd: number | null;
  /** Of ops/log.ts; null: none is kept. */
  readonly logFile: string | null;
}

export const newMemory = (): SharedArrayBuffer => new SharedArrayBuffer(MEMORY_BYTES);

/** What the runtime is about to ask; "": nothing in particular. */
export const nameIn = (memory: SharedArrayBuffer): string => {
  const length = Atomics.load(new Int32Array(memory), LENGTH);
  return new TextDecoder().decode(new Uint8Array(memory, NAME_AT_BYTES, length).slice());
};

export const putName = (memory: SharedArrayBuffer, name: string): void => {
  const bytes = new TextEncoder().encode(name).subarray(0, MEMORY_BYTES - NAME_AT_BYTES);
  new Uint8Array(memory, NAME_AT_BYTES).set(bytes);
  Atomics.store(new Int32Array(memory), LENGTH, bytes.length);
};
