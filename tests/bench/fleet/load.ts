// What do the server's parts use of processor and memory while something happens?
import { readdirSync, readFileSync } from "node:fs";
import { cpuMsOf } from "../cpu-time.js";

const LOOK_MS = 500;
const KB = 1024;

/** Of processes that live as long as the measurement; `familyOf`: with all that they started (PostgreSQL's backends). */
export interface Part {
  readonly name: string;
  readonly pids: () => readonly number[];
}

export interface Used {
  readonly cpuMs: number;
  readonly peakResidentBytes: number;
}

const field = (pid: number, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);

/** What is gone counts nothing. */
const orZero = (look: () => number): number => {
  try {
    return look();
  } catch {
    return 0;
  }
};

export const familyOf = (pid: number): readonly number[] => {
  const children = readdirSync("/proc").flatMap((entry) => {
    const child = Number(entry);
    return Number.isInteger(child) && orZero(() => field(child, "PPid")) === pid ? [child] : [];
  });
  return [pid, ...children];
};

/** Anonymous memory and not the resident set: PostgreSQL's backends share their buffers. */
const memoryOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + orZero(() => field(pid, "RssAnon")) * KB, 0);

/** Samples twice a second; a process that is started again in between counts from zero. */
export class Load {
  readonly #parts: readonly Part[];
  readonly #seen = new Map<number, { first: number; last: number; part: string }>();
  readonly #peaks = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  end(): Readonly<Record<string, Used>> {
    clearInterval(this.#timer);
    this.#look();
    return Object.fromEntries(
      this.#parts.map(({ name }) => [
        name,
        {
          cpuMs: [...this.#seen.values()]
            .filter(({ part }) => part === name)
            .reduce((sum, { first, last }) => sum + last - first, 0),
          peakResidentBytes: this.#peaks.get(name) ?? 0,
        },
      ]),
    );
  }

  #look(): void {
    const isFirst = this.#seen.size === 0;
    for (const { name, pids } of this.#parts) {
      const all = pids();
      this.#peaks.set(name, Math.max(this.#peaks.get(name) ?? 0, memoryOf(all)));
      for (const pid of all) {
        const used = orZero(() => cpuMsOf(pid));
        const seen = this.#seen.get(pid);
        if (seen === undefined) this.#seen.set(pid, { first: isFirst ? used : 0, last: used, part: name });
        else seen.last = Math.max(seen.last, used);
      }
    }
  }
}
