// At which bit rate do the host and the PN532 talk over the high-speed UART (HSU)?
import type { Clock } from "../../../core/clock.js";
import { FaultError } from "../../../core/faults.js";
import type { BytePort } from "../../port/byte-port.js";
import { BAUD_CODE, echo, samConfiguration, setSerialBaudRate } from "./commands.js";
import type { CommandOptions, Pn532Link, Stray } from "./link.js";

/** After power-up. */
export const POWER_UP_BAUD = 115_200;
/** The fastest that common USB adapters and the boards' own UARTs share with the PN532. */
export const FAST_BAUD = 921_600;

/** 0x55 gives the edges that wake the chip; the zeros are the time that its oscillator needs (some 2 ms). */
const WAKE_UP = Uint8Array.of(0x55, 0x55, ...new Uint8Array(14));
/**
 * Between the host's ACK and the first byte at the new rate. UM0701-02 7.2.9 asks 200 µs; but the ACK must
 * have left the adapter first, because a new rate throws away what is still in its buffers.
 */
const SETTLE_MS = 20;

/** Less may be noise by chance, which seldom stays within the printable characters. */
const TEXT_AT_LEAST_BYTES = 8;
const TEXT_SHARE = 0.95;

/** Longer than the longest APDU's frame is not possible; this one is extended, as those are. */
const TEST_BYTES = 260;
const TEST_TIMES = 4;

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
  options: Pick<CommandOptions, "signal" | "tries"> = {},
): Promise<void> => {
  await link.wake(transport === "hsu" ? WAKE_UP : null);
  await link.command(samConfiguration(), { ...QUICK, ...options });
};

/** Throws `FaultError` "chipReader.wrongDevice" when what is at the address says things that are no answers. */
export const wakeUpOverI2c = async (wire: HostWire, signal?: AbortSignal): Promise<void> => {
  try {
    await wakeUp(wire, "i2c", { signal });
  } catch (thrown) {
    const silent = thrown instanceof FaultError && thrown.code === "chipReader.silent";
    if (!silent || wire.link.stray.bytes === 0) throw thrown;
    // A port expander of the same address gives its inputs for ever, and the ready bit is among them.
    const detail = `${wire.link.stray.bytes} bytes that are no frames: another chip has this I2C address`;
    throw new FaultError("chipReader.wrongDevice", detail);
  }
};

/**
 * Finds the rate at which the chip listens: power-up's, the fast one when only the host was restarted, or any
 * other when something else had set it. Throws what says most: `FaultError` "chipReader.wrongDevice" when
 * another device answers, else the fault of the first try.
 */
export const findReader = async (wire: HostWire, fastBaud: number, signal?: AbortSignal): Promise<number> => {
  const likely = fastBaud === POWER_UP_BAUD ? [POWER_UP_BAUD] : [POWER_UP_BAUD, fastBaud];
  const others = [...BAUD_CODE.keys()].filter((baud) => !likely.includes(baud)).reverse();
  let first: unknown = null;
  let stranger: FaultError | null = null;
  for (const baud of [...likely, ...others]) {
    try {
      await wire.port.setBaudRate(baud);
      await wakeUp(wire, "hsu", { signal, ...(likely.includes(baud) ? {} : { tries: 1 }) });
      return baud;
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof FaultError && thrown.code !== "chipReader.silent") throw thrown;
      if (wire.link.gone !== null) throw wire.link.gone;
      first ??= thrown;
      stranger ??= strangerAt(baud, wire.link.stray);
    }
  }
  throw stranger ?? first;
};

/** Never quotes what came: a scanner behind the wrong path says what stands on a citizen's card. */
const strangerAt = (baud: number, { bytes, textBytes, echo }: Stray): FaultError | null => {
  const found = (what: string) => new FaultError("chipReader.wrongDevice", `at ${baud} bit/s ${what}`);
  if (echo) return found("what is sent comes back: a modem, a console, or RX joined to TX");
  if (bytes < TEXT_AT_LEAST_BYTES || textBytes < bytes * TEXT_SHARE) return null;
  return found(`${bytes} bytes of text came: a scanner, a receiver or a console`);
};

/** Tells the chip, then follows it. Throws `FaultError` "chipReader.failed" when the chip refuses the rate. */
const changeRate = async (wire: HostWire, baud: number, signal?: AbortSignal): Promise<void> => {
  const { port, link, clock } = wire;
  await link.command(setSerialBaudRate(BAUD_CODE.get(baud) ?? 0), { ...QUICK, repeatable: false, signal });
  await link.acknowledge();
  await clock.sleep(SETTLE_MS, signal);
  await port.setBaudRate(baud);
};

/** Does the wire carry the longest frames both ways, bit by bit? A long or loose cable shows here, not at a card. */
const carries = async ({ link }: HostWire, signal?: AbortSignal): Promise<boolean> => {
  const edges = Uint8Array.from(
    { length: TEST_BYTES },
    (_, i) => [0x55, 0x00, 0xff, 0xaa, i & 0xff][i % 5] ?? 0,
  );
  for (let times = 0; times < TEST_TIMES; times++) {
    try {
      const answer = await link.command(echo(edges), { ...QUICK, repeatable: false, signal });
      if (!answer.subarray(1).every((byte, i) => byte === edges[i])) return false;
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof FaultError && thrown.code === "chipReader.absent") throw thrown;
      return false;
    }
  }
  return true;
};

/**
 * Brings both ends from one rate to another; gives the rate in use afterwards. Falls back when the port can not
 * do it, the chip refuses it, or the wire does not carry it. At 115 200 the wire costs more time than the air.
 */
export const raiseSpeed = async (
  wire: HostWire,
  { from, to }: { readonly from: number; readonly to: number },
  signal?: AbortSignal,
): Promise<number> => {
  const { port } = wire;
  if (!BAUD_CODE.has(to)) return from;
  try {
    await port.setBaudRate(to);
    await port.setBaudRate(from);
  } catch {
    await port.setBaudRate(from);
    return from;
  }
  try {
    await changeRate(wire, to, signal);
  } catch (thrown) {
    if (thrown instanceof FaultError && thrown.code === "chipReader.failed") return from;
    throw thrown;
  }
  if (await carries(wire, signal)) return to;
  try {
    // Short frames may still get through where long ones do not.
    await changeRate(wire, POWER_UP_BAUD, signal);
  } catch {
    signal?.throwIfAborted();
    await port.setBaudRate(POWER_UP_BAUD);
  }
  return await findReader(wire, to, signal);
};
