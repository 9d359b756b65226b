// What does a terminal show after the bytes that it was sent? (A VT220 as far as the console may use one.)
//
// Anything that the console must not send throws: an unknown sequence, a line feed or a letter that would scroll, a
// row or a column that is not there, something drawn outside the alternate screen.

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const SEQUENCE = /^\x1b\[(\??)([0-9;]*)([A-Za-z])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const BEGUN = /^\x1b(?:\[[?0-9;]*)?$/;

export class VtScreen {
  #cells: string[][] = [];
  #row = 0;
  #column = 0;
  #pending = "";
  rows: number;
  columns: number;
  alternate = false;
  cursorShown = true;
  /** Between another size and the next clearing what comes was drawn for the size before. */
  #stale = false;
  /** What stood outside the alternate screen, e.g. what the shell said. */
  outside = "";

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#clear();
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#clear();
    this.#stale = true;
  }

  /** Without spaces at the ends. */
  get lines(): readonly string[] {
    return this.#cells.map((cells) => cells.join("").trimEnd());
  }

  get text(): string {
    return this.lines.join("\n");
  }

  feed(bytes: string): void {
    this.#pending += bytes;
    while (this.#pending !== "" && !BEGUN.test(this.#pending)) this.#one();
  }

  #one(): void {
    const found = SEQUENCE.exec(this.#pending);
    if (found !== null) {
      this.#pending = this.#pending.slice(found[0].length);
      this.#sequence(found[1] === "?", found[2] ?? "", found[3] ?? "");
      return;
    }
    const [char = ""] = this.#pending;
    this.#pending = this.#pending.slice(char.length);
    if (!this.alternate) this.outside += char;
    else if (!this.#stale) this.#put(char);
  }

  #put(char: string): void {
    if (char < " ") throw new Error(`control character ${JSON.stringify(char)} in a frame`);
    if (this.#row >= this.rows || this.#column >= this.columns)
      throw new Error(
        `"${char}" is drawn at ${this.#row}, ${this.#column} of ${this.rows} × ${this.columns}`,
      );
    const line = this.#cells[this.#row];
    if (line !== undefined) line[this.#column] = char;
    this.#column += 1;
  }

  #sequence(isPrivate: boolean, numbers: string, final: string): void {
    const [first = 0, second = 0] = numbers.split(";").map(Number);
    if (isPrivate && final === "h" && first === 1049) this.alternate = true;
    else if (isPrivate && final === "l" && first === 1049) this.alternate = false;
    else if (isPrivate && first === 25) this.cursorShown = final === "h";
    else if (final === "J" && first === 2) {
      this.#clear();
      this.#stale = false;
    } else if (final === "H") {
      this.#row = Math.max(1, first) - 1;
      this.#column = Math.max(1, second) - 1;
    } else if (final === "K" && first === 0) this.#cells[this.#row]?.fill(" ", this.#column);
    else if (final !== "m")
      throw new Error(`the console sent ESC [ ${isPrivate ? "?" : ""}${numbers}${final}`);
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.rows }, () => Array.from({ length: this.columns }, () => " "));
  }
}
