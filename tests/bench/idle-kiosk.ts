// What does a whole kiosk take while nobody is there: disk, processor, memory?
//
// The runtime with its link up, in the processes that it has on a board; the far ends, the broker and the portal
// are not counted. Left alone for a while after a visit, so that what works by models has ended.
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../src/config.js";
import { makeDeck, makeIssuer } from "../../src/dock/deck.js";
import { samplePapers } from "../../src/dock/samples.js";
import { Stack } from "../../src/dock/stack.js";
import { packageRoot } from "../../src/package-root.js";
import { oneVisit } from "../kernel/one-visit.js";
import { memoryBytesOf, TreeMeter, treeOf } from "./process-tree.js";
import { type BenchRow, row } from "./row.js";

/** Twice as long as the longest pause between two looks at the disk (acts/world.ts). */
const MEASURE_MS = 240_000;
const DAY_MS = 86_400_000;
const LOOK_MS = 2_000;
/** Models are let go a minute after their last page (paper-reader.ts); a busy machine needs longer for all of it. */
const REST_WITHIN_MS = 240_000;
const REST_LOOK_MS = 2_000;

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

/** `measure` gets the runtime's process after a visit and a rest. */
const resting = async <T>(measure: (pid: number) => Promise<T>): Promise<T> => {
  const stateDir = diskFolder();
  const deck = await makeDeck(makeIssuer(stateDir));
  const stack = await Stack.start({
    config: defaultConfig(),
    stateDir,
    screenPort: 0,
    portalPort: 0,
    withPortal: true,
  });
  try {
    const [card] = deck;
    const paper = await samplePapers()[0]?.render();
    const pid = stack.kioskPid;
    if (card === undefined || paper === undefined || pid === null) throw new Error("no card, paper or kiosk");
    const { screenUrl, control } = stack;
    const seen = await oneVisit({ screenUrl, control, card, paper, procedureCode: "2.000815" });
    if (seen.outcome !== "finished") throw new Error(`the visit ${seen.outcome}: ${seen.hang ?? ""}`);
    await atRest(pid);
    return await measure(pid);
  } finally {
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

interface IdleTime {
  readonly bytesADay: number;
  /** Of one core. */
  readonly share: number;
}

const idleTime = async (pid: number): Promise<IdleTime> => {
  const meter = new TreeMeter(pid, LOOK_MS);
  const before = { bytes: meter.writtenBytes, ms: meter.processorMs };
  const started = performance.now();
  await pause(MEASURE_MS);
  meter.look();
  meter.close();
  const tookMs = performance.now() - started;
  return {
    bytesADay: ((meter.writtenBytes - before.bytes) / tookMs) * DAY_MS,
    share: (meter.processorMs - before.ms) / tookMs,
  };
};

export const idleDiskRow = async (): Promise<BenchRow> => {
  const { bytesADay } = await resting(idleTime);
  return row({
    name: "written to disk on an idle day",
    ours: bytesADay / 2 ** 20,
    peer: 20,
    peerName: "what a card bears for years",
    unit: "MB",
    better: "lower",
    goal: 1,
  });
};

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
  const bytes = await resting(async (pid) =>
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
