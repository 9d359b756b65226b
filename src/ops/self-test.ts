// Does each part do its work, and can the kiosk serve?
import { type Clock, withDeadline } from "../core/clock.js";
import { type Bilingual, type FaultCode, technicianRemedy, toFault } from "../core/faults.js";
import type { Board, DeviceName } from "../hal/board.js";
import type { Store } from "../store/store.js";
import { LOOK_AT } from "./look-at.js";
import { type FaceLook, type Probe, type ProbeParts, probes, type Seen, SelfTestFault } from "./probes.js";
import { DEVICE_NAMES } from "./status.js";

export type TestedPart = DeviceName | "store";
export const TESTED_PARTS: readonly TestedPart[] = [...DEVICE_NAMES, "store"];

export interface TestResult {
  readonly part: TestedPart;
  /**
   * "look": the part did as it was told and said no fault, but only eyes or ears can tell whether it came
   * out. "notWired": the board file has no such part, so nothing was tested.
   */
  readonly result: "passed" | "look" | "failed" | "notWired";
  /** What was seen: a reading, a size, a status. */
  readonly evidence: string;
  readonly fault: FaultCode | null;
  readonly remedy: Bilingual | null;
  /** What a person at the kiosk compares; `null` where nothing can be seen. */
  readonly lookAt: Bilingual | null;
  /** A PNG as base64: what the part saw or should show. Too small to read a paper or know a face by. */
  readonly picture: string | null;
  readonly tookMs: number;
}

export interface Readiness {
  /** False when a part fails without which no visit can be finished. */
  readonly canServe: boolean;
  readonly results: readonly TestResult[];
}

/**
 * Each group needs one part that works: without the store nothing can be submitted, and without any eye on
 * the papers no procedure can be served. The other parts have a way around them (typing, no slip, silence).
 */
const NEEDED: readonly (readonly TestedPart[])[] = [["store"], ["documentCamera", "scanner"]];

const works = ({ result }: TestResult): boolean => result === "passed" || result === "look";

/** Of what was tested: a group nobody asked about is not held against the kiosk. */
export const canServe = (results: readonly TestResult[]): boolean =>
  NEEDED.every((group) => {
    const tested = results.filter(({ part }) => group.includes(part));
    return tested.length === 0 || tested.some(works);
  });

const DEADLINE_MS = 20_000;
/** A person has to walk around the kiosk first. */
const ATTENDED_DEADLINE_MS = 60_000;
/** A slow sensor bus or a camera that is being listed makes up its mind within this. */
const SETTLE_MS = 5_000;

export type { FaceLook };
export interface SelfTestParts extends Omit<ProbeParts, "attended"> {
  readonly store: Store;
}

export interface SelfTestWish {
  /** Only this one. */
  readonly part?: TestedPart | undefined;
  /** A technician stands there: cards, codes and doors are waited for. */
  readonly attended?: boolean | undefined;
}

const notWired = (part: TestedPart, evidence: string): TestResult => ({
  part,
  result: "notWired",
  evidence,
  fault: null,
  remedy: null,
  lookAt: null,
  picture: null,
  tookMs: 0,
});

const attempt = async (
  part: TestedPart,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
  probe: Probe,
): Promise<TestResult> => {
  const started = clock.monotonicMs();
  const lookAt = LOOK_AT[part];
  const tookMs = () => Math.round(clock.monotonicMs() - started);
  try {
    const seen = await withDeadline(clock, deadlineMs, `self-test of ${part}`, probe);
    const { evidence, picture, eyes = false, fitted = true } = seen;
    if (!fitted) return notWired(part, evidence);
    return {
      part,
      result: eyes ? "look" : "passed",
      evidence,
      fault: null,
      remedy: null,
      lookAt,
      picture: picture === undefined ? null : Buffer.from(picture).toString("base64"),
      tookMs: tookMs(),
    };
  } catch (error) {
    const fault = error instanceof SelfTestFault ? error.fault : toFault(error);
    return {
      part,
      result: "failed",
      evidence: fault.detail,
      fault: fault.code,
      remedy: technicianRemedy(fault),
      lookAt,
      picture: null,
      tookMs: tookMs(),
    };
  }
};

const storeProbe = async (store: Store): Promise<Seen> => {
  const stamp = String(Date.now());
  store.meta.set("selfTest", stamp);
  if (store.meta.get("selfTest") !== stamp) throw new Error("what was written did not come back");
  const chain = store.journal.verify();
  if (!chain.ok) throw new Error(`journal broken at row ${chain.brokenAt}: ${chain.reason}`);
  const stats = store.outbox.stats();
  const quota = store.quota();
  return {
    evidence: `journal of ${chain.rows} rows holds, ${stats.queued} queued, ${Math.round(quota.usedFraction * 100)} % full`,
  };
};

/** Waits until a device that is opening has made up its mind. */
const settled = async (board: Board, device: DeviceName, clock: Clock): Promise<void> => {
  const until = clock.monotonicMs() + SETTLE_MS;
  while (board[device].status.state === "opening" && clock.monotonicMs() < until) await clock.sleep(50);
};

/** Tests every part, or the one named, one after the other: a self-test must not make two parts disturb each other. */
export const selfTest = async (parts: SelfTestParts, wish: SelfTestWish = {}): Promise<Readiness> => {
  const { board, store, clock } = parts;
  const attended = wish.attended ?? false;
  const limits = { clock, deadlineMs: attended ? ATTENDED_DEADLINE_MS : DEADLINE_MS };
  const table = probes({ ...parts, attended });
  const results: TestResult[] = [];
  for (const part of TESTED_PARTS) {
    if (wish.part !== undefined && wish.part !== part) continue;
    if (part === "store") {
      results.push(await attempt(part, limits, () => storeProbe(store)));
      continue;
    }
    await settled(board, part, clock);
    results.push(await attempt(part, limits, table[part]));
  }
  return { canServe: canServe(results), results };
};
