// Which bytes of a document that is still coming does the portal have?
//
// A part is a file that only grows: its length is what is there, also after a kill, with no book to keep.
// Chunks ahead of a gap are dropped and asked for again; bytes that a power cut turned to zeros are found by
// the hash at the end, and then the part is started over.
import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { ManifestDocument, NeedRange } from "../sync/protocol/messages.js";
import type { Chunk } from "../sync/protocol/validate.js";

export interface Staging {
  /** The length that must not be exceeded is the manifest's. False when the chunk was of no use. */
  append(kiosk: string, chunk: Chunk, document: ManifestDocument): boolean;
  missing(kiosk: string, submission: string, documents: readonly ManifestDocument[]): readonly NeedRange[];
  /** The whole document, or undefined (and the part thrown away) when it is not what the manifest says. */
  read(kiosk: string, submission: string, document: ManifestDocument): Uint8Array | undefined;
  /** The file of a document that was read. */
  path(kiosk: string, submission: string, sha256: string): string;
  forget(kiosk: string, submission: string): void;
  /** Removes what no submission under way names. */
  sweep(isUnderWay: (kiosk: string, submission: string) => boolean): void;
}

export class Parts implements Staging {
  readonly #root: string;

  constructor(portalDir: string) {
    this.#root = join(portalDir, "staging");
    mkdirSync(this.#root, { recursive: true, mode: 0o700 });
  }

  append(kiosk: string, chunk: Chunk, document: ManifestDocument): boolean {
    const path = this.path(kiosk, chunk.submission, chunk.document);
    const have = this.#size(path);
    const fresh = chunk.bytes.subarray(Math.max(0, have - chunk.offset));
    if (chunk.offset > have || fresh.length === 0 || have + fresh.length > document.length) return false;
    mkdirSync(join(this.#root, kiosk, chunk.submission), { recursive: true, mode: 0o700 });
    const file = openSync(path, "a", 0o600);
    try {
      for (let at = 0; at < fresh.length; ) at += writeSync(file, fresh, at);
    } finally {
      closeSync(file);
    }
    return true;
  }

  missing(kiosk: string, submission: string, documents: readonly ManifestDocument[]): readonly NeedRange[] {
    return documents.flatMap(({ sha256, length }) => {
      const from = Math.min(length, this.#size(this.path(kiosk, submission, sha256)));
      return from < length ? [{ document: sha256, from, to: length }] : [];
    });
  }

  read(kiosk: string, submission: string, document: ManifestDocument): Uint8Array | undefined {
    const path = this.path(kiosk, submission, document.sha256);
    const bytes = readFileSync(path);
    if (createHash("sha256").update(bytes).digest("hex") === document.sha256) return bytes;
    rmSync(path, { force: true });
    return undefined;
  }

  path(kiosk: string, submission: string, sha256: string): string {
    return join(this.#root, kiosk, submission, `${sha256}.part`);
  }

  forget(kiosk: string, submission: string): void {
    rmSync(join(this.#root, kiosk, submission), { recursive: true, force: true });
  }

  sweep(isUnderWay: (kiosk: string, submission: string) => boolean): void {
    for (const kiosk of readdirSync(this.#root))
      for (const submission of readdirSync(join(this.#root, kiosk)))
        if (!isUnderWay(kiosk, submission)) this.forget(kiosk, submission);
  }

  #size(path: string): number {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
}
