// Where do the sealed documents lie, and how is their set known again when the database is lost?
//
// A blob is a file named by the SHA-256 of its ciphertext. Beside the blobs of a submission lies its record
// (`<submission>.json`): with the record and the blobs the row can be made again.
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import { placeFile, sweepFolder, syncFolder } from "./durable-file.js";

export interface Blob {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const RECORD = /^([0-9a-f-]{36})\.json$/;

export class BlobFolder {
  readonly #folder: string;

  constructor(dir: string) {
    this.#folder = join(dir, "blobs");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    syncFolder(dir);
  }

  /** Durable when it returns: all blobs, then the record, then one fsync of the folder. */
  put(submissionId: string, blobs: readonly Blob[], record: unknown): void {
    for (const blob of blobs) placeFile(this.#folder, blob.sha256, blob.bytes);
    placeFile(this.#folder, `${submissionId}.json`, Buffer.from(JSON.stringify(record)));
    syncFolder(this.#folder);
  }

  /** Throws "store.corrupt" when the file is gone or too short. */
  read(sha256: string, offset: number, length: number): Uint8Array {
    const path = join(this.#folder, sha256);
    if (!existsSync(path)) throw new FaultError("store.corrupt", `blob ${sha256} is missing`);
    const file = openSync(path, "r");
    try {
      const bytes = new Uint8Array(length);
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

  /** Throws "store.corrupt" unless the file is there, whole, and is what its name says. */
  check(sha256: string): void {
    if (sha256Hex(readFileSync(join(this.#folder, sha256))) !== sha256)
      throw new FaultError("store.corrupt", `blob ${sha256} does not match its name`);
  }

  remove(submissionId: string, hashes: readonly string[]): void {
    for (const name of [`${submissionId}.json`, ...hashes]) rmSync(join(this.#folder, name), { force: true });
  }

  /** Removes the files that no waiting submission names. */
  sweep(wanted: ReadonlySet<string>): number {
    return sweepFolder(this.#folder, (name) => wanted.has(RECORD.exec(name)?.[1] ?? name));
  }

  /** The records that can be read; a half-written one is skipped. */
  records(): unknown[] {
    return readdirSync(this.#folder)
      .filter((name) => RECORD.test(name))
      .flatMap((name) => {
        try {
          return [JSON.parse(readFileSync(join(this.#folder, name), "utf8")) as unknown];
        } catch {
          return [];
        }
      });
  }

  bytes(): number {
    return readdirSync(this.#folder).reduce((sum, name) => {
      const info = statSync(join(this.#folder, name), { throwIfNoEntry: false });
      return sum + (info?.size ?? 0);
    }, 0);
  }
}
