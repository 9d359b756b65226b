// Which numbers may have been given out already, when the database can no longer say so?
//
// A small file beside the database is always ahead of the numbers. It is kept twice, each with a check sum: a
// flipped digit must not read as a lower floor.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { placeFile, syncFolder } from "./durable-file.js";

const LINE = /^(\d{1,15}) ([0-9a-f]{8})(?: (\S+))?\n$/;
/** As the program before wrote it. */
const PLAIN = /^(\d{1,15})\n$/;

const sumOf = (value: number, label: string): string =>
  createHash("sha256").update(`${value} ${label}`).digest("hex").slice(0, 8);

interface Line {
  readonly label: string;
  readonly value: number;
}

const parse = (text: string): Line | undefined => {
  const plain = PLAIN.exec(text);
  if (plain !== null) return { label: "", value: Number(plain[1]) };
  const [, digits, sum, label = ""] = LINE.exec(text) ?? [];
  const value = Number(digits);
  return sum === sumOf(value, label) ? { label, value } : undefined;
};

export class Floor {
  readonly #dir: string;
  readonly #names: readonly string[];
  readonly #step: number;
  #label = "";
  #value = 0;

  /** `step`: how many numbers are given out between two writes of the files. */
  constructor(dir: string, name: string, step: number) {
    this.#dir = dir;
    this.#names = [name, `${name}.copy`];
    this.#step = step;
  }

  /** What the files say, whatever their label; the floor of each is above all numbers given under it. */
  lines(): readonly Line[] {
    return this.#names.flatMap((name) => {
      const path = join(this.#dir, name);
      return existsSync(path) ? (parse(readFileSync(path, "latin1")) ?? []) : [];
    });
  }

  /** No number above this was ever given out under this label; 0 when nothing is known. Throws raw I/O errors. */
  read(label = ""): number {
    return Math.max(0, ...this.lines().map((line) => (line.label === label ? line.value : 0)));
  }

  /** Durable when it returns: numbers up to `value` are below the floor. */
  raise(value: number, label = ""): void {
    if (label !== this.#label) this.#value = this.read(label);
    this.#label = label;
    if (this.#value === 0) this.#value = this.read(label);
    if (value <= this.#value) return;
    const floor = value + this.#step;
    const line = `${floor} ${sumOf(floor, label)}${label === "" ? "" : ` ${label}`}\n`;
    for (const name of this.#names) placeFile(this.#dir, name, Buffer.from(line));
    syncFolder(this.#dir);
    this.#value = floor;
  }

  /** True when `given` is so low that the files were never written for it: the database went back in time. */
  contradicts(given: number): boolean {
    const floor = this.read();
    return floor > this.#step && given < floor - this.#step - 1;
  }
}
