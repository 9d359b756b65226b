// Before which moment can it not be, whatever the machine's clock says?
//
// The later of the program's build and the last time that a time server set. On disk and only ever forward, so that
// a board whose battery is dead comes up no earlier than it went down.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, WallTime } from "../core/clock.js";
import { writeFileDurably } from "../store/durable-file.js";

const FILE = "floor";
/** Flash is worn by each write, and an hour too early hurts nobody. */
const EVERY_MS = 3_600_000;

export class ClockFloor {
  readonly #folder: string;
  #epochMs: number;

  /** A damaged or missing file counts as none. */
  constructor(folder: string, builtAtMs: number) {
    this.#folder = folder;
    this.#epochMs = Math.max(builtAtMs, this.#read());
  }

  get epochMs(): number {
    return this.#epochMs;
  }

  /** Takes a time over when it was trusted and is later by an hour; `always`: when it is later at all. */
  keep({ epochMs, trust }: WallTime, always = false): void {
    if (trust !== "trusted" || epochMs <= this.#epochMs + (always ? 0 : EVERY_MS)) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeFileDurably(this.#folder, FILE, Buffer.from(`${new Date(epochMs).toISOString()}\n`), 0o644);
    this.#epochMs = epochMs;
  }

  /** Looks at the clock from now on; the returned function keeps the last of it and ends. A full disk is tried again. */
  follow(clock: Clock): () => void {
    let timer: unknown = null;
    const look = (always: boolean) => {
      try {
        this.keep(clock.wall(), always);
      } catch {
        // The floor stays where it was, which is right as well.
      }
    };
    const again = () => {
      look(false);
      timer = clock.setTimeout(again, EVERY_MS / 4);
    };
    again();
    return () => {
      clock.clearTimeout(timer);
      look(true);
    };
  }

  #read(): number {
    try {
      const kept = Date.parse(readFileSync(join(this.#folder, FILE), "utf8").trim());
      return Number.isFinite(kept) ? kept : 0;
    } catch {
      return 0;
    }
  }
}
