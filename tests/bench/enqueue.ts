// How many durable submissions a second go into the outbox, against the same INSERT in raw better-sqlite3?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { SealedSubmission } from "../../src/store/store.js";
import { randomSubmission } from "../store/fixtures.js";
import { type BenchRow, median, row } from "./row.js";

const GOAL = 0.7;
const BATCHES = 48;
const BATCH_ROWS = 60;
const DOCUMENT_BYTES = 1024;

interface Side {
  readonly put: (submission: SealedSubmission) => void;
  readonly close: () => void;
}

const ours = (dir: string): Side => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const store = openStore({ dir, clock, log: silentLog });
  return { put: (submission) => store.outbox.enqueue(submission), close: () => store.close() };
};

/** The same content, commit by commit, in one table with the same unique id. */
const raw = (path: string): Side => {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE queue (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, manifest BLOB, payload BLOB) STRICT");
  const insert = db.prepare("INSERT INTO queue (seq, id, manifest, payload) VALUES (?, ?, ?, ?)");
  return {
    put: (one) => insert.run(one.sequence, one.submissionId, one.manifest, one.documents[0]?.bytes),
    close: () => db.close(),
  };
};

/** Rows a second. */
const rate = (side: Side, rows: readonly SealedSubmission[]): number => {
  const started = performance.now();
  for (const submission of rows) side.put(submission);
  return (rows.length * 1000) / (performance.now() - started);
};

/** Higher is better. Short batches alternate, so that a busy moment of the machine meets both sides. */
export const enqueueRow = async (): Promise<BenchRow> => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const sides = [ours(join(dir, "store")), raw(join(dir, "raw.db"))] as const;
  try {
    const pairs = Array.from({ length: BATCHES }, (_, batch) => {
      const rows = Array.from({ length: BATCH_ROWS }, (_, place) =>
        randomSubmission(batch * BATCH_ROWS + place + 1, [DOCUMENT_BYTES]),
      );
      return { ours: rate(sides[0], rows), peer: rate(sides[1], rows) };
    });
    return row({
      name: "durable submissions enqueued",
      ours: Math.round(median(pairs.map((pair) => pair.ours))),
      peer: Math.round(median(pairs.map((pair) => pair.peer))),
      peerName: "raw better-sqlite3 INSERT, WAL + FULL",
      unit: "1 KB rows/s",
      ratio: median(pairs.map((pair) => pair.ours / pair.peer)),
      better: "higher",
      goal: GOAL,
    });
  } finally {
    for (const side of sides) side.close();
    rmSync(dir, { recursive: true, force: true });
  }
};
