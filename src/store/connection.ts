// What becomes of the open database when the disk under it fails?
//
// After an I/O error nobody knows which of the last writes are on the disk, and the kernel has already forgotten
// that they are not. So the connection is given up: the next call opens the file anew, with all the checks and
// repairs of a start, and only what is read back then is believed.
import type { Db } from "./database.js";
import { guarded, isShaken } from "./faults.js";

/** Runs what works on the disk; whoever gave it knows what is under way. */
export type Around = <T>(act: () => T) => T;

export class Connection {
  readonly #path: string;
  readonly #open: () => Db;
  readonly #around: Around;
  readonly #listeners: (() => void)[] = [];
  #db: Db;
  #stale = false;
  #closed = false;

  /** `open` is called again after a failure; it throws while the disk is not back. */
  constructor(path: string, open: () => Db, around: Around = (act) => act()) {
    this.#path = path;
    this.#around = around;
    this.#open = open;
    this.#db = open();
  }

  get path(): string {
    return this.#path;
  }

  /** Called when another database object is in use, before the call that asked for it goes on. */
  onRenewed(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Runs `act`; whatever it throws leaves as a `FaultError`. */
  use<T>(act: () => T): T {
    return guarded(this.#path, () => {
      try {
        return this.#around(act);
      } catch (thrown) {
        if (isShaken(thrown)) this.#stale = true;
        throw thrown;
      }
    });
  }

  /** What `make` prepares, on the database that is open now. The result throws while the disk is not back. */
  bind<T>(make: (db: Db) => T): () => T {
    let made: { readonly db: Db; readonly value: T } | null = null;
    return () => {
      const db = this.#current();
      if (made?.db !== db) made = { db, value: make(db) };
      return made.value;
    };
  }

  /**
   * One transaction, begun for writing; true errors of the commit are thrown. A statement with RETURNING must
   * run in one: alone, it gives its row before its commit, and better-sqlite3's `get` does not hear that fail.
   */
  bindWrite<A extends unknown[], T>(make: (db: Db) => (...args: A) => T): (...args: A) => T {
    const bound = this.bind((db) => db.transaction(make(db)).immediate);
    return (...args) => this.use(() => bound()(...args) as T);
  }

  close(): void {
    this.#closed = true;
    if (this.#db.open) this.#db.close();
  }

  #current(): Db {
    if (!this.#stale || this.#closed) return this.#db;
    try {
      // Its last checkpoint may fail as the commit did; the file is read back below.
      if (this.#db.open) this.#db.close();
    } catch {
      // Closed all the same.
    }
    const db = this.#open();
    try {
      // Pages whose flush failed are clean to the kernel: written once more, into the database itself.
      db.pragma("wal_checkpoint(TRUNCATE)");
    } catch (thrown) {
      db.close();
      throw thrown;
    }
    this.#db = db;
    this.#stale = false;
    for (const listener of this.#listeners) listener();
    return db;
  }
}
