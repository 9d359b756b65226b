// How does the simulated PN532 look from an I2C bus?
import type { I2cWire } from "../chip-reader/pn532/i2c-transport.js";
import type { BytePort } from "../port/byte-port.js";
import { memoryPair } from "../port/memory.js";
import type { Pn532Sim } from "./pn532-sim.js";

const BUSY = 0x00;
const READY = 0x01;

/** Slave 0x24: each read gives a ready byte and, when there is one, the oldest frame, filled up with zeros. */
export class Pn532I2cFace implements I2cWire {
  readonly #near: BytePort;
  readonly #sim: Pn532Sim;
  readonly #frames: Uint8Array[] = [];

  /** Takes the place of the serial wire: `sim` is attached to it. */
  constructor(sim: Pn532Sim) {
    const [near, far] = memoryPair();
    this.#near = near;
    near.onData((frame) => this.#frames.push(frame));
    sim.attach(far);
    this.#sim = sim;
  }

  async write(bytes: Uint8Array): Promise<void> {
    // The chip drops what it has not delivered when the next command comes.
    this.#frames.length = 0;
    this.#sim.wakeByAddress();
    await this.#near.write(bytes);
  }

  async read(length: number): Promise<Uint8Array> {
    const frame = this.#frames.shift();
    const answer = new Uint8Array(length);
    answer[0] = frame === undefined ? BUSY : READY;
    if (frame !== undefined) answer.set(frame.subarray(0, length - 1), 1);
    return answer;
  }

  async close(): Promise<void> {
    await this.#near.close();
  }
}
