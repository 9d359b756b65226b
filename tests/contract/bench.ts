// What do the reader tests share: a clock, waits with a bound, cards that answer what they are told to?
import { SystemClock } from "../../src/core/clock.js";
import { FaultError } from "../../src/core/faults.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPort } from "../../src/hal/port/open.js";
import type { CardFarEnd } from "../../src/hal/sim/far-ends.js";
import { openPtyPair } from "../wire/pty.js";

export const clock = new SystemClock({ floorMs: 0, synchronised: () => false });

export const until = async (what: string, condition: () => boolean, withinMs = 5_000): Promise<void> => {
  const end = clock.monotonicMs() + withinMs;
  while (!condition()) {
    if (clock.monotonicMs() > end) throw new Error(`never: ${what}`);
    await clock.sleep(2);
  }
};

/** The code of the fault that `promise` rejects with. */
export const faultOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof FaultError) return thrown.code;
    throw thrown;
  }
  throw new Error("was expected to fail");
};

/** What a promise rejects with, whatever it is. */
export const thrownBy = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("was expected to fail");
};

/** `length` bytes that hold every value, start codes and ACK frames among them. */
export const pattern = (length: number, seed = 0): Uint8Array => {
  const tricky = [0x00, 0x00, 0xff, 0x00, 0xff, 0x00, 0x00, 0x00, 0xff, 0x01, 0xff, 0x7f, 0x81, 0x00, 0x55];
  return Uint8Array.from({ length }, (_, i) => tricky[(i + seed) % 23] ?? (i * 7 + seed) & 0xff);
};

export class TestCard implements CardFarEnd {
  readonly heard: Uint8Array[] = [];
  resets = 0;

  constructor(
    readonly type: "A" | "B",
    readonly uid: Uint8Array,
    readonly answer: (command: Uint8Array) => Uint8Array = (command) => command,
  ) {}

  reset(): void {
    this.resets += 1;
  }

  respond(commandApdu: Uint8Array): Uint8Array {
    this.heard.push(commandApdu.slice());
    return this.answer(commandApdu);
  }
}

export const cardA = (answer?: (command: Uint8Array) => Uint8Array): TestCard =>
  new TestCard("A", Uint8Array.of(0x08, 0x12, 0x34, 0x56), answer);
export const cardB = (answer?: (command: Uint8Array) => Uint8Array): TestCard =>
  new TestCard("B", Uint8Array.of(0xb1, 0x02, 0x03, 0x04), answer);

/** A wire with two ends; `near` is opened anew for each kiosk start where that is possible. */
export interface TestWire {
  readonly name: string;
  /** The kiosk's end and the device's. */
  open(): Promise<readonly [near: BytePort, far: BytePort]>;
  close(): Promise<void>;
}

export const memoryWire = (): TestWire => ({
  name: "memory wire",
  open: async () => memoryPair(),
  close: async () => {},
});

/** The far end stays open for the life of the wire, as a device does. */
export const ptyWire = async (baudRate: number): Promise<TestWire> => {
  const pair = await openPtyPair();
  const far = await openPort(`serial:${pair.b}:${baudRate}`);
  return {
    name: "PTY wire",
    open: async () => [await openPort(`serial:${pair.a}:${baudRate}`), far],
    close: async () => {
      await far.close();
      await pair.close();
    },
  };
};
