// Where do figures wait that could not be sent, and what does that cost the flash?
//
// Twelve samples make one file of some 8 KB: at a sample every 5 minutes that is 24 small files on a whole day
// off-line, under 200 KB of data, and none on a day with a link. Nothing is synced: a power cut costs at most the last
// hour's figures, and a file that it garbled is counted as dropped. Full, the ring drops its oldest file and counts.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PastMessage, TelemetryMessage } from "./protocol/messages.js";
import { decode } from "./protocol/validate.js";

export const BATCH_SAMPLES = 12;
/** Two weeks of hours: 2.7 MB. */
const MAX_FILES = 336;
const NAME = /^\d{10}\.json$/;

export interface PastBatch {
  readonly message: PastMessage;
  /** It is with the portal. */
  readonly sent: () => void;
}

export class TelemetryRing {
  readonly #dir: string;
  readonly #maxFiles: number;
  #open: TelemetryMessage[] = [];
  #dropped = 0;
  #next: number;

  /** Takes up what lies in `dir` from before. */
  constructor(dir: string, maxFiles = MAX_FILES) {
    this.#dir = dir;
    this.#maxFiles = maxFiles;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#next = Number.parseInt(this.#files().at(-1) ?? "0", 10) + 1;
  }

  /** Throws what the disk throws; the samples then count as dropped. */
  add(sample: TelemetryMessage): void {
    this.#open.push(sample);
    if (this.#open.length >= BATCH_SAMPLES) this.flush();
  }

  /** What has no file yet gets one, as at an orderly stop. */
  flush(): void {
    if (this.#open.length === 0) return;
    const message: PastMessage = { v: 1, dropped: this.#dropped, samples: this.#open };
    const lost = this.#dropped + this.#open.length;
    this.#open = [];
    this.#dropped = lost;
    const name = `${String(this.#next).padStart(10, "0")}.json`;
    writeFileSync(join(this.#dir, name), JSON.stringify(message), { mode: 0o600 });
    this.#dropped = 0;
    this.#next += 1;
    for (const old of this.#files().slice(0, -this.#maxFiles)) this.#drop(old);
  }

  /** The oldest batch; null when nothing waits. What is not yet in a file comes last. */
  oldest(): PastBatch | null {
    for (const name of this.#files()) {
      const message = this.#read(name);
      if (message === undefined) this.#drop(name);
      else return { message, sent: () => rmSync(join(this.#dir, name), { force: true }) };
    }
    if (this.#open.length === 0) return null;
    const samples = this.#open;
    const dropped = this.#dropped;
    const count = samples.length;
    const sent = () => {
      // Meanwhile they may have become a file, which goes once more: the portal knows samples by their time.
      if (this.#open !== samples) return;
      this.#open = this.#open.slice(count);
      this.#dropped -= dropped;
    };
    return { message: { v: 1, dropped, samples: [...samples] }, sent };
  }

  #drop(name: string): void {
    const message = this.#read(name);
    this.#dropped += message === undefined ? BATCH_SAMPLES : message.samples.length + message.dropped;
    rmSync(join(this.#dir, name), { force: true });
  }

  #read(name: string): PastMessage | undefined {
    try {
      const message = decode("past", readFileSync(join(this.#dir, name)));
      return message.ok ? message.value : undefined;
    } catch {
      return undefined;
    }
  }

  #files(): string[] {
    return readdirSync(this.#dir)
      .filter((name) => NAME.test(name))
      .sort();
  }
}
