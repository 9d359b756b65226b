// Which driver and which transport serve a chip reader at a given address?
import { causeIn } from "../core/causes.js";
import type { Clock } from "../core/clock.js";
import { FaultError, toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { ChipReader } from "./chip-reader/chip-reader.js";
import { openPcsc } from "./chip-reader/pcsc/driver.js";
import { openPn532 } from "./chip-reader/pn532/driver.js";
import { i2cPort, PN532_I2C_ADDRESS } from "./chip-reader/pn532/i2c-transport.js";
import { openI2cBus } from "./i2c/i2c-bus-wire.js";
import { boundTo, type I2cWire } from "./i2c/i2c-wire.js";
import { socketI2cWire } from "./i2c/socket-wire.js";
import type { BytePort } from "./port/byte-port.js";
import { openPort } from "./port/open.js";

/** Opens the wire of an address; `openPort` where nobody says otherwise. */
export type PortOpener = (address: string) => Promise<BytePort>;

export interface OpenReaderParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly open?: PortOpener;
}

/** A kernel bus by its number, or the simulated one by its port address. */
export const openI2cWire = async (
  bus: string,
  clock: Clock,
  open: PortOpener = openPort,
): Promise<I2cWire> =>
  /^\d{1,3}$/.test(bus) ? openI2cBus(Number(bus)) : socketI2cWire(await open(bus), clock);

/**
 * `pcsc:` or `pcsc:NAME` is a reader of PC/SC. `i2c:BUS` takes a bus as `[board.i2c]` does; everything else
 * is a byte port, e.g. `serial:PATH[:BAUD]`. Throws `FaultError`, "chipReader.absent" when the address can not be
 * opened, or the signal's reason.
 */
export const openReaderAt = async (
  address: string,
  parts: OpenReaderParts,
  signal?: AbortSignal,
): Promise<ChipReader> => {
  try {
    return await openAt(address, parts, signal);
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    const { code, detail } = toFault(thrown, "chipReader.absent");
    const known = causeIn(thrown);
    // Which path leads to the stranger is known here only.
    const why =
      known ?? (code === "chipReader.wrongDevice" ? { kind: "wrongDevice" as const, at: address } : null);
    throw new FaultError(code, detail, { cause: thrown, ...(why === null ? {} : { why }) });
  }
};

const openAt = async (
  address: string,
  { clock, log, open = openPort }: OpenReaderParts,
  signal: AbortSignal | undefined,
): Promise<ChipReader> => {
  if (address.startsWith("pcsc:")) {
    return openPcsc({ clock, log, reader: address.slice("pcsc:".length) || null }, signal);
  }
  if (!address.startsWith("i2c:")) return openPn532({ port: await open(address), clock, log }, signal);
  const wire = boundTo(await openI2cWire(address.slice("i2c:".length), clock, open), PN532_I2C_ADDRESS);
  return openPn532({ port: i2cPort({ wire, clock }), clock, log, transport: "i2c" }, signal);
};
