// Which submissions wait, where do they stand, and what did the portal say about them?
//
// A submission lies wholly in its row when it is small (one commit, one page) and wholly in files when it is
// not: a blob in the database is written twice, a file once. What waits is also held in memory, rebuilt at
// each start, so that looking for work costs no index on disk.
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { type BlobFolder, sha256Hex } from "./blobs.js";
import type { Db } from "./database.js";
import { guarded } from "./faults.js";
import { type DocumentPlace, OutboxRows, type SubmissionRecord } from "./outbox-rows.js";
import type { Outbox, OutboxRow, OutboxState, SealedSubmission, SubmissionStatus } from "./store.js";
import { byTurn, isSmall } from "./turn.js";

export const INLINE_LIMIT_BYTES = 16 * 1024;
const WAITING: ReadonlySet<OutboxState> = new Set(["sealed", "sending", "uploaded"]);
const SETTLED: ReadonlySet<OutboxState> = new Set(["accepted", "done"]);
const FINAL_STATES: ReadonlySet<string> = new Set(["ready", "refused"]);

interface Waiting {
  readonly sequence: number;
  readonly bytes: number;
  readonly enqueuedAtMs: number;
  state: OutboxState;
}

export interface OutboxParts {
  readonly db: Db;
  readonly path: string;
  readonly blobs: BlobFolder;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes sure that no sequence up to `value` can be given out again, even after the database is lost. */
  readonly raiseFloor: (value: number) => void;
  /** Frees what was kept for emptying the queue on a full disk. False when nothing is left to free. */
  readonly makeRoom: () => boolean;
}

