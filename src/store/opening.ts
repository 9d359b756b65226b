// How does the store come up from whatever the disk has made of it?
//
// The same way at a start and after a disk that failed: look without writing; set a damaged database aside and
// build another one out of it; let rows and records agree; note in the journal what is missing; only then serve.
// Every step can be cut by a power failure and begun again.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { BlobFolder } from "./blobs.js";
import type { ChainHead } from "./chain.js";
import {
  type DamageReport,
  findUnfinished,
  makeAside,
  markFinished,
  markUnfinished,
  moveAside,
  namedAsLost,
  writeReport,
} from "./damage.js";
import { type Db, type Migration, openDatabase } from "./database.js";
import { syncFile, syncFolder, writeFileDurably } from "./durable-file.js";
import { examine } from "./examine.js";
import type { Floor } from "./floor.js";
import { chainWriter, noteEntry } from "./journal.js";
import { readNames, rewriteNames } from "./names.js";
import { OutboxRows } from "./outbox-rows.js";
import { Reconciliation } from "./reconcile.js";
import type { ReadManifest } from "./record.js";
import { salvage } from "./salvage.js";
import { readWitness, type Witnessed } from "./witness.js";

export const DATABASE = "motcua.db";
const NEW_DATABASE = "motcua.db.new";
const MOVED = "moved";
const ID_FILE = "store.id";
const ID_KEY = "store.id";

export interface OpeningParts {
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly blobs: BlobFolder;
  readonly sequences: Floor;
  readonly tickets: Floor;
  readonly readManifest: ReadManifest | undefined;
  readonly migrations: readonly Migration[];
}

interface Repair {
  readonly folder: string;
  readonly reason: string;
}

const idSum = (id: string): string => createHash("sha256").update(id).digest("hex").slice(0, 16);

/** Undefined when the file is not there or not whole. */
const readId = (dir: string): string | undefined => {
  const path = join(dir, ID_FILE);
  const [id = "", sum] = existsSync(path) ? readFileSync(path, "latin1").split("\n") : [];
  return sum === idSum(id) ? id : undefined;
};

const writeId = (dir: string, id: string): void =>
  writeFileDurably(dir, ID_FILE, Buffer.from(`${id}\n${idSum(id)}\n`));

/** A folder that never held a database holds none of these. */
const hasLivedBefore = ({ dir, blobs, sequences }: OpeningParts): boolean =>
  readId(dir) !== undefined || sequences.read() > 0 || blobs.recordIds().length > 0;

const diagnose = (parts: OpeningParts): Repair | null => {
  const { dir, clock, log } = parts;
  const begun = findUnfinished(dir);
  if (begun !== undefined) return begun;
  const verdict = examine(dir, join(dir, DATABASE), readId(dir));
  if (verdict.state === "sound" || (verdict.state === "absent" && !hasLivedBefore(parts))) return null;
  const reason = verdict.state === "damaged" ? verdict.reason : "the database is gone";
  const folder = makeAside(dir, clock.wall().epochMs);
  markUnfinished(folder, reason);
  log("store.setAside", { folder, reason });
  return { folder, reason };
};

/** Once all is moved, what bears these names is a new database that was not finished. */
const setAside = (dir: string, folder: string): void => {
  const isMoved = existsSync(join(folder, MOVED));
  for (const suffix of ["-shm", "-wal", ""]) {
    const name = `${DATABASE}${suffix}`;
    if (isMoved) rmSync(join(dir, name), { force: true });
    else moveAside(join(dir, name), folder, name);
  }
  syncFolder(dir);
  if (!isMoved) writeFileDurably(folder, MOVED, Buffer.from("moved\n"));
};

