// In which order do submissions leave the kiosk?
//
// A form of some kilobytes is one message; a scan of ten megabytes is minutes of a village link. Forms go first,
// and documents age: after an hour a document is as old as a form of that hour, so nothing waits for ever.

/** Up to here a submission is a form: it leaves within two chunks. */
export const SMALL_BYTES = 64 * 1024;
const DOCUMENTS_AGE_MS = 3_600_000;

export interface Queued {
  readonly sequence: number;
  readonly bytes: number;
  readonly enqueuedAtMs: number;
}

export const isSmall = ({ bytes }: Pick<Queued, "bytes">): boolean => bytes <= SMALL_BYTES;

const turnAtMs = (queued: Queued): number => queued.enqueuedAtMs + (isSmall(queued) ? 0 : DOCUMENTS_AGE_MS);

/** For sorting; equal turns, and a clock that stood still, go by sequence. */
export const byTurn = (a: Queued, b: Queued): number => turnAtMs(a) - turnAtMs(b) || a.sequence - b.sequence;
