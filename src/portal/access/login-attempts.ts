// How long must somebody wait who typed a wrong password, by account and by address?
//
// A few are free; then each failure doubles the wait, up to a quarter of an hour. An attempt is counted before it is
// known whether it is right, so that two at the same time are two, and in the database, so that a restart forgives
// nothing. Names that do not exist are counted as those that do: the wait tells nothing. (Like the numbers tried on
// a slip, public/attempts.ts; there the window is fixed, since no one needs that page all day.)
import { createHash } from "node:crypto";
import type { PortalDb } from "../db/portal-db.js";

const FREE: Readonly<Record<"account" | "address", number>> = { account: 5, address: 20 };
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGOTTEN_MS = 24 * 3_600_000;

type Kind = keyof typeof FREE;

const keyOf = (kind: Kind, value: string): Buffer => createHash("sha256").update(`${kind}:${value}`).digest();

const waitMs = (kind: Kind, failures: number): number =>
  failures < FREE[kind] ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE[kind]));

export class LoginAttempts {
  readonly #db: PortalDb;
  readonly #nowMs: () => number;

  constructor(db: PortalDb, nowMs: () => number) {
    this.#db = db;
    this.#nowMs = nowMs;
  }

  /** Milliseconds to wait before the password may be looked at; 0: it may, and this attempt is counted. */
  begin(account: string, address: string): number {
    const now = Math.round(this.#nowMs());
    return this.#db
      .transaction(() => {
        this.#db
          .prepare("DELETE FROM login_attempts WHERE last_at_ms < ? OR last_at_ms > ?")
          .run(now - FORGOTTEN_MS, now);
        const left = Math.max(this.#left("account", account, now), this.#left("address", address, now));
        if (left > 0) return left;
        for (const key of [keyOf("account", account), keyOf("address", address)])
          this.#db
            .prepare(`INSERT INTO login_attempts (key, failures, last_at_ms) VALUES (?, 1, ?)
              ON CONFLICT (key) DO UPDATE SET failures = login_attempts.failures + 1, last_at_ms = excluded.last_at_ms`)
            .run(key, now);
        return 0;
      })
      .immediate();
  }

  /** It was right. The address loses this attempt only: many sit behind one, and one of them may be guessing. */
  succeeded(account: string, address: string): void {
    this.#db.prepare("DELETE FROM login_attempts WHERE key = ?").run(keyOf("account", account));
    this.#db
      .prepare("UPDATE login_attempts SET failures = failures - 1 WHERE key = ? AND failures > 0")
      .run(keyOf("address", address));
  }

  #left(kind: Kind, value: string, now: number): number {
    const found = this.#db
      .prepare("SELECT failures, last_at_ms AS lastAtMs FROM login_attempts WHERE key = ?")
      .get(keyOf(kind, value)) as { failures: number; lastAtMs: number } | undefined;
    return found === undefined ? 0 : Math.max(0, found.lastAtMs + waitMs(kind, found.failures) - now);
  }
}
