// How do tests get a paper reader, and at the threads behind it?
import type { Worker } from "node:worker_threads";
import { SystemClock } from "../../src/core/clock.js";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import type { PaperReader } from "../../src/ml/reader.js";

export const MAX_MEGAPIXELS = 50;

export const newReader = (workers = 1): PaperReader =>
  createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: MAX_MEGAPIXELS, workers },
  });

/** Every thread that this process starts from now on, as long as it lives. */
export const watchThreads = (): Set<Worker> => {
  const alive = new Set<Worker>();
  process.on("worker", (thread) => {
    alive.add(thread);
    thread.on("exit", () => alive.delete(thread));
  });
  return alive;
};

/** The fault that `act` ends with; anything else is thrown on. */
export const faultOf = async (act: Promise<unknown>): Promise<FaultError> => {
  try {
    await act;
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error("it went well, and should not have");
};
