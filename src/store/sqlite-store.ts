// How is the kiosk's store opened, and what does it do before anybody uses it?
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import Database from "better-sqlite3";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { BlobFolder } from "./blobs.js";
import { type Around, Connection } from "./connection.js";
import { type LostSubmission, makeAside, namedAsLost, standingDamage, writeReport } from "./damage.js";
import type { Db, Migration } from "./database.js";
import { writeOneBlock } from "./disk-look.js";
import { guarded, storeFault } from "./faults.js";
import { Floor } from "./floor.js";
import { SqliteJournal, verifyChain } from "./journal.js";
import { takeWriterLock } from "./lock.js";
import { KIOSK_MIGRATIONS } from "./migrations.js";
import { Names } from "./names.js";
import { DATABASE, headOf, LOCAL_OFFSET_MS, type OpeningParts, openWhole } from "./opening.js";
import { SqliteOutbox } from "./outbox.js";
import { OutboxRows } from "./outbox-rows.js";
import { quotaLevel, usedFraction } from "./quota.js";
import type { ReadManifest } from "./record.js";
import { Reserve } from "./reserve.js";
import type { Journal, Rating, Store, StoreDamage } from "./store.js";
import { SqliteTickets } from "./tickets.js";
import { Witness } from "./witness.js";

export interface StoreOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** What the store may use of the disk. */
  readonly limitBytes?: number;
  /** For what is found after damage; left out: what is found is believed by its hashes alone. */
  readonly readManifest?: ReadManifest;
  /** What it leaves to the rest of the machine. */
  readonly keepFreeBytes?: number;
  /** Each work on the database goes through it: who watches over the process then knows what may hang. */
  readonly around?: Around;
  /** The schemas that the program knows: another program's, where one is to be tried on this one's data. */
  readonly migrations?: readonly Migration[];
}

/** Numbers given out between two writes of their floor. */
const SEQUENCE_STEP = 1000;
const TICKET_STEP = 10;
const DEFAULT_LIMIT_BYTES = 8 * 1024 ** 3;
const DEFAULT_KEEP_FREE_BYTES = 64 * 1024 ** 2;
const TOMBSTONE_MS = 90 * 24 * 3_600_000;

const prepareSmall = (db: Db) => ({
  db,
  getMeta: db.prepare("SELECT value FROM meta WHERE key = ?").pluck(),
  setMeta: db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"),
  ratingsAfter:
    db.prepare(`SELECT day, procedure_code AS procedureCode, stars, count FROM ratings WHERE day > ?
    ORDER BY day, procedure_code, stars`),
  addRating: db.prepare(`INSERT INTO ratings (day, procedure_code, stars, count) VALUES (?, ?, ?, 1)
    ON CONFLICT DO UPDATE SET count = count + 1`),
});

class SqliteStore implements Store {
  readonly outbox: SqliteOutbox;
  readonly journal: Journal;
  readonly meta: Store["meta"];
  readonly tickets: SqliteTickets;
  readonly #connection: Connection;
  readonly #options: StoreOptions;
  readonly #witness: Witness;
  readonly #names: Names;
  readonly #small: () => ReturnType<typeof prepareSmall>;
  readonly #damageListeners = new Set<() => void>();
  readonly #release: () => void;

