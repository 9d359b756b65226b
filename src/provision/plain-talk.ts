// How does the set-up speak line by line, for screen readers, Braille lines, and people with a bare line?
//
// Only whole lines are written and nothing is ever drawn over. "back" leads to the list of steps, "quit" leaves; a secret
// is typed without echo on a terminal.
import { createInterface, type Interface } from "node:readline";
import { clean } from "../console/rows.js";
import { askSecrets } from "../console/secret.js";
import type { SetupWords } from "../console/setup-words.js";
import {
  type Asked,
  Back,
  type Choice,
  type Codes,
  type Heading,
  Leave,
  type Question,
  type Talk,
} from "./talk.js";

export interface PlainIo {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WritableStream;
}

export class PlainTalk implements Talk {
  readonly isPatient = true;
  readonly #io: PlainIo;
  readonly #waiting: ((line: string | null) => void)[] = [];
  readonly #lines: string[] = [];
  #words: SetupWords;
  #reader: Interface | null = null;
  #ended = false;
  #stop: (why: Error) => void = () => {};

  constructor(io: PlainIo, words: SetupWords) {
    this.#io = io;
    this.#words = words;
  }

  speak(words: SetupWords): void {
    this.#words = words;
  }

  heading({ place, title }: Heading): void {
    this.#say(`\n== ${[place, title].filter(Boolean).join(" ")} ==`);
  }

  notice(line: string): void {
    this.#say(line);
  }

  async choose<V extends string>({ label, help = [], options, initial }: Choice<V>): Promise<V> {
    for (const line of [...help, label]) this.#say(line);
    for (const [index, option] of options.entries()) this.#say(`${index + 1}. ${option.label}`);
    const first = options.findIndex(({ value }) => value === initial);
    const otherwise = first < 0 ? "" : String(first + 1);
    for (;;) {
      const answer =
        (await this.#line(this.#words.text("plainChoose", otherwise || "–"))).trim() || otherwise;
      const chosen = /^[0-9]{1,3}$/.test(answer) ? options[Number(answer) - 1] : undefined;
      if (chosen !== undefined) return chosen.value;
      this.#say(`! ${this.#words.text("plainNumber", String(options.length))}`);
    }
  }

  async ask({ label, help = [], initial, secret = false, wrong }: Question): Promise<string> {
    for (const line of help) this.#say(line);
    for (;;) {
      const given = secret
        ? await this.#secret(label)
        : await this.#line(initial === "" ? label : `${label} [${initial}]`);
      const text = secret ? given : given.normalize("NFC").trim() || initial;
      // What stands in brackets is taken by Enter; a hyphen takes it away.
      const meant = !secret && text === "-" ? "" : text;
      const problem = wrong(meant);
      if (problem === null) return meant;
      this.#say(`! ${problem}`);
    }
  }

  async tell(title: string, lines: readonly string[]): Promise<void> {
    for (const line of [title, ...lines]) this.#say(line);
  }

  async during<R>(
    what: string,
    work: (cancel: AbortSignal, say: (line: string) => void) => Promise<R>,
  ): Promise<R> {
    this.#say(what);
    const stop = new AbortController();
    let left: Error | null = null;
    this.#stop = (why) => {
      left = why;
      stop.abort();
    };
    try {
      const result = await work(stop.signal, (line) => this.#say(line));
      if (left !== null) throw left;
      return result;
    } catch (thrown) {
      throw left ?? thrown;
    }
  }

  /** Who can not see a code can send its text. */
  async showCodes({ texts, lines }: Codes): Promise<void> {
    for (const line of [...lines, ...texts]) this.#say(line);
  }

  async collect(
    { label, help = [] }: Asked,
    taken: (line: string) => { readonly enough: boolean; readonly said: string },
  ): Promise<void> {
    for (const line of help) this.#say(line);
    for (;;) {
      const { enough, said } = taken(await this.#line(label));
      if (said !== "") this.#say(said);
      if (enough) return;
    }
  }

  /** A signal, or the line is gone. */
  end(why: Error): void {
    this.#ended = true;
    this.#stop(why);
    for (const wake of this.#waiting.splice(0)) wake(null);
  }

  close(): void {
    this.#reader?.close();
    this.#io.stdin.pause();
  }

  #say(line: string): void {
    this.#io.stdout.write(`${clean(line)}\n`);
  }

  async #line(prompt: string): Promise<string> {
    this.#io.stdout.write(`${clean(prompt)}: `);
    const line = await this.#next();
    if (this.#io.stdin.isTTY !== true) this.#io.stdout.write("\n");
    if (line === null || line.trim() === "quit") throw new Leave();
    if (line.trim() === "back") throw new Back();
    return line;
  }

  async #secret(label: string): Promise<string> {
    if (this.#io.stdin.isTTY !== true) return this.#line(label);
    // Two readers of one terminal would each get half of what is typed.
    this.#reader?.close();
    this.#reader = null;
    const [given] = (await askSecrets([clean(label)], this.#io.stdin, this.#io.stdout)) ?? [];
    if (given === undefined) throw new Back();
    return given;
  }

  #next(): Promise<string | null> {
    this.#reader ??= this.#read();
    const ready = this.#lines.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #read(): Interface {
    const reader = createInterface({ input: this.#io.stdin, terminal: false });
    reader.on("line", (line) => {
      const wake = this.#waiting.shift();
      if (wake === undefined) this.#lines.push(line);
      else wake(line);
    });
    reader.on("close", () => {
      // Closed by us for a secret, or by the end of the input.
      if (reader === this.#reader) this.end(new Leave());
    });
    return reader;
  }
}
