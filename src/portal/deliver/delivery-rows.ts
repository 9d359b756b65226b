// Which copies are still to be sent where, and what became of the others?
//
// The outbox of the portal. A row names the copy and the way; the address stands in the sealed application only.
// "sending" is the intent, committed before the first byte leaves; a row that a cut left so is sent again under
// the same key, by which the other end knows it.
import type { Clock } from "../../core/clock.js";
import type { PortalDb } from "../db/portal-db.js";

export const WAYS = ["mail", "wallet", "walletRevocation"] as const;
export type Way = (typeof WAYS)[number];

export interface Delivery {
  readonly id: number;
  readonly copy: string;
  readonly way: Way;
  /** Message-ID's left part or Idempotency-Key; never changes. */
  readonly key: string;
  readonly state: "queued" | "sending" | "delivered" | "failed";
  readonly attempts: number;
  readonly queuedAtMs: number;
  readonly nextAtMs: number;
  readonly settledAtMs: number | null;
  /** What the other end said last; technical, nothing personal. */
  readonly detail: string;
}

const SELECT = `SELECT id, copy, way, key, state, attempts, queued_at_ms AS queuedAtMs, next_at_ms AS nextAtMs,
  settled_at_ms AS settledAtMs, detail FROM deliveries`;

const MAX_DETAIL = 300;

const prepareAll = (db: PortalDb) => ({
  add: db.prepare(`INSERT INTO deliveries (copy, way, key, state, queued_at_ms, next_at_ms)
    VALUES (@copy, @way, @key, 'queued', @now, @now) ON CONFLICT (copy, way) DO NOTHING`),
  ofCopy: db.prepare(`${SELECT} WHERE copy = ? ORDER BY id`),
  due: db.prepare(
    `${SELECT} WHERE state IN ('queued', 'sending') AND next_at_ms <= ? ORDER BY next_at_ms, id LIMIT 1`,
  ),
  next: db.prepare("SELECT min(next_at_ms) FROM deliveries WHERE state IN ('queued', 'sending')").pluck(),
  begin: db.prepare(`UPDATE deliveries SET state = 'sending', attempts = attempts + 1, next_at_ms = @until
    WHERE id = @id AND attempts = @attempts AND next_at_ms = @nextAtMs AND state IN ('queued', 'sending')`),
  release: db.prepare("UPDATE deliveries SET next_at_ms = ? WHERE state = 'sending' AND next_at_ms > ?"),
  wait: db.prepare("UPDATE deliveries SET state = 'queued', next_at_ms = ?, detail = ? WHERE id = ?"),
  settle: db.prepare("UPDATE deliveries SET state = ?, settled_at_ms = ?, detail = ? WHERE id = ?"),
  again:
    db.prepare(`UPDATE deliveries SET state = 'queued', attempts = 0, queued_at_ms = @now, next_at_ms = @now,
    settled_at_ms = NULL WHERE id = @id AND copy = @copy AND state = 'failed'`),
});

export class DeliveryRows {
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #clock: Clock;
  readonly #leaseMs: number;

  /** `leaseMs`: for so long nobody else takes up what was begun here; 0: there is nobody else. */
  constructor(db: PortalDb, clock: Clock, leaseMs = 0) {
    this.#sql = prepareAll(db);
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  /** At most one of each way for a copy; inside the transaction that makes the copy. */
  add(copy: string, way: Way): void {
    this.#sql.add.run({ copy, way, key: `${copy}.${way}`, now: this.#now() });
  }

  ofCopy(copy: string): readonly Delivery[] {
    return this.#sql.ofCopy.all(copy) as Delivery[];
  }

  /** The one that has waited longest among those whose time has come. */
  due(): Delivery | undefined {
    return this.#sql.due.get(this.#now()) as Delivery | undefined;
  }

  /** Milliseconds until one is due; null: nothing waits. */
  dueInMs(): number | null {
    const at = this.#sql.next.get() as number | null;
    return at === null ? null : Math.max(0, at - this.#now());
  }

  /** False: another replica was quicker. */
  begin({ id, attempts, nextAtMs }: Delivery): boolean {
    const until = this.#leaseMs === 0 ? nextAtMs : this.#now() + this.#leaseMs;
    return this.#sql.begin.run({ id, attempts, nextAtMs, until }).changes === 1;
  }

  /** At the start of the only portal: nobody is at what was begun. */
  release(): void {
    const now = this.#now();
    this.#sql.release.run(now, now);
  }

  later(id: number, waitMs: number, detail: string): void {
    this.#sql.wait.run(this.#now() + Math.round(waitMs), detail.slice(0, MAX_DETAIL), id);
  }

  settle(id: number, state: "delivered" | "failed", detail: string): void {
    this.#sql.settle.run(state, this.#now(), detail.slice(0, MAX_DETAIL), id);
  }

  /** A person wants one that failed tried anew. False: it had not failed. */
  again(copy: string, id: number): boolean {
    return this.#sql.again.run({ id, copy, now: this.#now() }).changes === 1;
  }

  #now(): number {
    return Math.round(this.#clock.wall().epochMs);
  }
}
