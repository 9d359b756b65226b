// What does a runtime do that is told to stand still, or whose worker is? (Its parts are real, its work is not.)
//
// Over IPC: "stand" and a number of milliseconds blocks it inside its store; "worker" tells the worker's process id.
import { startAnswering } from "../../src/acts/answering.js";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import type { Board } from "../../src/hal/board.js";
import { WorkProcess } from "../../src/ml/work-process.js";
import { openServiceManager } from "../../src/ops/service-manager.js";
import { watchStart } from "../../src/ops/start-watch.js";
import { DEVICE_NAMES, type KioskStatus } from "../../src/ops/status.js";

const [, , folder = "."] = process.argv;
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const manager = await openServiceManager(process.env, process.pid);
if (manager === null) throw new Error("no NOTIFY_SOCKET");
let standMs = 0;
let lateKeeperMs = 0;
let isBlind = false;
const store = {
  meta: {
    get: () => {
      if (standMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, standMs);
      standMs = 0;
      return undefined;
    },
    set: () => {},
  },
};
const board = Object.fromEntries(
  DEVICE_NAMES.map((name) => [
    name,
    {
      get dueMs() {
        return clock.monotonicMs() - (name === "printer" ? lateKeeperMs : 0);
      },
    },
  ]),
) as unknown as Board;
const status = {
  visit: { state: "attract" },
  queue: { queued: 0 },
  link: "up",
  screen: { connected: true },
  devices: [],
} as unknown as KioskStatus;
const statusNow = (): KioskStatus => {
  if (isBlind) throw new Error("disk I/O error");
  return status;
};
const watch = watchStart({ manager, clock, logFile: `${folder}/kiosk.log`, storeFolder: folder });
const health = startAnswering(
  { visit: { answers: () => true }, store, storeFolder: folder, board, clock, status: statusNow },
  { manager, watch, clock, log: silentLog },
);
const worker = new WorkProcess<{ readonly text: string }, { readonly pid: number }>({
  script: new URL("./echo-process.js", import.meta.url),
  name: "echo process",
  loss: "runtime.internal",
});
process.on("message", async ([what, ms]: readonly [string, number]) => {
  if (what === "stand") standMs = ms;
  if (what === "blind") isBlind = ms > 0;
  if (what === "keeper") lateKeeperMs = ms;
  if (what === "worker") process.send?.(await worker.run({ text: "" }));
  if (what === "stop") {
    await health.stopping();
    await worker.end();
    manager.close();
    process.disconnect();
  }
});
health.ready();
