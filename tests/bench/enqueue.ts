// How many durable submissions a second go into the outbox, against the same INSERT in raw better-sqlite3?
import { randomBytes } from "node:crypto";
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
const ROUNDS = 7;
const ROWS = 500;
const DOCUMENT_BYTES = 1024;

/** Rows a second. */
const rate = (act: () => void): number => {
  const started = performance.now();
  act();
  return (ROWS * 1000) / (performance.now() - started);
};

const ours = (dir: string, submissions: readonly SealedSubmission[]): number => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const store = openStore({ dir, clock, log: silentLog });
  try {
    return rate(() => {
      for (const submission of submissions) store.outbox.enqueue(submission);
    });
  } finally {
    store.close();
  }
};

/** The same content, commit by commit, in one table with the same unique id. */
const raw = (path: string, submissions: readonly SealedSubmission[]): number => {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE queue (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, manifest BLOB, payload BLOB) STRICT");
  const insert = db.prepare("INSERT INTO queue (seq, id, manifest, payload) VALUES (?, ?, ?, ?)");
  try {
    return rate(() => {
      for (const one of submissions)
        insert.run(one.sequence, one.submissionId, one.manifest, one.documents[0]?.bytes);
    });
  } finally {
    db.close();
  }
};

/** Higher is better. Rounds alternate, so that a slow minute of the disk meets both. */
export const enqueueRow = async (): Promise<BenchRow> => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  try {
    const pairs = Array.from({ length: ROUNDS }, (_, round) => {
      const submissions = Array.from({ length: ROWS }, (_, row) =>
        randomSubmission(row + 1, [DOCUMENT_BYTES]),
      );
      const folder = `${round}-${randomBytes(4).toString("hex")}`;
      return {
        ours: ours(join(dir, folder), submissions),
        peer: raw(join(dir, `${folder}.db`), submissions),
      };
    });
    return row({
      name: "durable submissions enqueued",
      ours: Math.round(median(pairs.map((pair) => pair.ours))),
      peer: Math.round(median(pairs.map((pair) => pair.peer))),
      peerName: "raw better-sqlite3 INSERT, WAL + FULL",
      unit: "1 KB rows/s",
      better: "higher",
      goal: GOAL,
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};
