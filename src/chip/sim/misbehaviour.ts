// In which ways can the simulated card break the standard on request?
import type { FileName } from "../lds/files.js";

export type MisbehaviourKind =
  /** A bit of the checksum is turned. */
  | "wrongMac"
  /** The protected status word is left out. */
  | "missingDo99"
  /** The protected status word is another than the bare one. */
  | "statusMismatch"
  /** Data and 9000 in the clear inside the session. */
  | "unprotectedData"
  /** A bare error status; the card has dropped its keys. */
  | "bareStatus"
  /** A protected error status in the middle of a file. */
  | "protectedStatus"
  /** 9000 with no bytes. */
  | "zeroBytes"
  /** 6282 with half of the bytes, as if the file ended there. */
  | "earlyEnd"
  /** More bytes than were asked for. */
  | "tooManyBytes"
  /** The answer before, once more. */
  | "replay"
  /** An answer without even a status word. */
  | "emptyAnswer";

export interface Misbehaviour {
  readonly kind: MisbehaviourKind;
  /** READ BINARY of this file only; any file when absent. */
  readonly file?: FileName | "DG3";
  /** Well-behaved reads before it starts. */
  readonly afterReads?: number;
  /** Reads that it spoils; 1 when absent. */
  readonly times?: number;
  /** Status word of "bareStatus", "protectedStatus" and "statusMismatch". */
  readonly sw?: number;
}

/** The misbehaviours that were asked for, each used up as the reads go by. */
export class Mischief {
  #waiting: { readonly wish: Misbehaviour; skip: number; left: number }[] = [];

  add(wish: Misbehaviour): void {
    this.#waiting.push({ wish, skip: wish.afterReads ?? 0, left: wish.times ?? 1 });
  }

  /** What to do wrong with this read of `file`, if anything. */
  next(file: string): Misbehaviour | null {
    for (const entry of this.#waiting) {
      if (entry.wish.file !== undefined && entry.wish.file !== file) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.left -= 1;
      if (entry.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry);
      return entry.wish;
    }
    return null;
  }
}
