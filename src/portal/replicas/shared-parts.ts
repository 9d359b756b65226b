// Which bytes of a document that is still coming have the replicas together?
//
// Chunks of one document land at any replica, and side by side: a file that only grows would take them in one order
// alone. So each is a row, in an unlogged table: seen by all at once, and after a crash of the server asked for again.
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { sweepFolder } from "../../store/durable-file.js";
import type { ManifestDocument, NeedRange } from "../../sync/protocol/messages.js";
import type { Chunk } from "../../sync/protocol/validate.js";
import type { PortalDb } from "../db/portal-db.js";
import type { Staging } from "../parts.js";
import { isYoung } from "../vault.js";

interface Span {
  readonly from: number;
  readonly to: number;
}

const HOUR_MS = 3_600_000;
/** Chunks that overlap are few: the sizes that a kiosk tries on a line change now and then. */
const MOST_TIMES_LENGTH = 3;

/** As many as one message may name; the others are named after them. */
const MOST_RANGES = 4096;

const prepareAll = (db: PortalDb) => ({
  // Of nothing that is announced no more: another replica may have ended it.
  put: db.prepare(`INSERT INTO staged_chunks (kiosk, submission, document, from_byte, to_byte, bytes)
    SELECT @kiosk, @submission, @document, CAST(@from AS BIGINT), CAST(@to AS BIGINT), CAST(@bytes AS BYTEA)
    WHERE EXISTS (SELECT 1 FROM incoming WHERE kiosk = @kiosk AND submission = @submission)
      AND (SELECT coalesce(sum(to_byte - from_byte), 0) FROM staged_chunks
        WHERE kiosk = @kiosk AND submission = @submission AND document = @document) < CAST(@most AS BIGINT)
    ON CONFLICT (kiosk, submission, document, from_byte) DO UPDATE SET to_byte = excluded.to_byte,
      bytes = excluded.bytes WHERE staged_chunks.to_byte < excluded.to_byte`),
  spans: db.prepare(`SELECT document, from_byte AS "from", to_byte AS "to" FROM staged_chunks
    WHERE kiosk = ? AND submission = ? ORDER BY document, from_byte`),
  chunks: db.prepare(`SELECT from_byte AS "from", bytes FROM staged_chunks
    WHERE kiosk = ? AND submission = ? AND document = ? ORDER BY from_byte`),
  drop: db.prepare("DELETE FROM staged_chunks WHERE kiosk = ? AND submission = ? AND document = ?"),
  forget: db.prepare("DELETE FROM staged_chunks WHERE kiosk = ? AND submission = ?"),
  sweep: db.prepare(`DELETE FROM staged_chunks WHERE NOT EXISTS (SELECT 1 FROM incoming
    WHERE incoming.kiosk = staged_chunks.kiosk AND incoming.submission = staged_chunks.submission)`),
});

/** What is not covered of a document of that length; spans in the order of their beginnings. */
const gapsOf = (spans: readonly Span[], length: number): readonly Span[] => {
  const gaps: Span[] = [];
  let at = 0;
  for (const { from, to } of spans) {
    if (from > at) gaps.push({ from: at, to: Math.min(from, length) });
    at = Math.max(at, to);
  }
  return at < length ? [...gaps, { from: at, to: length }] : gaps;
};

export class SharedParts implements Staging {
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #folder: string;
  /** Whole documents on their way to the vault: names that no other replica uses. */
  readonly #mark = randomBytes(6).toString("hex");

  constructor(db: PortalDb, portalDir: string) {
    this.#sql = prepareAll(db);
    this.#folder = join(portalDir, "staging");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  append(kiosk: string, chunk: Chunk, document: ManifestDocument): boolean {
    const { submission, offset, bytes } = chunk;
    const to = offset + bytes.length;
    if (bytes.length === 0 || to > document.length) return false;
    const most = document.length * MOST_TIMES_LENGTH;
    const row = { kiosk, submission, document: chunk.document, from: offset, to, bytes, most };
    return this.#sql.put.run(row).changes === 1;
  }

  missing(kiosk: string, submission: string, documents: readonly ManifestDocument[]): readonly NeedRange[] {
    const rows = this.#sql.spans.all(kiosk, submission) as (Span & { readonly document: string })[];
    return documents
      .flatMap(({ sha256, length }) =>
        gapsOf(
          rows.filter(({ document }) => document === sha256),
          length,
        ).map((gap) => ({ document: sha256, ...gap })),
      )
      .slice(0, MOST_RANGES);
  }

  /** Written anew each time: the rows are what has come. */
  gather(kiosk: string, submission: string, { sha256 }: ManifestDocument): string {
    const chunks = this.#sql.chunks.all(kiosk, submission, sha256) as { from: number; bytes: Buffer }[];
    const path = this.#path(sha256);
    const file = openSync(path, "w", 0o600);
    try {
      for (const { from, bytes } of chunks)
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, from + at);
    } finally {
      closeSync(file);
    }
    return path;
  }

  drop(kiosk: string, submission: string, { sha256 }: ManifestDocument): void {
    this.#sql.drop.run(kiosk, submission, sha256);
    rmSync(this.#path(sha256), { force: true });
  }

  forget(kiosk: string, submission: string): void {
    this.#sql.forget.run(kiosk, submission);
  }

  #path(sha256: string): string {
    return join(this.#folder, `${sha256}.${this.#mark}.part`);
  }

  sweep(): void {
    this.#sql.sweep.run();
    sweepFolder(this.#folder, (name) => isYoung(join(this.#folder, name), HOUR_MS));
  }
}
