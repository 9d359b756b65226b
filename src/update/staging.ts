// How does a bundle come together on disk, piece by piece, so that a power cut costs one piece?
//
// A piece is written at its place only when its hash is the signed one, and flushed before the next is asked for. What
// is there is found by hashing, never believed from a note: after a cut a piece whose bytes did not reach the disk
// is simply asked for again. When all are there the whole file is hashed once more, flushed and renamed; only under
// that name is it a bundle.
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { syncFolder } from "../store/durable-file.js";
import { pieceHash, type Release } from "../sync/protocol/release.js";

const BUNDLE = ".raucb";
const PART = ".part";
/** RAUC takes a bundle that it installs for root: who staged it must still be able to read it. */
const BUNDLE_MODE = 0o640;
/** Stays free: the queue of submissions needs the disk more than an update does. */
export const SPARE_BYTES = 64 * 1024 * 1024;

/** In one sentence for a technician. */
export class StagingError extends Error {
  override readonly name = "StagingError";
}

const isOf = (name: string, { sha256 }: Release): boolean =>
  name === `${sha256}${BUNDLE}` || name === `${sha256}${PART}`;

/** True for the names under which bundles lie here. */
const isBundleName = (name: string): boolean => name.endsWith(BUNDLE) || name.endsWith(PART);

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

export class Staging {
  readonly #dir: string;
  readonly #release: Release;
  readonly #have: boolean[];
  /** The piece that is coming, and how many of its bytes have come. */
  #coming: { readonly index: number; readonly bytes: Buffer; got: number } | null = null;
  #whole = false;

  private constructor(dir: string, release: Release) {
    this.#dir = dir;
    this.#release = release;
    this.#have = Array.from({ length: Math.ceil(release.bytes / release.pieceBytes) }, () => false);
  }

