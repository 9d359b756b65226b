// What does a person at the cabinet do to the wires of the GPIO chip, and what do its lamps show?
import type { Level } from "../lines/line-bus.js";
import { INPUT_LINES, type InputLine, OUTPUT_LINES, type OutputLine } from "../lines/lines.js";
import type { BytePort } from "../port/byte-port.js";
import { JsonLines, type JsonObject } from "../port/json-lines.js";
import type { SimControl } from "./far-ends.js";

export interface LinesSimOptions {
  /** As in the wiring: line name to pin offset. */
  readonly offsets: Readonly<Record<string, number>>;
  readonly activeLow: readonly string[];
}

type Claim = "input" | "output";

interface Host {
  readonly lines: JsonLines;
  readonly claims: Map<number, Claim>;
}

/** The chip and everything soldered to it. Levels outlive the runtime that set them. */
export class LinesSim {
  readonly #options: LinesSimOptions;
  readonly #levels = new Map<number, Level>();
  readonly #hosts = new Set<Host>();
  readonly #listeners = new Set<(line: string, on: boolean) => void>();

  constructor(options: LinesSimOptions) {
    this.#options = options;
    for (const line of [...INPUT_LINES, ...OUTPUT_LINES]) {
      const offset = options.offsets[line];
      if (offset !== undefined && offset >= 0) this.#levels.set(offset, this.#level(line, false));
    }
  }

  /** A runtime that claims pins over this port. */
  attach(port: BytePort): void {
    const host: Host = {
      claims: new Map(),
      lines: new JsonLines(port, (request) => {
        const answer = this.#answer(host, request);
        // The host may hang up while the answer is on its way.
        host.lines.send(answer).catch(() => {});
      }),
    };
    this.#hosts.add(host);
    port.onClose(() => this.#hosts.delete(host));
  }

  get control(): Omit<SimControl["lines"], "setPlugged"> {
    const sim = this;
    return {
      setInput: (line, on) => this.#drive(line, on),
      bounce: (line, on, times) => {
        for (let count = 0; count < times; count++) this.#drive(line, (count % 2 === 0) === on);
        this.#drive(line, on);
      },
      get outputs() {
        return sim.#outputs();
      },
      onOutput: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  #answer(host: Host, request: JsonObject): JsonObject {
    const { id, op, offset, level } = request;
    const refuse = (error: string) => ({ id, error });
    if (typeof offset !== "number") return refuse("EINVAL");
    const now = this.#levels.get(offset);
    if (now === undefined) return refuse("EINVAL: nothing is wired to this pin");
    const claim = host.claims.get(offset);
    switch (op) {
      case "input":
      case "output":
        if (claim !== undefined && claim !== op) return refuse("EBUSY");
        host.claims.set(offset, op);
        if (op === "input") return { id, level: now };
        return this.#write(offset, level) ? { id } : refuse("EINVAL");
      case "read":
        return claim === undefined ? refuse("ENOENT: not claimed") : { id, level: now };
      case "set":
        if (claim !== "output") return refuse("EPERM: not an output");
        return this.#write(offset, level) ? { id } : refuse("EINVAL");
      default:
        return refuse("EINVAL");
    }
  }

  #write(offset: number, level: unknown): boolean {
    if (level !== 0 && level !== 1) return false;
    if (this.#levels.get(offset) === level) return true;
    this.#levels.set(offset, level);
    const line = OUTPUT_LINES.find((name) => this.#options.offsets[name] === offset);
    if (line !== undefined)
      for (const listener of [...this.#listeners]) listener(line, this.#isOn(line, level));
    return true;
  }

  #drive(line: InputLine, on: boolean): void {
    const offset = this.#options.offsets[line];
    if (offset === undefined || offset < 0) return;
    const level = this.#level(line, on);
    if (this.#levels.get(offset) === level) return;
    this.#levels.set(offset, level);
    for (const host of this.#hosts)
      if (host.claims.get(offset) === "input") host.lines.send({ edge: offset, level }).catch(() => {});
  }

  #outputs(): Record<string, boolean> {
    return Object.fromEntries(
      OUTPUT_LINES.map((line) => {
        const level = this.#levels.get(this.#options.offsets[line] ?? -1);
        return [line, level !== undefined && this.#isOn(line, level)];
      }),
    );
  }

  #level(line: InputLine | OutputLine, on: boolean): Level {
    return on !== this.#options.activeLow.includes(line) ? 1 : 0;
  }

  #isOn(line: OutputLine, level: Level): boolean {
    return (level === 1) !== this.#options.activeLow.includes(line);
  }
}
