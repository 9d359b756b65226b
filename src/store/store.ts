// What does the kiosk keep on disk, and how do the other rooms reach it?
//
// INVARIANTS. One process, one writer. Every method that returns has committed with synchronous=FULL.
// Nothing here is personal in the clear: documents arrive sealed. Rows of submissions are never deleted
// before the portal's receipt. What a disk damages is set aside, and whoever is lost is named.
import type { FaultCode } from "../core/faults.js";
import type { Tickets } from "./tickets.js";

/** One sealed document of a submission; `bytes` is ciphertext. */
export interface SealedDocument {
  /** 0 is the form and the identity, 1… the papers' pages. */
  readonly index: number;
  /** Lower-case hex SHA-256 of `bytes`. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface SealedSubmission {
  /** UUID made at confirmation. */
  readonly submissionId: string;
  /** From `reserveSequence`; the signed manifest carries the same. */
  readonly sequence: number;
  readonly procedureCode: string;
  /** Signed manifest (JSON, canonical) as bytes; see src/sync/protocol/manifest.ts. */
  readonly manifest: Uint8Array;
  readonly documents: readonly SealedDocument[];
  /** SHA-256 of the lookup code; the code itself is only on the slip. */
  readonly lookupHash: string;
  readonly slipNumber: string;
}

export type OutboxState =
  | "sealed"
  | "sending"
  /** All bytes left the kiosk; nothing is believed before the receipt. */
  | "uploaded"
  /** The portal committed it; the kiosk's sealed copy is gone, the narrow row stays for look-ups. */
  | "accepted"
  /** The procedure came to its end ("ready" or "refused"). */
  | "done"
  /** The portal refused it for good; the sealed copy is kept. */
  | "rejected"
  /** The wire refused it, or the portal for now; tried again later, never in a tight loop. */
  | "quarantined";

export interface OutboxRow {
  readonly submissionId: string;
  readonly sequence: number;
  readonly state: OutboxState;
  readonly manifest: Uint8Array;
  readonly documents: readonly { readonly index: number; readonly sha256: string; readonly length: number }[];
  readonly enqueuedAtMs: number;
  readonly attempts: number;
}

/** What waits for a person, without the citizen's numbers: neither slip nor submission id. */
export interface HeldRow {
  readonly sequence: number;
  readonly state: "quarantined" | "rejected";
  /** As the wire or the portal said it. */
  readonly reason: string | null;
  readonly bytes: number;
  readonly enqueuedAtMs: number;
  readonly attempts: number;
}

export interface SubmissionStatus {
  readonly submissionId: string;
  readonly slipNumber: string;
  readonly procedureCode: string;
  /** Portal's word ("received", "approved", …) or "queued" while it has not answered. */
  readonly state: string;
  readonly receiptNumber: string | null;
  readonly appointment: string | null;
  readonly revision: number;
  /** When this was last heard, epoch ms. */
  readonly asOfMs: number;
}

export interface Outbox {
  /** The next slip number's sequence; reserves it durably, gaps are fine, repeats are not. */
  reserveSequence(): number;
  /** Blobs first (temp, fdatasync, rename, fsync of the folder), then the row. Idempotent by submissionId. */
  enqueue(submission: SealedSubmission): { readonly sequence: number };
  /** States sealed, sending and uploaded, in the order of `turn.ts`; "small": forms only. */
  pending(limit: number, most?: "any" | "small"): readonly OutboxRow[];
  /** `into`: at least `length` bytes that may be written; what is returned may lie in them. */
  readDocument(sha256: string, offset: number, length: number, into?: Uint8Array): Uint8Array;
  /** Sequences of all that the portal has neither taken nor refused for good, quarantined ones too; ascending. */
  unsettledSequences(): readonly number[];
  /** By its sequence or its id; undefined once the portal has it. */
  unsettled(which: number | string): OutboxRow | undefined;
  /** A settled submission stays settled: late marks of a duplicate are ignored. */
  mark(submissionId: string, state: OutboxState, detail?: string): void;
  /** Quarantined submissions may go again, and the link hears of it at once; returns how many. */
  releaseQuarantined(): number;
  /** The same at a technician's word, one or all. */
  requeue(which: number | "all"): number;
  /** How many are in each state that is not settled, and the first `limit` that wait for a person, by sequence. */
  held(limit: number): {
    readonly states: Readonly<Partial<Record<OutboxState, number>>>;
    readonly rows: readonly HeldRow[];
  };
  /** Idempotent by (submission, revision); an older revision changes nothing. Returns false when it was old. */
  applyStatus(
    submissionId: string,
    status: {
      readonly revision: number;
      readonly state: string;
      readonly receiptNumber: string | null;
      readonly appointment: string | null;
    },
  ): boolean;
  status(submissionId: string): SubmissionStatus | undefined;
  /** Where the submission stands on its way, for the console and for tests. */
  state(submissionId: string): OutboxState | undefined;
  statusByLookup(lookupHash: string): SubmissionStatus | undefined;
  stats(): {
    readonly queued: number;
    readonly bytes: number;
    readonly oldestAgeMs: number | null;
    readonly quarantined: number;
    readonly accepted: number;
  };
  /** Fires after `enqueue`, and when a quarantined one may go again. Returns the unsubscribe. */
  onEnqueued(listener: (submissionId: string) => void): () => void;
}

