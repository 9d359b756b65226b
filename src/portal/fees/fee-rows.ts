// Which fee belongs to which application, and what was paid on it?
//
// UNIQUE (kiosk, submission) gives each application one fee, whether the kiosk's question or the application itself
// comes first; UNIQUE bank_transaction takes each transfer once, however often the bank tells of it.
import type { PortalDb } from "../db/portal-db.js";

export const FEE_STATES = ["open", "paid", "paidAtDesk"] as const;
export type FeeRowState = (typeof FEE_STATES)[number];

export interface Fee {
  readonly reference: string;
  readonly kiosk: string;
  readonly submission: string;
  readonly slipNumber: string;
  readonly procedure: string;
  readonly amountVnd: number;
  readonly state: FeeRowState;
  readonly madeAtMs: number;
  /** Until then a code was shown; null: none was. */
  readonly offeredUntilMs: number | null;
  readonly settledAtMs: number | null;
  /** An account's name, or "bank". */
  readonly settledBy: string | null;
  /** Number of the paper receipt that the desk wrote. */
  readonly deskReceipt: string | null;
  /** What the signed application says; null: it is not here yet. */
  readonly declaredVnd: number | null;
}

/** What came of a transfer; each is the answer to the bank, too. */
export const PAYMENT_RESULTS = [
  "settled",
  "settledLate",
  "wrongAmount",
  "unknownReference",
  "paidAgain",
] as const;
export type PaymentResult = (typeof PAYMENT_RESULTS)[number];

export interface Payment {
  readonly id: number;
  readonly transaction: string;
  /** Reference of the fee; null for "unknownReference". */
  readonly fee: string | null;
  readonly amountVnd: number;
  /** As the bank says. */
  readonly paidAtMs: number;
  readonly heardAtMs: number;
  readonly result: PaymentResult;
  /** Of the transfer, as the payer left them: they may name people. */
  readonly words: string;
  readonly handledAtMs: number | null;
  readonly handledBy: string | null;
  readonly handledNote: string | null;
}

export type NewPayment = Omit<Payment, "id" | "handledAtMs" | "handledBy" | "handledNote"> & {
  /** Of the whole notice: another notice under the same transaction is found out by it. */
  readonly digest: Uint8Array;
};

const FEE = `SELECT f.reference, f.kiosk, f.submission, f.slip_number AS slipNumber, f.procedure_code AS procedure,
  f.amount_vnd AS amountVnd, f.state, f.made_at_ms AS madeAtMs, f.offered_until_ms AS offeredUntilMs,
  f.settled_at_ms AS settledAtMs, f.settled_by AS settledBy, f.desk_receipt AS deskReceipt,
  f.declared_vnd AS declaredVnd FROM fees f`;
const PAYMENT = `SELECT p.id, p.bank_transaction AS bankTransaction, p.fee, p.amount_vnd AS amountVnd,
  p.paid_at_ms AS paidAtMs, p.heard_at_ms AS heardAtMs, p.result, p.words, p.handled_at_ms AS handledAtMs,
  p.handled_by AS handledBy, p.handled_note AS handledNote FROM fee_payments p`;

type PaymentRow = Omit<Payment, "transaction"> & { readonly bankTransaction: string };

const toPayment = ({ bankTransaction, ...row }: PaymentRow): Payment => ({
  ...row,
  transaction: bankTransaction,
});

