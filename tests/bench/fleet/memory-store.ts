// What does a simulated kiosk keep, when thousands of them share a process?
//
// The outbox's contract in memory, for the real link to work on: the same states and the same order. A real store
// of SQLite and files costs some megabytes and three open files each. Nothing here survives the process, so
// durability is not what a bench with it can speak of.

import type {
  Outbox,
  OutboxRow,
  OutboxState,
  SealedSubmission,
  Store,
  SubmissionStatus,
} from "../../../src/store/store.js";
import { byTurn, isSmall } from "../../../src/store/turn.js";

const WAITING: ReadonlySet<OutboxState> = new Set(["sealed", "sending", "uploaded"]);
const SETTLED: ReadonlySet<OutboxState> = new Set(["accepted", "done"]);

interface Held {
  readonly submission: SealedSubmission;
  readonly bytes: number;
  readonly enqueuedAtMs: number;
  state: OutboxState;
  status: SubmissionStatus;
}

const rowOf = ({ submission, state, enqueuedAtMs }: Held): OutboxRow => ({
  ...{
    submissionId: submission.submissionId,
    sequence: submission.sequence,
    state,
    enqueuedAtMs,
    attempts: 0,
  },
  manifest: submission.manifest,
  documents: submission.documents.map(({ index, sha256, bytes }) => ({
    ...{ index, sha256, length: bytes.length },
  })),
});

const never = (what: string) => (): never => {
  throw new Error(`a simulated kiosk does not ${what}`);
};

class MemoryOutbox implements Outbox {
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<(submissionId: string) => void>();
  readonly #settled: (submissionId: string) => void;
  #sequence = 0;
  #accepted = 0;
  readonly requeue = never("have a technician");

  /** `settled`: told once of each submission that the portal took. */
  constructor(settled: (submissionId: string) => void) {
    this.#settled = settled;
  }

  reserveSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  enqueue(submission: SealedSubmission): { readonly sequence: number } {
    const { submissionId, slipNumber, procedureCode, sequence } = submission;
    const bytes = submission.documents.reduce((sum, document) => sum + document.bytes.length, 0);
    const asOfMs = Date.now();
    const none = { receiptNumber: null, appointment: null, revision: 0, asOfMs };
    const status = { submissionId, slipNumber, procedureCode, state: "queued", ...none };
    this.#held.set(submissionId, { submission, bytes, enqueuedAtMs: asOfMs, state: "sealed", status });
    for (const listener of this.#listeners) listener(submissionId);
    return { sequence };
  }

  pending(limit: number, most: "any" | "small" = "any"): ReturnType<Outbox["pending"]> {
    return [...this.#held.values()]
      .filter((held) => WAITING.has(held.state) && (most === "any" || isSmall(held)))
      .map((held) => ({ ...held, sequence: held.submission.sequence }))
      .sort(byTurn)
      .slice(0, limit)
      .map(rowOf);
  }

  unsettled(which: number | string): ReturnType<Outbox["unsettled"]> {
    const held = [...this.#held.values()].find(
      ({ submission }) => submission.submissionId === which || submission.sequence === which,
    );
    return held && rowOf(held);
  }

  readDocument(sha256: string, offset: number, length: number): Uint8Array {
    for (const { submission } of this.#held.values())
      for (const document of submission.documents)
        if (document.sha256 === sha256) return document.bytes.subarray(offset, offset + length);
    throw new Error(`no document ${sha256}`);
  }

  unsettledSequences(): readonly number[] {
    return [...this.#held.values()].map(({ submission }) => submission.sequence);
  }

  mark(submissionId: string, state: OutboxState): void {
    const held = this.#held.get(submissionId);
    if (held === undefined) return;
    held.state = state;
    if (!SETTLED.has(state)) return;
    this.#held.delete(submissionId);
    this.#accepted += 1;
    this.#settled(submissionId);
  }

  releaseQuarantined(): number {
    const quarantined = [...this.#held.values()].filter(({ state }) => state === "quarantined");
    for (const held of quarantined) held.state = "sealed";
    return quarantined.length;
  }

  held(): ReturnType<Outbox["held"]> {
    return { states: {}, rows: [] };
  }

  applyStatus(submissionId: string, body: Parameters<Outbox["applyStatus"]>[1]): boolean {
    const held = this.#held.get(submissionId);
    if (held === undefined || body.revision <= held.status.revision) return false;
    held.status = { ...held.status, ...body };
    return true;
  }

  status(submissionId: string): SubmissionStatus | undefined {
    return this.#held.get(submissionId)?.status;
  }

  state(submissionId: string): OutboxState | undefined {
    return this.#held.get(submissionId)?.state;
  }

  statusByLookup(): undefined {
    return undefined;
  }

  stats(): ReturnType<Outbox["stats"]> {
    const all = [...this.#held.values()];
    return {
      queued: all.filter(({ state }) => WAITING.has(state)).length,
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestAgeMs: null,
      quarantined: all.filter(({ state }) => state === "quarantined").length,
      accepted: this.#accepted,
    };
  }

  onEnqueued(listener: (submissionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const memoryStore = (settled: (submissionId: string) => void): Store => {
  const settings = new Map<string, string>();
  return {
    outbox: new MemoryOutbox(settled),
    journal: {
      intent: never("write intents"),
      outcome: never("write outcomes"),
      open: () => [],
      find: () => undefined,
      note: () => {},
      verify: () => ({ ok: true, rows: 0 }),
    },
    tickets: {
      take: never("give tickets"),
      untold: () => [],
      told: () => {},
      after: () => [],
      last: () => 0,
      onTaken: () => () => {},
    },
    addRating: never("take ratings"),
    ratingsAfter: () => [],
    quota: () => ({ level: "ok", usedFraction: 0 }),
    meta: { get: (key) => settings.get(key), set: (key, value) => void settings.set(key, value) },
    tryDisk: () => {},
    damage: () => null,
    onDamage: () => () => {},
    close: () => {},
  };
};
