// How does what the citizen confirmed become a sealed row that can not be lost?
//
// INVARIANT: when `submit` has resolved, the submission is on disk, sealed to the portal, once. Nothing
// personal of it is in the clear outside this call's own variables.
import type { Clock } from "../core/clock.js";
import { FaultError, toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { Pii } from "../core/pii.js";
import type { Slip, Submission } from "../flows/effects.js";
import type { Procedure } from "../procedures/procedure.js";
import type { Store, SubmissionStatus } from "../store/store.js";
import type { ApplicationContent } from "../sync/protocol/content.js";
import { hashLookupCode, newLookupCode } from "../sync/protocol/lookup-code.js";
import type { Page } from "../sync/protocol/submission.js";
import type { Sealer } from "./sealing.js";

export interface SubmittingParts {
  readonly store: Store;
  readonly kioskId: string;
  readonly utcOffsetMinutes: number;
  readonly receiptWaitMs: number;
  readonly procedure: (code: string) => Procedure | undefined;
  readonly seal: Sealer;
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
  readonly log: Log;
}

export const localTime = (epochMs: number, utcOffsetMinutes: number): string =>
  new Date(epochMs + utcOffsetMinutes * 60_000).toISOString().slice(0, 16);

const labelled = (
  procedure: Procedure,
  values: Readonly<Record<string, string>>,
): ApplicationContent["form"] =>
  procedure.pages
    .flatMap((page) => page.fields)
    .filter(({ key }) => (values[key] ?? "") !== "")
    .map(({ key, label }) => ({ key, label, value: values[key] ?? "" }));

/** What was read from a paper, as the citizen left it. */
const paperFields = (paper: Submission["papers"][number]): ApplicationContent["form"] => {
  const corrected = paper.corrected.reveal();
  return paper.pages.flatMap((page) =>
    page.fields.reveal().map(({ key, label, value }) => ({ key, label, value: corrected[key] ?? value })),
  );
};

/** Document 0 is the content; the papers' pages follow in order, named by their index. */
const contentOf = (submission: Submission, procedure: Procedure): ApplicationContent => {
  let document = 0;
  const titles = new Map(procedure.papers.map(({ id, title }) => [id, title]));
  return {
    v: 1,
    procedure: { code: procedure.code, title: procedure.title, workingDays: procedure.timeLimit.workingDays },
    language: submission.language,
    identity: {
      level: submission.identity.level,
      source: submission.identity.source,
      evidence: [...submission.identity.evidence],
      citizen: submission.identity.citizen.reveal(),
    },
    form: labelled(procedure, submission.form.reveal()),
    papers: submission.papers.map((paper) => ({
      paperId: paper.paperId,
      title: titles.get(paper.paperId) ?? { vi: paper.paperId, en: paper.paperId },
      documents: paper.pages.map(() => {
        document += 1;
        return document;
      }),
      fields: paperFields(paper),
    })),
    confirmation: { method: submission.confirmation.method, atMs: submission.confirmation.at },
  };
};

const pagesOf = (submission: Submission): readonly Pii<Page>[] =>
  submission.papers
    .flatMap((paper) => paper.pages)
    .map(({ jpeg }) => jpeg.map((bytes) => ({ mediaType: "image/jpeg", bytes })));

/** Resolves when the submission is durable and the portal has answered or had its time. */
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
  const pages = pagesOf(submission);
  const content = new Pii(contentOf(submission, procedure));
  const sealed = await parts.seal({
    submissionId,
    sequence,
    slipNumber: number,
    lookupHash: hashLookupCode(lookupCode),
    content,
    pages,
  });
  for (const copy of [content, ...pages]) copy.drop();
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
