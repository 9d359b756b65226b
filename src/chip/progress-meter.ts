// How far is the reading? (Over all the bytes that are expected, corrected as each header tells the truth.)
import type { CardProgress } from "./citizen-card.js";
import { DG1, DG2, DG13, DG14, EF_COM, EF_SOD, type FileName, type FileSpec } from "./lds/files.js";

/** What a citizen card has, before its EF.COM tells. */
const USUAL: readonly FileSpec[] = [EF_COM, DG1, DG13, DG14, EF_SOD, DG2];

export class ProgressMeter {
  readonly #report: (progress: CardProgress) => void;
  readonly #expected = new Map<FileName, number>(USUAL.map((spec) => [spec.name, spec.typicalBytes]));
  readonly #read = new Map<FileName, number>();
  #highest = 0;

  constructor(report: (progress: CardProgress) => void) {
    this.#report = report;
  }

  opening(): void {
    this.#report({ stage: "opening", fraction: this.#highest });
  }

  /** What will be read besides the files that were begun. */
  plan(specs: readonly FileSpec[]): void {
    const planned = new Set(specs.map(({ name }) => name));
    for (const name of [...this.#expected.keys()])
      if (!planned.has(name) && !this.#read.has(name)) this.#expected.delete(name);
    for (const { name, typicalBytes } of specs)
      if (!this.#expected.has(name)) this.#expected.set(name, typicalBytes);
  }

  bytes(spec: FileSpec, readBytes: number, totalBytes: number | null): void {
    const expected = totalBytes ?? this.#expected.get(spec.name) ?? spec.typicalBytes;
    this.#expected.set(spec.name, expected);
    this.#read.set(spec.name, readBytes);
    this.#tell();
  }

  /** A file that will not be read is not waited for. */
  skip(spec: FileSpec): void {
    this.#expected.delete(spec.name);
    this.#read.delete(spec.name);
    this.#tell();
  }

  #tell(): void {
    const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
    const expected = sum(this.#expected.values());
    // A header that announces more than was thought never moves the bar backwards.
    this.#highest = Math.max(this.#highest, expected === 0 ? 1 : sum(this.#read.values()) / expected);
    this.#report({ stage: "reading", fraction: Math.min(1, this.#highest) });
  }
}
