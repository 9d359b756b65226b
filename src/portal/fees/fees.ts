// What becomes of a fee: asked for by a kiosk, told by an application, paid by a transfer or at the desk?
//
// A fee never holds an application up. Every change is one transaction with its row in the audit; the kiosk is told
// after the commit, and asks again where it did not hear.
import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import { writeTransfer } from "../../core/vietqr.js";
import type { DownKind, FeeMessage, FeeOrder, FeeWish } from "../../sync/protocol/messages.js";
import type { Audit } from "../access/audit.js";
import { DeskError } from "../desk-error.js";
import type { Application } from "../register.js";
import type { Fee, FeeRows, Payment, PaymentResult } from "./fee-rows.js";
import { DEFAULT_PREFIX, type FeeSettings } from "./fee-settings.js";
import type { Notice } from "./notice.js";
import { newReference, referencesIn } from "./reference.js";

export interface FeesParts {
  readonly rows: FeeRows;
  readonly audit: Audit;
  /** Null: fees are paid at the desk. */
  readonly settings: FeeSettings | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who acts, for the audit. */
export interface ByWhom {
  readonly name: string;
  readonly role: string;
  readonly address: string;
}

export type Taken =
  | { readonly kind: "taken"; readonly result: PaymentResult; readonly repeated: boolean }
  /** Another notice came under the same transaction before. */
  | { readonly kind: "differs" };

export type Tell = (kiosk: string, kind: DownKind, message: object) => void;

const MINUTE_MS = 60_000;
/** A bank's clock and ours. */
const LATE_GRACE_MS = MINUTE_MS;
const RECEIPT = /^[A-Za-z0-9][A-Za-z0-9./-]{0,39}$/;

const noFee = () =>
  new DeskError(404, { vi: "Hồ sơ này không có lệ phí", en: "This application has no fee" });

export class Fees {
  readonly #parts: FeesParts;
  #tell: Tell = () => {};

  constructor(parts: FeesParts) {
    this.#parts = parts;
  }

  get settings(): FeeSettings | null {
    return this.#parts.settings;
  }

  /** Whom to tell when the state of a fee changes. */
  telling(tell: Tell): void {
    this.#tell = tell;
  }

