// What does a whole kiosk take while nobody is there: disk, processor, memory?
//
// The runtime with its link up, in the processes that it has on a board; the far ends, the broker and the portal
// are not counted. Left alone for a while after a visit, so that what works by models has ended.
//
// What is written is counted where the card would be: at the device of an ext4 file system that has the kiosk's state
// and nothing else, its journal and its own tables included. /proc/PID/io counts the pages of files alone, less than
// half of it; it is taken, and named, where no disk image can be mounted.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../src/config.js";
import { silentLog } from "../../src/core/log.js";
import { makeDeck, makeIssuer } from "../../src/dock/deck.js";
import { samplePapers } from "../../src/dock/samples.js";
import { Stack } from "../../src/dock/stack.js";
import { packageRoot } from "../../src/package-root.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { ClockFloor } from "../../src/sync/clock-floor.js";
import { LINK_TIMINGS } from "../../src/sync/timings.js";
import { oneVisit } from "../kernel/one-visit.js";
import { Ext4Disk } from "../power/ext4-disk.js";
import { testClock } from "../store/fixtures.js";
import { memoryBytesOf, TreeMeter, treeOf } from "./process-tree.js";
import { type BenchRow, row } from "./row.js";

/** Twice as long as the longest pause between two looks at the disk (acts/world.ts). */
const MEASURE_MS = 240_000;
const DAY_MS = 86_400_000;
const LOOK_MS = 2_000;
/** Models are let go a minute after their last page (paper-reader.ts); a busy machine needs longer for all of it. */
const REST_WITHIN_MS = 240_000;
const REST_LOOK_MS = 2_000;
/** The visit is not what is measured: a busy machine may take its time over a page. */
const STEP_LIMIT_MS = 300_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** TMPFS_MAGIC of statfs(2). */
const TMPFS = 0x01021994;

/** On a disk: what is written into memory is not counted. */
const diskFolder = (): string => {
  const onDisk = statfsSync(tmpdir()).type === TMPFS ? join(packageRoot(), "var") : tmpdir();
  mkdirSync(onDisk, { recursive: true });
  return mkdtempSync(join(onDisk, "motcua-bench-"));
};

/** Resolves when the runtime has been alone for some looks: a camera command comes and goes. */
const atRest = async (pid: number): Promise<void> => {
  const end = performance.now() + REST_WITHIN_MS;
  for (let alone = 0; alone < 5; alone = treeOf(pid).length === 1 ? alone + 1 : 0) {
    if (performance.now() > end) throw new Error(`still at work: ${treeOf(pid).length} processes`);
    await pause(REST_LOOK_MS);
  }
};

/** From half a gigabyte on mkfs.ext4 takes blocks of 4 KiB, as on a card; the image is sparse. */
const CARD_MEGABYTES = 1_024;
/** Debian's commit; noatime as the Yocto layer's data.mount; the tables that mkfs left empty are not filled meanwhile. */
const CARD_OPTIONS = "noatime,commit=5,noinit_itable";
/** Folders of a stack (dock/stack.ts) that are not the kiosk's. */
const OTHERS = ["run", "wires", "broker", "portal"] as const;

interface Rested {
  readonly pid: number;
  readonly stateDir: string;
  /** Has the state and nothing else; null: no image can be mounted here. */
  readonly card: Ext4Disk | null;
  /** Ends the runtime and all around it. */
  readonly stop: () => Promise<void>;
}

/** Longer than the kernel keeps what is dirty (dirty_expire_centisecs, 30 s), and ext4's log with it. */
const SETTLE_MS = 60_000;

/**
 * What the visit left to do is the visit's, and not the idle day's: what was rated is told with the next figures and
 * noted (sync/ratings.ts), and what lies in memory goes to the card.
 */
const settled = async (card: Ext4Disk, startedAt: number): Promise<void> => {
  await pause(Math.max(0, startedAt + LINK_TIMINGS.telemetryMs + SETTLE_MS - performance.now()));
  spawnSync("sync", ["-f", card.folder]);
  await pause(SETTLE_MS);
};

