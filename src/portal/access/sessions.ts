// Which browsers are logged in, as whom, and until when?
//
// The browser holds 256 random bits; the database their SHA-256 alone: who reads the database can not log in with it.
import { createHash, randomBytes } from "node:crypto";
import type { PortalDb } from "../db/portal-db.js";
import type { Role } from "./roles.js";

export interface SessionLimits {
  /** Without a click for this long it is over. */
  readonly idleMs: number;
  /** Over after this long, whatever happens. */
  readonly longestMs: number;
}

export interface SessionHolder {
  readonly name: string;
  readonly fullName: string;
  readonly role: Role;
  readonly mustChange: boolean;
}

const TOKEN_BYTES = 32;
/** Each click would be a write that waits for the disk. */
const NOTED_EVERY_MS = 60_000;

interface Found extends Omit<SessionHolder, "mustChange"> {
  readonly mustChange: number;
  readonly startedAtMs: number;
  readonly seenAtMs: number;
}

const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();

export class Sessions {
  readonly #db: PortalDb;
  readonly #nowMs: () => number;
  readonly #limits: SessionLimits;

  constructor(db: PortalDb, nowMs: () => number, limits: SessionLimits) {
    this.#db = db;
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  /** The token, for the cookie. */
  start(account: string): string {
    const now = Math.round(this.#nowMs());
    const { idleMs, longestMs } = this.#limits;
    this.#db
      .prepare("DELETE FROM sessions WHERE seen_at_ms < ? OR started_at_ms < ?")
      .run(now - idleMs, now - longestMs);
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    this.#db
      .prepare("INSERT INTO sessions (token_hash, account, started_at_ms, seen_at_ms) VALUES (?, ?, ?, ?)")
      .run(hashOf(token), account, now, now);
    return token;
  }

  /** `byHand` false: a page that reloads itself, which is no sign of anybody sitting there. */
  find(token: string, byHand: boolean): SessionHolder | null {
    const hash = hashOf(token);
    const found = this.#db
      .prepare(`SELECT name, full_name AS fullName, role, must_change AS mustChange,
        started_at_ms AS startedAtMs, seen_at_ms AS seenAtMs
        FROM sessions JOIN accounts ON accounts.name = sessions.account
        WHERE token_hash = ? AND disabled = 0`)
      .get(hash) as Found | undefined;
    if (found === undefined) return null;
    const now = Math.round(this.#nowMs());
    const { startedAtMs, seenAtMs, mustChange, ...holder } = found;
    const { idleMs, longestMs } = this.#limits;
    if (now - seenAtMs >= idleMs || now - startedAtMs >= longestMs) {
      this.end(token);
      return null;
    }
    if (byHand && now - seenAtMs >= Math.min(NOTED_EVERY_MS, idleMs / 10))
      this.#db.prepare("UPDATE sessions SET seen_at_ms = ? WHERE token_hash = ?").run(now, hash);
    return { ...holder, mustChange: mustChange !== 0 };
  }

  end(token: string): void {
    this.#db.prepare("DELETE FROM sessions WHERE token_hash = ?").run(hashOf(token));
  }
}
