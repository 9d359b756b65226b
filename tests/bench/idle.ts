// How much of a core do all drivers of a kiosk take while nobody is there?
//
// The far ends of the wires run in a process of their own. What the camera commands take, which run as children
// once in a while, is measured apart and spread over their period.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import type { Board, BoardWiring } from "../../src/hal/board.js";
import { HEALTH_EVERY_MS, openBoard } from "../../src/hal/open-board.js";
import { DEVICE_NAMES } from "../../src/ops/status.js";
import { type BenchRow, row } from "./row.js";

const FAR_ENDS = fileURLToPath(new URL("./idle-far-ends.js", import.meta.url));
const SETTLE_MS = 3_000;
const MEASURE_MS = 25_000;
/** sysconf(_SC_CLK_TCK) of Linux. */
const TICKS_A_SECOND = 100;
const CAMERAS = ["documentCamera", "faceCamera"] as const;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Processor milliseconds of the children that have ended (proc(5): cutime, cstime). */
const childrenMs = (): number => {
  const [, after = ""] = readFileSync("/proc/self/stat", "utf8").split(") ");
  const fields = after.split(" ");
  return ((Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND) * 1_000;
};

const ownMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const allReady = async (board: Board): Promise<void> => {
  const end = performance.now() + 30_000;
  const waiting = () => DEVICE_NAMES.filter((name) => board[name].status.state !== "ready");
  while (waiting().length > 0) {
    if (performance.now() > end) throw new Error(`not ready: ${waiting().join(", ")}`);
    await pause(50);
  }
};

/** Share of a core that the children take, when each camera is asked once in its period. */
const cameraShare = async (board: Board): Promise<number> => {
  let share = 0;
  for (const camera of CAMERAS) {
    const before = childrenMs();
    await board[camera].use((device) => device.health());
    share += (childrenMs() - before) / HEALTH_EVERY_MS[camera];
  }
  return share;
};

const startFarEnds = async (folder: string): Promise<{ child: ChildProcess; wiring: BoardWiring }> => {
  const child = spawn(process.execPath, [FAR_ENDS, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { child, wiring: JSON.parse(line) as BoardWiring };
};

export const idleRow = async (): Promise<BenchRow> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const { child, wiring } = await startFarEnds(folder);
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const board = openBoard({ wiring, clock, log: silentLog });
  try {
    await allReady(board);
    await pause(SETTLE_MS);
    const startedMs = performance.now();
    const before = ownMs();
    await pause(MEASURE_MS);
    const own = (ownMs() - before) / (performance.now() - startedMs);
    return row({
      name: "idle drivers of a whole board",
      ours: 100 * (own + (await cameraShare(board))),
      peer: 100,
      peerName: "one core",
      unit: "%",
      better: "lower",
      goal: 0.01,
    });
  } finally {
    await board.close();
    const ended = once(child, "exit");
    child.stdin?.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
};