/** Under a name of its own until it is whole. */
const build = ({ dir, readManifest, migrations }: OpeningParts, folder: string): void => {
  for (const name of readdirSync(dir))
    if (name.startsWith(NEW_DATABASE)) rmSync(join(dir, name), { force: true });
  const path = join(dir, NEW_DATABASE);
  const id = readId(dir);
  const { db } = openDatabase(path, migrations);
  try {
    salvage(folder, DATABASE, db, { id, read: readManifest });
    if (id !== undefined) db.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(ID_KEY, id);
    db.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
  syncFile(path);
  renameSync(path, join(dir, DATABASE));
  syncFolder(dir);
};

const ensureId = (dir: string, db: Db): void => {
  const known = readId(dir);
  const inside = db.prepare("SELECT value FROM meta WHERE key = ?").pluck().get(ID_KEY) as string | undefined;
  const id = inside ?? known ?? randomUUID();
  if (inside === undefined) db.prepare("INSERT INTO meta VALUES (?, ?)").run(ID_KEY, id);
  if (known !== id) writeId(dir, id);
};

export const headOf = (db: Db): ChainHead =>
  db.prepare("SELECT rows, hash FROM journal_head").get() as ChainHead;

/** True when the journal that the witness saw is not the beginning of this one. */
const contradicts = (db: Db, seen: Witnessed): boolean => {
  if (seen.rows === 0) return false;
  const hash = db.prepare("SELECT hash FROM journal WHERE id = ?").pluck().get(seen.rows);
  return !(hash instanceof Buffer) || hash.toString("hex") !== seen.hash;
};

/** All that numbers could have been given for lies below what is set here. */
const skipNumbers = (parts: OpeningParts, db: Db, highest: number): void => {
  const { dir, sequences, tickets } = parts;
  const rows = new OutboxRows(db);
  const seen = readWitness(dir)?.sequence ?? 0;
  rows.setSequence(Math.max(rows.lastSequence(), rows.maxSequence(), highest, seen, sequences.read()));
  const raise = db.prepare(`INSERT INTO tickets (day, last) VALUES (@label, @value)
    ON CONFLICT (day) DO UPDATE SET last = max(last, @value)`);
  for (const line of tickets.lines()) raise.run(line);
};

/** Asia/Ho_Chi_Minh has no summer time. */
export const LOCAL_OFFSET_MS = 7 * 3_600_000;

const tell = (parts: OpeningParts, db: Db, folder: string, report: DamageReport): void => {
  const { dir, clock, log } = parts;
  writeReport(folder, report);
  const { reason, restored, repaired, lost, journal } = report;
  const subject = folder.slice(dir.length + 1);
  const data = { reason, restored, repaired, lost: lost.map(({ submission }) => submission), journal };
  db.transaction(chainWriter(db, clock)).immediate(noteEntry("store.setAside", subject, data));
  log("store.rebuilt", { folder, submissions: restored });
  for (const { submission, why } of lost) log("store.lost", { submission, why });
};

/** True when something outside the database knows of commits that it has not. */
const hasGoneBack = (
  { dir, blobs, sequences }: OpeningParts,
  db: Db,
  rows: OutboxRows,
  highest: number,
): boolean => {
  const witness = readWitness(dir);
  const counter = rows.lastSequence();
  const recorded = new Set(blobs.recordIds());
  return (
    (witness !== undefined && (contradicts(db, witness) || witness.sequence > counter)) ||
    highest > counter ||
    sequences.contradicts(counter) ||
    [...readNames(dir).keys()].some((id) => !recorded.has(id) && rows.stateOf(id) === undefined)
  );
};

const settle = (parts: OpeningParts, db: Db, repair: Repair | null): void => {
  const { dir, clock, log, blobs, readManifest } = parts;
  const rows = new OutboxRows(db);
  const expected = readWitness(dir)?.rows ?? null;
  const kept = headOf(db).rows;
  let folder = repair?.folder;
  const aside = () => {
    folder ??= makeAside(dir, clock.wall().epochMs);
    return folder;
  };
  const reconciliation = new Reconciliation({ rows, blobs, readManifest, aside });
  const wentBack = hasGoneBack(parts, db, rows, reconciliation.highest);
  const inDoubt = repair !== null || wentBack;
  db.transaction(() => reconciliation.run()).immediate();
  if (inDoubt) skipNumbers(parts, db, reconciliation.highest);
  const orphans = reconciliation.sweep(inDoubt);
  for (const [id, slipNumber] of readNames(dir))
    if (rows.stateOf(id) === undefined)
      reconciliation.name(id, slipNumber, "its row and its record are gone");
  const told = namedAsLost(dir);
  const lost = reconciliation.lost.filter(({ submission }) => !told.has(submission));
  const { restored, repaired } = reconciliation;
  // A cut between the files and their row: the submission is whole and comes back; nothing was damaged.
  if (inDoubt || repaired > 0 || lost.length > 0)
    tell(parts, db, aside(), {
      atMs: clock.wall().epochMs,
      reason:
        repair?.reason ?? (wentBack ? "the database lost its last commits" : "rows or files are damaged"),
      ...{ restored, repaired, lost },
      journal: { kept, expected },
    });
  rewriteNames(dir, rows.waitingNames());
  const intents = Number(
    db.prepare("SELECT count(*) FROM intents WHERE result IS NULL OR result = 'inDoubt'").pluck().get(),
  );
  log("store.reconciled", { intents, inDoubt: 0, orphans });
};

/** Opens, or mends and opens, the database of `parts.dir`. Throws raw errors of SQLite and of the file system. */
export const openWhole = (parts: OpeningParts): Db => {
  const { dir, log, migrations } = parts;
  const repair = diagnose(parts);
  if (repair !== null) {
    setAside(dir, repair.folder);
    build(parts, repair.folder);
  }
  const { db, sqlite, synchronous, migrated } = openDatabase(join(dir, DATABASE), migrations);
  try {
    ensureId(dir, db);
    settle(parts, db, repair);
    if (repair !== null) markFinished(repair.folder);
    log("store.opened", { sqlite, synchronous, migrated });
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
};
