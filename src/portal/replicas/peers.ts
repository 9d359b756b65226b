// Which of several replicas does what only one of them may do?
//
// By advisory locks of PostgreSQL, which end with the connection of who held them, however that one dies, and by
// claims, which end by themselves. A portal on the embedded database is alone and always the one.
import type { Clock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import { LOCK, LOCKS, type PostgresDb } from "../db/postgres-db.js";

export interface Peers {
  /** False: there never is another. */
  readonly several: boolean;
  /** Whether no other replica is connected now. */
  isAlone(): boolean;
  /** The release; null: another replica is at it. */
  hold(what: string): (() => void) | null;
  /** True for one of those who ask within that time. */
  claim(what: string, forMs: number): boolean;
}

export const ALONE: Peers = {
  several: false,
  isAlone: () => true,
  hold: () => () => {},
  claim: () => true,
};

/** One clock for all replicas: the server's. */
export const DATABASE_NOW_MS = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
const START_LIMIT_MS = 120_000;
const START_POLL_MS = 200;

export class PostgresPeers implements Peers {
  readonly several = true;
  readonly #db: PostgresDb;

  constructor(db: PostgresDb) {
    this.#db = db;
    db.prepare(`DELETE FROM claims WHERE until_ms < ${DATABASE_NOW_MS}`).run();
  }

  isAlone(): boolean {
    // Our own shared lock does not stand in our way; another session's does.
    const got = this.#ask("SELECT pg_try_advisory_lock(?, ?)", [LOCKS, LOCK.present]);
    if (got === true) this.#ask("SELECT pg_advisory_unlock(?, ?)", [LOCKS, LOCK.present]);
    return got === true;
  }

  hold(what: string): (() => void) | null {
    const key = ["motcua", what].join("/");
    if (this.#ask("SELECT pg_try_advisory_lock(hashtextextended(?, 0))", [key]) !== true) return null;
    return () => {
      try {
        this.#ask("SELECT pg_advisory_unlock(hashtextextended(?, 0))", [key]);
      } catch {
        // The connection is gone, and the lock with it.
      }
    };
  }

  claim(what: string, forMs: number): boolean {
    const claimed = this.#db
      .prepare(`INSERT INTO claims (what, until_ms) VALUES (@what, ${DATABASE_NOW_MS} + CAST(@for AS BIGINT))
        ON CONFLICT (what) DO UPDATE SET until_ms = excluded.until_ms WHERE claims.until_ms <= ${DATABASE_NOW_MS}`)
      .run({ what, for: forMs });
    return claimed.changes === 1;
  }

  /** Keys are made and files tidied by one that starts at a time. Returns the release. */
  async turnToStart(clock: Clock): Promise<() => void> {
    for (let waitedMs = 0; waitedMs < START_LIMIT_MS; waitedMs += START_POLL_MS) {
      const release = this.hold("starting");
      if (release !== null) return release;
      await clock.sleep(START_POLL_MS);
    }
    throw new FaultError("store.unwritable", "another replica has been starting for two minutes");
  }

  #ask(sql: string, values: readonly unknown[]): unknown {
    return this.#db
      .prepare(sql)
      .pluck()
      .get(...values);
  }
}
