// What is used of node-libgpiod, an optional package, and how is it kept from crashing the process?
import { createRequire } from "node:module";
import { FaultError } from "../../core/faults.js";
import type { Level } from "./line-bus.js";

export interface CdevLine {
  requestInputMode(consumer: string): void;
  requestOutputMode(consumer: string, initial: Level): void;
  getValue(): Level;
  setValue(level: Level): void;
  release(): void;
}

export interface CdevChip {
  readonly label: string;
  /** The same object for the same offset. Throws `Error` when the chip has no such pin. */
  line(offset: number): CdevLine;
  /** The chip has left: the next question for its name opens it anew. */
  forget(): void;
}

export interface Libgpiod {
  /** "gpiochip0" … */
  chipNames(): readonly string[];
  /** The same object for the same name. Throws `Error` without permission. */
  chip(name: string): CdevChip;
}

interface Binding {
  getChipNames(): string[];
  Chip: new (name: string) => { readonly label: string; readonly numberOfLines: number };
  Line: new (chip: object, offset: number) => CdevLine;
}

const require = createRequire(import.meta.url);
/** An optional dependency: it builds only where libgpiod's headers are. */
const PACKAGE: string = "node-libgpiod";
/** Where the kept objects hang: on the loaded package, which there is once in a process. */
const KEPT = Symbol.for("motcua.libgpiod");

/** Throws `FaultError` "lines.absent" when the package is not installed. */
export const loadLibgpiod = (): Libgpiod => {
  let binding: Binding & { [KEPT]?: Libgpiod };
  try {
    binding = require(PACKAGE) as typeof binding;
  } catch (cause) {
    const [why = ""] = String(cause).split("\n");
    throw new FaultError(
      "lines.absent",
      `node-libgpiod, for the GPIO character device, does not load (${why}): ` +
        "install libgpiod-dev, then `npm rebuild node-libgpiod`",
      { cause },
    );
  }
  binding[KEPT] ??= new Kept(binding);
  return binding[KEPT];
};

/**
 * Chips and lines live as long as the process. The binding releases a pin when a line object is collected,
 * also one that another object has claimed since, and frees the lines under their objects when a chip is.
 */
class Kept implements Libgpiod {
  readonly #binding: Binding;
  readonly #chips = new Map<string, CdevChip>();
  readonly #gone: CdevChip[] = [];

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  chipNames(): readonly string[] {
    return this.#binding.getChipNames();
  }

  chip(name: string): CdevChip {
    const known = this.#chips.get(name);
    if (known !== undefined) return known;
    const { Chip, Line } = this.#binding;
    const chip = new Chip(name);
    const lines = new Map<number, CdevLine>();
    const kept: CdevChip = {
      label: chip.label,
      line: (offset) => {
        // The binding would hand out an object around a null pointer.
        if (offset >= chip.numberOfLines) throw new Error(`the chip has ${chip.numberOfLines} pins`);
        const line = lines.get(offset) ?? new Line(chip, offset);
        lines.set(offset, line);
        return line;
      },
      forget: () => {
        if (this.#chips.get(name) !== kept) return;
        this.#chips.delete(name);
        this.#gone.push(kept);
      },
    };
    this.#chips.set(name, kept);
    return kept;
  }
}
