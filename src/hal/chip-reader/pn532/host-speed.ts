// At which bit rate do the host and the PN532 talk over the high-speed UART (HSU)?
import type { Clock } from "../../../core/clock.js";
import { FaultError } from "../../../core/faults.js";
import type { BytePort } from "../../port/byte-port.js";
import { BAUD_CODE, getFirmwareVersion, samConfiguration, setSerialBaudRate } from "./commands.js";
import type { Pn532Link } from "./link.js";

/** After power-up. */
export const POWER_UP_BAUD = 115_200;
/** The fastest that common USB adapters and the boards' own UARTs share with the PN532. */
export const FAST_BAUD = 921_600;

/** 0x55 gives the edges that wake the chip; the zeros are the time that its oscillator needs (some 2 ms). */
const WAKE_UP = Uint8Array.of(0x55, 0x55, ...new Uint8Array(14));
/** Between the host's ACK and the first byte at the new rate (UM0701-02 7.2.9 asks 200 µs). */
const SETTLE_MS = 5;

const QUICK = { withinMs: 500, repeatable: true } as const;

export interface HostWire {
  readonly port: BytePort;
  readonly link: Pn532Link;
  readonly clock: Clock;
}

/** Wakes the chip and takes it out of its low-battery mode. On I2C its address alone wakes it. */
export const wakeUp = async (
  { link }: HostWire,
  transport: "hsu" | "i2c",
  signal?: AbortSignal,
): Promise<void> => {
  await link.wake(transport === "hsu" ? WAKE_UP : null);
  await link.command(samConfiguration(), { ...QUICK, signal });
};

/**
 * Finds the rate at which the chip listens: power-up's, or the fast one when only the host was restarted.
 * Throws the `FaultError` of the first try when none answers.
 */
export const findReader = async (wire: HostWire, fastBaud: number, signal?: AbortSignal): Promise<number> => {
  let first: unknown = null;
  for (const baud of fastBaud === POWER_UP_BAUD ? [POWER_UP_BAUD] : [POWER_UP_BAUD, fastBaud]) {
    try {
      await wire.port.setBaudRate(baud);
      await wakeUp(wire, "hsu", signal);
      return baud;
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof FaultError && thrown.code === "chipReader.absent") throw thrown;
      first ??= thrown;
    }
  }
  throw first;
};

/**
 * Raises both ends to `fastBaud`; gives the rate in use afterwards. Falls back when the port can not do it,
 * the chip refuses it, or the wire does not carry it. At 115 200 the wire costs more time than the air.
 */
export const raiseSpeed = async (wire: HostWire, fastBaud: number, signal?: AbortSignal): Promise<number> => {
  const { port, link, clock } = wire;
  const code = BAUD_CODE.get(fastBaud);
  if (code === undefined || fastBaud === POWER_UP_BAUD) return POWER_UP_BAUD;
  try {
    await port.setBaudRate(fastBaud);
    await port.setBaudRate(POWER_UP_BAUD);
  } catch {
    return POWER_UP_BAUD;
  }
  try {
    await link.command(setSerialBaudRate(code), { withinMs: 500, repeatable: false, signal });
  } catch (thrown) {
    if (thrown instanceof FaultError && thrown.code === "chipReader.failed") return POWER_UP_BAUD;
    throw thrown;
  }
  await link.acknowledge();
  await clock.sleep(SETTLE_MS, signal);
  await port.setBaudRate(fastBaud);
  try {
    await link.command(getFirmwareVersion(), { ...QUICK, signal });
    return fastBaud;
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!(thrown instanceof FaultError) || thrown.code !== "chipReader.silent") throw thrown;
  }
  // The chip may not have changed over, or the wire may be too poor for the fast rate.
  return await findReader(wire, fastBaud, signal);
};
