// How are bounds of many seconds tested in one?
import { type Clock, SystemClock } from "../../src/core/clock.js";

/** A clock on which `times` as much time goes by. Only for wires in memory: a real one keeps its pace. */
export const hurriedClock = (times: number): Clock => {
  const real = new SystemClock({ floorMs: 0, synchronised: () => false });
  return {
    monotonicMs: () => real.monotonicMs() * times,
    wall: () => real.wall(),
    sleep: (ms, signal) => real.sleep(ms / times, signal),
    setTimeout: (callback, ms) => real.setTimeout(callback, ms / times),
    clearTimeout: (handle) => real.clearTimeout(handle),
  };
};
