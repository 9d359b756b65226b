// What does a bundle on a stick really hold, read in slices and believed only as far as it was signed?
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { type CourierItem, dataFile, ITEM_HEAD_BYTES } from "../../sync/protocol/courier.js";
import { PLAIN } from "../../sync/protocol/courier-files.js";
import { MAX_CHUNK_BYTES, MAX_CONTROL_BYTES } from "../../sync/protocol/validate.js";

const SLICE_BYTES = 1024 * 1024;

/** The data files of one bundle; each is opened once. */
export class BundleFiles {
  readonly #folder: string;
  readonly #open = new Map<number, FileHandle>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The submission, when every byte of it is what the index says; undefined when not. */
  async item(item: CourierItem): Promise<BundledSubmission | undefined> {
    const file = await this.#part(item.part);
    if (file === undefined) return undefined;
    const hash = createHash("sha256");
    for (let at = 0; at < item.length; at += SLICE_BYTES) {
      const slice = await read(file, item.offset + at, Math.min(SLICE_BYTES, item.length - at));
      if (slice === undefined) return undefined;
      hash.update(slice);
    }
    if (hash.digest("hex") !== item.sha256) return undefined;
    const head = Buffer.from((await read(file, item.offset, ITEM_HEAD_BYTES)) ?? []);
    const length = head.length === ITEM_HEAD_BYTES ? head.readUInt32LE() : Number.POSITIVE_INFINITY;
    if (length > Math.min(MAX_CONTROL_BYTES, item.length - ITEM_HEAD_BYTES)) return undefined;
    const manifest = await read(file, item.offset + ITEM_HEAD_BYTES, length);
    return manifest && new BundledSubmission(file, item, manifest);
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close();
    this.#open.clear();
  }

  async #part(part: number): Promise<FileHandle | undefined> {
    const known = this.#open.get(part);
    if (known !== undefined) return known;
    try {
      const file = await open(join(this.#folder, dataFile(part)), PLAIN);
      this.#open.set(part, file);
      return (await file.stat()).isFile() ? file : undefined;
    } catch (thrown) {
      // A stick that does not answer is no damage, and is tried again.
      if (["ENOENT", "ELOOP"].includes(String((thrown as { code?: unknown }).code))) return undefined;
      throw thrown;
    }
  }
}

export class BundledSubmission {
  /** As the kiosk signed it. */
  readonly manifest: Uint8Array;
  readonly #file: FileHandle;
  readonly #item: CourierItem;

  constructor(file: FileHandle, item: CourierItem, manifest: Uint8Array) {
    this.#file = file;
    this.#item = item;
    this.manifest = manifest;
  }

  /** A chunk's worth at `at` of its sealed documents, which lie one after another; undefined beyond their end. */
  async chunk(at: number, most: number): Promise<Uint8Array | undefined> {
    const from = ITEM_HEAD_BYTES + this.manifest.length + at;
    const length = Math.min(most, MAX_CHUNK_BYTES, this.#item.length - from);
    return length <= 0 ? undefined : read(this.#file, this.#item.offset + from, length);
  }
}

/** Exactly that much, or undefined. */
const read = async (file: FileHandle, at: number, length: number): Promise<Uint8Array | undefined> => {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
};
