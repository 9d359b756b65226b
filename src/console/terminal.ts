// How does a frame get onto a terminal that is slow, small, or somebody's scroll-back?
//
// ink lays a frame out; this draws it, and only what changed: at 9600 baud a full frame takes two seconds. The
// alternate screen keeps the scroll-back as it was; rows are addressed, so nothing ever scrolls. A terminal that
// does not know the alternate screen ignores the wish and is cleared.
import { EventEmitter } from "node:events";

const ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J";
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l";
const CLEAR = "\x1b[0m\x1b[2J";
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const CURSOR = /^\x1b\[\?25[hl]$/;
const TO_LINE_END = "\x1b[K";
/** What a VT100 has; serial lines say 0 × 0. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** One cell each, so that a column can be counted: Latin with Vietnamese marks, and the signs that the panels use. */
const ONE_CELL = /^[\x20-\x7e\u00a0-\u024f\u1e00-\u1eff\u2010-\u203a\u2190-\u2193]*$/;

const place = (row: number, column: number): string => `\x1b[${row + 1};${column + 1}H`;

/** What makes `before` into `after` on that row; nothing when they are the same. */
const lineChange = (row: number, before: string, after: string): string => {
  if (before === after) return "";
  let same = 0;
  if (ONE_CELL.test(before) && ONE_CELL.test(after))
    while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
  const erase = after.length < before.length || !ONE_CELL.test(after) || !ONE_CELL.test(before);
  return `${place(row, same)}${after.slice(same)}${erase ? TO_LINE_END : ""}`;
};

const positive = (value: number | string | undefined, otherwise: number): number => {
  const number = Number(value ?? 0);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
};

/** Looks to ink like a terminal; what ink writes is always one whole frame (its debug mode). */
export class Terminal extends EventEmitter {
  readonly isTTY = true;
  readonly #out: NodeJS.WriteStream;
  #lines: readonly string[] = [];
  #isOn = false;

  constructor(out: NodeJS.WriteStream) {
    super();
    this.#out = out;
    // The old frame is not drawn again: it may be wider than the terminal now is. ink is not told either: it would
    // lay the old rows out once more; it asks for the width at each frame.
    out.on("resize", () => {
      this.#forget();
      this.emit("sized");
    });
  }

  get columns(): number {
    return positive(this.#out.columns, positive(process.env["COLUMNS"], DEFAULT_COLUMNS));
  }

  get rows(): number {
    return positive(this.#out.rows, positive(process.env["LINES"], DEFAULT_ROWS));
  }

  enter(): void {
    this.#isOn = true;
    this.#out.write(ENTER);
  }

  /** Safe to call twice. */
  leave(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#out.write(LEAVE);
  }

  /** The line was hung up: nothing can be written any more. */
  abandon(): void {
    this.#isOn = false;
  }

  /** Everything again: there was noise on the line. */
  redraw(): void {
    const lines = this.#lines;
    this.#forget();
    if (this.#isOn) this.#draw(lines);
  }

  write(frame: string): boolean {
    // At its end ink shows the cursor by itself; that is no frame.
    if (this.#isOn && !CURSOR.test(frame)) this.#draw(frame.split("\n").map((line) => line.trimEnd()));
    return true;
  }

  #forget(): void {
    this.#lines = [];
    if (this.#isOn) this.#out.write(CLEAR);
  }

  /** Never more rows than there are: the last would scroll the rest away. */
  #draw(lines: readonly string[]): void {
    const fitting = lines.slice(0, this.rows - 1);
    let change = "";
    for (let row = 0; row < Math.max(fitting.length, this.#lines.length); row += 1)
      change += lineChange(row, this.#lines[row] ?? "", fitting[row] ?? "");
    this.#lines = fitting;
    if (change !== "") this.#out.write(change);
  }
}
