// How does a transfer go over a real I2C bus of the kernel?
import type { PromisifiedBus } from "i2c-bus";
import { I2cNackError, type I2cWire } from "./i2c-wire.js";

/** What adapters report for a missing acknowledge: ENXIO by the kernel's rule, EREMOTEIO on bcm2835. */
const NACK_ERRNOS = new Set(["ENXIO", "EREMOTEIO"]);
/** The kernel's I2C_SMBUS_BLOCK_MAX. */
const SMBUS_BLOCK_BYTES = 32;

/** Opens /dev/i2c-`bus`. Rejects with an `Error` that names the errno. */
export const openI2cBus = async (bus: number): Promise<I2cWire> => {
  // Loaded on need: its native part is of no use where there is no bus.
  const { default: i2c } = await import("i2c-bus");
  return new KernelBus(await i2c.openPromisified(bus));
};

class KernelBus implements I2cWire {
  readonly #bus: PromisifiedBus;
  #closed = false;

  constructor(bus: PromisifiedBus) {
    this.#bus = bus;
  }

  async transfer(address: number, write: Uint8Array, readLength: number): Promise<Uint8Array> {
    try {
      return await this.#transfer(address, write, readLength);
    } catch (thrown) {
      const errno = (thrown as NodeJS.ErrnoException).code ?? "";
      if (NACK_ERRNOS.has(errno)) throw new I2cNackError(address);
      throw thrown;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#bus.close().catch(() => {});
  }

  async #transfer(address: number, write: Uint8Array, readLength: number): Promise<Uint8Array> {
    const command = write[0];
    // i2c-bus has no combined transfer but this one: SMBus block read is "write one byte, repeated start, read".
    if (write.length === 1 && command !== undefined && readLength > 0 && readLength <= SMBUS_BLOCK_BYTES) {
      const buffer = Buffer.alloc(readLength);
      const { bytesRead } = await this.#bus.readI2cBlock(address, command, readLength, buffer);
      return whole(buffer, bytesRead);
    }
    if (write.length > 0) await this.#bus.i2cWrite(address, write.length, Buffer.from(write));
    if (readLength === 0) return new Uint8Array();
    const buffer = Buffer.alloc(readLength);
    const { bytesRead } = await this.#bus.i2cRead(address, readLength, buffer);
    return whole(buffer, bytesRead);
  }
}

const whole = (buffer: Buffer, bytesRead: number): Uint8Array => {
  if (bytesRead !== buffer.length) throw new Error(`short read: ${bytesRead} of ${buffer.length} bytes`);
  return new Uint8Array(buffer);
};
