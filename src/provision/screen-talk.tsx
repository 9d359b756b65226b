// How does the set-up speak on a whole terminal, also a slow one without colours?
import { Box, type Instance, render, Text } from "ink";
import { useSyncExternalStore } from "react";
import { LOOK_ROWS } from "../console/app.js";
import { LEAST_COLUMNS, LEAST_ROWS, type Size } from "../console/frame.js";
import { type Key, Keyboard } from "../console/keyboard.js";
import { cut, type Row, row } from "../console/rows.js";
import type { SetupWords } from "../console/setup-words.js";
import { Terminal } from "../console/terminal.js";
import { askPage, choicePage, codesPage, collectPage, type Page, tellPage, type Way } from "./pages.js";
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

const WIDEST = 120;
/** Header, a free row above and one below the page, notice, keys. */
const AROUND = 5;

export interface ScreenIo {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

const NO_HEADING: Heading = { place: "", title: "", kiosk: "" };
const NO_PAGE: Page = { rows: () => [], keys: "", press: () => {} };

const Frame = ({ talk }: { readonly talk: ScreenTalk }) => {
  useSyncExternalStore(talk.watch, () => talk.revision);
  return (
    <Box flexDirection="column" width={talk.size.columns}>
      {talk.frame().map(({ text, look }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <Text key={index} wrap="truncate" {...(look === undefined ? {} : LOOK_ROWS[look])}>
          {text === "" ? " " : text}
        </Text>
      ))}
    </Box>
  );
};

export class ScreenTalk implements Talk {
  readonly isPatient = true;
  readonly #terminal: Terminal;
  readonly #screen: Instance;
  readonly #listeners = new Set<() => void>();
  readonly #release: () => void;
  #words: SetupWords;
  #page: Page = NO_PAGE;
  #heading = NO_HEADING;
  #notice = "";
  #revision = 0;
  #gone: Error | null = null;
  #reject: (why: Error) => void = () => {};

  constructor({ stdin, stdout }: ScreenIo, words: SetupWords) {
    this.#words = words;
    this.#terminal = new Terminal(stdout);
    // Before the first frame: a Ctrl-C that comes with it must find a program that puts the screen back.
    stdin.setRawMode(true);
    this.#terminal.enter();
    const keyboard = new Keyboard((key) => this.#press(key));
    const feed = (text: string): void => keyboard.feed(text);
    stdin.setEncoding("utf8");
    stdin.on("data", feed);
    stdin.resume();
    this.#release = () => {
      keyboard.close();
      stdin.off("data", feed);
      stdin.setRawMode(false);
      stdin.pause();
    };
    this.#screen = render(<Frame talk={this} />, {
      stdout: this.#terminal as unknown as NodeJS.WriteStream,
      stdin,
      // Whole frames, at once: console/terminal.ts draws what changed of them.
      debug: true,
      ...{ exitOnCtrlC: false, patchConsole: false, isScreenReaderEnabled: false },
    });
    this.#terminal.on("sized", () => this.#changed());
  }

  readonly watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get revision(): number {
    return this.#revision;
  }

  get size(): Size {
    return { columns: this.#terminal.columns, rows: this.#terminal.rows };
  }

  frame(): readonly Row[] {
    const { columns, rows } = this.size;
    if (columns < LEAST_COLUMNS || rows < LEAST_ROWS)
      return [row(cut(`${this.#words.tooSmall()} ${columns} × ${rows}`, columns - 1))];
    const width = Math.min(columns, WIDEST);
    // One row of the terminal always stays free: a frame as tall as the terminal scrolls it.
    if (this.#page.isWhole === true) return this.#page.rows({ width, height: rows - 1 });
    const height = rows - 1 - AROUND;
    const body = this.#page.rows({ width, height }).slice(0, height);
    const filling = Array.from({ length: height - body.length }, () => row(""));
    const { place, title, kiosk } = this.#heading;
    const facts = [this.#words.text("title"), kiosk, [place, title].filter(Boolean).join(" ")].filter(
      Boolean,
    );
    return [
      row(cut(` motcua · ${facts.join(" · ")}`, width).padEnd(width), "head"),
      row(""),
      ...body.map((each) => ({ ...each, text: cut(each.text, width) })),
      ...filling,
      row(""),
      row(cut(` ${this.#notice}`, width)),
      row(cut(` ${this.#page.keys}`, width)),
    ];
  }

  speak(words: SetupWords): void {
    this.#words = words;
  }

  heading(heading: Heading): void {
    this.#heading = heading;
  }

  notice(line: string): void {
    this.#notice = line;
  }

  choose<V extends string>(choice: Choice<V>): Promise<V> {
    return this.#show((way) => choicePage(choice, this.#words, way));
  }

  ask(question: Question): Promise<string> {
    return this.#show((way) => askPage(question, this.#words, way));
  }

  tell(title: string, lines: readonly string[]): Promise<void> {
    return this.#show((way) => tellPage(title, lines, this.#words, way));
  }

  showCodes(codes: Codes): Promise<void> {
    return this.#show((way) => codesPage(codes, this.#words, way));
  }

  collect(
    asked: Asked,
    taken: (line: string) => { readonly enough: boolean; readonly said: string },
  ): Promise<void> {
    return this.#show((way) => collectPage(asked, taken, this.#words, way));
  }

  async during<R>(
    what: string,
    work: (cancel: AbortSignal, say: (line: string) => void) => Promise<R>,
  ): Promise<R> {
    const stop = new AbortController();
    let left: Error | null = null;
    let said = "";
    const leave = (why: Error): void => {
      left = why;
      said = this.#words.text("stopping");
      stop.abort();
      this.#changed();
    };
    this.#page = {
      keys: this.#words.text("keysWait"),
      rows: ({ width }) => [row(` ${cut(what, width - 1)}`), row(""), row(` ${cut(said, width - 1)}`)],
      press: (key) => {
        if (key === "escape") leave(new Back());
      },
    };
    this.#reject = leave;
    this.#changed();
    const say = (line: string): void => {
      if (left === null) said = line;
      this.#changed();
    };
    if (this.#gone !== null) throw this.#gone;
    try {
      const result = await work(stop.signal, say);
      if (left !== null) throw left;
      return result;
    } catch (thrown) {
      throw left ?? thrown;
    }
  }

  /** The technician or the line is gone: what is asked or awaited ends with it. */
  end(why: Error): void {
    this.#gone = why;
    this.#reject(why);
  }

  /** The line was hung up: nothing can be written any more. */
  abandon(): void {
    this.#terminal.abandon();
  }

  close(): void {
    this.#screen.unmount();
    this.#release();
    this.#terminal.leave();
  }

  #press(key: Key): void {
    if (key === "interrupt") this.end(new Leave());
    else if (key === "redraw") this.#terminal.redraw();
    else this.#page.press(key);
  }

  #changed(): void {
    this.#revision += 1;
    for (const listener of this.#listeners) listener();
  }

  #show<R>(make: (way: Way<R>) => Page): Promise<R> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    return new Promise<R>((resolve, reject) => {
      this.#reject = reject;
      const page = make({
        done: (result) => {
          this.#notice = "";
          // Keys that come before the next page are for nobody.
          this.#page = { ...page, press: () => {} };
          resolve(result);
        },
        changed: () => this.#changed(),
      });
      const press = (key: Key): void => {
        if (key === "escape" && page.takesEscape !== true) reject(new Back());
        else page.press(key);
      };
      this.#page = { ...page, press };
      this.#changed();
    });
  }
}