/** `measure` gets the runtime after a visit and a rest. */
const resting = async <T>(measure: (rested: Rested) => Promise<T>): Promise<T> => {
  const folder = diskFolder();
  const card = Ext4Disk.make(folder, CARD_MEGABYTES, CARD_OPTIONS);
  const stateDir = card?.folder ?? join(folder, "mnt");
  for (const name of OTHERS) {
    mkdirSync(join(folder, name), { recursive: true });
    symlinkSync(join(folder, name), join(stateDir, name));
  }
  const deck = await makeDeck(makeIssuer(folder));
  const stack = await Stack.start({
    config: defaultConfig(),
    stateDir,
    screenPort: 0,
    portalPort: 0,
    withPortal: true,
  });
  const startedAt = performance.now();
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= stack.stop();
    return stopping;
  };
  try {
    const [holder] = deck;
    const paper = await samplePapers()[0]?.render();
    const pid = stack.kioskPid;
    if (holder === undefined || paper === undefined || pid === null)
      throw new Error("no card, paper or kiosk");
    const { screenUrl, control } = stack;
    const seen = await oneVisit({
      ...{ screenUrl, control, card: holder, paper, procedureCode: "2.000815" },
      stepLimitMs: STEP_LIMIT_MS,
    });
    if (seen.outcome !== "finished") throw new Error(`the visit ${seen.outcome}: ${seen.hang ?? ""}`);
    await atRest(pid);
    if (card !== null) await settled(card, startedAt);
    return await measure({ pid, stateDir, card, stop });
  } finally {
    await stop();
    card?.unmount();
    rmSync(folder, { recursive: true, force: true });
  }
};

interface IdleTime {
  readonly processBytesADay: number;
  /** Null: no image can be mounted here. */
  readonly cardBytesADay: number | null;
  /** Of one core. */
  readonly share: number;
}

const idleTime = async ({ pid, card }: Rested): Promise<IdleTime> => {
  const meter = new TreeMeter(pid, LOOK_MS);
  const before = { process: meter.writtenBytes, card: card?.writtenBytes ?? 0, ms: meter.processorMs };
  const started = performance.now();
  await pause(MEASURE_MS);
  meter.look();
  meter.close();
  const tookMs = performance.now() - started;
  const aDay = (bytes: number): number => (bytes / tookMs) * DAY_MS;
  return {
    processBytesADay: aDay(meter.writtenBytes - before.process),
    cardBytesADay: card === null ? null : aDay(card.writtenBytes - before.card),
    share: (meter.processorMs - before.ms) / tookMs,
  };
};

/** What comes once an hour, and so hardly ever while it is measured: the clock's floor, and a row of SQLite. */
const hourlyBytes = (card: Ext4Disk, stateDir: string): number => {
  const store = openStore({ dir: join(stateDir, "store"), clock: testClock, log: silentLog });
  const flush = () => spawnSync("sync", ["-f", card.folder]);
  flush();
  const before = card.writtenBytes;
  const epochMs = testClock.wall().epochMs + DAY_MS;
  new ClockFloor(join(stateDir, "clock"), 0).keep({ epochMs, trust: "trusted" });
  flush();
  store.meta.set("world.probe", String(epochMs));
  flush();
  const written = card.writtenBytes - before;
  store.close();
  return written;
};

const diskRow = (name: string, bytesADay: number): BenchRow =>
  row({
    name,
    ours: bytesADay / 2 ** 20,
    peer: 20,
    peerName: "what a card bears for years",
    unit: "MB",
    better: "lower",
    goal: 1,
  });

export const idleDiskRow = (): Promise<BenchRow> =>
  resting(async (rested) => {
    const { processBytesADay, cardBytesADay } = await idleTime(rested);
    const { card, stateDir } = rested;
    if (card === null || cardBytesADay === null)
      return diskRow("pages written on an idle day", processBytesADay);
    await rested.stop();
    return diskRow("to the card on an idle day", cardBytesADay + 24 * hourlyBytes(card, stateDir));
  });

export const idleKioskRow = async (): Promise<BenchRow> => {
  const { share } = await resting(idleTime);
  return row({
    name: "idle kiosk, all its processes",
    ours: 100 * share,
    peer: 100,
    peerName: "one core",
    unit: "%",
    better: "lower",
    goal: 0.03,
  });
};

export const idleMemoryRow = async (): Promise<BenchRow> => {
  const bytes = await resting(async ({ pid }) =>
    treeOf(pid).reduce((sum, process) => sum + memoryBytesOf(process), 0),
  );
  return row({
    name: "memory with the models idle",
    ours: bytes / 2 ** 20,
    peer: 300,
    peerName: "what a board of 1 GB has for it",
    unit: "MB",
    better: "lower",
    goal: 1,
  });
};
