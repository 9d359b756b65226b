// How can a queue be emptied when the disk is full?
//
// Emptying it writes, too: states, receipts. A file of plain room is kept for that hour and given up when a
// commit finds no space; the next start makes it again.
import { existsSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurably } from "./durable-file.js";

const NAME = "reserve";
const RESERVE_BYTES = 4 * 1024 * 1024;
/** Made only while there is clearly room: the reserve must not be what fills the disk. */
const ROOM_FACTOR = 8;

export class Reserve {
  readonly #dir: string;
  readonly #bytes: number;

  constructor(dir: string, bytes = RESERVE_BYTES) {
    this.#dir = dir;
    this.#bytes = bytes;
  }

  hold(): void {
    const disk = statfsSync(this.#dir);
    if (existsSync(join(this.#dir, NAME)) || disk.bavail * disk.bsize < this.#bytes * ROOM_FACTOR) return;
    writeFileDurably(this.#dir, NAME, new Uint8Array(this.#bytes).fill(0x5a));
  }

  /** False when it was given up before. */
  giveUp(): boolean {
    const path = join(this.#dir, NAME);
    if (!existsSync(path)) return false;
    rmSync(path);
    return true;
  }
}
