// Which key did the technician press, over a line that may be slow?
//
// An arrow key is three bytes. At 9600 baud they come a millisecond apart, so an Escape alone is one only after a
// while without more (the line editors' usual 100 ms; one frame of a slow line is well below it).

export type Key =
  | "up"
  | "down"
  | "pageUp"
  | "pageDown"
  | "home"
  | "end"
  | "tab"
  | "backTab"
  | "enter"
  | "escape"
  | "backspace"
  | "interrupt"
  | "redraw"
  /** One printable character. */
  | { readonly char: string };

const ESCAPE_MS = 100;
const ESC = "\x1b";

/** ECMA-48 and what VT220s and xterms send; `O` instead of `[` is a keypad in application mode. */
const SEQUENCES: ReadonlyMap<string, Key> = new Map([
  ["[A", "up"],
  ["[B", "down"],
  ["OA", "up"],
  ["OB", "down"],
  ["[5~", "pageUp"],
  ["[6~", "pageDown"],
  ["[H", "home"],
  ["[F", "end"],
  ["OH", "home"],
  ["OF", "end"],
  ["[1~", "home"],
  ["[4~", "end"],
  ["[Z", "backTab"],
]);

const CONTROLS: ReadonlyMap<string, Key> = new Map([
  ["\t", "tab"],
  ["\r", "enter"],
  ["\n", "enter"],
  ["\x7f", "backspace"],
  ["\b", "backspace"],
  ["\x03", "interrupt"],
  ["\x04", "interrupt"],
  ["\x0c", "redraw"],
]);

/** A whole sequence at the start, or the beginning of one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const WHOLE = /^\x1b(?:\[[0-9;?]*[@-~]|O[@-~])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const BEGUN = /^\x1b(?:\[[0-9;?]*|O)?$/;

export class Keyboard {
  readonly #press: (key: Key) => void;
  #pending = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(press: (key: Key) => void) {
    this.#press = press;
  }

  /** Text as it came, cut anywhere. */
  feed(text: string): void {
    clearTimeout(this.#timer);
    this.#pending += text;
    while (this.#pending !== "" && !BEGUN.test(this.#pending)) this.#takeOne();
    if (this.#pending !== "") this.#timer = setTimeout(() => this.#giveUp(), ESCAPE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #takeOne(): void {
    const sequence = WHOLE.exec(this.#pending)?.[0];
    if (sequence !== undefined) {
      this.#pending = this.#pending.slice(sequence.length);
      const key = SEQUENCES.get(sequence.slice(ESC.length));
      // Keys that mean nothing here are swallowed whole: their letters must not act.
      if (key !== undefined) this.#press(key);
      return;
    }
    const [char = ""] = this.#pending;
    this.#pending = this.#pending.slice(char.length);
    if (char === ESC) this.#press("escape");
    else {
      const control = CONTROLS.get(char);
      if (control !== undefined) this.#press(control);
      else if (char >= " ") this.#press({ char });
    }
  }

  #giveUp(): void {
    const rest = this.#pending.slice(ESC.length);
    this.#pending = "";
    this.#press("escape");
    if (rest !== "") this.feed(rest);
  }
}
