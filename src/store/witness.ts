// Did the database go back in time?
//
// A WAL that is lost, cut or garbled leaves a database that opens without a word, some commits younger than it
// was. So after each commit that matters the journal's head and the last number are noted in a file of their
// own. The note is not flushed: a power cut may leave an older one, which says nothing; one that is ahead of the
// database says that commits are lost.
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const NAME = "witness";
/** One write of one sector. */
const SLOT_BYTES = 256;

export interface Witnessed {
  readonly rows: number;
  /** Of the journal's last row, hex. */
  readonly hash: string;
  readonly sequence: number;
}

const sumOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

const isWitnessed = (value: unknown): value is Witnessed => {
  const { rows, hash, sequence } = value as Partial<Witnessed>;
  return Number.isSafeInteger(rows) && Number.isSafeInteger(sequence) && /^[0-9a-f]{64}$/.test(hash ?? "");
};

export const readWitness = (dir: string): Witnessed | undefined => {
  const path = join(dir, NAME);
  if (!existsSync(path)) return undefined;
  try {
    const [text = "", sum] = readFileSync(path, "latin1").split("\n");
    if (sumOf(text) !== sum) return undefined;
    const value = JSON.parse(text) as unknown;
    return isWitnessed(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

export class Witness {
  readonly #path: string;
  #seen: Witnessed = { rows: 0, hash: "0".repeat(64), sequence: 0 };
  #file: number | null = null;

  constructor(dir: string) {
    this.#path = join(dir, NAME);
  }

  /** A note that can not be written is no fault: it is only a witness. */
  see(part: Partial<Witnessed>): void {
    this.#seen = { ...this.#seen, ...part };
    const text = JSON.stringify(this.#seen);
    try {
      this.#file ??= openSync(this.#path, existsSync(this.#path) ? "r+" : "w+", 0o600);
      writeSync(this.#file, `${text}\n${sumOf(text)}\n`.padEnd(SLOT_BYTES), 0, "latin1");
    } catch {
      this.close();
    }
  }

  close(): void {
    const file = this.#file;
    this.#file = null;
    try {
      if (file !== null) closeSync(file);
    } catch {
      // The disk under it is gone.
    }
  }
}
