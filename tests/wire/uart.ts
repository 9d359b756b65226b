// What arrives when one end of a serial line sends at another speed than the other one reads?
import { type BytePort, PortClosedError } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";

/** 8N1, least significant bit first; a byte whose stop bit is low reads as 0, as Linux delivers it. */
export const misread = (bytes: Uint8Array, sentBaud: number, readBaud: number): Uint8Array => {
  const levels = [1];
  for (const byte of bytes) levels.push(0, ...Array.from({ length: 8 }, (_, i) => (byte >> i) & 1), 1);
  const bitsPerRead = sentBaud / readBaud;
  const levelAt = (sentBits: number) => levels[Math.floor(sentBits)] ?? 1;
  const step = bitsPerRead / 16;
  const heard: number[] = [];
  for (let at = 0; at < levels.length; at += step) {
    if (levelAt(at) === 1) continue;
    // In the middle of the start bit a receiver looks again: shorter dips are noise.
    if (levelAt(at + bitsPerRead / 2) !== 0) continue;
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= levelAt(at + (bit + 1.5) * bitsPerRead) << bit;
    const stop = levelAt(at + 9.5 * bitsPerRead);
    heard.push(stop === 1 ? byte : 0);
    at += 9.5 * bitsPerRead;
    while (at < levels.length && levelAt(at) === 0) at += step;
  }
  return Uint8Array.from(heard);
};

/** One end of a serial line that knows its bit rate, as a UART does. */
class RatedEnd implements BytePort {
  readonly #port: BytePort;
  other: RatedEnd | null = null;
  /** Rates that this end can not do: `setBaudRate` rejects. */
  readonly refused = new Set<number>();
  /** A poor cable: above this rate the 100th byte of every frame loses a bit. */
  cleanUpToBaud = Number.POSITIVE_INFINITY;

  constructor(
    port: BytePort,
    public baudRate: number,
  ) {
    this.#port = port;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const readBaud = this.other?.baudRate ?? this.baudRate;
    const sent = bytes.slice();
    const hit = 99;
    if (this.baudRate > this.cleanUpToBaud && sent.length > hit) sent[hit] = (sent[hit] ?? 0) ^ 0x08;
    await this.#port.write(readBaud === this.baudRate ? sent : misread(sent, this.baudRate, readBaud));
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    return this.#port.onData(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return this.#port.onClose(listener);
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (this.refused.has(baudRate)) throw new PortClosedError(`no ${baudRate} bit/s here`);
    this.baudRate = baudRate;
  }

  close(): Promise<void> {
    return this.#port.close();
  }
}

/** Two ends of a serial line; what is sent at another rate than it is read at arrives as a UART would read it. */
export const uartPair = (nearBaud: number, farBaud: number): readonly [near: RatedEnd, far: RatedEnd] => {
  const [nearPort, farPort] = memoryPair();
  const near = new RatedEnd(nearPort, nearBaud);
  const far = new RatedEnd(farPort, farBaud);
  near.other = far;
  far.other = near;
  return [near, far];
};
