// How do sealed submissions get into a bundle's data files, slice by slice?
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Outbox, OutboxRow } from "../../store/store.js";
import { type CourierItem, DATA_FILE_FULL_BYTES, dataFile, ITEM_HEAD_BYTES } from "../protocol/courier.js";

const SLICE_BYTES = 1024 * 1024;

/** The bytes are not what the manifest says, or no longer there. */
class NotReadable extends Error {}

export class DataFiles {
  readonly #folder: string;
  readonly #outbox: Outbox;
  readonly #onBytes: (bytes: number) => void;
  #file: FileHandle | null = null;
  #part = 0;
  #at = 0;

  constructor(folder: string, outbox: Outbox, onBytes: (bytes: number) => void) {
    this.#folder = folder;
    this.#outbox = outbox;
    this.#onBytes = onBytes;
  }

  /** Undefined, and nothing of it left, when the store can not give it whole. */
  async add(row: OutboxRow): Promise<CourierItem | undefined> {
    const file = await this.#fileWithRoom();
    const offset = this.#at;
    const whole = createHash("sha256");
    try {
      const head = Buffer.alloc(ITEM_HEAD_BYTES);
      head.writeUInt32LE(row.manifest.length);
      await this.#put(file, head, whole);
      await this.#put(file, row.manifest, whole);
      for (const document of row.documents) await this.#document(file, document, whole);
    } catch (thrown) {
      if (!(thrown instanceof NotReadable)) throw thrown;
      await file.truncate(offset);
      this.#at = offset;
      return undefined;
    }
    const { submissionId: submission, sequence } = row;
    const length = this.#at - offset;
    return { submission, sequence, part: this.#part, offset, length, sha256: whole.digest("hex") };
  }

  /** Durable when it resolves. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async #document(
    file: FileHandle,
    document: { readonly sha256: string; readonly length: number },
    whole: Hash,
  ): Promise<void> {
    const own = createHash("sha256");
    for (let from = 0; from < document.length; from += SLICE_BYTES) {
      const wanted = Math.min(SLICE_BYTES, document.length - from);
      const slice = this.#read(document.sha256, from, wanted);
      if (slice.length !== wanted) throw new NotReadable(`${document.sha256} ends early`);
      own.update(slice);
      await this.#put(file, slice, whole);
    }
    if (own.digest("hex") !== document.sha256) throw new NotReadable(`${document.sha256} is damaged`);
  }

  /** The link may settle it meanwhile, and a blob may be damaged: neither stops the others. */
  #read(sha256: string, from: number, length: number): Uint8Array {
    try {
      return this.#outbox.readDocument(sha256, from, length);
    } catch (thrown) {
      throw new NotReadable(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  async #put(file: FileHandle, bytes: Uint8Array, whole: Hash): Promise<void> {
    whole.update(bytes);
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, this.#at);
      done += bytesWritten;
      this.#at += bytesWritten;
    }
    this.#onBytes(bytes.length);
  }

  async #fileWithRoom(): Promise<FileHandle> {
    if (this.#file !== null && this.#at < DATA_FILE_FULL_BYTES) return this.#file;
    await this.close();
    this.#part += 1;
    this.#at = 0;
    this.#file = await open(join(this.#folder, dataFile(this.#part)), "wx", 0o600);
    return this.#file;
  }
}