  /** The answer to a kiosk's question; makes the fee when nobody did before. */
  answer(kiosk: string, { id, submission, slipNumber, procedure, amountVnd }: FeeWish): FeeMessage {
    const { rows, settings } = this.#parts;
    if (settings === null) return { v: 1, id, submission, order: null, reason: "noPayments" };
    const fee = rows.together(() => {
      const known = this.#made(kiosk, { submission, slipNumber, procedure, amountVnd });
      if (known.state !== "open" || (known.offeredUntilMs ?? 0) > this.#nowMs()) return known;
      rows.offer(known.reference, this.#nowMs() + settings.minutes * MINUTE_MS);
      return rows.byReference(known.reference) ?? known;
    });
    return this.#message(fee, id, settings);
  }

  /** What the signed application says of its fee; within the transaction that takes it in. */
  declare(application: Application, amountVnd: number): void {
    const { kiosk, submission, slipNumber, procedureCode: procedure } = application;
    const { reference } = this.#made(kiosk, { submission, slipNumber, procedure, amountVnd });
    this.#parts.rows.declare(reference, amountVnd);
  }

  of({ kiosk, submission }: Pick<Application, "kiosk" | "submission">): Fee | undefined {
    return this.#parts.rows.of(kiosk, submission);
  }

  /** By submission, of applications that stand side by side in the list. */
  ofAll(applications: readonly Application[]): ReadonlyMap<string, Fee> {
    const ids = applications.map(({ id }) => id);
    if (ids.length === 0) return new Map();
    const fees = this.#parts.rows.ofApplications(Math.min(...ids), Math.max(...ids));
    return new Map(fees.map((fee) => [`${fee.kiosk}/${fee.submission}`, fee]));
  }

  payments(fee: Fee): readonly Payment[] {
    return this.#parts.rows.payments(fee.reference);
  }

  /** With the application that each belongs to, as far as there is one. */
  toHandle(): readonly {
    readonly payment: Payment;
    readonly fee: Fee | null;
    readonly application: number | null;
  }[] {
    const { rows } = this.#parts;
    return rows.toHandle().map((payment) => {
      const fee = payment.fee === null ? null : (rows.byReference(payment.fee) ?? null);
      return { payment, fee, application: fee && rows.applicationOf(fee) };
    });
  }

  /** Takes a bank's notice in, once. `from`: for the audit. */
  take(notice: Notice, from: ByWhom): Taken {
    const { rows, log } = this.#parts;
    const digest = createHash("sha256").update(JSON.stringify(notice)).digest();
    const { taken, fee } = rows.together((): { taken: Taken; fee: Fee | undefined } => {
      const known = rows.byTransaction(notice.transaction);
      if (known !== undefined)
        return {
          taken: known.digest.equals(digest)
            ? { kind: "taken", result: known.result, repeated: true }
            : { kind: "differs" },
          fee: undefined,
        };
      const meant = this.#meant(notice.words);
      const result = this.#judge(notice, meant);
      this.#write(notice, digest, meant, result, from);
      return { taken: { kind: "taken", result, repeated: false }, fee: meant };
    });
    if (taken.kind === "taken" && !taken.repeated)
      log("portal.payment", { result: taken.result, reference: fee?.reference ?? "" });
    if (fee !== undefined) this.#tellOf(fee.reference);
    return taken;
  }

  /** An officer took the money and wrote a receipt. Throws `DeskError`. */
  payAtDesk(application: Application, receipt: string, by: string): void {
    const { rows } = this.#parts;
    if (!RECEIPT.test(receipt))
      throw new DeskError(400, {
        vi: "Số biên lai gồm chữ, số, dấu chấm, gạch ngang, gạch chéo",
        en: "A receipt's number has letters, digits, dots, dashes and strokes",
      });
    const fee = rows.together(() => {
      const open = this.#ofOpen(application);
      if (rows.byReceipt(receipt) !== undefined)
        throw new DeskError(409, {
          vi: `Số biên lai ${receipt} đã dùng`,
          en: `Receipt ${receipt} was used before`,
        });
      const settled = { settledAtMs: this.#nowMs(), settledBy: by, deskReceipt: receipt };
      rows.settle({ reference: open.reference, state: "paidAtDesk", ...settled });
      return open;
    });
    this.#tellOf(fee.reference);
  }

  /** The officer's entry was a mistake. Throws `DeskError`. */
  undoDesk(application: Application): void {
    const { rows } = this.#parts;
    rows.together(() => {
      const fee = this.of(application);
      if (fee === undefined) throw noFee();
      if (fee.state !== "paidAtDesk")
        throw new DeskError(409, {
          vi: "Lệ phí này không được ghi là thu tại quầy",
          en: "This fee is not entered as paid at the desk",
        });
      const none = { settledAtMs: null, settledBy: null, deskReceipt: null };
      rows.settle({ reference: fee.reference, state: "open", ...none });
    });
  }

  /** An officer has dealt with a transfer that did not simply settle a fee. Throws `DeskError`. */
  handle(payment: number, by: string, note: string): void {
    if (!this.#parts.rows.handle(payment, by, note, this.#nowMs()))
      throw new DeskError(409, { vi: "Khoản này đã được xử lý", en: "This payment was dealt with before" });
    const fee = this.#parts.rows.payment(payment)?.fee ?? null;
    if (fee !== null) this.#tellOf(fee);
  }

  #made(kiosk: string, wish: Pick<FeeWish, "submission" | "slipNumber" | "procedure" | "amountVnd">): Fee {
    const { rows, settings } = this.#parts;
    const known = rows.of(kiosk, wish.submission);
    if (known !== undefined) return known;
    const reference = newReference(settings?.referencePrefix ?? DEFAULT_PREFIX);
    rows.insert({ reference, kiosk, ...wish, madeAtMs: this.#nowMs() });
    const made = rows.byReference(reference);
    if (made === undefined) throw new Error("the fee just made is gone");
    return made;
  }

  #ofOpen(application: Application): Fee {
    const fee = this.of(application);
    if (fee === undefined) throw noFee();
    if (fee.state !== "open")
      throw new DeskError(409, { vi: "Lệ phí này đã được trả", en: "This fee is paid already" });
    return fee;
  }

  #meant(words: string): Fee | undefined {
    const { rows, settings } = this.#parts;
    const references = referencesIn(words, settings?.referencePrefix ?? DEFAULT_PREFIX);
    return references.flatMap((reference) => rows.byReference(reference) ?? [])[0];
  }

  #judge(notice: Notice, fee: Fee | undefined): PaymentResult {
    if (fee === undefined) return "unknownReference";
    if (fee.state !== "open") return "paidAgain";
    if (fee.amountVnd !== notice.amountVnd) return "wrongAmount";
    const isLate = fee.offeredUntilMs !== null && notice.paidAtMs > fee.offeredUntilMs + LATE_GRACE_MS;
    return isLate ? "settledLate" : "settled";
  }

  #write(
    notice: Notice,
    digest: Uint8Array,
    fee: Fee | undefined,
    result: PaymentResult,
    from: ByWhom,
  ): void {
    const { rows, audit } = this.#parts;
    const { transaction, amountVnd, paidAtMs, words } = notice;
    const heardAtMs = this.#nowMs();
    const reference = fee?.reference ?? null;
    rows.pay({ transaction, digest, fee: reference, amountVnd, paidAtMs, heardAtMs, result, words });
    if (fee !== undefined && (result === "settled" || result === "settledLate"))
      rows.settle({
        ...{ reference: fee.reference, state: "paid", settledAtMs: heardAtMs },
        ...{ settledBy: "bank", deskReceipt: null },
      });
    audit.write({
      ...{ who: from.name, role: from.role, address: from.address, act: "payment.heard" },
      application: fee === undefined ? null : rows.applicationOf(fee),
      subject: reference ?? transaction,
      detail: `${result} ${amountVnd}`,
    });
  }

  #tellOf(reference: string): void {
    const { rows, settings } = this.#parts;
    const fee = rows.byReference(reference);
    if (fee === undefined || settings === null) return;
    this.#tell(fee.kiosk, "fee", this.#message(fee, randomUUID(), settings));
  }

  #message(fee: Fee, id: string, settings: FeeSettings): FeeMessage {
    const wrong =
      fee.state === "open" &&
      this.payments(fee).some(({ result, handledAtMs }) => result === "wrongAmount" && handledAtMs === null);
    const state = fee.state !== "open" ? "paid" : wrong ? "wrongAmount" : "open";
    const { reference, amountVnd } = fee;
    const { bankBin, account, service } = settings;
    const purpose = `${reference} LE PHI`;
    const order: FeeOrder = {
      ...{ reference, amountVnd, state, payee: settings.accountName },
      qr:
        state === "open" ? writeTransfer({ bankBin, account, service, amountVnd, reference, purpose }) : null,
      secondsLeft:
        state === "open" ? Math.max(0, Math.round(((fee.offeredUntilMs ?? 0) - this.#nowMs()) / 1000)) : 0,
    };
    return { v: 1, id, submission: fee.submission, order, reason: null };
  }

  #nowMs(): number {
    return Math.round(this.#parts.clock.wall().epochMs);
  }
}
