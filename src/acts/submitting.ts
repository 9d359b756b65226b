// How does what the citizen confirmed become a sealed row that can not be lost?
//
// INVARIANT: when `submit` has resolved, the submission is on disk, sealed to the portal, once. Nothing
// personal of it is in the clear outside this call's own variables.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "../core/clock.js";
import { FaultError, toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { CapturedPage, Slip, Submission } from "../flows/effects.js";
import type { Procedure } from "../procedures/procedure.js";
import type { SealedSubmission, Store, SubmissionStatus } from "../store/store.js";

/** A document before sealing. */
export interface PlainDocument {
  readonly mediaType: "application/json" | "image/jpeg";
  readonly bytes: Uint8Array;
}

export interface SealRequest {
  readonly submissionId: string;
  readonly sequence: number;
  readonly procedureCode: string;
  readonly slipNumber: string;
  readonly lookupHash: string;
  readonly documents: readonly PlainDocument[];
}

export interface SubmittingParts {
  readonly store: Store;
  readonly kioskId: string;
  readonly utcOffsetMinutes: number;
  readonly receiptWaitMs: number;
  readonly procedure: (code: string) => Procedure | undefined;
  readonly seal: (request: SealRequest) => Promise<SealedSubmission>;
  /** The portal's answer, or null when it did not come in time or the link is down. */
  readonly receipt: (
    submissionId: string,
    timeoutMs: number,
    signal: AbortSignal,
  ) => Promise<SubmissionStatus | null>;
  readonly keepSlip: (slip: Slip) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOKUP_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

/** `MC1:` and 16 characters of 5 bits: 80 random bits, without letters that look like digits. */
export const newLookupCode = (): string =>
  `MC1:${[...randomBytes(16)].map((byte) => LOOKUP_ALPHABET[byte % 32]).join("")}`;

/** Codes are typed by hand, too: case, spaces and dashes do not count. */
export const lookupHashOf = (code: string): string =>
  createHash("sha256").update(code.toUpperCase().replaceAll(/[\s-]/g, "")).digest("hex");

export const localTime = (epochMs: number, utcOffsetMinutes: number): string =>
  new Date(epochMs + utcOffsetMinutes * 60_000).toISOString().slice(0, 16);

const form = (submission: Submission, submissionId: string, clock: Clock): PlainDocument => {
  const wall = clock.wall();
  const content = {
    v: 1,
    submission: submissionId,
    procedure: submission.procedureCode,
    language: submission.language,
    form: submission.form.reveal(),
    identity: {
      level: submission.identity.level,
      source: submission.identity.source,
      evidence: submission.identity.evidence,
      citizen: submission.identity.citizen.reveal(),
    },
    papers: submission.papers.map((paper) => ({
      id: paper.paperId,
      corrected: paper.corrected.reveal(),
      pages: paper.pages.map((page) => ({
        class: page.paperClass,
        text: page.text.reveal(),
        fields: page.fields.reveal(),
      })),
    })),
    confirmation: submission.confirmation,
    wall,
  };
  return { mediaType: "application/json", bytes: new TextEncoder().encode(JSON.stringify(content)) };
};

const picture = (page: CapturedPage): PlainDocument => ({
  mediaType: "image/jpeg",
  bytes: page.jpeg.reveal(),
});

export const submit = async (
  parts: SubmittingParts,
  submission: Submission,
  signal: AbortSignal,
): Promise<Slip> => {
  const { store, clock, log } = parts;
  if (store.quota().level === "refuse") throw new FaultError("store.full", "the queue is at its quota");
  const procedure = parts.procedure(submission.procedureCode);
  if (procedure === undefined)
    throw new FaultError("runtime.internal", `no procedure ${submission.procedureCode}`);

  const submissionId = randomUUID();
  const lookupCode = newLookupCode();
  const sequence = store.outbox.reserveSequence();
  const number = `${parts.kioskId}-${String(sequence).padStart(6, "0")}`;
  const documents = [
    form(submission, submissionId, clock),
    ...submission.papers.flatMap((paper) => paper.pages.map(picture)),
  ];
  const sealed = await parts.seal({
    submissionId,
    sequence,
    procedureCode: submission.procedureCode,
    slipNumber: number,
    lookupHash: lookupHashOf(lookupCode),
    documents,
  });
  signal.throwIfAborted();

  const wall = clock.wall();
  const slip: Slip = {
    number,
    procedureCode: procedure.code,
    procedureTitle: procedure.title,
    lookupCode,
    receiptNumber: null,
    appointment: null,
    submittedAt: localTime(wall.epochMs, parts.utcOffsetMinutes),
    clockTrusted: wall.trust === "trusted",
    language: submission.language,
  };
  const intent = store.journal.intent("submit", submissionId, { number });
  parts.keepSlip(slip);
  try {
    store.outbox.enqueue(sealed);
  } catch (error) {
    store.journal.outcome(intent, "failed", toFault(error, "store.unwritable").code);
    throw new FaultError("store.unwritable", toFault(error).detail, { cause: error });
  }
  store.journal.outcome(intent, "done");
  log("submission.enqueued", {
    submission: submissionId,
    sequence,
    bytes: sealed.documents.reduce((sum, document) => sum + document.bytes.length, 0),
  });

  // From here the citizen is safe; whatever goes wrong now only costs the appointment on the slip.
  const status = await parts.receipt(submissionId, parts.receiptWaitMs, signal).catch(() => null);
  if (status === null) return slip;
  const answered: Slip = { ...slip, receiptNumber: status.receiptNumber, appointment: status.appointment };
  parts.keepSlip(answered);
  return answered;
};

/** At start: settles the journal against the queue, which alone knows whether a submission reached the disk. */
export const reconcileSubmissions = (store: Store): number => {
  const open = store.journal.open("submit");
  for (const { id, subject } of open)
    store.journal.outcome(
      id,
      store.outbox.status(subject) === undefined ? "failed" : "done",
      "reconciled at start",
    );
  return open.length;
};
