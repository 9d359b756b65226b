// Can this kiosk serve, and if not, which part does what wrong?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { deviceKeyReport, openDeviceKey } from "./acts/device-key.js";
import { Printing } from "./acts/printing.js";
import { testWithFaces } from "./acts/testing.js";
import { type KioskConfig, wiringOf } from "./config.js";
import { SystemClock } from "./core/clock.js";
import { toFault } from "./core/faults.js";
import { silentLog } from "./core/log.js";
import { slipLayout } from "./flows/slip.js";
import type { Board } from "./hal/board.js";
import { openBoard } from "./hal/open-board.js";
import { renderLayout } from "./hal/printer/layout.js";
import { createSimBoard } from "./hal/sim/sim-board.js";
import { askKiosk } from "./ops/control-socket.js";
import { DoctorHistory } from "./ops/doctor-history.js";
import { drawKiosk } from "./ops/kiosk-drawing.js";
import {
  type Condition,
  conditionsOf,
  failingSince,
  historyText,
  keyCondition,
  type ReadinessReport,
  readinessText,
  recordOf,
} from "./ops/readiness-report.js";
import { canServe, type Readiness, TESTED_PARTS, type TestedPart, type TestResult } from "./ops/self-test.js";
import type { KioskStatus } from "./ops/status.js";
import { packageVersion } from "./package-root.js";
import { openStore } from "./store/sqlite-store.js";

export interface DoctorOptions {
  readonly state: string;
  readonly config: KioskConfig;
  readonly json: boolean;
  readonly device?: string;
  /** A PDF is written there. */
  readonly pdf?: string;
  readonly history: boolean;
  /** False: the printer is only asked how it is. */
  readonly print: boolean;
  /** A technician is there to lay cards, show codes, move the door, and to answer what was seen. */
  readonly attended: boolean;
}

export interface DoctorStreams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** A slip, a card, a code and the lamps by hand, each with its own wait. */
const ONE_PART_MS = 120_000;

export interface Bench {
  readonly where: string;
  readonly status: KioskStatus | null;
  /** Null: the devices are the running kiosk's. */
  readonly board: Board | null;
  test(part: TestedPart): Promise<TestResult>;
  close(): Promise<void>;
}

const resultOf = (readiness: Readiness, part: TestedPart): TestResult => {
  const result = readiness.results.find((one) => one.part === part);
  if (result === undefined) throw new Error(`the kiosk did not test ${part}`);
  return result;
};

export type BenchOptions = Pick<DoctorOptions, "state" | "config" | "print" | "attended">;

export const runningBench = (options: BenchOptions, status: KioskStatus): Bench => ({
  where: "the running kiosk's own devices",
  status,
  board: null,
  test: async (part) => {
    const { print, attended } = options;
    const readiness = await askKiosk<Readiness>(
      options.state,
      { ask: "test", part, print, attended },
      ONE_PART_MS,
    );
    return resultOf(readiness, part);
  },
  close: async () => {},
});

