// Which bytes of a document that is still coming does the portal have?
//
// A part is a file that only grows: its length is what is there, also after a kill, with no book to keep.
// Chunks ahead of a gap are dropped and asked for again; bytes that a power cut turned to zeros are found by
// the hash at the end, and then the part is started over.
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ManifestDocument, NeedRange } from "../sync/protocol/messages.js";
import type { Chunk } from "../sync/protocol/validate.js";

export interface Staging {
  /** The length that must not be exceeded is the manifest's. False when the chunk was of no use. */
  append(kiosk: string, chunk: Chunk, document: ManifestDocument): boolean;
  missing(kiosk: string, submission: string, documents: readonly ManifestDocument[]): readonly NeedRange[];
  /** The file of a document of which nothing is missing; whether it is what the manifest says is not known yet. */
  gather(kiosk: string, submission: string, document: ManifestDocument): string;
  /** It was not: all of it is to come again. */
  drop(kiosk: string, submission: string, document: ManifestDocument): void;
  forget(kiosk: string, submission: string): void;
  /** Removes what no submission under way names. */
  sweep(isUnderWay: (kiosk: string, submission: string) => boolean): void;
}

interface Growing {
  readonly file: number;
  length: number;
}

/** The first to be opened is closed for another: its next chunk opens it again. */
const MOST_OPEN = 64;

export class Parts implements Staging {
  readonly #root: string;
  /** Files that chunks are being appended to, by their paths; opening one anew costs more than the chunk. */
  readonly #growing = new Map<string, Growing>();

  constructor(portalDir: string) {
    this.#root = join(portalDir, "staging");
    mkdirSync(this.#root, { recursive: true, mode: 0o700 });
  }

  append(kiosk: string, chunk: Chunk, document: ManifestDocument): boolean {
    const path = this.#path(kiosk, chunk.submission, chunk.document);
    const have = this.#size(path);
    const fresh = chunk.bytes.subarray(Math.max(0, have - chunk.offset));
    if (chunk.offset > have || fresh.length === 0 || have + fresh.length > document.length) return false;
    const growing = this.#growing.get(path) ?? this.#grow(path, kiosk, chunk.submission);
    try {
      for (let at = 0; at < fresh.length; ) {
        const written = writeSync(growing.file, fresh, at);
        at += written;
        growing.length += written;
      }
    } catch (thrown) {
      this.#close(path);
      throw thrown;
    }
    if (growing.length === document.length) this.#close(path);
    return true;
  }

  missing(kiosk: string, submission: string, documents: readonly ManifestDocument[]): readonly NeedRange[] {
    return documents.flatMap(({ sha256, length }) => {
      const from = Math.min(length, this.#size(this.#path(kiosk, submission, sha256)));
      return from < length ? [{ document: sha256, from, to: length }] : [];
    });
  }

  gather(kiosk: string, submission: string, { sha256 }: ManifestDocument): string {
    const path = this.#path(kiosk, submission, sha256);
    this.#close(path);
    return path;
  }

  drop(kiosk: string, submission: string, { sha256 }: ManifestDocument): void {
    const path = this.#path(kiosk, submission, sha256);
    this.#close(path);
    rmSync(path, { force: true });
  }

  forget(kiosk: string, submission: string): void {
    const folder = join(this.#root, kiosk, submission);
    for (const path of this.#growing.keys()) if (dirname(path) === folder) this.#close(path);
    rmSync(folder, { recursive: true, force: true });
  }

  sweep(isUnderWay: (kiosk: string, submission: string) => boolean): void {
    for (const kiosk of readdirSync(this.#root))
      for (const submission of readdirSync(join(this.#root, kiosk)))
        if (!isUnderWay(kiosk, submission)) this.forget(kiosk, submission);
  }

  #path(kiosk: string, submission: string, sha256: string): string {
    return join(this.#root, kiosk, submission, `${sha256}.part`);
  }

  #grow(path: string, kiosk: string, submission: string): Growing {
    const oldest = this.#growing.size < MOST_OPEN ? undefined : this.#growing.keys().next().value;
    if (oldest !== undefined) this.#close(oldest);
    mkdirSync(join(this.#root, kiosk, submission), { recursive: true, mode: 0o700 });
    const growing = { file: openSync(path, "a", 0o600), length: this.#size(path) };
    this.#growing.set(path, growing);
    return growing;
  }

  #close(path: string): void {
    const growing = this.#growing.get(path);
    if (growing === undefined) return;
    this.#growing.delete(path);
    closeSync(growing.file);
  }

  #size(path: string): number {
    return this.#growing.get(path)?.length ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
}
