// What is on disk about an update, when the power may go at any byte of it?
//
// One line of JSON an entry, flushed before the step goes on. Each line carries the hash of itself and of the one before
// it, so a torn last line is told from a damaged one: the torn one was never said to be written, and is cut off; a
// journal damaged further up is set aside, and another begun. The runtime and `motcua update` both write: each entry
// under a lock that the kernel drops with the process.
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import { syncFolder } from "../store/durable-file.js";
import { takeWriterLock } from "../store/lock.js";
import {
  advance,
  type Entry,
  type EntryData,
  NOTHING,
  objection,
  type Step,
  type UpdateState,
} from "./state.js";

const JOURNAL_FILE = "update.journal";
const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 50;

/** Steps and points at which a test takes the power; never anything in a kiosk. */
export type Reached = (point: "before" | "acted" | "after", step: Step) => void;

const hashOf = (before: string, text: string): string =>
  createHash("sha256").update(before).update(text).digest("hex");

interface Read {
  readonly entries: readonly Entry[];
  readonly last: string;
  /** Bytes that hold; what is behind them was torn off. */
  readonly length: number;
  readonly damaged: boolean;
}

/** A step can not begin or end now: somebody else was faster, or it makes no sense. */
export class OutOfTurn extends Error {
  override readonly name = "OutOfTurn";
}

const parseLine = (line: string, last: string): { entry: Entry; hash: string } | undefined => {
  try {
    const { hash, ...entry } = JSON.parse(line) as Entry & { readonly hash: string };
    return hashOf(last, JSON.stringify(entry)) === hash ? { entry, hash } : undefined;
  } catch {
    return undefined;
  }
};

const readJournal = (path: string): Read => {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const entries: Entry[] = [];
  let [at, last] = [0, ""];
  for (let end = bytes.indexOf(10, at); end >= 0; end = bytes.indexOf(10, at)) {
    const parsed = parseLine(bytes.toString("utf8", at, end), last);
    // Only what follows the last flushed line may be garbled by a cut.
    if (parsed === undefined) return { entries, last, length: at, damaged: end + 1 < bytes.length };
    entries.push(parsed.entry);
    last = parsed.hash;
    at = end + 1;
  }
  return { entries, last, length: at, damaged: false };
};

export class UpdateJournal {
  readonly #dir: string;
  readonly #clock: Pick<Clock, "wall">;
  readonly #reached: Reached;

  /** `dir` is made when it is not there. */
  constructor(dir: string, clock: Pick<Clock, "wall">, reached: Reached = () => {}) {
    this.#dir = dir;
    this.#clock = clock;
    this.#reached = reached;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  get dir(): string {
    return this.#dir;
  }

  entries(): readonly Entry[] {
    return readJournal(this.#path).entries;
  }

  state(): UpdateState {
    return this.entries().reduce(advance, NOTHING);
  }

  /**
   * Enters the step, does it, leaves it with what `act` gave. What `act` throws leaves it open: the next start does it
   * again. Throws `OutOfTurn` when the step can not begin now.
   */
  async step(
    step: Step,
    build: number,
    data: EntryData,
    act: () => EntryData | Promise<EntryData>,
  ): Promise<UpdateState> {
    await this.enter(step, build, data);
    const result = await act();
    this.#reached("acted", step);
    return this.leave(step, build, result);
  }

  async enter(step: Step, build: number, data: EntryData = {}): Promise<UpdateState> {
    const state = await this.#write({ entry: "before", step, build, ...data });
    this.#reached("before", step);
    return state;
  }

  async leave(step: Step, build: number, data: EntryData = {}): Promise<UpdateState> {
    const state = await this.#write({ entry: "after", step, build, ...data });
    this.#reached("after", step);
    return state;
  }

  get #path(): string {
    return join(this.#dir, JOURNAL_FILE);
  }

  async #write(what: Omit<Entry, "seq" | "atMs" | "trust">): Promise<UpdateState> {
    const release = await this.#lock();
    try {
      const read = this.#readOrBeginAnew();
      const before = read.entries.reduce(advance, NOTHING);
      const why = objection(before, what.entry, what.step);
      if (why !== null) throw new OutOfTurn(why);
      const { epochMs, trust } = this.#clock.wall();
      const entry: Entry = { seq: before.seq + 1, atMs: Math.round(epochMs), trust, ...what };
      this.#append(entry, read);
      return advance(before, entry);
    } finally {
      release();
    }
  }

  #append(entry: Entry, { last, length }: Read): void {
    const isNew = !existsSync(this.#path);
    const text = JSON.stringify(entry);
    const line = Buffer.from(`${text.slice(0, -1)},"hash":"${hashOf(last, text)}"}\n`);
    const file = openSync(this.#path, isNew ? "wx" : "r+", 0o600);
    try {
      ftruncateSync(file, length);
      for (let at = 0; at < line.length; ) at += writeSync(file, line, at, line.length - at, length + at);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    if (isNew) syncFolder(this.#dir);
  }

  #readOrBeginAnew(): Read {
    const read = readJournal(this.#path);
    if (!read.damaged) return read;
    renameSync(this.#path, `${this.#path}.damaged-${Math.round(this.#clock.wall().epochMs)}`);
    syncFolder(this.#dir);
    return { entries: [], last: "", length: 0, damaged: false };
  }

  /** An entry takes milliseconds: who holds the lock lets go soon. */
  async #lock(): Promise<() => void> {
    for (let tried = 1; ; tried += 1) {
      try {
        return takeWriterLock(this.#dir);
      } catch (thrown) {
        if (!(thrown instanceof FaultError) || tried === LOCK_TRIES) throw thrown;
        await sleep(LOCK_PAUSE_MS);
      }
    }
  }
}
