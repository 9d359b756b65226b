// Is the database file sound, before anything is written to it?
//
// Read-only: opening for writing would copy the log into the file, and with it whatever is wrong with the log.
import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { writeFileDurably } from "./durable-file.js";
import { isCorrupt, isReadError } from "./faults.js";
import { walDamage } from "./wal-check.js";

export type Verdict =
  | { readonly state: "absent" | "sound" }
  | { readonly state: "damaged"; readonly reason: string };

const damaged = (reason: string): Verdict => ({ state: "damaged", reason });
const MAGIC = "SQLite format 3\0";
/** Offsets 18 and 19: which program may write and read; 1 is a rollback journal, 2 a WAL. */
const VERSION_BYTES = [18, 19] as const;
/** Their indexes are compared with them row by row; the journal is too long for that at each start. */
const CHECKED_TABLES = ["submissions", "intents", "counters", "tickets", "meta"] as const;
/** By the step of the schema that made it: a database of the program before is whole without. */
const LATER_TABLES = [["taken_tickets", 2]] as const;
const PROBE = "probe";

const headerDamage = (path: string): string | null => {
  const header = Buffer.alloc(100);
  const file = openSync(path, "r");
  try {
    if (readSync(file, header, 0, header.length, 0) < header.length) return "the file is cut";
  } finally {
    closeSync(file);
  }
  if (header.toString("latin1", 0, MAGIC.length) !== MAGIC) return "the file is no database";
  if (VERSION_BYTES.some((at) => (header[at] ?? 0) < 1 || (header[at] ?? 0) > 2))
    return "the file's header is damaged";
  return null;
};

const schemaDamage = (db: Database.Database): string | null => {
  const tables = new Set(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all());
  // A start that was cut before the first migration was done.
  if (tables.size === 0) return null;
  if (!tables.has("schema_notes")) return "the schema is damaged";
  const noted = db.prepare("SELECT max(version) FROM schema_notes").pluck().get();
  const version = db.pragma("user_version", { simple: true });
  if (noted !== version) return `the file says schema ${version}, its notes say ${noted}`;
  const later = LATER_TABLES.flatMap(([table, since]) => (Number(version) >= since ? [table] : []));
  for (const table of [...CHECKED_TABLES, ...later]) {
    if (!tables.has(table)) return `the table ${table} is missing`;
    const found = String(db.pragma(`integrity_check(${table})`, { simple: true }));
    if (found !== "ok") return found.split("\n")[0] ?? found;
  }
  return null;
};

/** The identity that the database gives itself; undefined when it has none or can not be read. */
export const idInside = (db: Database.Database): string | undefined => {
  try {
    return db.prepare("SELECT value FROM meta WHERE key = 'store.id'").pluck().get() as string | undefined;
  } catch {
    return undefined;
  }
};

const contentDamage = (path: string, knownId: string | undefined): string | null => {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const quick = String(db.pragma("quick_check(1)", { simple: true }));
    if (quick !== "ok") return quick.split("\n")[0] ?? quick;
    const schema = schemaDamage(db);
    if (schema !== null) return schema;
    const id = idInside(db);
    return knownId !== undefined && id !== knownId ? "the database is not this kiosk's" : null;
  } finally {
    db.close();
  }
};

/** Sectors that can not be read are damage only on a disk that otherwise works; else this throws its error. */
const probeDisk = (dir: string): void => {
  writeFileDurably(dir, PROBE, Buffer.from("probe"));
  rmSync(`${dir}/${PROBE}`, { force: true });
};

/** `knownId`: what the file beside the database says. Throws raw I/O errors: a disk that is away is no damage. */
export const examine = (dir: string, path: string, knownId: string | undefined): Verdict => {
  const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0)
    return hasLog && knownId !== undefined
      ? damaged("the database is gone, its log is there")
      : { state: "absent" };
  try {
    const reason = headerDamage(path) ?? walDamage(`${path}-wal`) ?? contentDamage(path, knownId);
    return reason === null ? { state: "sound" } : damaged(reason);
  } catch (thrown) {
    if (isCorrupt(thrown)) return damaged(thrown instanceof Error ? thrown.message : String(thrown));
    if (!isReadError(thrown) || !existsSync(path)) throw thrown;
    probeDisk(dir);
    return damaged("parts of the file can not be read");
  }
};
