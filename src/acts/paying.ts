// How is the fee of an application paid while the citizen stands before the kiosk?
//
// The kiosk only shows what the portal orders, after looking that it asks for this amount and nothing else; the money
// goes from the citizen's bank to the office's. The intent is on disk before the portal is asked, the answer after.
import type { Clock } from "../core/clock.js";
import { PaymentCodeError } from "../core/emv-qr.js";
import { toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { readTransfer } from "../core/vietqr.js";
import { qrModules } from "../documents/qr.js";
import type { PaymentWish, Slip } from "../flows/effects.js";
import type { PaymentOrder, QrPicture } from "../flows/payment.js";
import type { Store } from "../store/store.js";
import type { FeeQuestion, Link } from "../sync/link.js";
import type { FeeMessage, FeeOrder } from "../sync/protocol/messages.js";

export interface PayingParts {
  readonly link: Pick<Link, "state" | "askFee" | "watchFee">;
  readonly store: Store;
  /** For the time that its print may be in doubt. */
  readonly keepSlip: (slip: Slip) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** The portal answers in well under a second, and nobody waits longer for what can be paid at the desk. */
const ASK_MS = 8_000;
/** The portal tells unasked; asking again finds out what a broken connection lost. */
const ASK_AGAIN_MS = 10_000;

/** Draws runs of dark modules of each row. Throws "document.notMade". */
export const qrPicture = async (text: string): Promise<QrPicture> => {
  const { side, isDark } = await qrModules(text);
  const path: string[] = [];
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) {
      if (!isDark(x, y)) continue;
      const start = x;
      while (x + 1 < side && isDark(x + 1, y)) x += 1;
      path.push(`M${start} ${y}h${x + 1 - start}v1h-${x + 1 - start}z`);
    }
  return { side, path: path.join("") };
};

const amountOf = ({ slip }: PaymentWish): number => slip.fee?.amountVnd ?? 0;

const questionOf = (wish: PaymentWish): FeeQuestion => ({
  submission: wish.submissionId,
  slipNumber: wish.slip.number,
  procedure: wish.slip.procedureCode,
  amountVnd: amountOf(wish),
});

const atDesk = (
  reason: Extract<PaymentOrder, { kind: "desk" }>["reason"],
  reference: string | null = null,
): PaymentOrder => ({ kind: "desk", reason, reference });

/** Null: it is not what this citizen has to pay. */
const checked = (order: FeeOrder, amountVnd: number): string | null => {
  if (order.qr === null) return null;
  const transfer = readTransfer(order.qr);
  return transfer.amountVnd === amountVnd && transfer.reference === order.reference ? order.qr : null;
};

const orderFrom = async ({ order }: FeeMessage, amountVnd: number): Promise<PaymentOrder> => {
  if (order === null) return atDesk("noPayments");
  const { reference, payee, secondsLeft, state } = order;
  if (state === "paid") return { kind: "paid", reference };
  if (state === "wrongAmount" || order.amountVnd !== amountVnd) return atDesk("wrongAmount", reference);
  const text = checked(order, amountVnd);
  if (text === null) throw new PaymentCodeError("the code asks for something else than the order");
  return { kind: "open", reference, payee, qr: await qrPicture(text), secondsLeft };
};

const noteOf = (order: PaymentOrder): string =>
  order.kind === "desk" ? `desk: ${order.reason}` : `${order.kind} ${order.reference}`;

/** Rejects with the signal only. */
export const askPayment = async (
  { link, store, log }: PayingParts,
  wish: PaymentWish,
  signal: AbortSignal,
): Promise<PaymentOrder> => {
  const amountVnd = amountOf(wish);
  if (link.state !== "up") {
    store.journal.note("fee.desk", wish.submissionId, { amountVnd, reason: "offline" });
    return atDesk("offline");
  }
  const intent = store.journal.intent("payment", wish.submissionId, { number: wish.slip.number, amountVnd });
  try {
    const order = await orderFrom(await link.askFee(questionOf(wish), ASK_MS, signal), amountVnd);
    store.journal.outcome(intent, "done", noteOf(order));
    return order;
  } catch (thrown) {
    const why = thrown instanceof PaymentCodeError ? thrown.message : toFault(thrown).code;
    store.journal.outcome(intent, "failed", signal.aborted ? "the citizen went on" : why);
    signal.throwIfAborted();
    if (thrown instanceof PaymentCodeError) log("link.message", { kind: "fee", problem: thrown.message });
    return atDesk("offline");
  }
};

/** Rejects with the signal only. */
export const awaitPayment = async (
  { link, store, clock, keepSlip }: PayingParts,
  wish: PaymentWish,
  signal: AbortSignal,
): Promise<"paid" | "wrongAmount"> => {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const askAgain = async (): Promise<void> => {
    while (!either.aborted) {
      await clock.sleep(ASK_AGAIN_MS, either);
      // The answer comes to the watcher like every word about the fee.
      if (link.state === "up") await link.askFee(questionOf(wish), ASK_MS, either).catch(() => undefined);
    }
  };
  const came = await new Promise<"paid" | "wrongAmount">((resolve, reject) => {
    const forget = link.watchFee(({ submission, order }) => {
      if (submission !== wish.submissionId || order === null || order.state === "open") return;
      resolve(order.state);
    });
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
    either.addEventListener("abort", forget, { once: true });
    void askAgain().catch(() => undefined);
  }).finally(() => ended.abort());
  const { slip } = wish;
  const amountVnd = amountOf(wish);
  store.journal.note(came === "paid" ? "fee.paid" : "fee.wrongAmount", wish.submissionId, {
    amountVnd,
    reference: slip.fee?.reference ?? null,
  });
  // After a cut between here and the print the slip must not say "unpaid".
  if (came === "paid" && slip.fee !== undefined) keepSlip({ ...slip, fee: { ...slip.fee, paid: true } });
  return came;
};

/** At start: a question that a power cut left open did no harm, since the portal has one order for a submission. */
export const reconcilePayments = (store: Store): number => {
  const open = store.journal.open("payment");
  for (const { id } of open) store.journal.outcome(id, "failed", "cut off before the answer");
  return open.length;
};
