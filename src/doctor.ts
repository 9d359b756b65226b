// Can this kiosk serve, and if not, which part does what wrong?
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testWithFaces } from "./acts/testing.js";
import { type KioskConfig, wiringOf } from "./config.js";
import { SystemClock } from "./core/clock.js";
import { silentLog } from "./core/log.js";
import { openBoard } from "./hal/open-board.js";
import { createSimBoard } from "./hal/sim/sim-board.js";
import { askKiosk } from "./ops/control-socket.js";
import type { Readiness } from "./ops/self-test.js";
import { DEVICE_NAMES, type KioskStatus } from "./ops/status.js";
import { openStore } from "./store/sqlite-store.js";

export interface DoctorOptions {
  readonly state: string;
  readonly config: KioskConfig;
  readonly json: boolean;
  readonly device?: string;
}

type Part = (typeof DEVICE_NAMES)[number] | "store";
const PARTS: readonly Part[] = [...DEVICE_NAMES, "store"];

const isRunning = (stateDir: string): Promise<boolean> =>
  askKiosk<KioskStatus>(stateDir, { ask: "status" }, 3_000).then(
    () => true,
    () => false,
  );

/** Nothing runs: open the board here, for the time of the test. */
const testAlone = async (options: DoctorOptions, part: Part | undefined): Promise<Readiness> => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => false });
  const { board: boardConfig } = options.config;
  const scratch = mkdtempSync(join(tmpdir(), "motcua-doctor-"));
  const sim =
    boardConfig.kind === "simulated"
      ? await createSimBoard({
          dir: scratch,
          widthDots: boardConfig.paper,
          model: boardConfig.model,
          scanner: boardConfig.scanner,
        })
      : null;
  const wiring = boardConfig.kind === "hardware" ? wiringOf(boardConfig) : sim?.wiring;
  if (wiring === undefined) throw new Error("no wiring");
  mkdirSync(join(options.state, "store"), { recursive: true });
  const store = openStore({ dir: join(options.state, "store"), clock, log: silentLog });
  const board = openBoard({ wiring, clock, log: silentLog });
  try {
    return await testWithFaces({ board, store, clock }, part);
  } finally {
    await board.close();
    store.close();
    await sim?.close();
    rmSync(scratch, { recursive: true, force: true });
  }
};

const text = (readiness: Readiness, where: string): string =>
  [
    `doctor: ${where}`,
    ...readiness.results.map(({ part, result, evidence, remedy, tookMs }) => {
      const line = `${result === "passed" ? "ok  " : "FAIL"} ${part.padEnd(15)} ${evidence} (${tookMs} ms)`;
      return remedy === null ? line : `${line}\n     → ${remedy.vi}\n     → ${remedy.en}`;
    }),
    readiness.canServe ? "the kiosk can serve" : "the kiosk can NOT serve",
    "",
  ].join("\n");

export const doctor = async (
  options: DoctorOptions,
  io: { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream },
): Promise<number> => {
  const part = PARTS.find((name) => name === options.device);
  if (options.device !== undefined && part === undefined) {
    io.stderr.write(`motcua doctor: no device "${options.device}"; one of ${PARTS.join(", ")}\n`);
    return 2;
  }
  const running = await isRunning(options.state);
  const readiness = running
    ? await askKiosk<Readiness>(
        options.state,
        { ask: "test", ...(part === undefined ? {} : { part }) },
        180_000,
      )
    : await testAlone(options, part);
  const where = running
    ? "the running kiosk's own devices"
    : `a ${options.config.board.kind} board, opened for this test`;
  io.stdout.write(options.json ? `${JSON.stringify({ where, ...readiness })}\n` : text(readiness, where));
  const testedFailed = part !== undefined && readiness.results.some(({ result }) => result === "failed");
  return readiness.canServe && !testedFailed ? 0 : 1;
};
