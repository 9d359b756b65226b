// How are the pins of a GPIO chip claimed, read and set through the kernel's character device?
//
// node-libgpiod over libgpiod 1.6. The binding can ask the kernel for edges, but has no call that waits for
// one or gives the descriptor to wait on: only levels can be read. So the inputs of a chip are asked together,
// one ioctl for all, every `LOOK_EVERY_MS`: half the settling time of a contact, and far less than a finger,
// a door or a person stays. What is shorter is seen by sysfs only.
import { type Cause, CausedError, causeOfErrno } from "../../core/causes.js";
import type { Clock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import { errnoOf } from "../port/open-error.js";
import { type CdevChip, type CdevLine, type Libgpiod, loadLibgpiod } from "./libgpiod.js";
import type { Level, LineBus } from "./line-bus.js";

const CONSUMER = "motcua";
const LOOK_EVERY_MS = 20;

/** Throws `FaultError` "lines.absent" without the package, the chip or the permission. */
export const openCdevBus = async (label: string, clock: Clock): Promise<LineBus> => {
  const libgpiod = loadLibgpiod();
  return new CdevBus(findChip(libgpiod, label), clock);
};

/** The kernel's own order changes with each start, and a board has several chips: only the label says which. */
const findChip = (libgpiod: Libgpiod, label: string): CdevChip => {
  const seen: string[] = [];
  for (const name of namesOf(libgpiod)) {
    const chip = openChip(libgpiod, name);
    if (chip.label === label) return chip;
    seen.push(chip.label);
  }
  const others = seen.length === 0 ? "there is none" : `there are: ${seen.join(", ")}`;
  throw new FaultError("lines.absent", `no GPIO chip is labelled "${label}"; ${others}`, {
    why: { kind: "missing", at: label },
  });
};

const namesOf = (libgpiod: Libgpiod): readonly string[] => {
  try {
    return libgpiod.chipNames();
  } catch (cause) {
    throw new FaultError("lines.absent", `no GPIO character device can be listed: ${reason(cause)}`, {
      cause,
    });
  }
};

const openChip = (libgpiod: Libgpiod, name: string): CdevChip => {
  try {
    return libgpiod.chip(name);
  } catch (cause) {
    const why = chipCause(cause, `/dev/${name}`);
    throw new FaultError("lines.absent", `/dev/${name}: ${reason(cause)} (group gpio?)`, {
      cause,
      ...(why === null ? {} : { why }),
    });
  }
};

/** The binding tells an errno or, of some calls, only its words. */
const chipCause = (thrown: unknown, at: string): Cause | null => {
  const known = causeOfErrno(errnoOf(thrown), at);
  if (known !== null) return known;
  if (/permission denied|not permitted/i.test(reason(thrown))) return { kind: "denied", at };
  return /busy/i.test(reason(thrown)) ? { kind: "busy", at } : null;
};

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

interface Input {
  readonly line: CdevLine;
  level: Level;
}

class CdevBus implements LineBus {
  readonly #chip: CdevChip;
  readonly #clock: Clock;
  readonly #inputs = new Map<number, Input>();
  readonly #outputs = new Map<number, CdevLine>();
  readonly #listeners = new Set<(offset: number, level: Level) => void>();
  #timer: unknown = null;
  #open = true;

  constructor(chip: CdevChip, clock: Clock) {
    this.#chip = chip;
    this.#clock = clock;
  }

  get open(): boolean {
    return this.#open;
  }

  async claimInput(offset: number): Promise<Level> {
    const line = this.#line(offset, (found) => found.requestInputMode(CONSUMER));
    const level = line.getValue();
    this.#inputs.set(offset, { line, level });
    if (this.#timer === null) this.#later();
    return level;
  }

  async claimOutput(offset: number, initial: Level): Promise<void> {
    this.#outputs.set(
      offset,
      this.#line(offset, (found) => found.requestOutputMode(CONSUMER, initial)),
    );
  }

  async read(offset: number): Promise<Level> {
    const line = this.#inputs.get(offset)?.line ?? this.#outputs.get(offset);
    return this.#claimed(line, offset).getValue();
  }

  async set(offset: number, level: Level): Promise<void> {
    this.#claimed(this.#outputs.get(offset), offset).setValue(level);
  }

  onEdge(listener: (offset: number, level: Level) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#open = false;
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
    for (const line of [...this.#inputs.values()]
      .map((input) => input.line)
      .concat(...this.#outputs.values()))
      line.release();
    this.#inputs.clear();
    this.#outputs.clear();
  }

  #line(offset: number, request: (line: CdevLine) => void): CdevLine {
    try {
      const line = this.#chip.line(offset);
      request(line);
      return line;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const meaning = code === "EBUSY" ? ": a driver of the kernel or another program uses it" : "";
      const message = `pin ${offset} of ${this.#chip.label}: ${reason(cause)}${meaning}`;
      const why = chipCause(cause, "/dev/gpiochip*");
      throw why === null ? new Error(message, { cause }) : new CausedError(message, why, { cause });
    }
  }

  #claimed(line: CdevLine | undefined, offset: number): CdevLine {
    if (!this.#open) throw new Error("the GPIO chip is gone or closed");
    if (line === undefined) throw new Error(`pin ${offset} was not claimed`);
    return line;
  }

  #later(): void {
    this.#timer = this.#clock.setTimeout(() => this.#look(), LOOK_EVERY_MS);
  }

  #look(): void {
    try {
      for (const [offset, input] of this.#inputs) {
        const level = input.line.getValue();
        if (level === input.level) continue;
        input.level = level;
        for (const listener of [...this.#listeners]) listener(offset, level);
      }
    } catch {
      // The chip left; health() says so.
      this.#open = false;
      this.#timer = null;
      this.#chip.forget();
      return;
    }
    if (this.#open) this.#later();
  }
}
