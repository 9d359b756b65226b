// Do the rows that wait and the files that lie beside them tell the same story?
//
// Asked at each opening. A record explains its blobs: they are never swept, and a submission whose row is gone
// comes back from it. A row whose record is gone writes it again. Where neither holds, the submission is named.
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import type { BlobFolder } from "./blobs.js";
import { type LostSubmission, moveAside } from "./damage.js";
import { writeFileDurably } from "./durable-file.js";
import type { OutboxRows, StoredRow } from "./outbox-rows.js";
import { encodeRecord, type FoundRecord, manifestAgrees, type ReadManifest, recordOfRow } from "./record.js";
import type { OutboxState } from "./store.js";

export interface ReconcileParts {
  readonly rows: OutboxRows;
  readonly blobs: BlobFolder;
  readonly readManifest: ReadManifest | undefined;
  /** Where that goes which can not be believed; made when it is asked for. */
  readonly aside: () => string;
}

interface Known {
  readonly sequence: number;
  readonly slipNumber: string;
  readonly hashes: readonly string[];
  readonly digest: string;
}

const WAITING: ReadonlySet<string> = new Set([
  "sealed",
  "sending",
  "uploaded",
  "rejected",
  "quarantined",
] satisfies OutboxState[]);

const digestOf = ({ record, payload }: FoundRecord): string =>
  createHash("sha256").update(encodeRecord(record, payload)).digest("hex");

const bytesOf = ({ record }: FoundRecord): number =>
  record.documents.reduce((sum, { length }) => sum + length, 0);

export class Reconciliation {
  readonly #parts: ReconcileParts;
  /** Null: there, but not whole. */
  readonly #records = new Map<string, Known | null>();
  readonly #empty = new Set<string>();
  readonly #lost = new Map<string, LostSubmission>();
  #highest = 0;
  restored = 0;
  repaired = 0;

  constructor(parts: ReconcileParts) {
    this.#parts = parts;
    for (const id of parts.blobs.recordIds()) {
      const { found, bytes } = parts.blobs.record(id);
      if (bytes === 0) this.#empty.add(id);
      this.#records.set(id, found && knownOf(found));
      if (found === null || parts.rows.stateOf(id) !== undefined) continue;
      if (manifestAgrees(found.record, parts.readManifest))
        this.#highest = Math.max(this.#highest, found.record.sequence);
    }
  }

  /** Highest sequence of a record without a row: a database whose counter is lower went back in time. */
  get highest(): number {
    return this.#highest;
  }