export class SqliteOutbox implements Outbox {
  readonly #parts: OutboxParts;
  readonly #rows: OutboxRows;
  readonly #waiting = new Map<string, Waiting>();
  readonly #inline = new Map<string, { readonly sequence: number; readonly from: number }>();
  readonly #listeners = new Set<(submissionId: string) => void>();
  #accepted = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#rows = new OutboxRows(parts.db);
    for (const row of this.#rows.unsettled()) {
      this.#waiting.set(row.submissionId, { ...row, state: row.state });
      if (row.inline) this.#rememberInline(row.sequence, row.documents);
    }
    this.#accepted = this.#rows.countSettled();
  }

  /** Names of files that must stay: ids of the records and hashes of the blobs. */
  wantedFiles(): ReadonlySet<string> {
    return new Set(
      this.#rows
        .unsettled()
        .flatMap((row) => (row.inline ? [] : [row.submissionId, ...row.documents.map((doc) => doc.sha256)])),
    );
  }

  reserveSequence(): number {
    return this.#guard(() => {
      this.#parts.raiseFloor(this.#rows.lastSequence() + 1);
      return this.#rows.nextSequence();
    });
  }

  enqueue(submission: SealedSubmission): { readonly sequence: number } {
    return this.#guard(() => {
      for (const document of submission.documents)
        if (sha256Hex(document.bytes) !== document.sha256)
          throw new FaultError("runtime.internal", `document ${document.index} does not match its hash`);
      const record = recordOf(submission, this.#parts.clock.wall().epochMs);
      const { submissionId, sequence } = record;
      const bytes = submission.documents.reduce((sum, document) => sum + document.bytes.length, 0);
      const inline = bytes <= INLINE_LIMIT_BYTES;
      const isNew = inline
        ? this.#rows.insert(record, bytes, Buffer.concat(submission.documents.map(({ bytes }) => bytes)))
        : this.#insertWithFiles(submission, record, bytes);
      if (!isNew) return { sequence: this.#rows.sequenceOf(submissionId) ?? sequence };
      this.#remember(record, bytes, inline);
      this.#parts.log("submission.enqueued", { submission: submissionId, sequence, bytes });
      for (const listener of this.#listeners) listener(submissionId);
      return { sequence };
    });
  }

  /** Puts back a submission that was found beside a lost database. False when it is known already. */
  restore(record: SubmissionRecord, payload: Uint8Array | null): boolean {
    return this.#guard(() => {
      const bytes = record.documents.reduce((sum, document) => sum + document.length, 0);
      if (!this.#rows.insert(record, bytes, payload)) return false;
      this.#remember(record, bytes, payload !== null);
      return true;
    });
  }

  pending(limit: number, most: "any" | "small" = "any"): readonly OutboxRow[] {
    const due = [...this.#waiting.values()]
      .filter((waiting) => WAITING.has(waiting.state) && (most === "any" || isSmall(waiting)))
      .sort(byTurn)
      .slice(0, limit);
    return this.#guard(() => due.flatMap(({ sequence }) => this.#rows.row(sequence) ?? []));
  }

  readDocument(sha256: string, offset: number, length: number): Uint8Array {
    return this.#guard(() => {
      const place = this.#inline.get(sha256);
      if (place === undefined) return this.#parts.blobs.read(sha256, offset, length);
      return this.#rows.readInline(place.sequence, place.from + offset, length);
    });
  }

  unsettledSequences(): readonly number[] {
    return [...this.#waiting.values()]
      .filter(({ state }) => state !== "rejected")
      .map(({ sequence }) => sequence)
      .sort((a, b) => a - b);
  }

  unsettled(sequence: number): OutboxRow | undefined {
    return this.#guard(() => this.#rows.row(sequence));
  }

  mark(submissionId: string, state: OutboxState, detail?: string): void {
    this.#draining(() => {
      const before = this.#rows.stateOf(submissionId);
      if (before === undefined || before === state || (SETTLED.has(before) && !SETTLED.has(state))) return;
      if (SETTLED.has(state)) this.#settle(submissionId, state, before);
      else this.#rows.setState(submissionId, state, detail ?? null);
      const waiting = this.#waiting.get(submissionId);
      if (waiting !== undefined) waiting.state = state;
      this.#parts.log("submission.state", { submission: submissionId, state });
    });
  }

  releaseQuarantined(): number {
    let released = 0;
    for (const [submissionId, waiting] of this.#waiting) {
      if (waiting.state !== "quarantined") continue;
      this.mark(submissionId, "sealed");
      released += 1;
    }
    return released;
  }

  requeue(which: number | "all"): number {
    let requeued = 0;
    for (const [submissionId, waiting] of this.#waiting) {
      if (waiting.state !== "quarantined" || (which !== "all" && waiting.sequence !== which)) continue;
      this.mark(submissionId, "sealed");
      requeued += 1;
      for (const listener of this.#listeners) listener(submissionId);
    }
    return requeued;
  }

  held(limit: number): ReturnType<Outbox["held"]> {
    const states: Partial<Record<OutboxState, number>> = {};
    for (const { state } of this.#waiting.values()) states[state] = (states[state] ?? 0) + 1;
    return { states, rows: this.#guard(() => this.#rows.held(limit)) };
  }

  applyStatus(submissionId: string, status: Parameters<Outbox["applyStatus"]>[1]): boolean {
    return this.#draining(() => {
      const applied = this.#rows.applyStatus(submissionId, status, this.#parts.clock.wall().epochMs);
      if (applied && FINAL_STATES.has(status.state) && this.#rows.stateOf(submissionId) === "accepted")
        this.#rows.setState(submissionId, "done", null);
      return applied;
    });
  }

  status(submissionId: string): SubmissionStatus | undefined {
    return this.#guard(() => this.#rows.status(submissionId));
  }

  statusByLookup(lookupHash: string): SubmissionStatus | undefined {
    return this.#guard(() => this.#rows.statusByLookup(lookupHash));
  }

  state(submissionId: string): OutboxState | undefined {
    return this.#guard(() => this.#rows.stateOf(submissionId));
  }

  stats(): ReturnType<Outbox["stats"]> {
    const all = [...this.#waiting.values()];
    const due = all.filter((waiting) => WAITING.has(waiting.state));
    const oldest = due.reduce((earliest, waiting) => Math.min(earliest, waiting.enqueuedAtMs), Infinity);
    return {
      queued: due.length,
      bytes: all.reduce((sum, waiting) => sum + waiting.bytes, 0),
      oldestAgeMs: due.length === 0 ? null : Math.max(0, this.#parts.clock.wall().epochMs - oldest),
      quarantined: all.filter((waiting) => waiting.state === "quarantined").length,
      accepted: this.#accepted,
    };
  }

  onEnqueued(listener: (submissionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #insertWithFiles(submission: SealedSubmission, record: SubmissionRecord, bytes: number): boolean {
    if (this.#rows.sequenceOf(record.submissionId) !== undefined) return false;
    try {
      this.#parts.blobs.put(record.submissionId, submission.documents, record);
      return this.#rows.insert(record, bytes, null);
    } catch (thrown) {
      // Not taken: what was written of it makes room again.
      this.#parts.blobs.remove(
        record.submissionId,
        submission.documents.map((document) => document.sha256),
      );
      throw thrown;
    }
  }

  /** The commit comes first: a cut between it and the removal leaves orphans, which the next start sweeps. */
  #settle(submissionId: string, state: OutboxState, before: OutboxState): void {
    const documents = this.#rows.settle(submissionId, state, this.#parts.clock.wall().epochMs);
    const hashes = documents.map((document) => document.sha256);
    this.#parts.blobs.remove(submissionId, hashes);
    for (const hash of hashes) this.#inline.delete(hash);
    this.#waiting.delete(submissionId);
    if (!SETTLED.has(before)) this.#accepted += 1;
  }

  #remember(record: SubmissionRecord, bytes: number, inline: boolean): void {
    const { submissionId, sequence, enqueuedAtMs } = record;
    this.#waiting.set(submissionId, { sequence, bytes, enqueuedAtMs, state: "sealed" });
    if (inline) this.#rememberInline(sequence, record.documents);
  }

  #rememberInline(sequence: number, documents: readonly DocumentPlace[]): void {
    let from = 0;
    for (const document of documents) {
      this.#inline.set(document.sha256, { sequence, from });
      from += document.length;
    }
  }

  /** What empties the queue may use the last room. */
  #draining<T>(act: () => T): T {
    try {
      return this.#guard(act);
    } catch (thrown) {
      const isFull = thrown instanceof FaultError && thrown.code === "store.full";
      if (isFull && this.#parts.makeRoom()) return this.#guard(act);
      throw thrown;
    }
  }

  #guard<T>(act: () => T): T {
    return guarded(this.#parts.path, act);
  }
}

const recordOf = (submission: SealedSubmission, enqueuedAtMs: number): SubmissionRecord => ({
  submissionId: submission.submissionId,
  sequence: submission.sequence,
  procedureCode: submission.procedureCode,
  slipNumber: submission.slipNumber,
  lookupHash: submission.lookupHash,
  manifest: Buffer.from(submission.manifest).toString("base64"),
  documents: submission.documents.map(({ index, sha256, bytes }) => ({
    index,
    sha256,
    length: bytes.length,
  })),
  enqueuedAtMs,
});
