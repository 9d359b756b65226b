// How does personal data travel without being logged or serialised by accident?
import { inspect } from "node:util";

const HIDDEN = "[personal]";

/**
 * A personal value. JSON, string conversion and `util.inspect` all give "[personal]"; only
 * `reveal()` gives the value, so every reader can be found by searching for that one word.
 * `drop()` forgets it: every later `reveal()` throws.
 */
export class Pii<T> {
  #value: { readonly kept: T } | null;

  constructor(value: T) {
    this.#value = { kept: value };
  }

  reveal(): T {
    if (this.#value === null) throw new Error("personal value was dropped at the end of the visit");
    return this.#value.kept;
  }

  /** A new `Pii` of the mapped value; the result must be dropped too. */
  map<U>(mapping: (value: T) => U): Pii<U> {
    return new Pii(mapping(this.reveal()));
  }

  get dropped(): boolean {
    return this.#value === null;
  }

  drop(): void {
    this.#value = null;
  }

  toJSON(): string {
    return HIDDEN;
  }

  toString(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
