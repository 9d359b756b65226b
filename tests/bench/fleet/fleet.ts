// What does a whole fleet cost its broker, its portals and their database, and how fast is it back after a storm?
//
// Real: mosquitto, PostgreSQL, two `motcua portal --replica`, and of each kiosk the link, sealing and signatures. Not
// real: the kiosks' stores, which are in memory, and the line, which is the loopback. All share this machine's cores.
// MOTCUA_FLEET=5000 kiosks, MOTCUA_FLEET_MONTH=70000 submissions, MOTCUA_FLEET_MINUTES=60 at most,
// MOTCUA_FLEET_PAGES=100000,100000 bytes of the pages, MOTCUA_FLEET_PROCESSES=2.
import { setTimeout as pause } from "node:timers/promises";
import { comebackSpreadMs } from "../../../src/sync/protocol/backoff.js";
import { LINK_TIMINGS } from "../../../src/sync/timings.js";
import { type BenchRow, row } from "../row.js";
import { Crowd } from "./crowd.js";
import { House } from "./house.js";
import { Load, type Used } from "./load.js";

const KIOSKS = 200;
const TLS_KIOSKS = 100;
const MONTH = 1_000;
/** What an hour takes in of a city's month. */
const WANTED_A_SECOND = 70_000 / 3_600;
const AT_ONCE = 40;
const LIMIT_MS = 900_000;
const MB = 1024 * 1024;

interface Scale {
  readonly kiosks: number;
  readonly month: number;
  readonly minutes: number;
  readonly pageBytes: readonly number[];
  readonly processes: number;
}

const numberOf = (text: string | undefined, standard: number): number => {
  const value = text === undefined ? standard : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`"${text}" should be a whole number above zero`);
  return value;
};

const scaleFrom = (env: NodeJS.ProcessEnv, kiosks: number): Scale => ({
  kiosks: numberOf(env["MOTCUA_FLEET"], kiosks),
  month: numberOf(env["MOTCUA_FLEET_MONTH"], MONTH),
  minutes: numberOf(env["MOTCUA_FLEET_MINUTES"], 60),
  pageBytes: (env["MOTCUA_FLEET_PAGES"] ?? "100000,100000").split(",").map((part) => numberOf(part, 1)),
  processes: numberOf(env["MOTCUA_FLEET_PROCESSES"], 2),
});

const waitFor = async (what: string, crowd: Crowd, check: () => boolean, limitMs: number): Promise<void> => {
  const deadline = performance.now() + limitMs;
  while (!check()) {
    crowd.check();
    if (performance.now() > deadline)
      throw new Error(`not within ${limitMs / 1000} s: ${what} (${crowd.up} of ${crowd.size} up)`);
    await pause(250);
  }
};

const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};