/** Nothing runs: the board is opened here, for the time of the test. */
export const openBench = async (options: BenchOptions): Promise<Bench> => {
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
  const place = { name: { vi: options.config.kiosk.placeVi, en: options.config.kiosk.placeEn }, phone: null };
  const printing = new Printing({
    store,
    printer: board.printer,
    render: (layout, widthDots) => renderLayout(layout, widthDots),
    layoutOf: (slip) => slipLayout(slip, place, slip.language),
    clock,
    log: silentLog,
  });
  const { print, attended } = options;
  return {
    where: `a ${boardConfig.kind} board, opened for this test`,
    status: null,
    board,
    test: async (part) =>
      resultOf(
        await testWithFaces(
          { board, store, clock, kioskId: options.config.kiosk.id, printing: print ? printing : null },
          { part, attended },
        ),
        part,
      ),
    close: async () => {
      await board.close();
      store.close();
      await sim?.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
};

/** Turns "look" into what the technician says; no answer leaves it open. */
const asked = async (result: TestResult, io: DoctorStreams): Promise<TestResult> => {
  if (result.result !== "look" || result.lookAt === null) return result;
  const ask = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = (
      await ask.question(`  ${result.lookAt.vi}\n  ${result.lookAt.en}\n  Đúng vậy? Is it so? [y/n] `)
    )
      .trim()
      .toLowerCase();
    if (/^(y|yes|c|có)$/.test(answer))
      return { ...result, result: "passed", evidence: `${result.evidence}; seen` };
    if (!/^(n|no|k|không)$/.test(answer)) return result;
    return {
      ...result,
      result: "failed",
      evidence: `${result.evidence}; NOT seen by the technician`,
      remedy: result.lookAt,
    };
  } finally {
    ask.close();
  }
};

const testAll = async (
  bench: Bench,
  { options, part }: { readonly options: DoctorOptions; readonly part: TestedPart | undefined },
  io: DoctorStreams,
): Promise<readonly TestResult[]> => {
  const parts = part === undefined ? TESTED_PARTS : [part];
  const results: TestResult[] = [];
  for (const [index, one] of parts.entries()) {
    io.stderr.write(`doctor: ${index + 1}/${parts.length} ${one} …\n`);
    const result = await bench.test(one);
    results.push(options.attended ? await asked(result, io) : result);
  }
  return results;
};

const picturesOf = async (results: readonly TestResult[]): Promise<Map<string, Uint8Array | string>> => {
  const files = new Map<string, Uint8Array | string>();
  for (const { part, picture, result } of results) {
    if (result !== "notWired") files.set(`${part}-where.png`, await drawKiosk(part));
    if (picture !== null) files.set(`${part}.png`, Buffer.from(picture, "base64"));
  }
  return files;
};

/** Nothing runs: the key is opened for a look, as the kiosk would at its start. */
const ownKey = ({ state, config }: DoctorOptions): Condition => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => false });
  try {
    const key = openDeviceKey({ stateDir: state, config: config.deviceKey, clock, log: silentLog });
    key.close();
    return keyCondition(deviceKeyReport(key));
  } catch (thrown) {
    const { code, detail } = toFault(thrown);
    return { name: "key", value: `${code}: ${detail}`, good: false };
  }
};

const run = async (
  options: DoctorOptions,
  part: TestedPart | undefined,
  io: DoctorStreams,
): Promise<number> => {
  const status = await askKiosk<KioskStatus>(options.state, { ask: "status" }, 3_000).catch(() => null);
  const bench = status === null ? await openBench(options) : runningBench(options, status);
  const at = new Date().toISOString();
  let results: readonly TestResult[];
  try {
    results = await testAll(bench, { options, part }, io);
  } finally {
    await bench.close();
  }
  const history = new DoctorHistory(options.state);
  const report: ReadinessReport = {
    at,
    kioskId: options.config.kiosk.id,
    version: packageVersion(),
    where: bench.where,
    canServe: canServe(results),
    results,
    conditions: status === null ? [ownKey(options)] : conditionsOf(status),
    failingSince: failingSince(results, at, history.runs()),
  };
  // Loaded on need: the font and the PDF library cost half a second.
  const { readinessPdf } = await import("./ops/readiness-pdf.js");
  const pdf = await readinessPdf(report);
  const files = await picturesOf(results);
  const folder = history.keep(
    recordOf(report),
    files.set("readiness.pdf", pdf).set("readiness.txt", readinessText(report)),
  );
  if (options.pdf !== undefined) writeFileSync(resolve(options.pdf), pdf);
  io.stdout.write(options.json ? `${JSON.stringify({ ...report, folder })}\n` : readinessText(report));
  io.stderr.write(`doctor: pictures, text and PDF are in ${folder}\n`);
  const failed = part !== undefined && results.some(({ result }) => result === "failed");
  return report.canServe && !failed ? 0 : 1;
};

/** Exit code: 0 the kiosk can serve (and the part asked for works), 1 it can not, 2 wrong use. */
export const doctor = async (options: DoctorOptions, io: DoctorStreams): Promise<number> => {
  const part = TESTED_PARTS.find((name) => name === options.device);
  if (options.device !== undefined && part === undefined) {
    io.stderr.write(`motcua doctor: no device "${options.device}"; one of ${TESTED_PARTS.join(", ")}\n`);
    return 2;
  }
  if (options.history) {
    const runs = new DoctorHistory(options.state).runs();
    io.stdout.write(options.json ? `${JSON.stringify(runs)}\n` : historyText(runs));
    return 0;
  }
  return run(options, part, io);
};
