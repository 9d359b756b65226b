// Who can still speak when the runtime's one thread stands still?
//
// This thread: it sleeps until the other one beats, and says what that one was about to ask when it stopped beating. It
// has no event loop to be held up, allocates next to nothing, and writes to descriptors that are open already.
import { appendFileSync, writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { BEATS, type LoopWatchData, nameIn, SPOKEN, STOPPED } from "./loop-watch-memory.js";
import { statusLine } from "./service-manager.js";

const { memory, silentAfterMs, fd, logFile } = workerData as LoopWatchData;
const counts = new Int32Array(memory);
const STDERR = 2;

const tried = (write: () => void): void => {
  try {
    write();
  } catch {
    // The others may be written all the same.
  }
};

/** The order is that of what is least likely to stand still as well: a socket, the machine's journal, the disk. */
const report = (part: string): void => {
  Atomics.store(counts, SPOKEN, 1);
  const detail = `the runtime has stood still for ${Math.round(silentAfterMs / 1_000)} s`;
  if (fd !== null) tried(() => writeSync(fd, `${statusLine(`no answer from: ${part} (${detail})`)}\n`));
  tried(() => writeSync(STDERR, `<3>motcua: no answer from: ${part} (${detail})\n`));
  // As ops/log.ts writes an error.
  const line = { level: 50, time: new Date().toISOString(), part, detail, msg: "health.silent" };
  if (logFile !== null) tried(() => appendFileSync(logFile, `${JSON.stringify(line)}\n`));
};

let told = false;
for (let seen = Atomics.load(counts, BEATS); ; ) {
  Atomics.wait(counts, BEATS, seen, silentAfterMs);
  if (Atomics.load(counts, STOPPED) === 1) break;
  const now = Atomics.load(counts, BEATS);
  if (now === seen && !told) report(nameIn(memory) || "visit loop");
  told = now === seen;
  seen = now;
}
