// How is the kiosk's store opened, and what does it do before anybody uses it?
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import Database from "better-sqlite3";
import type { Clock } from "../core/clock.js";
import { FaultError, toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { BlobFolder } from "./blobs.js";
import { type Db, type OpenedDatabase, openDatabase } from "./database.js";
import { writeFileDurably } from "./durable-file.js";
import { guarded, isCorrupt, storeFault } from "./faults.js";
import { SqliteJournal, verifyChain } from "./journal.js";
import { takeWriterLock } from "./lock.js";
import { KIOSK_MIGRATIONS } from "./migrations.js";
import { SqliteOutbox } from "./outbox.js";
import { quotaLevel, usedFraction } from "./quota.js";
import { rebuild, setAside } from "./recover.js";
import { Reserve } from "./reserve.js";
import type { Journal, Rating, Store } from "./store.js";

export interface StoreOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** What the store may use of the disk. */
  readonly limitBytes?: number;
  /** What it leaves to the rest of the machine. */
  readonly keepFreeBytes?: number;
}

const DATABASE = "motcua.db";
const FLOOR_FILE = "sequence.floor";
/** Sequences given out between two writes of the floor file. */
const FLOOR_STEP = 1000;
const DEFAULT_LIMIT_BYTES = 8 * 1024 ** 3;
const DEFAULT_KEEP_FREE_BYTES = 64 * 1024 ** 2;
const TOMBSTONE_MS = 90 * 24 * 3_600_000;

const readFloor = (dir: string): number => {
  const path = join(dir, FLOOR_FILE);
  const value = existsSync(path) ? Number.parseInt(readFileSync(path, "utf8"), 10) : 0;
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
};

/** Numbers must not repeat even when the database is lost, so a file beside it is always ahead of them. */
const floorRaiser = (dir: string): ((value: number) => void) => {
  let floor = readFloor(dir);
  return (value) => {
    if (value <= floor) return;
    writeFileDurably(dir, FLOOR_FILE, Buffer.from(`${value + FLOOR_STEP}\n`));
    floor = value + FLOOR_STEP;
  };
};

const skipToFloor = (db: Db, dir: string): void => {
  const highest = Number(db.prepare("SELECT coalesce(max(sequence), 0) FROM submissions").pluck().get());
  db.prepare("INSERT OR REPLACE INTO counters (name, value) VALUES ('sequence', ?)").run(
    Math.max(highest, readFloor(dir)),
  );
};

class SqliteStore implements Store {
  readonly outbox: SqliteOutbox;
  readonly journal: Journal;
  readonly meta: Store["meta"];
  readonly #db: Db;
  readonly #options: StoreOptions;
  readonly #path: string;
  readonly #release: () => void;

