// What does a sealed scan cost the disk: how long at the worst, and how many bytes for one that is sent and settled?
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { SealedSubmission, Store } from "../../src/store/store.js";
import { randomSubmission, testClock } from "../store/fixtures.js";
import { type BenchRow, row } from "./row.js";

const KB = 1024;
const MB = KB * KB;
const TURNS = 300;
const SETTLED = 40;
const WORST = 0.99;
/** What a submission may write beside its payload. */
const ALLOWED_PART = 1.3;
const ALLOWED_BYTES = 150 * KB;

const withStore = async <T>(act: (store: Store, dir: string) => T): Promise<T> => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const store = openStore({ dir: join(dir, "store"), clock: testClock, log: silentLog });
  try {
    return act(store, dir);
  } finally {
    store.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

const timed = (act: () => void): number => {
  const started = performance.now();
  act();
  return performance.now() - started;
};

const writeAndSync = (path: string, bytes: Uint8Array): void => {
  const file = openSync(path, "w");
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  fsyncSync(file);
  closeSync(file);
};

const quantile = (values: readonly number[], at: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(at * values.length)] ?? Number.NaN;

/** Turn by turn, so that a busy moment of the machine meets both. */
export const enqueueWorstRow = (): Promise<BenchRow> =>
  withStore((store, dir) => {
    const [ours, peer]: [number[], number[]] = [[], []];
    mkdirSync(join(dir, "raw"));
    for (let turn = 0; turn < TURNS; turn += 1) {
      const one = randomSubmission(turn + 1, [MB]);
      ours.push(timed(() => store.outbox.enqueue(one)));
      const bytes = randomBytes(MB);
      peer.push(timed(() => writeAndSync(join(dir, "raw", String(turn)), bytes)));
    }
    return row({
      name: "sealed 1 MB enqueued, 99 of 100",
      ours: quantile(ours, WORST),
      peer: quantile(peer, WORST),
      peerName: "the same bytes: write and fsync",
      unit: "ms",
      better: "lower",
      goal: 2,
    });
  });

/** Bytes that this process made the disk write, whenever (proc_pid_io(5)). */
const writtenBytes = (): number =>
  Number(/^write_bytes: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

const wholeLife = (store: Store, submission: SealedSubmission): void => {
  const { outbox } = store;
  const { submissionId } = submission;
  outbox.enqueue(submission);
  outbox.mark(submissionId, "sending");
  outbox.mark(submissionId, "uploaded");
  outbox.applyStatus(submissionId, {
    ...{ revision: 1, state: "received", receiptNumber: "X-261122-0001", appointment: "2026-11-25T09:30" },
  });
  outbox.mark(submissionId, "accepted");
};

const bytesOf = (size: number): Promise<number> =>
  withStore((store) => {
    const before = writtenBytes();
    for (let turn = 0; turn < SETTLED; turn += 1) wholeLife(store, randomSubmission(turn + 1, [size]));
    store.close();
    return (writtenBytes() - before) / SETTLED;
  });

const diskRow = async (name: string, size: number): Promise<BenchRow> =>
  row({
    name: `bytes written for ${name}, settled`,
    ours: await bytesOf(size),
    peer: ALLOWED_PART * size + ALLOWED_BYTES,
    peerName: "1.3 × payload + 150 KB",
    unit: "bytes",
    better: "lower",
    goal: 1,
  });

export const diskFormRow = (): Promise<BenchRow> => diskRow("a form of 1 KB", KB);
export const diskScanRow = (): Promise<BenchRow> => diskRow("a scan of 1 MB", MB);
