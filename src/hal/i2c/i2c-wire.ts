// What does a sensor driver need of an I2C bus, or of a wire that stands for one?
import type { Cause } from "../../core/causes.js";

/**
 * One bus. Failure contract: a chip that does not acknowledge gives `I2cNackError`, a bus that is gone or
 * stuck any other `Error`; nothing hangs.
 */
export interface I2cWire {
  /**
   * Writes `write` to the chip at the 7-bit `address`, then, after a repeated start, reads `readLength`
   * bytes. Either part may be empty.
   */
  transfer(address: number, write: Uint8Array, readLength: number): Promise<Uint8Array>;
  /** Safe to call twice; never throws. */
  close(): Promise<void>;
}

/** No chip pulled the line low at the acknowledge bit: absent, busy or confused. */
export class I2cNackError extends Error {
  override readonly name = "I2cNackError";
  readonly why: Cause;
  constructor(readonly address: number) {
    const at = `0x${address.toString(16).padStart(2, "0")}`;
    super(`the chip at ${at} does not acknowledge`);
    this.why = { kind: "noAcknowledge", at };
  }
}

/** One chip on the bus; closing it closes the wire. */
export interface I2cSlave {
  read(length: number): Promise<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export const boundTo = (wire: I2cWire, address: number): I2cSlave => ({
  read: (length) => wire.transfer(address, new Uint8Array(), length),
  write: async (bytes) => {
    await wire.transfer(address, bytes, 0);
  },
  close: () => wire.close(),
});
