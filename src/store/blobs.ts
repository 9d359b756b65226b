// Where do the sealed documents lie, and how is their set known again when the database is lost?
//
// A blob is a file named by the SHA-256 of its ciphertext. Beside the blobs of a submission lies its record
// (`<submission>.json`): with the record and the blobs the row can be made again. What such a record explains is
// never swept.
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import { placeFile, sweepFolder, syncFolder } from "./durable-file.js";
import { decodeRecord, type FoundRecord } from "./record.js";

export interface Blob {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const PIECE_BYTES = 64 * 1024;

/** A scan that is read as one buffer for this would cost more to clear away than to hash. */
const hashOfFile = (path: string): string => {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const file = openSync(path, "r");
  try {
    for (let got = readSync(file, piece); got > 0; got = readSync(file, piece))
      hash.update(piece.subarray(0, got));
    return hash.digest("hex");
  } finally {
    closeSync(file);
  }
};

const RECORD = /^([0-9a-f-]{36})\.json$/;
const BLOB = /^[0-9a-f]{64}$/;

export class BlobFolder {
  readonly #folder: string;

  constructor(dir: string) {
    this.#folder = join(dir, "blobs");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    syncFolder(dir);
  }

  /** Durable when it returns: all blobs, then the record, then one fsync of the folder. */
  put(submissionId: string, blobs: readonly Blob[], record: Uint8Array): void {
    for (const blob of blobs) placeFile(this.#folder, blob.sha256, blob.bytes);
    placeFile(this.#folder, `${submissionId}.json`, record);
    syncFolder(this.#folder);
  }

  /**
   * The second copy of what a durable row holds; not flushed. After a power cut it may be missing or empty, and
   * then the row is there.
   */
  putBeside(submissionId: string, record: Uint8Array): void {
    const path = join(this.#folder, `${submissionId}.json`);
    writeFileSync(`${path}.tmp`, record, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
  }

  /** Throws "store.corrupt" when the file is gone or too short. */
  read(
    sha256: string,
    offset: number,
    length: number,
    into: Uint8Array = new Uint8Array(length),
  ): Uint8Array {
    const path = join(this.#folder, sha256);
    if (!existsSync(path)) throw new FaultError("store.corrupt", `blob ${sha256} is missing`);
    const file = openSync(path, "r");
    try {
      const bytes = into.subarray(0, length);
      let read = 0;
      while (read < length) {
        const got = readSync(file, bytes, read, length - read, offset + read);
        if (got === 0) throw new FaultError("store.corrupt", `blob ${sha256} ends before ${offset + length}`);
        read += got;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  }

  /** Throws "store.corrupt" unless the file is there, whole, and is what its name says; raw I/O errors else. */
  check(sha256: string): void {
    if (!existsSync(join(this.#folder, sha256)))
      throw new FaultError("store.corrupt", `blob ${sha256} is missing`);
    if (hashOfFile(join(this.#folder, sha256)) !== sha256)
      throw new FaultError("store.corrupt", `blob ${sha256} does not match its name`);
  }

  /** Bytes of the file; null when there is none. */
  size(sha256: string): number | null {
    return statSync(join(this.#folder, sha256), { throwIfNoEntry: false })?.size ?? null;
  }

  /** The record goes last: as long as something is left, it says what that is. */
  remove(submissionId: string, hashes: readonly string[]): void {
    for (const name of [...hashes, `${submissionId}.json`]) rmSync(join(this.#folder, name), { force: true });
  }

  /** Names of blobs and records; what a cut left half written is removed first. */
  names(): readonly string[] {
    sweepFolder(this.#folder, () => true);
    return readdirSync(this.#folder).filter((name) => BLOB.test(name) || RECORD.test(name));
  }

  /** The record of a submission and the bytes that were written of it; null: it is not whole. Throws raw I/O errors, "absent" is not one. */
  record(submissionId: string): { readonly found: FoundRecord | null; readonly bytes: number } {
    const bytes = readFileSync(join(this.#folder, `${submissionId}.json`));
    // Some file systems give zeros where a power cut kept the length and not the content.
    const length = bytes.every((byte) => byte === 0) ? 0 : bytes.length;
    return { found: decodeRecord(bytes, submissionId) ?? null, bytes: length };
  }

  /** Of all records, whole or not. */
  recordIds(): readonly string[] {
    return readdirSync(this.#folder).flatMap((name) => RECORD.exec(name)?.[1] ?? []);
  }

  get folder(): string {
    return this.#folder;
  }
}
