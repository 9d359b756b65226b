// Which statements does the outbox run?
import type { Db } from "./database.js";
import type { HeldRow, Outbox, OutboxRow, OutboxState, SubmissionStatus } from "./store.js";

export interface DocumentPlace {
  readonly index: number;
  readonly sha256: string;
  readonly length: number;
}

/** All that is needed to make the row of a submission again. */
export interface SubmissionRecord {
  readonly submissionId: string;
  readonly sequence: number;
  readonly procedureCode: string;
  readonly slipNumber: string;
  readonly lookupHash: string;
  /** Base64. */
  readonly manifest: string;
  readonly documents: readonly DocumentPlace[];
  readonly enqueuedAtMs: number;
}

export interface UnsettledRow {
  readonly submissionId: string;
  readonly sequence: number;
  readonly state: OutboxState;
  readonly bytes: number;
  readonly enqueuedAtMs: number;
  readonly documents: readonly DocumentPlace[];
  readonly inline: boolean;
}

export interface StoredRow extends Readonly<Record<keyof SubmissionRecord | "payload", unknown>> {
  readonly submissionId: string;
  readonly sequence: number;
  readonly state: string;
  readonly slipNumber: string;
}

const STATUS = `SELECT submission_id AS submissionId, slip_number AS slipNumber, procedure_code AS procedureCode,
  coalesce(status_state, 'queued') AS state, receipt_number AS receiptNumber, appointment,
  status_revision AS revision, coalesce(status_as_of_ms, enqueued_at_ms) AS asOfMs FROM submissions`;

const prepareAll = (db: Db) => ({
  sequenceOf: db.prepare("SELECT sequence FROM submissions WHERE submission_id = ?").pluck(),
  stateOf: db.prepare("SELECT state FROM submissions WHERE submission_id = ?").pluck(),
  insert: db.prepare(`INSERT INTO submissions (sequence, submission_id, state, procedure_code, slip_number,
    lookup_hash, bytes, enqueued_at_ms, manifest, documents, payload)
    VALUES (?, ?, 'sealed', ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (submission_id) DO NOTHING`),
  row: db.prepare(`SELECT submission_id AS submissionId, sequence, state, manifest, documents,
    enqueued_at_ms AS enqueuedAtMs, attempts FROM submissions
    WHERE sequence = ? AND manifest IS NOT NULL`),
  unsettled: db.prepare(`SELECT submission_id AS submissionId, sequence, state, bytes,
    enqueued_at_ms AS enqueuedAtMs, documents, payload IS NOT NULL AS inline
    FROM submissions WHERE manifest IS NOT NULL ORDER BY sequence`),
  sequences: db
    .prepare("SELECT sequence FROM submissions WHERE manifest IS NOT NULL ORDER BY sequence")
    .pluck(),
  names: db.prepare(`SELECT submission_id AS submissionId, slip_number AS slipNumber FROM submissions
    WHERE manifest IS NOT NULL ORDER BY sequence`),
  whole: db.prepare(`SELECT submission_id AS submissionId, sequence, state, procedure_code AS procedureCode,
    slip_number AS slipNumber, lower(hex(lookup_hash)) AS lookupHash, manifest, documents,
    enqueued_at_ms AS enqueuedAtMs, payload FROM submissions WHERE sequence = ?`),
  maxSequence: db.prepare("SELECT coalesce(max(sequence), 0) FROM submissions").pluck(),
  setSequence: db.prepare("INSERT OR REPLACE INTO counters (name, value) VALUES ('sequence', ?)"),
  atSequence: db.prepare("SELECT submission_id FROM submissions WHERE sequence = ?").pluck(),
  held: db.prepare(`SELECT sequence, state, detail AS reason, bytes, enqueued_at_ms AS enqueuedAtMs, attempts
    FROM submissions WHERE manifest IS NOT NULL AND state IN ('quarantined', 'rejected')
    ORDER BY sequence LIMIT ?`),
  countSettled: db.prepare("SELECT count(*) FROM submissions WHERE state IN ('accepted', 'done')").pluck(),
  readInline: db.prepare("SELECT substr(payload, ? + 1, ?) FROM submissions WHERE sequence = ?").pluck(),
  setState: db.prepare(`UPDATE submissions SET state = @state, detail = @detail,
    attempts = attempts + (@state = 'sending') WHERE submission_id = @id`),
  settle: db.prepare(`UPDATE submissions SET state = ?, settled_at_ms = coalesce(settled_at_ms, ?),
    manifest = NULL, documents = NULL, payload = NULL WHERE submission_id = ?`),
  documents: db.prepare("SELECT documents FROM submissions WHERE sequence = ?").pluck(),
  dropSealed: db.prepare("DELETE FROM submissions WHERE sequence = ?"),
  applyStatus: db.prepare(`UPDATE submissions SET status_revision = @revision, status_state = @state,
    receipt_number = @receiptNumber, appointment = @appointment, status_as_of_ms = @atMs
    WHERE submission_id = @id AND status_revision < @revision`),
  confirmStatus: db.prepare(`UPDATE submissions SET status_as_of_ms = ?
    WHERE submission_id = ? AND status_revision = ? AND status_as_of_ms < ? - 60000`),
  status: db.prepare(`${STATUS} WHERE submission_id = ?`),
  statusByLookup: db.prepare(`${STATUS} WHERE lookup_hash = ? ORDER BY sequence DESC LIMIT 1`),
  lastSequence: db.prepare("SELECT value FROM counters WHERE name = 'sequence'").pluck(),
  nextSequence: db
    .prepare(`INSERT INTO counters (name, value) VALUES ('sequence', 1)
      ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`)
    .pluck(),
});