const prepareAll = (db: PortalDb) => ({
  byReference: db.prepare(`${FEE} WHERE f.reference = ?`),
  bySubmission: db.prepare(`${FEE} WHERE f.kiosk = ? AND f.submission = ?`),
  byReceipt: db.prepare(`${FEE} WHERE f.desk_receipt = ?`),
  ofApplications: db.prepare(`${FEE} JOIN applications a ON a.kiosk = f.kiosk AND a.submission = f.submission
    WHERE a.id BETWEEN ? AND ?`),
  application: db.prepare("SELECT id FROM applications WHERE kiosk = ? AND submission = ?").pluck(),
  insert:
    db.prepare(`INSERT INTO fees (reference, kiosk, submission, slip_number, procedure_code, amount_vnd, state,
    made_at_ms) VALUES (@reference, @kiosk, @submission, @slipNumber, @procedure, @amountVnd, 'open', @madeAtMs)`),
  declare: db.prepare(`UPDATE fees SET declared_vnd = @declaredVnd,
    amount_vnd = CASE WHEN state = 'open' THEN @declaredVnd ELSE amount_vnd END WHERE reference = @reference`),
  offer: db.prepare("UPDATE fees SET offered_until_ms = ? WHERE reference = ?"),
  settle: db.prepare(`UPDATE fees SET state = @state, settled_at_ms = @settledAtMs, settled_by = @settledBy,
    desk_receipt = @deskReceipt WHERE reference = @reference`),
  payments: db.prepare(`${PAYMENT} WHERE p.fee = ? ORDER BY p.id`),
  payment: db.prepare(`${PAYMENT} WHERE p.id = ?`),
  byTransaction: db.prepare("SELECT id, result, digest FROM fee_payments WHERE bank_transaction = ?"),
  pay: db.prepare(`INSERT INTO fee_payments (bank_transaction, digest, fee, amount_vnd, paid_at_ms, heard_at_ms,
    result, words) VALUES (@transaction, @digest, @fee, @amountVnd, @paidAtMs, @heardAtMs, @result, @words)`),
  toHandle: db.prepare(`${PAYMENT} WHERE p.result <> 'settled' AND p.handled_at_ms IS NULL ORDER BY p.id`),
  handle: db.prepare(`UPDATE fee_payments SET handled_at_ms = @atMs, handled_by = @by, handled_note = @note
    WHERE id = @id AND handled_at_ms IS NULL AND result <> 'settled'`),
  settledBetween: db.prepare(`SELECT settled_at_ms AS settledAtMs, amount_vnd AS amountVnd, state FROM fees
    WHERE settled_at_ms >= ? AND settled_at_ms < ? ORDER BY settled_at_ms`),
});

export type SettledFee = Pick<Fee, "amountVnd" | "state"> & { readonly settledAtMs: number };

export class FeeRows {
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

  byReference(reference: string): Fee | undefined {
    return this.#sql.byReference.get(reference) as Fee | undefined;
  }

  of(kiosk: string, submission: string): Fee | undefined {
    return this.#sql.bySubmission.get(kiosk, submission) as Fee | undefined;
  }

  byReceipt(receipt: string): Fee | undefined {
    return this.#sql.byReceipt.get(receipt) as Fee | undefined;
  }

  /** Of the applications between two numbers, both included. */
  ofApplications(first: number, last: number): readonly Fee[] {
    return this.#sql.ofApplications.all(first, last) as Fee[];
  }

  /** Null: the application is still on its way. */
  applicationOf({ kiosk, submission }: Fee): number | null {
    return (this.#sql.application.get(kiosk, submission) as number | undefined) ?? null;
  }

  insert(
    fee: Pick<
      Fee,
      "reference" | "kiosk" | "submission" | "slipNumber" | "procedure" | "amountVnd" | "madeAtMs"
    >,
  ): void {
    this.#sql.insert.run(fee);
  }

  /** The signed word counts as long as nothing was paid. */
  declare(reference: string, declaredVnd: number): void {
    this.#sql.declare.run({ reference, declaredVnd });
  }

  offer(reference: string, untilMs: number): void {
    this.#sql.offer.run(untilMs, reference);
  }

  settle(fee: Pick<Fee, "reference" | "state" | "settledAtMs" | "settledBy" | "deskReceipt">): void {
    this.#sql.settle.run(fee);
  }

  /** Oldest first. */
  payments(reference: string): readonly Payment[] {
    return (this.#sql.payments.all(reference) as PaymentRow[]).map(toPayment);
  }

  payment(id: number): Payment | undefined {
    const row = this.#sql.payment.get(id) as PaymentRow | undefined;
    return row && toPayment(row);
  }

  byTransaction(
    transaction: string,
  ): { readonly id: number; readonly result: PaymentResult; readonly digest: Buffer } | undefined {
    return this.#sql.byTransaction.get(transaction) as
      | { id: number; result: PaymentResult; digest: Buffer }
      | undefined;
  }

  pay(payment: NewPayment): void {
    this.#sql.pay.run(payment);
  }

  /** What an officer has to look at, oldest first. */
  toHandle(): readonly Payment[] {
    return (this.#sql.toHandle.all() as PaymentRow[]).map(toPayment);
  }

  /** False: it was handled before, or there was nothing to handle. */
  handle(id: number, by: string, note: string, atMs: number): boolean {
    return this.#sql.handle.run({ id, by, note, atMs }).changes === 1;
  }

  settledBetween(fromMs: number, toMs: number): Iterable<SettledFee> {
    return this.#sql.settledBetween.iterate(fromMs, toMs) as IterableIterator<SettledFee>;
  }
}
