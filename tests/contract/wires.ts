// What do the device suites share: a real clock, wires in memory, and waiting that ends?
import * as assert from "uvu/assert";
import { type Clock, SystemClock } from "../../src/core/clock.js";
import { type FaultCode, FaultError } from "../../src/core/faults.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";

export const systemClock = (): Clock => new SystemClock({ floorMs: 0, synchronised: () => true });

/** The near end of a wire whose far end is `sim`. */
export const wireTo = (sim: { attach(port: BytePort): void }): BytePort => {
  const [near, far] = memoryPair();
  sim.attach(far);
  return near;
};

/** Waits until `holds` gives true; fails with `what` after `limitMs`. */
export const eventually = async (what: string, holds: () => boolean, limitMs = 5_000): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never happened within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** Runs `verb` and gives the fault that it throws. */
export const faultOf = async (verb: () => Promise<unknown>): Promise<FaultError> => {
  try {
    await verb();
  } catch (thrown) {
    if (thrown instanceof FaultError) return thrown;
    throw thrown;
  }
  throw new Error("no fault was thrown");
};

export const assertFault = async (
  code: FaultCode,
  detail: RegExp,
  verb: () => Promise<unknown>,
): Promise<void> => {
  const fault = await faultOf(verb);
  assert.is(fault.code, code);
  assert.match(fault.detail, detail);
};
