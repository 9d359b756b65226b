// How do bouncing, inverted pins become named lines that are on or off?
import type { Clock } from "../../core/clock.js";
import { type Fault, FaultError, toFault } from "../../core/faults.js";
import type { Level, LineBus } from "./line-bus.js";
import {
  type Edge,
  INPUT_LINES,
  type InputLine,
  type Lines,
  OUTPUT_LINES,
  type OutputLine,
} from "./lines.js";

export interface LinesOptions {
  readonly bus: LineBus;
  /** Line name to pin offset; a line that is left out or negative is not wired. */
  readonly offsets: Readonly<Record<string, number>>;
  /** Lines whose low level means "on". */
  readonly activeLow: readonly string[];
  /** A contact settles within this (5 … 20 ms for a reed or micro switch). */
  readonly debounceMs: number;
  readonly clock: Clock;
}

interface Input {
  readonly line: InputLine;
  readonly offset: number;
  /** Last settled logical value. */
  value: boolean;
  lastEdgeMs: number;
  timer: unknown;
}

/**
 * Claims every wired line, outputs off. Throws `FaultError` "lines.absent", also when the wiring names a
 * line that does not exist.
 */
export const openLines = async (options: LinesOptions): Promise<Lines> => {
  const lines = new LinesDriver(options);
  try {
    await lines.start();
  } catch (thrown) {
    await lines.close();
    throw absent(thrown);
  }
  return lines;
};

const absent = (thrown: unknown): FaultError => {
  const { detail } = toFault(thrown, "lines.absent");
  return thrown instanceof FaultError ? thrown : new FaultError("lines.absent", detail, { cause: thrown });
};

class LinesDriver implements Lines {
  readonly #options: LinesOptions;
  readonly #inputs = new Map<number, Input>();
  readonly #listeners = new Set<(edge: Edge) => void>();
  #unsubscribe: () => void = () => {};

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { bus } = this.#options;
    this.#refuseUnknownNames();
    this.#unsubscribe = bus.onEdge((offset) => this.#onRawEdge(offset));
    for (const line of OUTPUT_LINES) {
      const offset = this.#offset(line);
      if (offset !== null) await bus.claimOutput(offset, this.#level(line, false));
    }
    for (const line of INPUT_LINES) {
      const offset = this.#offset(line);
      if (offset === null) continue;
      const input: Input = { line, offset, value: false, lastEdgeMs: 0, timer: null };
      this.#inputs.set(offset, input);
      input.value = this.#value(line, await bus.claimInput(offset));
    }
  }

  async read(line: InputLine): Promise<boolean> {
    const offset = this.#offset(line);
    if (offset === null) return false;
    return this.#value(line, await this.#onBus(() => this.#options.bus.read(offset)));
  }

  async set(line: OutputLine, on: boolean): Promise<void> {
    const offset = this.#offset(line);
    if (offset === null) return;
    await this.#onBus(() => this.#options.bus.set(offset, this.#level(line, on)));
  }

  onEdge(listener: (edge: Edge) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lost mains and an open cabinet door are faults of their own: the lines still work, ops want to know. */
  async health(): Promise<Fault | null> {
    try {
      if (!this.#options.bus.open) return { code: "lines.absent", detail: "the GPIO chip is gone" };
      const [first] = this.#inputs.values();
      if (first !== undefined) await this.read(first.line);
      if (this.#offset("powerLost") !== null && (await this.read("powerLost")))
        return { code: "power.failing", detail: "the line powerLost is on" };
      if (this.#offset("door") !== null && (await this.read("door")))
        return { code: "door.open", detail: "the door line is on" };
      return null;
    } catch (thrown) {
      return toFault(thrown, "lines.absent");
    }
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    for (const input of this.#inputs.values()) this.#disarm(input);
    this.#inputs.clear();
    await this.#options.bus.close();
  }

  #onRawEdge(offset: number): void {
    const input = this.#inputs.get(offset);
    if (input === undefined) return;
    input.lastEdgeMs = this.#options.clock.monotonicMs();
    if (input.timer === null) this.#arm(input, this.#options.debounceMs);
  }

  /** One timer a line however fast it chatters: it is put off, not restarted, at each edge. */
  #arm(input: Input, ms: number): void {
    input.timer = this.#options.clock.setTimeout(() => {
      input.timer = null;
      const quietMs = this.#options.clock.monotonicMs() - input.lastEdgeMs;
      if (quietMs < this.#options.debounceMs) this.#arm(input, this.#options.debounceMs - quietMs);
      else void this.#settle(input);
    }, ms);
  }

  #disarm(input: Input): void {
    if (input.timer !== null) this.#options.clock.clearTimeout(input.timer);
    input.timer = null;
  }

  /** The pin is read again: the kernel merges edges that come faster than they are read. */
  async #settle(input: Input): Promise<void> {
    let value: boolean;
    try {
      value = this.#value(input.line, await this.#options.bus.read(input.offset));
    } catch {
      return; // The chip is gone; health() says so.
    }
    if (value === input.value) return;
    input.value = value;
    for (const listener of [...this.#listeners])
      listener({ line: input.line, value, atMs: input.lastEdgeMs });
  }

  async #onBus<T>(verb: () => Promise<T>): Promise<T> {
    try {
      return await verb();
    } catch (thrown) {
      throw absent(thrown);
    }
  }

  #refuseUnknownNames(): void {
    const known: readonly string[] = [...INPUT_LINES, ...OUTPUT_LINES];
    const unknown = [...Object.keys(this.#options.offsets), ...this.#options.activeLow].filter(
      (name) => !known.includes(name),
    );
    if (unknown.length > 0)
      throw new FaultError("lines.absent", `wiring names unknown lines: ${unknown.join(", ")}`);
  }

  #offset(line: InputLine | OutputLine): number | null {
    const offset = this.#options.offsets[line];
    return offset === undefined || offset < 0 ? null : offset;
  }

  #value(line: InputLine | OutputLine, level: Level): boolean {
    return (level === 1) !== this.#options.activeLow.includes(line);
  }

  #level(line: InputLine | OutputLine, on: boolean): Level {
    return on !== this.#options.activeLow.includes(line) ? 1 : 0;
  }
}
