// How is a SQLite file opened so that a commit that returned survives a power cut?
//
// better-sqlite3 is compiled with DEFAULT_WAL_SYNCHRONOUS=1: every open of a file that is already in WAL
// silently falls back to NORMAL, which lost 20–156 acknowledged rows a cut when measured. So FULL is set and
// read back at each open, and anything else refuses to start.
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { FaultError } from "../core/faults.js";
import { syncFile, syncFolder } from "./durable-file.js";

export type Db = Database.Database;

/** One forward step of the schema. Never edited once released. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  /** Oldest schema version whose program still works on the result: both update slots read the same data. */
  readonly readableBy: number;
  readonly sql: string;
}

export interface OpenedDatabase {
  readonly db: Db;
  readonly sqlite: string;
  readonly synchronous: number;
  /** How many migrations ran now. */
  readonly migrated: number;
}

/** Versions before lose committed WAL frames when a reset races with a second connection. */
const OLDEST_SQLITE = [3, 51, 3] as const;
const SYNCHRONOUS_FULL = 2;
/** The WAL is truncated back to this after a checkpoint, so one burst does not keep the disk. */
const WAL_LIMIT_BYTES = 4 * 1024 * 1024;

const isOldSqlite = (version: string): boolean => {
  const parts = version.split(".").map(Number);
  for (const [place, wanted] of OLDEST_SQLITE.entries()) {
    const have = parts[place] ?? 0;
    if (have !== wanted) return have < wanted;
  }
  return false;
};

const checkDurability = (db: Db, path: string): { sqlite: string; synchronous: number } => {
  const sqlite = String(db.prepare("SELECT sqlite_version()").pluck().get());
  if (isOldSqlite(sqlite))
    throw new FaultError("store.unwritable", `SQLite ${sqlite} is older than ${OLDEST_SQLITE.join(".")}`);
  db.pragma("busy_timeout = 2000");
  // A new file only; a file with pages keeps what it has.
  db.pragma("auto_vacuum = INCREMENTAL");
  const mode = String(db.pragma("journal_mode = WAL", { simple: true }));
  db.pragma("synchronous = FULL");
  const synchronous = Number(db.pragma("synchronous", { simple: true }));
  if (mode !== "wal" || synchronous !== SYNCHRONOUS_FULL)
    throw new FaultError(
      "store.unwritable",
      `${path}: journal_mode is ${mode} and synchronous is ${synchronous}; wal and 2 are needed`,
    );
  db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  db.pragma("foreign_keys = ON");
  return { sqlite, synchronous };
};

const copyBefore = (db: Db, path: string, version: number): void => {
  const copy = `${path}.v${version}`;
  rmSync(copy, { force: true });
  db.prepare("VACUUM INTO ?").run(copy);
  syncFile(copy);
  syncFolder(dirname(path));
};

const SCHEMA_TABLE =
  "CREATE TABLE IF NOT EXISTS schema_notes (version INTEGER PRIMARY KEY, readable_by INTEGER NOT NULL) STRICT";

const migrate = (db: Db, path: string, migrations: readonly Migration[]): number => {
  const known = migrations.length;
  const found = Number(db.pragma("user_version", { simple: true }));
  if (found > known) {
    const readableBy = db
      .prepare("SELECT readable_by FROM schema_notes WHERE version = ?")
      .pluck()
      .get(found) as number | undefined;
    if (readableBy !== undefined && readableBy <= known) return 0;
    throw new FaultError(
      "store.unwritable",
      `${path} has schema ${found}, written by a newer program; this one knows up to ${known}`,
    );
  }
  for (const step of migrations.slice(found)) {
    if (step.version > 1) copyBefore(db, path, step.version - 1);
    db.transaction(() => {
      db.exec(SCHEMA_TABLE);
      db.exec(step.sql);
      db.prepare("INSERT INTO schema_notes (version, readable_by) VALUES (?, ?)").run(
        step.version,
        step.readableBy,
      );
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
  return known - found;
};

/** The schema version of a file that is there; changes nothing. */
export const schemaOf = (path: string): number => {
  const db = new Database(path, { readonly: true });
  try {
    return Number(db.pragma("user_version", { simple: true }));
  } finally {
    db.close();
  }
};

/** The schema of a file that is there, and the lowest whose program can still work on it; changes nothing. */
export const readabilityOf = (path: string): { readonly schema: number; readonly readableBy: number } => {
  const db = new Database(path, { readonly: true });
  try {
    const schema = Number(db.pragma("user_version", { simple: true }));
    const noted = db.prepare("SELECT readable_by FROM schema_notes WHERE version = ?").pluck().get(schema);
    return { schema, readableBy: typeof noted === "number" ? noted : schema };
  } finally {
    db.close();
  }
};

/** Opens, or makes, the database at `path`; its folder exists. Throws raw SQLite errors: the caller names the fault. */
export const openDatabase = (path: string, migrations: readonly Migration[]): OpenedDatabase => {
  const db = new Database(path);
  try {
    const durability = checkDurability(db, path);
    const health = String(db.pragma("quick_check(1)", { simple: true }));
    if (health !== "ok") throw new FaultError("store.corrupt", `${path}: ${health.split("\n")[0] ?? ""}`);
    return { db, ...durability, migrated: migrate(db, path, migrations) };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
};
