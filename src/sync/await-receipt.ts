// How does somebody wait for the portal's receipt, and not for ever?
import type { Clock } from "../core/clock.js";
import type { Outbox, SubmissionStatus } from "../store/store.js";

export interface ReceiptWait {
  readonly submissionId: string;
  readonly timeoutMs: number;
  readonly outbox: Pick<Outbox, "status">;
  readonly clock: Clock;
  /** Every status, after it is stored; returns the unsubscribe. */
  readonly watchStatus: (listener: (status: SubmissionStatus) => void) => () => void;
}

/** The status as soon as a receipt number is stored; null when the time passed first. Rejects with the signal. */
export const awaitReceipt = async (
  { submissionId, timeoutMs, outbox, clock, watchStatus }: ReceiptWait,
  signal?: AbortSignal,
): Promise<SubmissionStatus | null> => {
  const known = outbox.status(submissionId);
  if (known !== undefined && known.receiptNumber !== null) return known;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      clock.clearTimeout(timer);
      forget();
      signal?.removeEventListener("abort", onAbort);
      act();
    };
    const onAbort = () => finish(() => reject(signal?.reason as Error));
    const timer = clock.setTimeout(() => finish(() => resolve(null)), timeoutMs);
    const forget = watchStatus((status) => {
      if (status.submissionId === submissionId && status.receiptNumber !== null)
        finish(() => resolve(status));
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
};
