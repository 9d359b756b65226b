// Which submissions wait, where do they stand, and what did the portal say about them?
//
// A submission lies wholly in its row when it is small (one commit, one page) and wholly in files when it is
// not: a blob in the database is written twice, a file once. What waits is also held in memory, rebuilt at
// each start, so that looking for work costs no index on disk.
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { type BlobFolder, sha256Hex } from "./blobs.js";
import type { Connection } from "./connection.js";
import type { LostSubmission } from "./damage.js";
import type { Names } from "./names.js";
import { type DocumentPlace, OutboxRows, type SubmissionRecord } from "./outbox-rows.js";
import { encodeRecord, recordOf } from "./record.js";
import type { Outbox, OutboxRow, OutboxState, SealedSubmission, SubmissionStatus } from "./store.js";
import { byTurn, isSmall } from "./turn.js";

export const INLINE_LIMIT_BYTES = 16 * 1024;
const RECORD_DELAY_MS = 200;
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
  readonly connection: Connection;
  readonly blobs: BlobFolder;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes sure that no sequence up to `value` can be given out again, even after the database is lost. */
  readonly raiseFloor: (value: number) => void;
  readonly names: Pick<Names, "came" | "settled">;
  /** Told after each number that was given out. */
  readonly given: (sequence: number) => void;
  /** Told when a document turns out to be damaged; the submission is lost unless the portal has it. */
  readonly damaged: (lost: LostSubmission) => void;
  /** Frees what was kept for emptying the queue on a full disk. False when nothing is left to free. */
  readonly makeRoom: () => boolean;
}

