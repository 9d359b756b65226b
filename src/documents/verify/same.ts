// Do two states of a file mean the same, however their objects are numbered into the bytes?
import type { PdfFile } from "../pdf/file.js";
import { isArray, isDict, PdfName, PdfRef, PdfStream, PdfString, type PdfValue } from "../pdf/objects.js";
import { PdfSyntaxError } from "../pdf/syntax.js";

/** Pairs of values; a scan of 500 pages has some ten thousand. */
const MAX_PAIRS = 1_000_000;

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && Buffer.compare(a, b) === 0;

type Pair = readonly [PdfValue | undefined, PdfValue | undefined];

/** Walks both states side by side. What was walked once, or was declared equal, is not walked again. */
export class Sameness {
  readonly #before: PdfFile;
  readonly #after: PdfFile;
  readonly #known = new Set<string>();
  #left = MAX_PAIRS;

  constructor(before: PdfFile, after: PdfFile) {
    this.#before = before;
    this.#after = after;
  }

  /** What these two hold is judged elsewhere. */
  settle(before: PdfRef, after: PdfRef): void {
    this.#known.add(this.#key(before, after));
  }

  #key(before: PdfRef, after: PdfRef): string {
    return `${before.number} ${before.generation} ${after.number} ${after.generation}`;
  }

  same(before: PdfValue | undefined, after: PdfValue | undefined): boolean {
    const queue: Pair[] = [[before, after]];
    for (let pair = queue.pop(); pair !== undefined; pair = queue.pop()) {
      this.#left -= 1;
      if (this.#left < 0) throw new PdfSyntaxError("it is too large to be compared");
      if (!this.#step(pair, queue)) return false;
    }
    return true;
  }

  #step([before, after]: Pair, queue: Pair[]): boolean {
    if (before instanceof PdfRef && after instanceof PdfRef) {
      const key = this.#key(before, after);
      if (this.#known.has(key)) return true;
      this.#known.add(key);
    }
    const [a, b] = [this.#before.get(before), this.#after.get(after)];
    if (a instanceof PdfStream && b instanceof PdfStream) {
      queue.push([a.dict, b.dict]);
      return a.raw === b.raw || sameBytes(a.raw, b.raw);
    }
    if (a instanceof PdfName && b instanceof PdfName) return a.text === b.text;
    if (a instanceof PdfString && b instanceof PdfString) return sameBytes(a.bytes, b.bytes);
    if (isArray(a) && isArray(b)) {
      for (let index = 0; index < a.length; index++) queue.push([a[index], b[index]]);
      return a.length === b.length;
    }
    if (isDict(a) && isDict(b)) {
      for (const [key, value] of a) {
        if (!b.has(key)) return false;
        queue.push([value, b.get(key)]);
      }
      return a.size === b.size;
    }
    return a === b;
  }
}