/** The fullest second. */
const peakRate = (atMs: readonly number[]): number => {
  const seconds = new Map<number, number>();
  for (const at of atMs) {
    const second = Math.floor(at / 1000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...seconds.values());
};

const usedText = (used: Readonly<Record<string, Used>>): string =>
  Object.entries(used)
    .map(
      ([name, { cpuMs, peakResidentBytes }]) =>
        `${name} ${(cpuMs / 1000).toFixed(1)} s of processor, ${(peakResidentBytes / MB).toFixed(0)} MB`,
    )
    .join("; ");

const note = (text: string): void => void process.stderr.write(`fleet: ${text}\n`);

const everyoneUp = (crowd: Crowd): Promise<void> =>
  waitFor("all sessions are there", crowd, () => crowd.up === crowd.size, LIMIT_MS);

export interface Storm {
  readonly kiosks: number;
  readonly spreadSeconds: number;
  readonly backSeconds: number;
  readonly peakTries: number;
  readonly peakUps: number;
  readonly used: Readonly<Record<string, Used>>;
  /** From the broker's start to the last receipt of one submission a kiosk. */
  readonly drainSeconds: number;
  /** From the last session to the last receipt. */
  readonly tailSeconds: number;
  readonly lost: number;
}

/** The broker is killed and starts again; meanwhile each kiosk got one submission. */
const storm = async (house: House, crowd: Crowd): Promise<Storm> => {
  // A connection that was lost early is not spread: the link takes it for a broker that does not hold.
  await pause(12_000);
  await house.broker.kill("SIGKILL");
  const before = (await house.taken()).applications;
  const queued = crowd.enqueued + crowd.size;
  crowd.enqueueEach(1);
  await waitFor("the queues are filled", crowd, () => crowd.enqueued === queued, LIMIT_MS);
  crowd.forget();
  const load = new Load([...house.parts, { name: "kiosks", pids: () => crowd.pids }]);
  await house.broker.restart();
  const startedMs = Date.now();
  await waitFor("all sessions are back", crowd, () => crowd.up === crowd.size, LIMIT_MS);
  await waitFor("all receipts are here", crowd, () => crowd.receipts.length >= crowd.size, LIMIT_MS);
  const used = load.end();
  const lastUp = Math.max(...crowd.cameUp);
  const lastReceipt = Math.max(...crowd.receipts.map(({ atMs }) => atMs));
  const taken = (await house.taken()).applications - before;
  return {
    ...{ kiosks: crowd.size, used, lost: crowd.size - taken },
    spreadSeconds: comebackSpreadMs(crowd.size) / 1000,
    backSeconds: (lastUp - startedMs) / 1000,
    ...{ peakTries: peakRate(crowd.tries), peakUps: peakRate(crowd.cameUp) },
    drainSeconds: (lastReceipt - startedMs) / 1000,
    tailSeconds: (lastReceipt - lastUp) / 1000,
  };
};

const stormText = (tls: boolean, found: Storm): string =>
  [
    `storm${tls ? ", mutual TLS" : ""}: ${found.kiosks} kiosks back ${found.backSeconds.toFixed(1)} s after the broker's start`,
    `(spread ${found.spreadSeconds} s), at most ${found.peakTries} tries and ${found.peakUps} sessions a second;`,
    `backlog of ${found.kiosks} gone after ${found.drainSeconds.toFixed(1)} s, the last ${found.tailSeconds.toFixed(1)} s after the last session;`,
    `${found.lost} lost or twice. ${usedText(found.used)}`,
  ].join(" ");

const measureStorm = async (tls: boolean): Promise<Storm> => {
  const scale = scaleFrom(process.env, tls ? TLS_KIOSKS : KIOSKS);
  const found: Storm[] = [];
  await House.with(tls, scale.kiosks, async (house) => {
    const crowd = new Crowd(house.starts(scale.processes, scale.pageBytes));
    try {
      const began = Date.now();
      await everyoneUp(crowd);
      note(`${crowd.size} kiosks came up in ${((Date.now() - began) / 1000).toFixed(1)} s`);
      found.push(await storm(house, crowd));
    } finally {
      await crowd.close();
    }
  });
  const [only] = found;
  if (only === undefined) throw new Error("no storm was measured");
  note(stormText(tls, only));
  return only;
};

const stormRow = async (tls: boolean): Promise<BenchRow> => {
  const found = await measureStorm(tls);
  return row({
    name: `${found.kiosks} kiosks back${tls ? ", mutual TLS" : ""}`,
    ours: found.backSeconds,
    // Who tried in vain while the broker was away waits up to the cap.
    peer: Math.max(found.spreadSeconds, LINK_TIMINGS.reconnectCapMs / 1000),
    peerName: `the longest wait; peak ${found.peakUps}/s, broker ${((found.used["broker"]?.peakResidentBytes ?? 0) / MB).toFixed(0)} MB`,
    unit: "s",
    better: "lower",
    goal: 2,
  });
};

export const fleetStormRow = (): Promise<BenchRow> => stormRow(false);
export const fleetTlsRow = (): Promise<BenchRow> => stormRow(true);

/** As many as the kiosks get receipts for, `AT_ONCE` under way at a time. */
export const fleetMonthRow = async (): Promise<BenchRow> => {
  const scale = scaleFrom(process.env, KIOSKS);
  const rows: BenchRow[] = [];
  await House.with(false, scale.kiosks, async (house) => {
    const crowd = new Crowd(house.starts(scale.processes, scale.pageBytes));
    try {
      await everyoneUp(crowd);
      crowd.forget();
      const load = new Load([...house.parts, { name: "kiosks", pids: () => crowd.pids }]);
      const began = Date.now();
      const untilMs = began + scale.minutes * 60_000;
      crowd.stream(scale.month, AT_ONCE, untilMs);
      await waitFor(
        "all are taken in",
        crowd,
        () =>
          (crowd.enqueued === scale.month || Date.now() > untilMs + 1_000) &&
          crowd.receipts.length === crowd.enqueued,
        scale.minutes * 60_000 + LIMIT_MS,
      );
      const used = load.end();
      rows.push(await monthRow(house, crowd, used, began));
    } finally {
      await crowd.close();
    }
  });
  const [only] = rows;
  if (only === undefined) throw new Error("no month was measured");
  return only;
};

const monthRow = async (
  house: House,
  crowd: Crowd,
  used: Readonly<Record<string, Used>>,
  began: number,
): Promise<BenchRow> => {
  const seconds = (Math.max(...crowd.receipts.map(({ atMs }) => atMs)) - began) / 1000;
  const took = crowd.receipts.map(({ tookMs }) => tookMs);
  const { applications, rowBytes, stagedBytes } = await house.taken();
  const count = crowd.receipts.length;
  note(
    [
      `month: ${count} taken in within ${seconds.toFixed(0)} s, ${(count / seconds).toFixed(1)}/s;`,
      `receipts p50 ${quantile(took, 0.5)} ms, p99 ${quantile(took, 0.99)} ms; ${applications} rows of ${(rowBytes / 1024).toFixed(1)} KB, room for chunks ${(stagedBytes / MB).toFixed(0)} MB;`,
      `${usedText(used)}`,
    ].join(" "),
  );
  return row({
    name: `${count} submissions taken in`,
    ours: count / seconds,
    peer: WANTED_A_SECOND,
    peerName: `a city's month in an hour; p99 ${quantile(took, 0.99)} ms, broker ${((used["broker"]?.peakResidentBytes ?? 0) / MB).toFixed(0)} MB`,
    unit: "1/s",
    better: "higher",
    goal: 1,
  });
};
