// How much of the processors that it wants does this machine really get?
//
// From Linux's /proc (proc(5)); where there is none, nothing is stolen.
import { readFileSync } from "node:fs";

const LOOK_MS = 5_000;
/** A look counts this much against those before it. */
const WEIGHT = 0.4;

const fieldsOf = (path: string, line: RegExp): readonly number[] => {
  try {
    return (line.exec(readFileSync(path, "utf8"))?.[1] ?? "").trim().split(/\s+/).map(Number);
  } catch {
    return [];
  }
};

interface Look {
  readonly stolen: number;
  readonly wanted: number;
}

const look = (): Look => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, stolen = 0] = fieldsOf(
    "/proc/stat",
    /^cpu +(.*)$/m,
  );
  return { stolen, wanted: user + nice + system + irq + softIrq + stolen };
};

const partBetween = (before: Look, after: Look): number => {
  const wanted = after.wanted - before.wanted;
  return wanted > 0 ? (after.stolen - before.stolen) / wanted : 0;
};

/** 0 … 1 of the time that this virtual machine wanted to run and its host gave to others, from now to each call. */
export const stolenSince = (): (() => number) => {
  const before = look();
  return () => partBetween(before, look());
};

/** The same over the last half minute or so. */
export class StolenTime {
  #before = look();
  #part = 0;
  readonly #timer = setInterval(() => this.#update(), LOOK_MS).unref();

  get part(): number {
    return this.#part;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #update(): void {
    const now = look();
    this.#part += WEIGHT * (partBetween(this.#before, now) - this.#part);
    this.#before = now;
  }
}
