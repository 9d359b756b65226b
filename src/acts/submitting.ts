// How does what the citizen confirmed become a sealed row that can not be lost?
//
// INVARIANT: when `submit` has resolved, the submission is on disk, sealed to the portal, once. Nothing
// personal of it is in the clear outside this call's own variables.
import type { Clock } from "../core/clock.js";
import { FaultError, toFault } from "../core/faults.js";
import { Pii } from "../core/pii.js";
import type { Slip, Submission } from "../flows/effects.js";
import type { Procedure } from "../procedures/procedure.js";
import type { Store, SubmissionStatus } from "../store/store.js";
import type { ApplicationContent } from "../sync/protocol/content.js";
import { hashLookupCode, newLookupCode } from "../sync/protocol/lookup-code.js";
import type { Page } from "../sync/protocol/submission.js";
import { contentOf } from "./application.js";
import { documentsOf, type ScanningParts } from "./scanning.js";
import type { Sealer } from "./sealing.js";

export interface SubmittingParts {
  readonly store: Store;
  readonly kioskId: string;
  readonly utcOffsetMinutes: number;
  readonly receiptWaitMs: number;
  readonly procedure: (code: string) => Procedure | undefined;
  readonly seal: Sealer;
  /** Null: papers go as pictures. */
  readonly scanning: ScanningParts | null;
  /** The portal's answer, or null when it did not come in time or the link is down. */
  readonly receipt: (
    submissionId: string,
    timeoutMs: number,
    signal: AbortSignal,
  ) => Promise<SubmissionStatus | null>;
  readonly keepSlip: (slip: Slip) => void;
  /** The slip kept under this number, if it still is. */
  readonly keptSlip: (number: string) => Slip | null;
  readonly clock: Clock;
}

export const localTime = (epochMs: number, utcOffsetMinutes: number): string =>
  new Date(epochMs + utcOffsetMinutes * 60_000).toISOString().slice(0, 16);

interface Prepared {
  readonly content: Pii<ApplicationContent>;
  /** Documents 1 … in the order in which the content names them. */
  readonly documents: readonly Pii<Page>[];
}

const prepare = async (
  { scanning, clock, utcOffsetMinutes }: SubmittingParts,
  submission: Submission,
  { procedure, lookupCode }: { readonly procedure: Procedure; readonly lookupCode: string },
  signal: AbortSignal,
): Promise<Prepared> => {
  const documents: Pii<Page>[] = [];
  const indexes = new Map<string, readonly number[]>();
  try {
    for (const { paperId, pages } of submission.papers) {
      const title = procedure.papers.find(({ id }) => id === paperId)?.title ?? procedure.title;
      const order = { submission: submission.id, paperId, title, pages, lookupCode };
      const made = await documentsOf(scanning, order, signal);
      indexes.set(
        paperId,
        made.map((_, index) => documents.length + index + 1),
      );
      documents.push(...made);
    }
  } catch (thrown) {
    for (const document of documents) document.drop();
    throw thrown;
  }
  const today = localTime(clock.wall().epochMs, utcOffsetMinutes).slice(0, 10);
  return {
    content: new Pii(contentOf(submission, { procedure, lookupCode, documents: indexes, today })),
    documents,
  };
};

/** Resolves when the submission is durable and the portal has answered or had its time. */
export const submit = async (
  parts: SubmittingParts,
  submission: Submission,
  signal: AbortSignal,
): Promise<Slip> => {
  const { store, clock } = parts;
  if (store.quota().level === "refuse") throw new FaultError("store.full", "the queue is at its quota");
  const procedure = parts.procedure(submission.procedureCode);
  if (procedure === undefined)
    throw new FaultError("runtime.internal", `no procedure ${submission.procedureCode}`);

  const submissionId = submission.id;
  const stored = store.outbox.status(submissionId);
  if (stored !== undefined) {
    // A retry after a fault that came too late to matter: the first attempt reached the disk.
    const slip = parts.keptSlip(stored.slipNumber);
    if (slip !== null) return slip;
  }
  const lookupCode = newLookupCode();
  const sequence = store.outbox.reserveSequence();
  const number = `${parts.kioskId}-${String(sequence).padStart(6, "0")}`;
  const { content, documents } = await prepare(parts, submission, { procedure, lookupCode }, signal);
  const sealed = await parts
    .seal({
      submissionId,
      sequence,
      slipNumber: number,
      lookupHash: hashLookupCode(lookupCode),
      content,
      pages: documents,
    })
    .finally(() => {
      for (const copy of [content, ...documents]) copy.drop();
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
    ...(submission.feeVnd > 0 && {
      fee: { amountVnd: submission.feeVnd, paid: false, reference: null },
    }),
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