  /** Takes up what is there from before, by hashing it; anything of another release goes. */
  static async open(dir: string, release: Release): Promise<Staging> {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(dir))
      if (isBundleName(name) && !isOf(name, release)) rmSync(join(dir, name));
    const staging = new Staging(dir, release);
    if (existsSync(staging.bundle)) staging.#whole = true;
    else await staging.#findPieces();
    return staging;
  }

  /** Everything that lies here goes. */
  static clear(dir: string): void {
    if (!existsSync(dir)) return;
    for (const name of readdirSync(dir)) if (isBundleName(name)) rmSync(join(dir, name), { force: true });
  }

  /** Where the finished bundle lies, or will. */
  get bundle(): string {
    return join(this.#dir, `${this.#release.sha256}${BUNDLE}`);
  }

  get isFinished(): boolean {
    return this.#whole;
  }

  /** Bytes that are there for certain. */
  get bytes(): number {
    if (this.#whole) return this.#release.bytes;
    return this.#have.reduce((sum, has, index) => sum + (has ? this.#lengthOf(index) : 0), 0);
  }

  /** The next slice to ask for, at most `most` bytes; null: every piece is there. */
  wanted(most: number): { readonly from: number; readonly length: number } | null {
    if (this.#whole) return null;
    const index = this.#coming?.index ?? this.#have.indexOf(false);
    if (index < 0) return null;
    const length = this.#lengthOf(index);
    const got = this.#coming?.got ?? 0;
    return { from: index * this.#release.pieceBytes + got, length: Math.min(most, length - got) };
  }

  /**
   * Bytes of the bundle from `from` on. "kept": they go on where the last ended; "ignored": late, doubled or of another
   * place; "piece": a piece is complete, right and flushed; "wrong": a piece was complete, and not what was signed, and
   * is asked for anew. Throws what the disk throws.
   */
  put(from: number, bytes: Uint8Array): "kept" | "ignored" | "piece" | "wrong" {
    const next = this.wanted(Number.MAX_SAFE_INTEGER);
    if (next === null || from !== next.from || bytes.length === 0 || bytes.length > next.length)
      return "ignored";
    const index = Math.floor(from / this.#release.pieceBytes);
    this.#coming ??= { index, bytes: Buffer.alloc(this.#lengthOf(index)), got: 0 };
    this.#coming.bytes.set(bytes, this.#coming.got);
    this.#coming.got += bytes.length;
    if (this.#coming.got < this.#coming.bytes.length) return "kept";
    const piece = this.#coming.bytes;
    this.#coming = null;
    if (!sha256(piece).equals(pieceHash(this.#release, index))) return "wrong";
    this.#write(index, piece);
    this.#have[index] = true;
    return "piece";
  }

  /** Forgets the piece that was coming: who sends begins it anew. */
  forgetComing(): void {
    this.#coming = null;
  }

  /** Throws `StagingError` when the rest would not leave the queue its room. */
  checkRoom(): void {
    const { bavail, bsize } = statfsSync(this.#dir);
    const needed = this.#release.bytes - this.bytes + SPARE_BYTES;
    if (bavail * bsize < needed)
      throw new StagingError(`the update needs ${needed} bytes of the disk, and ${bavail * bsize} are free`);
  }

  /** Hashes the whole file and gives it its name. Throws `StagingError`, with the pieces forgotten, when it is not right. */
  async finish(): Promise<void> {
    if (!existsSync(this.bundle)) {
      const problem = await this.#problemOf(this.#part);
      if (problem !== null) {
        rmSync(this.#part, { force: true });
        this.#have.fill(false);
        throw new StagingError(problem);
      }
      const file = openSync(this.#part, "r+");
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(this.#part, this.bundle);
    }
    syncFolder(this.#dir);
    this.#whole = true;
  }

  /** Null: the finished bundle is still what was signed. Read again before a slot is written: disks forget. */
  async problem(): Promise<string | null> {
    return existsSync(this.bundle) ? this.#problemOf(this.bundle) : "the bundle is not here";
  }

  /** A finished bundle that proved wrong is fetched again from the start. */
  discard(): void {
    rmSync(this.bundle, { force: true });
    rmSync(this.#part, { force: true });
    this.#have.fill(false);
    this.#whole = false;
    this.#coming = null;
  }

  /** Copies what is still missing from a file; the signed hashes judge each piece. Throws `StagingError`. */
  async copyFrom(path: string): Promise<void> {
    const file = await open(path, "r");
    try {
      for (let next = this.wanted(this.#release.pieceBytes); next !== null; ) {
        const bytes = Buffer.alloc(next.length);
        const { bytesRead } = await file.read(bytes, 0, next.length, next.from);
        if (bytesRead < next.length) throw new StagingError(`${path} ends early: it is not the whole bundle`);
        if (this.put(next.from, bytes) === "wrong")
          throw new StagingError(`${path} is not the bundle that was signed (at byte ${next.from})`);
        await setImmediate();
        next = this.wanted(this.#release.pieceBytes);
      }
    } finally {
      await file.close();
    }
  }

  get #part(): string {
    return join(this.#dir, `${this.#release.sha256}${PART}`);
  }

  #lengthOf(index: number): number {
    const { bytes, pieceBytes } = this.#release;
    return Math.min(pieceBytes, bytes - index * pieceBytes);
  }

  #write(index: number, piece: Uint8Array): void {
    const isNew = !existsSync(this.#part);
    const file = openSync(this.#part, isNew ? "wx" : "r+", BUNDLE_MODE);
    try {
      const start = index * this.#release.pieceBytes;
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at, piece.length - at, start + at);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    if (isNew) syncFolder(this.#dir);
  }

  async #findPieces(): Promise<void> {
    if (!existsSync(this.#part)) return;
    const file = openSync(this.#part, "r");
    try {
      const { size } = fstatSync(file);
      const buffer = Buffer.alloc(this.#release.pieceBytes);
      for (let index = 0; index < this.#have.length && index * buffer.length < size; index += 1) {
        const length = this.#lengthOf(index);
        const read = readSync(file, buffer, 0, length, index * buffer.length);
        this.#have[index] =
          read === length && sha256(buffer.subarray(0, length)).equals(pieceHash(this.#release, index));
        await setImmediate();
      }
    } finally {
      closeSync(file);
    }
  }

  async #problemOf(path: string): Promise<string | null> {
    const file = await open(path, "r").catch(() => null);
    if (file === null) return "the bundle is not here";
    try {
      const { size } = await file.stat();
      if (size !== this.#release.bytes)
        return `the bundle has ${size} bytes, and ${this.#release.bytes} were signed`;
      const hash = createHash("sha256");
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
      return hash.digest("hex") === this.#release.sha256 ? null : "the bundle is not the one that was signed";
    } finally {
      await file.close();
    }
  }
}