export class OutboxRows {
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #settle: (submissionId: string, state: OutboxState, atMs: number) => readonly DocumentPlace[];

  constructor(db: Db) {
    const sql = prepareAll(db);
    this.#sql = sql;
    this.#settle = db.transaction((submissionId: string, state: OutboxState, atMs: number) => {
      const sequence = sql.sequenceOf.get(submissionId);
      const documents = sql.documents.get(sequence) as string | null | undefined;
      sql.settle.run(state, atMs, submissionId);
      return typeof documents !== "string" ? [] : parseDocuments(documents);
    }).immediate;
  }

  /** Of the rows that wait, ascending. */
  unsettledSequences(): readonly number[] {
    return this.#sql.sequences.all() as number[];
  }

  waitingNames(): readonly { readonly submissionId: string; readonly slipNumber: string }[] {
    return this.#sql.names.all() as { submissionId: string; slipNumber: string }[];
  }

  /** All that the row holds; one that was changed may hold anything. */
  whole(sequence: number): StoredRow | undefined {
    return this.#sql.whole.get(sequence) as StoredRow | undefined;
  }

  idAt(sequence: number): string | undefined {
    return this.#sql.atSequence.get(sequence) as string | undefined;
  }

  drop(sequence: number): void {
    this.#sql.dropSealed.run(sequence);
  }

  maxSequence(): number {
    return Number(this.#sql.maxSequence.get());
  }

  setSequence(value: number): void {
    this.#sql.setSequence.run(value);
  }

  /** False when the submission is there already. */
  insert(record: SubmissionRecord, bytes: number, payload: Uint8Array | null): boolean {
    const { sequence, submissionId, procedureCode, slipNumber, lookupHash, enqueuedAtMs } = record;
    const { changes } = this.#sql.insert.run(
      ...[sequence, submissionId, procedureCode, slipNumber, Buffer.from(lookupHash, "hex"), bytes],
      ...[enqueuedAtMs, Buffer.from(record.manifest, "base64"), JSON.stringify(record.documents), payload],
    );
    return changes === 1;
  }

  settle(submissionId: string, state: OutboxState, atMs: number): readonly DocumentPlace[] {
    return this.#settle(submissionId, state, atMs);
  }

  sequenceOf(submissionId: string): number | undefined {
    return this.#sql.sequenceOf.get(submissionId) as number | undefined;
  }

  stateOf(submissionId: string): OutboxState | undefined {
    return this.#sql.stateOf.get(submissionId) as OutboxState | undefined;
  }

  row(sequence: number): OutboxRow | undefined {
    const found = this.#sql.row.get(sequence) as
      | (Omit<OutboxRow, "documents"> & { documents: string })
      | undefined;
    return found && { ...found, documents: parseDocuments(found.documents) };
  }

  unsettled(): readonly UnsettledRow[] {
    const rows = this.#sql.unsettled.all() as (Omit<UnsettledRow, "documents" | "inline"> & {
      documents: string;
      inline: number;
    })[];
    return rows.map((row) => ({
      ...row,
      documents: parseDocuments(row.documents),
      inline: row.inline === 1,
    }));
  }

  held(limit: number): readonly HeldRow[] {
    return this.#sql.held.all(limit) as HeldRow[];
  }

  countSettled(): number {
    return Number(this.#sql.countSettled.get());
  }

  readInline(sequence: number, from: number, length: number): Uint8Array {
    return (this.#sql.readInline.get(from, length, sequence) as Buffer | undefined) ?? new Uint8Array();
  }

  setState(id: string, state: OutboxState, detail: string | null): void {
    this.#sql.setState.run({ id, state, detail });
  }

  applyStatus(id: string, status: Parameters<Outbox["applyStatus"]>[1], atMs: number): boolean {
    if (this.#sql.applyStatus.run({ ...status, id, atMs }).changes > 0) return true;
    this.#sql.confirmStatus.run(atMs, id, status.revision, atMs);
    return false;
  }

  status(submissionId: string): SubmissionStatus | undefined {
    return this.#sql.status.get(submissionId) as SubmissionStatus | undefined;
  }

  statusByLookup(lookupHash: string): SubmissionStatus | undefined {
    return this.#sql.statusByLookup.get(Buffer.from(lookupHash, "hex")) as SubmissionStatus | undefined;
  }

  lastSequence(): number {
    return Number(this.#sql.lastSequence.get() ?? 0);
  }

  nextSequence(): number {
    return Number(this.#sql.nextSequence.get());
  }
}

const parseDocuments = (text: string): readonly DocumentPlace[] =>
  JSON.parse(text) as readonly DocumentPlace[];
