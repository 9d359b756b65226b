// How does a transfer go over a real I2C bus of the kernel?
import type { PromisifiedBus } from "i2c-bus";
import { type Cause, CausedError, causeOfErrno } from "../../core/causes.js";
import { I2cNackError, type I2cWire } from "./i2c-wire.js";

/**
 * What adapters report for a missing acknowledge: ENXIO by the kernel's rule, EREMOTEIO on bcm2835. By number,
 * because i2c-bus has no name for the second; Node's own calls make it negative.
 */
const NACK_ERRNOS = new Set([6, 121]);
/** The kernel's I2C_SMBUS_BLOCK_MAX. */
const SMBUS_BLOCK_BYTES = 32;

/** Opens /dev/i2c-`bus`. Rejects with an `Error` that names the errno. */
export const openI2cBus = async (bus: number): Promise<I2cWire> => {
  // Loaded on need: its native part is of no use where there is no bus.
  const { default: i2c } = await import("i2c-bus");
  return new KernelBus(() => i2c.openPromisified(bus), bus);
};

/**
 * One transfer at a time. That is the bus's own nature, and i2c-bus needs it: it hands out a descriptor
 * before that has its slave address, and closes descriptors (whose numbers the next file gets) under transfers.
 */
class KernelBus implements I2cWire {
  readonly #openBus: () => Promise<PromisifiedBus>;
  readonly #number: number;
  #bus: PromisifiedBus | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(openBus: () => Promise<PromisifiedBus>, number: number) {
    this.#openBus = openBus;
    this.#number = number;
  }

  transfer(address: number, write: Uint8Array, readLength: number): Promise<Uint8Array> {
    const mine = this.#turn.then(() => this.#whenMyTurn(address, write, readLength));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#turn = this.#turn.then(() => this.#drop());
    await this.#turn;
  }

  async #whenMyTurn(address: number, write: Uint8Array, readLength: number): Promise<Uint8Array> {
    if (this.#closed) throw new Error(`I2C bus ${this.#number} is closed`);
    try {
      this.#bus ??= await this.#openBus();
      return await transferOn(this.#bus, { address, write, readLength });
    } catch (thrown) {
      const { code = "", errno = 0, message } = thrown as NodeJS.ErrnoException;
      if (NACK_ERRNOS.has(Math.abs(errno))) throw new I2cNackError(address);
      // i2c-bus keeps a descriptor whose address was refused: the next transfer opens anew.
      await this.#drop();
      const meaning = MEANINGS[code];
      const told = `I2C bus ${this.#number}: ${meaning === undefined ? message : `${code}, ${meaning}`}`;
      const why = busCause(code, `/dev/i2c-${this.#number}`);
      throw why === null ? new Error(told, { cause: thrown }) : new CausedError(told, why, { cause: thrown });
    }
  }

  async #drop(): Promise<void> {
    const bus = this.#bus;
    this.#bus = null;
    await bus?.close().catch(() => {});
  }
}

/** A time-out on this bus is a line that is held low, not a network that is away. */
const busCause = (code: string, at: string): Cause | null =>
  code === "ETIMEDOUT" ? { kind: "noAcknowledge", at } : causeOfErrno(code, at);

/** What the kernel's refusals mean on a board. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such bus (dtparam=i2c_arm=on?)",
  EACCES: "no permission (group i2c?)",
  EBUSY: "a driver of the kernel owns the chip's address (dtoverlay?)",
  ETIMEDOUT: "the bus is stuck, a chip holds a line low",
  ENODEV: "the bus is gone",
};

interface Transfer {
  readonly address: number;
  readonly write: Uint8Array;
  readonly readLength: number;
}

const transferOn = async (
  bus: PromisifiedBus,
  { address, write, readLength }: Transfer,
): Promise<Uint8Array> => {
  const command = write[0];
  const buffer = Buffer.alloc(readLength);
  // i2c-bus has no combined transfer but this one: SMBus block read is "write one byte, repeated start, read".
  if (write.length === 1 && command !== undefined && readLength > 0 && readLength <= SMBUS_BLOCK_BYTES) {
    const { bytesRead } = await bus.readI2cBlock(address, command, readLength, buffer);
    return whole(buffer, bytesRead);
  }
  if (write.length > 0) await bus.i2cWrite(address, write.length, Buffer.from(write));
  if (readLength === 0) return new Uint8Array();
  const { bytesRead } = await bus.i2cRead(address, readLength, buffer);
  return whole(buffer, bytesRead);
};

const whole = (buffer: Buffer, bytesRead: number): Uint8Array => {
  if (bytesRead !== buffer.length) throw new Error(`short read: ${bytesRead} of ${buffer.length} bytes`);
  return new Uint8Array(buffer);
};