export type IntentKind =
  | "print"
  | "submit"
  /** A fee's order was asked for; the portal has it once for a submission. */
  | "payment"
  | "ticket"
  | "command"
  | "officerCall"
  | "scan"
  | "courier"
  | "console"
  /** The machine switches itself off. */
  | "powerOff";

export interface OpenIntent {
  readonly id: number;
  readonly kind: IntentKind;
  /** Slip number, submission id, command id. */
  readonly subject: string;
  /** What is needed to settle or repeat the act; never personal. */
  readonly data: unknown;
  readonly atMs: number;
}

/** Hash-chained: each row's hash covers the one before, so a changed or cut journal is found. */
export interface Journal {
  intent(kind: IntentKind, subject: string, data: unknown): number;
  /** Throws when the intent is unknown or already settled otherwise. The same outcome twice is fine. */
  outcome(
    intentId: number,
    result: "done" | "failed" | "inDoubt" | "settledYes" | "settledNo",
    detail?: string,
  ): void;
  /** Intents without outcome or whose last outcome is "inDoubt", oldest first. */
  open(kind?: IntentKind): readonly OpenIntent[];
  find(intentId: number): OpenIntent | undefined;
  note(kind: string, subject: string, data: unknown): void;
  verify():
    | { readonly ok: true; readonly rows: number }
    | { readonly ok: false; readonly brokenAt: number; readonly reason: string };
}

export interface StoreDamage {
  /** "store.lost" when a submission may be lost, else "store.repaired". */
  readonly fault: FaultCode;
  /** Of the oldest that still stands, epoch ms. */
  readonly sinceMs: number;
  /** Where the files lie as they were found; the alert ends when a technician has taken them away. */
  readonly folders: readonly string[];
  readonly lost: readonly {
    readonly submission: string;
    readonly slipNumber: string | null;
    readonly why: string;
  }[];
}

export type QuotaLevel = "ok" | "warn" | "shed" | "refuse";

/** How many pressed this face on this day. */
export interface Rating {
  readonly day: string;
  readonly procedureCode: string;
  /** 1 … 5. */
  readonly stars: number;
  readonly count: number;
}

export interface Store {
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly tickets: Tickets;
  /** `stars`: 1 … 5. Counted a day and a procedure; whose it is, is not kept. */
  addRating(stars: number, procedureCode: string): void;
  /** Days (yyyy-MM-dd in Asia/Ho_Chi_Minh) after `day`, the oldest first. */
  ratingsAfter(day: string): readonly Rating[];
  quota(): { readonly level: QuotaLevel; readonly usedFraction: number };
  /** Small settings of the runtime (floor time, job counter). */
  meta: { get(key: string): string | undefined; set(key: string, value: string): void };
  /** Has the disk take one block and confirm it, which costs a card less than a row. Throws `FaultError`. */
  tryDisk(): void;
  /** What was damaged and still has to be told to a person; null: nothing. Reads the disk. */
  damage(): StoreDamage | null;
  /** Calls back when there is more to tell. Returns the unsubscribe. */
  onDamage(listener: () => void): () => void;
  close(): void;
}
