// Which codes were sent from which kiosk, and what became of them? (Marks are keyed hashes: nothing can be read back.)
import type { PortalDb } from "../db/portal-db.js";

/** "notTaken": the gateway did not take it. What a report tells later is final once it is "delivered" or "failed". */
export const SENDING_STATES = ["sending", "taken", "notTaken", "delivered", "failed"] as const;
export type SendingState = (typeof SENDING_STATES)[number];

export interface Sending {
  readonly kiosk: string;
  /** Of the question that it was sent for. */
  readonly reference: string;
  readonly phoneMark: Buffer;
  readonly codeMark: Buffer;
  readonly state: SendingState;
  readonly sentAtMs: number;
  readonly expiresAtMs: number;
  readonly wrongTries: number;
  /** The last try that was counted, so that it is counted once. */
  readonly lastTry: string | null;
  readonly provenAtMs: number | null;
  /** The one application that it is the proof for. */
  readonly usedBy: string | null;
}

const SENDING = `SELECT kiosk, reference, phone_mark AS phoneMark, code_mark AS codeMark, state,
  sent_at_ms AS sentAtMs, expires_at_ms AS expiresAtMs, wrong_tries AS wrongTries, last_try AS lastTry,
  proven_at_ms AS provenAtMs, used_by AS usedBy FROM sms_codes`;

const prepareAll = (db: PortalDb) => ({
  of: db.prepare(`${SENDING} WHERE kiosk = ? AND reference = ?`),
  toNumber: db
    .prepare("SELECT COUNT(*) FROM sms_codes WHERE phone_mark = ? AND sent_at_ms > ? AND state <> 'notTaken'")
    .pluck(),
  fromKiosk: db.prepare("SELECT COUNT(*) FROM sms_codes WHERE kiosk = ? AND sent_at_ms > ?").pluck(),
  insert: db.prepare(`INSERT INTO sms_codes (kiosk, reference, phone_mark, code_mark, report_token, state,
    sent_at_ms, expires_at_ms, wrong_tries) VALUES (@kiosk, @reference, @phoneMark, @codeMark, @token, 'sending',
    @sentAtMs, @expiresAtMs, 0)`),
  handed: db.prepare(
    "UPDATE sms_codes SET state = ? WHERE kiosk = ? AND reference = ? AND state = 'sending'",
  ),
  tried: db.prepare(
    "UPDATE sms_codes SET wrong_tries = ?, last_try = ?, proven_at_ms = ? WHERE kiosk = ? AND reference = ?",
  ),
  byToken: db.prepare("SELECT state FROM sms_codes WHERE report_token = ?").pluck(),
  reported: db.prepare(
    "UPDATE sms_codes SET state = ? WHERE report_token = ? AND state NOT IN ('delivered', 'failed')",
  ),
  use: db.prepare(`UPDATE sms_codes SET used_by = @submission WHERE kiosk = @kiosk AND reference = @reference
    AND phone_mark = @phoneMark AND proven_at_ms IS NOT NULL AND used_by IS NULL`),
  sweep: db.prepare("DELETE FROM sms_codes WHERE proven_at_ms IS NULL AND sent_at_ms < ?"),
});

export type NewSending = Pick<
  Sending,
  "kiosk" | "reference" | "phoneMark" | "codeMark" | "sentAtMs" | "expiresAtMs"
> & { readonly token: string };

export class CodeRows {
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #db: PortalDb;

  constructor(db: PortalDb) {
    this.#db = db;
    this.#sql = prepareAll(db);
  }

  /** Nobody else writes meanwhile. */
  together<T>(act: () => T): T {
    return this.#db.transaction(act).immediate();
  }

  of(kiosk: string, reference: string): Sending | undefined {
    return this.#sql.of.get(kiosk, reference) as Sending | undefined;
  }

  /** What certainly did not go is not counted. */
  toNumberSince(phoneMark: Buffer, sinceMs: number): number {
    return Number(this.#sql.toNumber.get(phoneMark, sinceMs));
  }

  fromKioskSince(kiosk: string, sinceMs: number): number {
    return Number(this.#sql.fromKiosk.get(kiosk, sinceMs));
  }

  insert(sending: NewSending): void {
    this.#sql.insert.run(sending);
  }

  /** A report that was quicker than the gateway's answer stays. */
  handed(kiosk: string, reference: string, state: "taken" | "notTaken"): void {
    this.#sql.handed.run(state, kiosk, reference);
  }

  tried({ kiosk, reference, wrongTries, lastTry, provenAtMs }: Sending): void {
    this.#sql.tried.run(wrongTries, lastTry, provenAtMs, kiosk, reference);
  }

  /** False: no message has this token. */
  reported(token: string, state: "taken" | "delivered" | "failed"): boolean {
    if (this.#sql.byToken.get(token) === undefined) return false;
    this.#sql.reported.run(state, token);
    return true;
  }

  /** Only a number that was proven, and only once. */
  use(of: Pick<Sending, "kiosk" | "reference" | "phoneMark"> & { readonly submission: string }): void {
    this.#sql.use.run(of);
  }

  /** What was never proven is of no use after the limits have forgotten it. */
  sweep(beforeMs: number): void {
    this.#sql.sweep.run(beforeMs);
  }
}
