// What does `motcua portal move` do on the portal's machine?
import { existsSync, readFileSync, realpathSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { FaultError } from "../../core/faults.js";
import { type Db, openDatabase, schemaOf } from "../../store/database.js";
import { syncFolder, writeFileDurably } from "../../store/durable-file.js";
import { guarded } from "../../store/faults.js";
import { takeWriterLock } from "../../store/lock.js";
import type { PostgresDb } from "../db/postgres-db.js";
import { addressOf, type DatabaseSettings, openPostgres } from "../db/postgres-open.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "../migrations.js";
import { loadPortalSettings, SETTINGS_FILE } from "../settings.js";
import {
  dropStaging,
  type FilesBeside,
  filesBeside,
  keepReplicasOut,
  type Moved,
  moveRows,
  rehearseMove,
} from "./move.js";

export interface MoveCommand {
  /** The portal's folder. */
  readonly dir: string;
  /** postgres://USER@HOST:PORT/DATABASE; portal.toml's when absent. */
  readonly to?: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

const PROGRESS_MS = 1000;

const wrong = (why: string): FaultError => new FaultError("store.unwritable", why);

/** Whether portal.toml has it already. */
interface Target {
  readonly settings: DatabaseSettings;
  readonly isNamed: boolean;
}

const targetOf = ({ dir, to, passwordFile, caFile }: MoveCommand): Target => {
  const { database } = loadPortalSettings(dir);
  if (database !== undefined && (to === undefined || to === database.url))
    return { settings: database, isNamed: true };
  if (database !== undefined)
    throw wrong(`${SETTINGS_FILE} names ${database.url} as [database] already: leave --to out`);
  if (to === undefined) throw wrong("where to? Give --to postgres://USER@HOST:PORT/DATABASE");
  const settings = {
    url: to,
    ...(passwordFile !== undefined && { passwordFile: resolve(passwordFile) }),
    ...(caFile !== undefined && { caFile: resolve(caFile) }),
  };
  addressOf(settings, "");
  return { settings, isNamed: false };
};

/** A table of its own at the end is right after whatever stands there. */
const nameTarget = (dir: string, settings: DatabaseSettings): void => {
  const link = join(dir, SETTINGS_FILE);
  const file = existsSync(link) ? realpathSync(link) : link;
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o600;
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  const text = `${before}${gap}${before === "" ? "" : "\n"}[database]\n${lines.join("")}`;
  writeFileDurably(dirname(file), basename(file), Buffer.from(text), mode);
};

const openSource = (path: string, { dryRun }: MoveCommand): Db => {
  if (!existsSync(path)) throw wrong(`${path}: there is no such portal, or it was moved before`);
  // A rehearsal changes nothing here.
  if (dryRun && schemaOf(path) !== PORTAL_MIGRATIONS.length)
    throw wrong(`${path}: of another version's portal; start this one's once, then rehearse`);
  return openDatabase(path, PORTAL_MIGRATIONS).db;
};

interface Report extends Moved {
  readonly to: string;
  readonly dryRun: boolean;
  readonly files: FilesBeside;
  readonly seconds: number;
  /** What the old file is called now. */
  readonly kept: string | null;
}

const parting = (moved: Moved): string => `${PORTAL_DATABASE}.moved-${moved.digest.slice(0, 8)}`;

interface Open {
  readonly from: Db;
  readonly to: PostgresDb;
  readonly target: Target;
}

const run = (command: MoveCommand, { from, to, target }: Open, io: Io) => {
  const { dir, dryRun } = command;
  let toldMs = performance.now();
  const onProgress = (table: string, done: number, of: number): void => {
    if (performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    io.stderr.write(`${table}: ${done} of ${of}\n`);
  };
  const parts = { from, to, onProgress, nowMs: () => Date.now() };
  const files = filesBeside(from, dir);
  const moved = dryRun
    ? rehearseMove(parts)
    : moveRows(parts, () => {
        if (!target.isNamed) nameTarget(dir, target.settings);
      });
  return { ...moved, files };
};

const inWords = ({ tables, rows, digest, audit, files, kept, ...report }: Report): string =>
  [
    ...tables.map((each) => `${each.table}: ${each.rows} rows, ${each.digest.slice(0, 16)}`),
    `${rows} rows in ${tables.length} tables, ${digest}`,
    audit.ok ? `audit: every hash of ${audit.rows} rows holds` : `audit: BROKEN at row ${audit.brokenAt}`,
    `files that rows name: ${files.named}, ${files.missing} of them missing; they stay in the portal's folder`,
    kept === null
      ? `dry run: every row fitted and came back the same, and was taken back, in ${report.seconds} s`
      : `${report.wasThere ? "the rows were there from an earlier run" : `moved in ${report.seconds} s`}; the old file is ${kept}, and ${SETTINGS_FILE} names PostgreSQL`,
    "",
  ].join("\n");

/** Throws `FaultError` in plain words; then the portal is what it was, or the same command finishes what is left. */
export const moveCommand = async (command: MoveCommand, io: Io): Promise<number> => {
  const { dir, dryRun, json } = command;
  const startedMs = performance.now();
  const target = targetOf(command);
  const path = join(dir, PORTAL_DATABASE);
  const release = dryRun ? () => {} : guarded(path, () => takeWriterLock(dir));
  let from: Db | null = null;
  let to: PostgresDb | null = null;
  try {
    from = guarded(path, () => openSource(path, command));
    to = openPostgres(target.settings, { application: "motcua portal move", present: false });
    await keepReplicasOut(to);
    const open = { from, to, target };
    const moved = guarded(path, () => run(command, open, io));
    from.close();
    const kept = dryRun ? null : parting(moved);
    if (kept !== null) {
      renameSync(path, join(dir, kept));
      syncFolder(dir);
      dropStaging(dir);
    }
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    const report: Report = { ...moved, to: target.settings.url, dryRun, seconds, kept };
    io.stdout.write(json ? `${JSON.stringify(report)}\n` : inWords(report));
    return 0;
  } finally {
    from?.close();
    to?.close();
    release();
  }
};
