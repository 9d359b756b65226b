// What do a process and all its children hold, write and compute? (From Linux's /proc, proc(5).)
import { readdirSync, readFileSync } from "node:fs";
import { cpuMsOf } from "./cpu-time.js";

/** `null`: it has ended meanwhile. */
const fileOf = (pid: number, name: string): string | null => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return null;
  }
};

const parentOf = (pid: number): number => {
  const stat = fileOf(pid, "stat") ?? "";
  // The second field is a name in brackets and may have blanks.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? Number.NaN);
};

/** The process first. */
export const treeOf = (pid: number): readonly number[] => {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const tree = [pid];
  for (const parent of tree)
    tree.push(...parents.filter(([, above]) => above === parent).map(([child]) => child));
  return tree;
};

/** Proportional set size: a page that several share counts once, whoever has it. */
export const memoryBytesOf = (pid: number): number =>
  1_024 * Number(/^Pss:\s+(\d+) kB/m.exec(fileOf(pid, "smaps_rollup") ?? "")?.[1] ?? 0);

const writtenBy = (pid: number): number =>
  Number(/^write_bytes: (\d+)/m.exec(fileOf(pid, "io") ?? "")?.[1] ?? 0);

/** Sums over a tree whose processes come and go: what one that ended had when it was last looked at stays counted. */
export class TreeMeter {
  readonly #pid: number;
  readonly #written = new Map<number, number>();
  readonly #computed = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number, lookMs: number) {
    this.#pid = pid;
    this.look();
    this.#timer = setInterval(() => this.look(), lookMs);
  }

  look(): void {
    for (const pid of treeOf(this.#pid)) {
      this.#written.set(pid, Math.max(this.#written.get(pid) ?? 0, writtenBy(pid)));
      try {
        this.#computed.set(pid, cpuMsOf(pid));
      } catch {
        // It has ended since it was listed.
      }
    }
  }

  /** Bytes that were sent towards a disk, since each process began. */
  get writtenBytes(): number {
    return [...this.#written.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  get processorMs(): number {
    return [...this.#computed.values()].reduce((sum, ms) => sum + ms, 0);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