  constructor(connection: Connection, parts: OpeningParts, options: StoreOptions, release: () => void) {
    const { dir, clock, log } = options;
    this.#connection = connection;
    this.#options = options;
    this.tickets = new SqliteTickets(connection, parts.tickets);
    this.#release = release;
    this.#witness = new Witness(dir);
    this.#names = new Names(dir);
    const reserve = new Reserve(dir);
    reserve.hold();
    const head = connection.bind((db) => () => headOf(db));
    const see = () => {
      const { rows, hash } = head()();
      this.#witness.close();
      this.#names.close();
      this.#witness.see({ rows, hash: hash.toString("hex"), sequence: lastSequence() });
    };
    const lastSequence = connection.bindWrite((db) => {
      const rows = new OutboxRows(db);
      return () => rows.lastSequence();
    });
    see();
    const tell = () => {
      for (const listener of this.#damageListeners) listener();
    };
    connection.onRenewed(see);
    connection.onRenewed(tell);
    this.outbox = new SqliteOutbox({
      ...{ connection, blobs: parts.blobs, names: this.#names, clock, log },
      raiseFloor: (value) => parts.sequences.raise(value),
      given: (sequence) => this.#witness.see({ sequence }),
      damaged: (lost) => {
        if (!reportDamaged(parts, lost)) return;
        this.journal.note("store.damaged", lost.submission, { why: lost.why });
        tell();
      },
      makeRoom: () => reserve.giveUp(),
    });
    this.journal = new SqliteJournal(connection, clock, this.#witness);
    this.#small = connection.bind(prepareSmall);
    this.meta = {
      get: (key) => connection.use(() => this.#small().getMeta.get(key) as string | undefined),
      set: (key, value) => connection.use(() => void this.#small().setMeta.run(key, value)),
    };
  }

  addRating(stars: number, procedureCode: string): void {
    const day = new Date(this.#options.clock.wall().epochMs + LOCAL_OFFSET_MS).toISOString().slice(0, 10);
    this.#connection.use(() => this.#small().addRating.run(day, procedureCode, stars));
  }

  ratingsAfter(day: string): readonly Rating[] {
    return this.#connection.use(() => this.#small().ratingsAfter.all(day) as Rating[]);
  }

  quota(): ReturnType<Store["quota"]> {
    return this.#connection.use(() => {
      const { db } = this.#small();
      const pages = Number(db.pragma("page_count", { simple: true }));
      const free = Number(db.pragma("freelist_count", { simple: true }));
      const pageBytes = Number(db.pragma("page_size", { simple: true }));
      const wal = statSync(`${this.#connection.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
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

  tryDisk(): void {
    this.#connection.use(() => writeOneBlock(this.#options.dir));
  }

  damage(): StoreDamage | null {
    return guarded(this.#options.dir, () => standingDamage(this.#options.dir));
  }

  onDamage(listener: () => void): () => void {
    this.#damageListeners.add(listener);
    return () => this.#damageListeners.delete(listener);
  }

  close(): void {
    this.outbox.writeRecords();
    this.#witness.close();
    this.#names.close();
    try {
      this.#connection.close();
    } finally {
      this.#release();
    }
  }
}

const purgeTombstones = (db: Db, clock: Clock): void => {
  const { epochMs, trust } = clock.wall();
  // A wrong clock must not forget what a citizen may still ask for.
  if (trust !== "trusted") return;
  db.prepare("DELETE FROM submissions WHERE state IN ('accepted', 'done') AND settled_at_ms < ?").run(
    epochMs - TOMBSTONE_MS,
  );
  db.pragma("incremental_vacuum");
};

/** Told once, though the same document is read again at each attempt: false when it was told before. */
const reportDamaged = ({ dir, clock, log }: OpeningParts, lost: LostSubmission): boolean => {
  if (namedAsLost(dir).has(lost.submission)) return false;
  const atMs = clock.wall().epochMs;
  writeReport(makeAside(dir, atMs), {
    ...{ atMs, reason: "a document is damaged", restored: 0, repaired: 0, lost: [lost], journal: null },
  });
  log("store.lost", { submission: lost.submission, why: lost.why });
  return true;
};

const open = (options: StoreOptions, release: () => void): Store => {
  const { dir, clock, log, readManifest } = options;
  const parts: OpeningParts = {
    ...{ dir, clock, log, readManifest, blobs: new BlobFolder(dir) },
    migrations: options.migrations ?? KIOSK_MIGRATIONS,
    sequences: new Floor(dir, "sequence.floor", SEQUENCE_STEP),
    tickets: new Floor(dir, "tickets.floor", TICKET_STEP),
  };
  const connection = new Connection(join(dir, DATABASE), () => openWhole(parts), options.around);
  try {
    connection.bindWrite((db) => () => purgeTombstones(db, clock))();
    return new SqliteStore(connection, parts, options, release);
  } catch (thrown) {
    connection.close();
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