  get lost(): readonly LostSubmission[] {
    return [...this.#lost.values()];
  }

  /** Makes rows and records agree; may be interrupted and run again. */
  run(): void {
    const { rows } = this.#parts;
    for (const [id, known] of this.#records)
      if (known !== null && rows.stateOf(id) === undefined) this.#bringBack(id, known);
    for (const sequence of rows.unsettledSequences()) {
      const row = rows.whole(sequence);
      if (row !== undefined) this.#compare(row);
    }
  }

  /**
   * After `run`: removes what a cut left behind; returns how many files went. `inDoubt`: the database lost
   * something, so that nothing is an orphan only because no row names it.
   */
  sweep(inDoubt: boolean): number {
    const { rows, blobs } = this.#parts;
    const explained = new Set<string>();
    const settled = new Set<string>();
    for (const { submissionId, documents } of rows.unsettled())
      for (const name of [`${submissionId}.json`, ...documents.map(({ sha256 }) => sha256)])
        explained.add(name);
    for (const [id, known] of this.#records)
      if (rows.stateOf(id) !== undefined) for (const hash of known?.hashes ?? []) settled.add(hash);
    // Records first: one that can not be believed makes its documents evidence.
    const strangers = blobs
      .names()
      .filter((name) => !explained.has(name))
      .sort((a, b) => Number(b.endsWith(".json")) - Number(a.endsWith(".json")));
    for (const name of strangers) {
      const id = name.endsWith(".json") ? name.slice(0, -".json".length) : null;
      const isLeftover =
        id === null
          ? settled.has(name) || !(inDoubt || this.#lost.size > 0)
          : rows.stateOf(id) !== undefined || (this.#empty.has(id) && !inDoubt);
      if (isLeftover) rmSync(join(blobs.folder, name), { force: true });
      else this.#putAside(name, id);
    }
    return strangers.length;
  }

  #putAside(name: string, id: string | null): void {
    moveAside(join(this.#parts.blobs.folder, name), this.#parts.aside(), name);
    if (id === null) this.name(name, null, "a document that nothing explains any more");
    else this.name(id, this.#records.get(id)?.slipNumber ?? null, "its record can not be believed");
  }

  /** The first reason stands. */
  name(submission: string, slipNumber: string | null, why: string): void {
    if (!this.#lost.has(submission)) this.#lost.set(submission, { submission, slipNumber, why });
  }

  /** A record without a row. One that disagrees with its own manifest stays for the sweep to set aside. */
  #bringBack(id: string, known: Known): void {
    const { rows, blobs, readManifest } = this.#parts;
    const { found } = blobs.record(id);
    if (found === null || !manifestAgrees(found.record, readManifest)) return;
    const other = rows.idAt(known.sequence);
    if (other !== undefined) {
      // Two whole submissions of one number can not both be right; the row without a record is the damaged one.
      if (this.#records.get(other)) return;
      this.#dropRow(rows.whole(known.sequence));
    }
    rows.insert(found.record, bytesOf(found), found.payload);
    this.restored += 1;
    if (found.payload !== null) return;
    for (const hash of known.hashes) {
      try {
        blobs.check(hash);
      } catch (thrown) {
        if (!(thrown instanceof FaultError)) throw thrown;
        this.name(id, known.slipNumber, thrown.detail);
      }
    }
  }

  #compare(row: StoredRow): void {
    const { rows, blobs, readManifest } = this.#parts;
    const id = row.submissionId;
    const known = this.#records.get(id);
    const own = recordOfRow(row);
    if (own !== undefined && known?.digest === digestOf(own)) this.#checkFiles(own);
    else if (known && manifestAgrees(this.#recordOf(id), readManifest)) {
      const { found } = blobs.record(id);
      if (found === null) return;
      this.#dropRow(row);
      rows.insert(found.record, bytesOf(found), found.payload);
      this.repaired += 1;
      this.#checkFiles(found);
      return;
    } else if (own !== undefined && manifestAgrees(own.record, readManifest)) {
      blobs.putBeside(id, encodeRecord(own.record, own.payload));
      // Missing or empty is what a power cut leaves; anything else is damage.
      if (known === null && !this.#empty.has(id)) this.repaired += 1;
      this.#checkFiles(own);
    } else {
      this.name(id, row.slipNumber, "its row and its record are damaged");
      this.#dropRow(row);
      return;
    }
    if (!WAITING.has(row.state)) rows.setState(id, "sealed", null);
  }

  #recordOf(id: string): FoundRecord["record"] {
    const { found } = this.#parts.blobs.record(id);
    if (found === null)
      throw new FaultError("store.corrupt", `the record of ${id} changed while it was read`);
    return found.record;
  }

  /** The portal may have it already: the row stays and is tried. */
  #checkFiles({ record, payload }: FoundRecord): void {
    if (payload !== null) return;
    const { blobs } = this.#parts;
    for (const { sha256, length } of record.documents) {
      const size = blobs.size(sha256);
      if (size !== length)
        this.name(
          record.submissionId,
          record.slipNumber,
          size === null ? `its document ${sha256} is missing` : `its document ${sha256} is cut`,
        );
    }
  }

  /** What it held is kept as it was found. */
  #dropRow(row: StoredRow | undefined): void {
    if (row === undefined) return;
    const plain = Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ]);
    const text = JSON.stringify(Object.fromEntries(plain));
    writeFileDurably(this.#parts.aside(), `row-${row.sequence}.json`, Buffer.from(text));
    this.#parts.rows.drop(row.sequence);
  }
}

const knownOf = (found: FoundRecord): Known => ({
  sequence: found.record.sequence,
  slipNumber: found.record.slipNumber,
  hashes: found.record.documents.map(({ sha256 }) => sha256),
  digest: digestOf(found),
});
