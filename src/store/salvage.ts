// What can be had back out of a damaged database?
//
// Row by row, from the front until the damage and from the back until the damage. A submission is believed only
// if its hashes hold and its manifest agrees; the journal as far as its chain holds, so that the chain goes on.
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { CHAIN_START, chainHash } from "./chain.js";
import type { Db } from "./database.js";
import { idInside } from "./examine.js";
import { columnsOf, type JournalRow } from "./journal.js";
import { manifestAgrees, type ReadManifest, recordOfRow } from "./record.js";

type Row = Readonly<Record<string, unknown>>;

const SUBMISSIONS = `SELECT sequence, submission_id AS submissionId, state, procedure_code AS procedureCode,
  slip_number AS slipNumber, lower(hex(lookup_hash)) AS lookupHash, bytes, enqueued_at_ms AS enqueuedAtMs,
  attempts, detail, settled_at_ms AS settledAtMs, status_revision AS revision, status_state AS statusState,
  receipt_number AS receiptNumber, appointment, status_as_of_ms AS asOfMs, manifest, documents, payload
  FROM submissions ORDER BY sequence`;
const INSERT_SUBMISSION = `INSERT OR IGNORE INTO submissions (sequence, submission_id, state, procedure_code,
  slip_number, lookup_hash, bytes, enqueued_at_ms, attempts, detail, settled_at_ms, status_revision,
  status_state, receipt_number, appointment, status_as_of_ms, manifest, documents, payload)
  VALUES (@sequence, @submissionId, @state, @procedureCode, @slipNumber, unhex(@lookupHash), @bytes,
  @enqueuedAtMs, @attempts, @detail, @settledAtMs, @revision, @statusState, @receiptNumber, @appointment,
  @asOfMs, @manifest, @documents, @payload)`;
const JOURNAL = `SELECT id, at_ms AS atMs, entry, intent, kind, subject, data, hash FROM journal ORDER BY id`;
const SETTLED = new Set(["accepted", "done"]);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads on until the damage stops it. */
const until = (db: Db, sql: string, take: (row: Row) => void): boolean => {
  try {
    for (const row of db.prepare(sql).iterate()) take(row as Row);
    return true;
  } catch {
    return false;
  }
};

/** From both ends; `sql` ends with its one ORDER BY. A row may be seen twice. */
const around = (db: Db, sql: string, take: (row: Row) => void): void => {
  if (!until(db, sql, take)) until(db, `${sql} DESC`, take);
};

const isWholeSubmission = (row: Row, read: ReadManifest | undefined): boolean => {
  if (row["manifest"] === null)
    return SETTLED.has(String(row["state"])) && UUID.test(String(row["submissionId"]));
  const found = recordOfRow(row as Parameters<typeof recordOfRow>[0]);
  return found !== undefined && manifestAgrees(found.record, read);
};

const copyJournal = (from: Db, to: Db): void => {
  const insert = to.prepare(`INSERT INTO journal (id, at_ms, entry, intent, kind, subject, data, hash)
    VALUES (@id, @atMs, @entry, @intent, @kind, @subject, @data, @hash)`);
  const intent = to.prepare("INSERT INTO intents (id, result) VALUES (?, NULL)");
  const outcome = to.prepare("UPDATE intents SET result = ? WHERE id = ?");
  let last = CHAIN_START;
  let rows = 0;
  until(from, JOURNAL, (found) => {
    const row = found as unknown as JournalRow & { readonly hash: Buffer };
    const hash = chainHash(last, columnsOf(row));
    if (row.id !== rows + 1 || !hash.equals(row.hash)) throw new Error("the chain ends here");
    insert.run(row);
    if (row.entry === "intent") intent.run(row.id);
    if (row.entry === "outcome") outcome.run(row.kind, row.intent);
    last = hash;
    rows = row.id;
  });
  to.prepare("UPDATE journal_head SET rows = ?, hash = ?").run(rows, last);
};

const copyRest = (from: Db, to: Db): void => {
  const copies: readonly (readonly [select: string, insert: string])[] = [
    ["SELECT key, value FROM meta ORDER BY key", "INSERT OR IGNORE INTO meta VALUES (@key, @value)"],
    [
      "SELECT day, last FROM tickets ORDER BY day",
      `INSERT INTO tickets VALUES (@day, @last) ON CONFLICT (day) DO UPDATE SET last = max(last, @last)`,
    ],
    [
      `SELECT day, label, letters, number, service, grp, at_ms AS atMs, wall_trust AS wallTrust, told
        FROM taken_tickets ORDER BY day, label`,
      `INSERT OR IGNORE INTO taken_tickets (day, label, letters, number, service, grp, at_ms, wall_trust, told)
        VALUES (@day, @label, @letters, @number, @service, @grp, @atMs, @wallTrust, @told)`,
    ],
    [
      "SELECT name, value FROM counters ORDER BY name",
      `INSERT INTO counters VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = max(value, @value)`,
    ],
    [
      "SELECT day, procedure_code AS code, stars, count FROM ratings ORDER BY day, code, stars",
      "INSERT OR IGNORE INTO ratings VALUES (@day, @code, @stars, @count)",
    ],
  ];
  for (const [select, insert] of copies) {
    const put = to.prepare(insert);
    // Both ends of one compound key would need two directions: these tables are small and read once.
    until(from, select, (row) => put.run(row));
  }
};

const copyFrom = (
  path: string,
  to: Db,
  knownId: string | undefined,
  read: ReadManifest | undefined,
): void => {
  let from: Db;
  try {
    from = new Database(path, { readonly: true, fileMustExist: true });
  } catch {
    return;
  }
  try {
    const id = idInside(from);
    if (knownId !== undefined && id !== undefined && id !== knownId) return;
    const insert = to.prepare(INSERT_SUBMISSION);
    around(from, SUBMISSIONS, (row) => {
      if (isWholeSubmission(row, read)) insert.run(row);
    });
    if (to.prepare("SELECT rows FROM journal_head").pluck().get() === 0) copyJournal(from, to);
    copyRest(from, to);
  } finally {
    from.close();
  }
};

/** Into the new, empty database; from the file with its log, and then from the file alone. */
export const salvage = (
  folder: string,
  databaseName: string,
  to: Db,
  known: { readonly id: string | undefined; readonly read: ReadManifest | undefined },
): void => {
  const path = join(folder, databaseName);
  if (!existsSync(path)) return;
  const copyAll = to.transaction((from: string) => copyFrom(from, to, known.id, known.read)).immediate;
  copyAll(path);
  if (!existsSync(`${path}-wal`)) return;
  const alone = join(folder, "without-log.db");
  copyFileSync(path, alone);
  copyAll(alone);
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${alone}${suffix}`, { force: true });
};
