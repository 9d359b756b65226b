// How often may somebody try numbers on one code?
//
// A code is 80 random bits: nobody tries codes. Who holds another's slip could try citizen numbers, of which a
// birth year and a province leave a million; five wrong ones a quarter of an hour make that a matter
// of years. Kept in the database: a restart forgives nothing. Only codes that exist are counted, so the table
// grows no faster than the applications.
import type { Clock } from "../../core/clock.js";
import type { PortalDb } from "../db/portal-db.js";

const LIMIT = 5;
const WINDOW_MS = 15 * 60_000;

export class Attempts {
  readonly #db: PortalDb;
  readonly #clock: Clock;

  constructor(db: PortalDb, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * Counts one before it is known whether it is right, so that two at the same time are two. False: too many,
   * and the number must not be looked at.
   */
  begin(lookupHash: string): boolean {
    const now = Math.round(this.#clock.wall().epochMs);
    const count = this.#db
      .prepare(`INSERT INTO lookup_attempts (lookup_hash, since_ms, count) VALUES (@hash, @now, 1)
        ON CONFLICT (lookup_hash) DO UPDATE SET
          count = CASE WHEN lookup_attempts.since_ms <= @over OR lookup_attempts.since_ms > @now THEN 1
            WHEN lookup_attempts.count < @cap THEN lookup_attempts.count + 1 ELSE @cap END,
          since_ms = CASE WHEN lookup_attempts.since_ms <= @over OR lookup_attempts.since_ms > @now THEN @now
            ELSE lookup_attempts.since_ms END
        RETURNING count`)
      .pluck()
      .get({ hash: Buffer.from(lookupHash, "hex"), now, over: now - WINDOW_MS, cap: LIMIT + 1 }) as number;
    return count <= LIMIT;
  }

  /** The number was right: that is no attempt at somebody else's copy. */
  succeeded(lookupHash: string): void {
    this.#db
      .prepare("UPDATE lookup_attempts SET count = count - 1 WHERE lookup_hash = ? AND count > 0")
      .run(Buffer.from(lookupHash, "hex"));
  }
}
