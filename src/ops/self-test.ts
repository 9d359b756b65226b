// Does each part do its work, and can the kiosk serve?
import { type Clock, withDeadline } from "../core/clock.js";
import { FAULTS, type FaultCode, toFault } from "../core/faults.js";
import type { Board, DeviceName } from "../hal/board.js";
import { OUTPUT_LINES } from "../hal/lines/lines.js";
import type { Store } from "../store/store.js";

export interface TestResult {
  readonly part: DeviceName | "store";
  readonly result: "passed" | "failed";
  /** What was seen: a reading, a size, a status. */
  readonly evidence: string;
  readonly fault: FaultCode | null;
  readonly remedy: { readonly vi: string; readonly en: string } | null;
  readonly tookMs: number;
}

export interface Readiness {
  /** False when a part fails without which no visit can be finished. */
  readonly canServe: boolean;
  readonly results: readonly TestResult[];
}

/** Without these no procedure can be served; the others have another way around them. */
const NEEDED: ReadonlySet<TestResult["part"]> = new Set(["store", "documentCamera"]);
const DEADLINE_MS = 20_000;

type Probe = (board: Board) => Promise<string>;

const blink = async (board: Board, clock: Clock): Promise<string> =>
  board.lines.use(async (lines) => {
    for (const line of OUTPUT_LINES) {
      if (line === "buzzer") continue;
      await lines.set(line, true);
      await clock.sleep(80);
      await lines.set(line, false);
    }
    return `door ${(await lines.read("door")) ? "open" : "closed"}, lamps blinked`;
  });

/** Counts the faces on a picture; the model room gives it. */
export type FaceLook = (jpeg: Uint8Array) => Promise<{ readonly faces: number }>;

export interface SelfTestParts {
  readonly board: Board;
  readonly store: Store;
  readonly clock: Clock;
  readonly look: FaceLook;
}

const photograph: Probe = async (board) => {
  const frame = await board.documentCamera.use((camera) => camera.still());
  return `picture of ${Math.round(frame.jpeg.length / 1024)} kB`;
};

/** Also proves that the face model loads and answers. */
const portrait =
  (look: FaceLook): Probe =>
  async (board) => {
    const frame = await board.faceCamera.use((camera) => camera.still());
    const { faces } = await look(frame.jpeg);
    return `picture of ${Math.round(frame.jpeg.length / 1024)} kB, ${faces === 1 ? "1 face" : `${faces} faces`}`;
  };

const healthy =
  (device: DeviceName): Probe =>
  async (board) => {
    const fault = await board[device].use((open) => open.health());
    if (fault !== null) throw Object.assign(new Error(fault.detail), { faultCode: fault.code });
    return "answers";
  };

/** Nothing is fed: a self-test must not swallow a paper that somebody left in the slot. */
const scannerAnswers: Probe = async (board) => {
  const fitted = await board.scanner.use(async (scanner) => scanner.fitted);
  if (!fitted) return "none fitted";
  await healthy("scanner")(board);
  const back = await board.scanner.use((scanner) => scanner.giveBack());
  return back === "ejected" ? "answers, path pushed clear" : "answers; it can not eject by itself";
};

const probes = ({ clock, look }: SelfTestParts): Readonly<Record<DeviceName, Probe>> => ({
  printer: async (board) => {
    const status = await board.printer.use((printer) => printer.status());
    if (status.fault !== null)
      throw Object.assign(new Error(status.fault.detail), { faultCode: status.fault.code });
    return `paper ${status.paper}`;
  },
  chipReader: healthy("chipReader"),
  codeReader: healthy("codeReader"),
  documentCamera: photograph,
  faceCamera: portrait(look),
  scanner: scannerAnswers,
  lines: (board) => blink(board, clock),
  power: async (board) => {
    const reading = await board.power.use((power) => power.read());
    return `${reading.mains ? "mains" : "battery"}, ${Math.round(reading.batteryFraction * 100)} %, ${reading.batteryVolts.toFixed(2)} V`;
  },
  climate: async (board) => {
    const reading = await board.climate.use((climate) => climate.read());
    return `${reading.celsius.toFixed(1)} °C, ${Math.round(reading.relativeHumidity)} % humidity`;
  },
  speaker: healthy("speaker"),
});

const faultOf = (error: unknown): { readonly code: FaultCode; readonly detail: string } => {
  const known = (error as { faultCode?: FaultCode }).faultCode;
  return known === undefined ? toFault(error) : { code: known, detail: (error as Error).message };
};

const attempt = async (
  part: TestResult["part"],
  clock: Clock,
  probe: () => Promise<string>,
): Promise<TestResult> => {
  const started = clock.monotonicMs();
  try {
    const evidence = await withDeadline(clock, DEADLINE_MS, `self-test of ${part}`, probe);
    return {
      part,
      result: "passed",
      evidence,
      fault: null,
      remedy: null,
      tookMs: Math.round(clock.monotonicMs() - started),
    };
  } catch (error) {
    const fault = faultOf(error);
    return {
      part,
      result: "failed",
      evidence: fault.detail,
      fault: fault.code,
      remedy: FAULTS[fault.code].technician,
      tookMs: Math.round(clock.monotonicMs() - started),
    };
  }
};

const storeProbe = async (store: Store): Promise<string> => {
  const stamp = String(Date.now());
  store.meta.set("selfTest", stamp);
  if (store.meta.get("selfTest") !== stamp) throw new Error("what was written did not come back");
  const chain = store.journal.verify();
  if (!chain.ok) throw new Error(`journal broken at row ${chain.brokenAt}: ${chain.reason}`);
  const stats = store.outbox.stats();
  return `journal of ${chain.rows} rows holds, ${stats.queued} queued`;
};

/** Waits until a device that is opening has made up its mind, at most `ms`. */
const settled = async (board: Board, device: DeviceName, clock: Clock, ms: number): Promise<void> => {
  const until = clock.monotonicMs() + ms;
  while (board[device].status.state === "opening" && clock.monotonicMs() < until) await clock.sleep(50);
};

/** Tests every part, or the one named, one after the other: a self-test must not make two parts disturb each other. */
export const selfTest = async (parts: SelfTestParts, only?: TestResult["part"]): Promise<Readiness> => {
  const { board, store, clock } = parts;
  const results: TestResult[] = [];
  const table = probes(parts);
  for (const device of Object.keys(table) as DeviceName[]) {
    if (only !== undefined && only !== device) continue;
    await settled(board, device, clock, 5_000);
    results.push(await attempt(device, clock, () => table[device](board)));
  }
  if (only === undefined || only === "store")
    results.push(await attempt("store", clock, () => storeProbe(store)));
  return { canServe: !results.some(({ part, result }) => NEEDED.has(part) && result === "failed"), results };
};
