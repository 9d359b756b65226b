// How do tests get a paper reader, and at the processes behind it?
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
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

/** Process ids of the work processes that this process has now, oldest first. */
export const workProcesses = (): readonly number[] =>
  readdirSync("/proc/self/task")
    .flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, "utf8").trim().split(" "))
    .filter((pid) => pid !== "")
    .map(Number)
    .sort((a, b) => a - b);

/** Resolves when there is none, or after two seconds. */
export const untilNoProcess = async (): Promise<void> => {
  for (let wait = 0; wait < 100 && workProcesses().length > 0; wait += 1) await sleep(20);
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
