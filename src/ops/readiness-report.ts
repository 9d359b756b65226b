// What does a readiness report say, to a person and to a script?
import { FAULTS, type FaultCode } from "../core/faults.js";
import type { Readiness, TestedPart, TestResult } from "./self-test.js";
import type { DeviceKeyReport, KioskStatus } from "./status.js";

/** A fact beside the devices that a technician wants on the same sheet. */
export interface Condition {
  readonly name: "screen" | "link" | "clock" | "queue" | "visit" | "key";
  readonly value: string;
  /** False: worth a look, though the kiosk serves without it. */
  readonly good: boolean;
}

export interface ReadinessReport extends Readiness {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kioskId: string;
  readonly version: string;
  /** Whose devices were tested. */
  readonly where: string;
  readonly conditions: readonly Condition[];
  /** Parts that failed now and in the runs just before, with the day since which they fail. */
  readonly failingSince: Readonly<Partial<Record<TestedPart, string>>>;
}

/** Where the key lies that this kiosk signs with. */
export const keyCondition = ({ where, fingerprint, fault }: DeviceKeyReport): Condition => ({
  name: "key",
  value: `${where}; ${fault === null ? `SHA-256 of its public half ${fingerprint}` : `${fault}: ${FAULTS[fault].technician.en}`}`,
  good: fault === null,
});

export const conditionsOf = (status: KioskStatus): readonly Condition[] => [
  {
    name: "screen",
    value: status.screen.connected ? "page connected" : "no page connected",
    good: status.screen.connected,
  },
  { name: "link", value: status.link, good: status.link === "up" },
  { name: "clock", value: status.clock.trust, good: status.clock.trust === "trusted" },
  {
    name: "queue",
    value: `${status.queue.queued} waiting, ${status.queue.quarantined} quarantined, store ${Math.round(status.queue.usedFraction * 100)} % full`,
    good: status.queue.quarantined === 0 && status.queue.quota === "ok",
  },
  { name: "visit", value: status.visit.state, good: true },
  keyCondition(status.deviceKey),
];

export const RESULT_WORD: Readonly<Record<TestResult["result"], string>> = {
  passed: "ok  ",
  look: "LOOK",
  failed: "FAIL",
  notWired: "--  ",
};

const partLines = (result: TestResult, since: string | undefined): readonly string[] => {
  const { part, evidence, lookAt, remedy, tookMs } = result;
  const lines = [`${RESULT_WORD[result.result]} ${part.padEnd(15)} ${evidence} (${tookMs} ms)`];
  if (since !== undefined) lines.push(`     failing since ${since}`);
  if (remedy !== null) lines.push(`     → ${remedy.vi}`, `     → ${remedy.en}`);
  else if (result.result === "look" && lookAt !== null)
    lines.push(`     ? ${lookAt.vi}`, `     ? ${lookAt.en}`);
  return lines;
};

export const VERDICT = {
  true: { vi: "Máy phục vụ được", en: "the kiosk can serve" },
  false: { vi: "Máy KHÔNG phục vụ được", en: "the kiosk can NOT serve" },
} as const;

export const verdictOf = ({ canServe }: Readiness) => VERDICT[canServe ? "true" : "false"];

export const readinessText = (report: ReadinessReport): string =>
  [
    `doctor: ${report.where}`,
    `kiosk ${report.kioskId}, motcua ${report.version}, ${report.at}`,
    ...report.results.flatMap((result) => partLines(result, report.failingSince[result.part])),
    ...report.conditions.map(
      ({ name, value, good }) => `${good ? "ok  " : "note"} ${name.padEnd(15)} ${value}`,
    ),
    verdictOf(report).en,
    "",
  ].join("\n");

/** What a history keeps of a run: no pictures, no sentences that the program knows anyway. */
export interface RunRecord {
  readonly at: string;
  readonly version: string;
  readonly canServe: boolean;
  readonly parts: Readonly<
    Partial<
      Record<
        TestedPart,
        { readonly result: TestResult["result"]; readonly fault: FaultCode | null; readonly evidence: string }
      >
    >
  >;
}

export const recordOf = ({ at, version, canServe, results }: ReadinessReport): RunRecord => ({
  at,
  version,
  canServe,
  parts: Object.fromEntries(
    results.map(({ part, result, fault, evidence }) => [part, { result, fault, evidence }]),
  ),
});

/** For each part that fails now: when the unbroken row of failures began. `before` is oldest first. */
export const failingSince = (
  results: readonly TestResult[],
  at: string,
  before: readonly RunRecord[],
): ReadinessReport["failingSince"] => {
  const since: Partial<Record<TestedPart, string>> = {};
  for (const { part, result } of results) {
    if (result !== "failed") continue;
    let first = at;
    for (const run of [...before].reverse()) {
      const then = run.parts[part];
      // A run that did not test the part neither proves nor breaks the row.
      if (then === undefined) continue;
      if (then.result !== "failed") break;
      first = run.at;
    }
    since[part] = first;
  }
  return since;
};

const changeLine = (run: RunRecord): string => {
  const failed = Object.entries(run.parts).filter(([, { result }]) => result === "failed");
  const words = failed.map(([part, { fault }]) => `${part} (${fault ?? "?"})`);
  return `${run.at}  ${run.canServe ? "serves" : "DOES NOT SERVE"}  ${words.length === 0 ? `${Object.keys(run.parts).length} parts, none failed` : `failed: ${words.join(", ")}`}`;
};

/** Oldest first, a line a run. */
export const historyText = (runs: readonly RunRecord[]): string =>
  runs.length === 0 ? "no self-test was run yet\n" : `${runs.map(changeLine).join("\n")}\n`;
