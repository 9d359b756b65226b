// Where does the sound of a sentence that is said every day lie, so that it is made once?
//
// On disk lie only sentences of the catalogue; what is personal is never given to this. A cache may fail in
// any way (disk full, read-only, files damaged by a power cut): then the sentence is made again.
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readWav } from "./wav.js";

export interface VoiceCacheOptions {
  /** Empty: nothing is kept on disk. */
  readonly folder: string;
  readonly limitBytes: number;
}

/** A few sentences of now are kept at hand; a sentence is about 200 kB. */
const AT_HAND = 12;
const FILE = /^[0-9a-f]{64}\.wav$/;

export class VoiceCache {
  readonly #options: VoiceCacheOptions;
  readonly #atHand = new Map<string, Buffer>();

  constructor(options: VoiceCacheOptions) {
    this.#options = options;
  }

  /** `recipe` is all that shapes the sound: text, voice, speed. */
  get(recipe: string): Buffer | null {
    const name = nameOf(recipe);
    const near = this.#atHand.get(name);
    if (near !== undefined) return this.#keepAtHand(name, near);
    if (this.#options.folder === "") return null;
    const file = join(this.#options.folder, name);
    try {
      const wav = readFileSync(file);
      const sound = readWav(wav);
      // Cut off by a power cut: the header's length and the file's disagree.
      if (sound === null || wav.readUInt32LE(40) !== wav.length - 44) {
        rmSync(file, { force: true });
        return null;
      }
      // The modification time is when it was said last.
      const now = new Date();
      utimesSync(file, now, now);
      return this.#keepAtHand(name, wav);
    } catch {
      return null;
    }
  }

  put(recipe: string, wav: Buffer): void {
    const name = nameOf(recipe);
    this.#keepAtHand(name, wav);
    const { folder } = this.#options;
    if (folder === "") return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#makeRoom(wav.length);
      const file = join(folder, name);
      writeFileSync(`${file}.new`, wav, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {
      // The next time it is made again.
    }
  }

  #keepAtHand(name: string, wav: Buffer): Buffer {
    this.#atHand.delete(name);
    this.#atHand.set(name, wav);
    const [oldest] = this.#atHand.keys();
    if (this.#atHand.size > AT_HAND && oldest !== undefined) this.#atHand.delete(oldest);
    return wav;
  }

  /** What was said longest ago goes first. */
  #makeRoom(bytes: number): void {
    const { folder, limitBytes } = this.#options;
    const files = readdirSync(folder).map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return { name, size, mtimeMs };
    });
    let total = files.reduce((sum, { size }) => sum + size, bytes);
    for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (total <= limitBytes && FILE.test(name)) continue;
      rmSync(join(folder, name), { force: true });
      total -= size;
    }
  }
}

const nameOf = (recipe: string): string => `${createHash("sha256").update(recipe).digest("hex")}.wav`;
