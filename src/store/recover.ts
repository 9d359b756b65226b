// What is done with a damaged database, and what can be had back?
//
// The files are set aside, never deleted. Then every submission that waited comes back from two places: the
// records beside the blobs, and whatever rows of the damaged file can still be read. A submission that the
// portal has already taken is sent once more, and the portal answers with the receipt that it gave before.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import type { BlobFolder } from "./blobs.js";
import { syncFolder } from "./durable-file.js";
import type { SqliteOutbox } from "./outbox.js";
import type { SubmissionRecord } from "./outbox-rows.js";

const RECORD = z.object({
  submissionId: z.uuid(),
  sequence: z.int().positive(),
  procedureCode: z.string(),
  slipNumber: z.string(),
  lookupHash: z.string().regex(/^[0-9a-f]{64}$/),
  manifest: z.base64(),
  documents: z.array(
    z.object({
      index: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      length: z.int().nonnegative(),
    }),
  ),
  enqueuedAtMs: z.number(),
});

/** Moves the database files under `set-aside/<time>`; returns that folder. */
export const setAside = (dir: string, databaseName: string, atMs: number): string => {
  const base = join(dir, "set-aside", new Date(atMs).toISOString().replace(/[:.]/g, "-"));
  let folder = base;
  for (let copy = 2; existsSync(folder); copy += 1) folder = `${base}-${copy}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const suffix of ["", "-wal", "-shm"]) {
    const path = join(dir, `${databaseName}${suffix}`);
    if (existsSync(path)) renameSync(path, join(folder, `${databaseName}${suffix}`));
  }
  syncFolder(folder);
  syncFolder(dir);
  return folder;
};

const fromRecords = (blobs: BlobFolder, outbox: SqliteOutbox): number => {
  let restored = 0;
  for (const found of blobs.records()) {
    const record = RECORD.safeParse(found);
    if (!record.success) continue;
    try {
      for (const document of record.data.documents) blobs.check(document.sha256);
    } catch {
      continue;
    }
    if (outbox.restore(record.data, null)) restored += 1;
  }
  return restored;
};

const INLINE_ROWS = `SELECT submission_id AS submissionId, sequence, procedure_code AS procedureCode,
  slip_number AS slipNumber, lower(hex(lookup_hash)) AS lookupHash, manifest, documents,
  enqueued_at_ms AS enqueuedAtMs, payload
  FROM submissions WHERE payload IS NOT NULL`;

interface InlineRow {
  readonly manifest: Uint8Array;
  readonly documents: string;
  readonly payload: Buffer;
}

const toRecord = (row: InlineRow): SubmissionRecord | undefined => {
  const parsed = RECORD.safeParse({
    ...row,
    manifest: Buffer.from(row.manifest).toString("base64"),
    documents: JSON.parse(row.documents) as unknown,
  });
  return parsed.success ? parsed.data : undefined;
};

const payloadMatches = (record: SubmissionRecord, payload: Buffer): boolean => {
  let from = 0;
  return record.documents.every((document) => {
    const slice = payload.subarray(from, from + document.length);
    from += document.length;
    return createHash("sha256").update(slice).digest("hex") === document.sha256;
  });
};

/** Reads on until the damage stops it; each row is believed only if its hashes hold. */
const fromDamaged = (path: string, outbox: SqliteOutbox): number => {
  let restored = 0;
  try {
    const damaged = new Database(path);
    try {
      for (const found of damaged.prepare(INLINE_ROWS).iterate()) {
        const row = found as InlineRow;
        const record = toRecord(row);
        const payload = row.payload;
        if (record !== undefined && payloadMatches(record, payload) && outbox.restore(record, payload))
          restored += 1;
      }
    } finally {
      damaged.close();
    }
  } catch {
    // The damage begins here; what came before it is back.
  }
  return restored;
};

export const rebuild = (
  folder: string,
  databaseName: string,
  blobs: BlobFolder,
  outbox: SqliteOutbox,
): number => fromRecords(blobs, outbox) + fromDamaged(join(folder, databaseName), outbox);