  constructor(db: Db, blobs: BlobFolder, options: StoreOptions, release: () => void) {
    const { dir, clock, log } = options;
    this.#db = db;
    this.#options = options;
    this.#path = join(dir, DATABASE);
    this.#release = release;
    const reserve = new Reserve(dir);
    reserve.hold();
    this.outbox = new SqliteOutbox({
      ...{ db, path: this.#path, blobs, clock, log },
      raiseFloor: floorRaiser(dir),
      makeRoom: () => reserve.giveUp(),
    });
    this.journal = new SqliteJournal(db, this.#path, clock);
    const get = db.prepare("SELECT value FROM meta WHERE key = ?").pluck();
    const set = db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    this.meta = {
      get: (key) => guarded(this.#path, () => get.get(key) as string | undefined),
      set: (key, value) => guarded(this.#path, () => void set.run(key, value)),
    };
  }

  nextTicket(day: string): number {
    return guarded(this.#path, () =>
      Number(
        this.#db
          .prepare(`INSERT INTO tickets (day, last) VALUES (?, 1)
            ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last`)
          .pluck()
          .get(day),
      ),
    );
  }

  addRating(stars: number, procedureCode: string): void {
    const day = new Date(this.#options.clock.wall().epochMs + LOCAL_OFFSET_MS).toISOString().slice(0, 10);
    guarded(this.#path, () =>
      this.#db
        .prepare(`INSERT INTO ratings (day, procedure_code, stars, count) VALUES (?, ?, ?, 1)
          ON CONFLICT DO UPDATE SET count = count + 1`)
        .run(day, procedureCode, stars),
    );
  }

  ratingsAfter(day: string): readonly Rating[] {
    return guarded(
      this.#path,
      () =>
        this.#db
          .prepare(`SELECT day, procedure_code AS procedureCode, stars, count FROM ratings WHERE day > ?
            ORDER BY day, procedure_code, stars`)
          .all(day) as Rating[],
    );
  }

  quota(): ReturnType<Store["quota"]> {
    return guarded(this.#path, () => {
      const pages = Number(this.#db.pragma("page_count", { simple: true }));
      const free = Number(this.#db.pragma("freelist_count", { simple: true }));
      const pageBytes = Number(this.#db.pragma("page_size", { simple: true }));
      const wal = statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      const used = (pages - free) * pageBytes + wal + this.outbox.stats().bytes;
      const fraction = usedFraction(
        this.#options.dir,
        used,
        this.#options.limitBytes ?? DEFAULT_LIMIT_BYTES,
        this.#options.keepFreeBytes ?? DEFAULT_KEEP_FREE_BYTES,
      );
      return { level: quotaLevel(fraction), usedFraction: fraction };
    });
  }

  close(): void {
    if (!this.#db.open) return;
    this.#db.close();
    this.#release();
  }
}

/** Asia/Ho_Chi_Minh has no summer time. */
const LOCAL_OFFSET_MS = 7 * 3_600_000;

const purgeTombstones = (db: Db, clock: Clock): void => {
  const { epochMs, trust } = clock.wall();
  // A wrong clock must not forget what a citizen may still ask for.
  if (trust !== "trusted") return;
  db.prepare("DELETE FROM submissions WHERE state IN ('accepted', 'done') AND settled_at_ms < ?").run(
    epochMs - TOMBSTONE_MS,
  );
  db.pragma("incremental_vacuum");
};

const isDamage = (thrown: unknown): boolean =>
  isCorrupt(thrown) || (thrown instanceof FaultError && thrown.code === "store.corrupt");

/** Opens the database, or sets a damaged one aside and opens a new one. */
const openOrReplace = (options: StoreOptions): OpenedDatabase & { readonly aside: string | null } => {
  const path = join(options.dir, DATABASE);
  try {
    return { ...openDatabase(path, KIOSK_MIGRATIONS), aside: null };
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    const aside = setAside(options.dir, DATABASE, options.clock.wall().epochMs);
    const fault = toFault(storeFault(thrown, path));
    options.log("store.setAside", { folder: aside, reason: fault.detail });
    return { ...openDatabase(path, KIOSK_MIGRATIONS), aside };
  }
};

const open = (options: StoreOptions, release: () => void): Store => {
  const { dir, clock, log } = options;
  const { db, sqlite, synchronous, migrated, aside } = openOrReplace(options);
  try {
    const blobs = new BlobFolder(dir);
    purgeTombstones(db, clock);
    const store = new SqliteStore(db, blobs, options, release);
    if (aside !== null) {
      const rebuilt = rebuild(aside, DATABASE, blobs, store.outbox);
      skipToFloor(db, dir);
      store.journal.note("store.setAside", aside.slice(dir.length + 1), { rebuilt });
      log("store.rebuilt", { folder: aside, submissions: rebuilt });
    }
    // After a loss, files without a record are evidence for a technician, not orphans.
    const orphans = aside === null ? blobs.sweep(store.outbox.wantedFiles()) : 0;
    log("store.opened", { sqlite, synchronous, migrated });
    const intents = store.journal.open();
    log("store.reconciled", { intents: intents.length, inDoubt: 0, orphans });
    return store;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
};

/** A full disk must not keep the queue from being emptied: the reserve is given up for the start. */
const openOnFullDisk = (options: StoreOptions, release: () => void): Store => {
  try {
    return open(options, release);
  } catch (thrown) {
    const isFull = storeFault(thrown, options.dir).code === "store.full";
    if (isFull && new Reserve(options.dir).giveUp()) return open(options, release);
    throw thrown;
  }
};

/** Throws `FaultError` "store.unwritable" (with the path) when the folder can not be used. */
export const openStore = (given: StoreOptions): Store => {
  const options = { ...given, dir: resolve(given.dir) };
  return guarded(options.dir, () => {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const release = takeWriterLock(options.dir);
    try {
      return openOnFullDisk(options, release);
    } catch (thrown) {
      release();
      throw thrown;
    }
  });
};

/** For `motcua journal verify`: reads alone, and may run beside the kiosk. */
export const verifyJournal = (dir: string): ReturnType<Journal["verify"]> => {
  const path = join(resolve(dir), DATABASE);
  if (!existsSync(path)) throw new FaultError("store.unwritable", `${path} does not exist`);
  return guarded(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      return verifyChain(db);
    } finally {
      db.close();
    }
  });
};
