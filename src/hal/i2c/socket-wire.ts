// How does a transfer go to the chips of the simulated board?
//
// Requests {id, address, write: hex, read: length}, answers {id, data: hex}, {id, nack: true}.
import type { Clock } from "../../core/clock.js";
import type { BytePort } from "../port/byte-port.js";
import { JsonRequests } from "../port/json-lines.js";
import { I2cNackError, type I2cWire } from "./i2c-wire.js";

/** The kernel's own limit for a stuck bus is one second (i2c_adapter.timeout = HZ). */
const ANSWER_WITHIN_MS = 1_000;

export const socketI2cWire = (port: BytePort, clock: Clock): I2cWire => {
  const requests = new JsonRequests(port, clock, () => {});
  return {
    transfer: async (address, write, readLength) => {
      const body = { address, write: Buffer.from(write).toString("hex"), read: readLength };
      const { nack, data } = await requests.request("an I2C transfer", body, ANSWER_WITHIN_MS);
      if (nack === true) throw new I2cNackError(address);
      if (typeof data !== "string") throw new Error("an I2C answer without data");
      const bytes = new Uint8Array(Buffer.from(data, "hex"));
      if (bytes.length !== readLength) throw new Error(`short read: ${bytes.length} of ${readLength} bytes`);
      return bytes;
    },
    close: () => requests.close(),
  };
};