export class SqliteOutbox implements Outbox {
  readonly #parts: OutboxParts;
  readonly #rows: () => OutboxRows;
  readonly #next: () => number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #inline = new Map<string, { readonly sequence: number; readonly from: number }>();
  readonly #listeners = new Set<(submissionId: string) => void>();
  /** Refused to the caller while the disk failed: what may have reached it is taken back when the disk is back. */
  readonly #withdrawn = new Map<string, readonly string[]>();
  /** Documents that were whole when they were first read since the opening. */
  readonly #checked = new Set<string>();
  readonly #unwritten = new Map<string, Taken>();
  #timer: unknown = null;
  #accepted = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#rows = parts.connection.bind((db) => new OutboxRows(db));
    this.#next = parts.connection.bindWrite((db) => {
      const rows = new OutboxRows(db);
      return () => rows.nextSequence();
    });
    parts.connection.onRenewed(() => {
      this.#withdraw();
      this.#load();
    });
    this.#load();
  }

  reserveSequence(): number {
    return this.#guard(() => {
      this.#parts.raiseFloor(this.#rows().lastSequence() + 1);
      const sequence = this.#next();
      this.#parts.given(sequence);
      return sequence;
    });
  }

  enqueue(submission: SealedSubmission): { readonly sequence: number } {
    return this.#guard(() => {
      for (const document of submission.documents)
        if (sha256Hex(document.bytes) !== document.sha256)
          throw new FaultError("runtime.internal", `document ${document.index} does not match its hash`);
      this.#withdraw();
      const record = recordOf(submission, this.#parts.clock.wall().epochMs);
      const { submissionId, sequence } = record;
      const bytes = submission.documents.reduce((sum, document) => sum + document.bytes.length, 0);
      const inline = bytes <= INLINE_LIMIT_BYTES;
      const known = this.#rows().sequenceOf(submissionId);
      if (known !== undefined) return { sequence: known };
      const payload = inline ? Buffer.concat(submission.documents.map(({ bytes }) => bytes)) : null;
      this.#take(submission, { record, bytes, payload });
      this.#parts.names.came(submissionId, record.slipNumber);
      this.#remember(record, bytes, inline);
      this.#parts.log("submission.enqueued", { submission: submissionId, sequence, bytes });
      for (const listener of this.#listeners) listener(submissionId);
      return { sequence };
    });
  }

  pending(limit: number, most: "any" | "small" = "any"): readonly OutboxRow[] {
    const due = [...this.#waiting.values()]
      .filter((waiting) => WAITING.has(waiting.state) && (most === "any" || isSmall(waiting)))
      .sort(byTurn)
      .slice(0, limit);
    return this.#guard(() => due.flatMap(({ sequence }) => this.#rows().row(sequence) ?? []));
  }

  readDocument(sha256: string, offset: number, length: number, into?: Uint8Array): Uint8Array {
    return this.#guard(() => {
      const place = this.#inline.get(sha256);
      if (place !== undefined) return this.#rows().readInline(place.sequence, place.from + offset, length);
      this.#check(sha256);
      return this.#parts.blobs.read(sha256, offset, length, into);
    });
  }

  unsettledSequences(): readonly number[] {
    return [...this.#waiting.values()]
      .filter(({ state }) => state !== "rejected")
      .map(({ sequence }) => sequence)
      .sort((a, b) => a - b);
  }

  unsettled(which: number | string): OutboxRow | undefined {
    return this.#guard(() => {
      const sequence = typeof which === "number" ? which : this.#rows().sequenceOf(which);
      return sequence === undefined ? undefined : this.#rows().row(sequence);
    });
  }

  mark(submissionId: string, state: OutboxState, detail?: string): void {
    this.#draining(() => {
      const before = this.#rows().stateOf(submissionId);
      if (before === undefined || before === state || (SETTLED.has(before) && !SETTLED.has(state))) return;
      if (SETTLED.has(state)) this.#settle(submissionId, state, before);
      else this.#rows().setState(submissionId, state, detail ?? null);
      const waiting = this.#waiting.get(submissionId);
      if (waiting !== undefined) waiting.state = state;
      this.#parts.log("submission.state", { submission: submissionId, state });
    });
  }

  releaseQuarantined(): number {
    return this.requeue("all");
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
    return { states, rows: this.#guard(() => this.#rows().held(limit)) };
  }

  applyStatus(submissionId: string, status: Parameters<Outbox["applyStatus"]>[1]): boolean {
    return this.#draining(() => {
      const applied = this.#rows().applyStatus(submissionId, status, this.#parts.clock.wall().epochMs);
      if (applied && FINAL_STATES.has(status.state) && this.#rows().stateOf(submissionId) === "accepted")
        this.#rows().setState(submissionId, "done", null);
      return applied;
    });
  }

  status(submissionId: string): SubmissionStatus | undefined {
    return this.#guard(() => this.#rows().status(submissionId));
  }

  statusByLookup(lookupHash: string): SubmissionStatus | undefined {
    return this.#guard(() => this.#rows().statusByLookup(lookupHash));
  }

  state(submissionId: string): OutboxState | undefined {
    return this.#guard(() => this.#rows().stateOf(submissionId));
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

  /** The second copies that are still to be made; one that can not be, the next opening makes of its row. */
  writeRecords(): void {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = null;
    const taken = [...this.#unwritten];
    this.#unwritten.clear();
    try {
      for (const [submissionId, { record, payload }] of taken)
        this.#parts.blobs.putBeside(submissionId, encodeRecord(record, payload));
    } catch {
      // The rows are durable.
    }
  }

  #load(): void {
    this.#unwritten.clear();
    this.#waiting.clear();
    this.#inline.clear();
    this.#checked.clear();
    for (const row of this.#rows().unsettled()) {
      this.#waiting.set(row.submissionId, { ...row, state: row.state });
      if (row.inline) this.#rememberInline(row.sequence, row.documents);
    }
    this.#accepted = this.#rows().countSettled();
  }

  /** Durable when it returns; when it throws, nothing of the submission stays, or will when the disk is back. */
  #take(submission: SealedSubmission, { record, bytes, payload }: Taken): void {
    const { blobs } = this.#parts;
    const { submissionId } = record;
    const hashes = submission.documents.map((document) => document.sha256);
    try {
      if (payload === null) blobs.put(submissionId, submission.documents, encodeRecord(record, null));
      this.#rows().insert(record, bytes, payload);
    } catch (thrown) {
      this.#withdrawn.set(submissionId, hashes);
      this.#withdraw();
      throw thrown;
    }
    if (payload !== null) this.#writeSoon(submissionId, { record, bytes, payload });
  }

  /** A small submission's second copy costs as much as its commit: it is made when the citizen no longer waits. */
  #writeSoon(submissionId: string, taken: Taken): void {
    this.#unwritten.set(submissionId, taken);
    this.#timer ??= this.#parts.clock.setTimeout(() => this.writeRecords(), RECORD_DELAY_MS);
  }

  /** Takes back what was refused; what the disk does not let go of now is tried again. */
  #withdraw(): void {
    for (const [submissionId, hashes] of this.#withdrawn) {
      try {
        const state = this.#rows().stateOf(submissionId);
        const sequence = this.#rows().sequenceOf(submissionId);
        if (state !== undefined && state !== "sealed") this.#withdrawn.delete(submissionId);
        if (state !== undefined && state !== "sealed") continue;
        if (sequence !== undefined) this.#rows().drop(sequence);
        this.#parts.blobs.remove(submissionId, hashes);
        this.#withdrawn.delete(submissionId);
      } catch {
        return;
      }
    }
  }

  /** The first time that it is read: a document with a flipped bit must not leave as if it were whole. */
  #check(sha256: string): void {
    if (this.#checked.has(sha256)) return;
    try {
      this.#parts.blobs.check(sha256);
    } catch (thrown) {
      if (thrown instanceof FaultError) this.#nameDamaged(sha256, thrown.detail);
      throw thrown;
    }
    this.#checked.add(sha256);
  }

  #nameDamaged(sha256: string, why: string): void {
    for (const [submission, { sequence }] of this.#waiting) {
      const documents = this.#rows().row(sequence)?.documents ?? [];
      if (!documents.some((document) => document.sha256 === sha256)) continue;
      const slipNumber = this.#rows().status(submission)?.slipNumber ?? null;
      this.#parts.damaged({ submission, slipNumber, why });
    }
  }

  /** The commit comes first: a cut between it and the removal leaves orphans, which the next start sweeps. */
  #settle(submissionId: string, state: OutboxState, before: OutboxState): void {
    const documents = this.#rows().settle(submissionId, state, this.#parts.clock.wall().epochMs);
    const hashes = documents.map((document) => document.sha256);
    this.#parts.names.settled(submissionId);
    this.#unwritten.delete(submissionId);
    this.#parts.blobs.remove(submissionId, hashes);
    for (const hash of hashes) {
      this.#inline.delete(hash);
      this.#checked.delete(hash);
    }
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
    return this.#parts.connection.use(act);
  }
}

interface Taken {
  readonly record: SubmissionRecord;
  readonly bytes: number;
  readonly payload: Buffer | null;
}
