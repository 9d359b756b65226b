// How is one value read out of a stranger's bytes, without guessing and without end?
//
// ISO 32000-1, 7.2 and 7.3. Strict on purpose: what two readers could understand in two ways (a key twice in one
// dictionary, a string that never ends) is refused, because a signature can not hold for both readings.
import { type PdfDict, PdfName, PdfRef, PdfString, type PdfValue } from "./objects.js";

/** The file is not what a PDF has to be; the message is technical English. */
export class PdfSyntaxError extends Error {
  override readonly name = "PdfSyntaxError";
}

/** Deeper than anything that people make; shallower than the stack. */
const MAX_DEPTH = 48;
const MAX_TOKEN = 400;
/** A CMS with long chains has tens of kilobytes. */
const MAX_STRING = 4_000_000;

const SPACE = new Set([0, 9, 10, 12, 13, 32]);
const DELIMITERS = new Set([...Buffer.from("()<>[]{}/%")]);
const isRegular = (byte: number | undefined): byte is number =>
  byte !== undefined && !SPACE.has(byte) && !DELIMITERS.has(byte);

const hexDigit = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
  [0x62, 8],
  [0x66, 12],
]);

export class SyntaxReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  fail(what: string): never {
    throw new PdfSyntaxError(`${what} at byte ${this.at}`);
  }

  skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.at];
      if (byte === undefined) return;
      if (SPACE.has(byte)) this.at += 1;
      else if (byte === 0x25) this.#skipComment();
      else return;
    }
  }

  #skipComment(): void {
    let byte = this.#bytes[this.at];
    while (byte !== undefined && byte !== 10 && byte !== 13) {
      this.at += 1;
      byte = this.#bytes[this.at];
    }
  }

  /** Regular characters; may be empty. */
  #token(): string {
    const from = this.at;
    while (isRegular(this.#bytes[this.at])) {
      this.at += 1;
      if (this.at - from > MAX_TOKEN) this.fail("a token without end");
    }
    return Buffer.from(this.#bytes.subarray(from, this.at)).toString("latin1");
  }

  /** Skips white space, then takes exactly this word. */
  expect(word: string): void {
    this.skipSpace();
    if (this.#token() !== word) this.fail(`"${word}" is missing`);
  }

  /** Takes the word if it comes next. */
  take(word: string): boolean {
    const from = this.at;
    this.skipSpace();
    if (this.#token() === word) return true;
    this.at = from;
    return false;
  }

  /** A whole number without sign. */
  wholeNumber(): number {
    this.skipSpace();
    const token = this.#token();
    if (!/^\d{1,12}$/.test(token)) this.fail("a whole number is missing");
    return Number(token);
  }

  value(depth = 0): PdfValue {
    if (depth > MAX_DEPTH) this.fail("nested too deeply");
    this.skipSpace();
    const byte = this.#bytes[this.at];
    if (byte === 0x2f) return this.#name();
    if (byte === 0x28) return this.#literal();
    if (byte === 0x5b) return this.#array(depth);
    if (byte === 0x3c) return this.#bytes[this.at + 1] === 0x3c ? this.#dict(depth) : this.#hex();
    return this.#atom();
  }

  #atom(): PdfValue {
    const from = this.at;
    const token = this.#token();
    if (token === "true") return true;
    if (token === "false") return false;
    if (token === "null") return null;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(token)) {
      this.at = from;
      return this.fail("no value");
    }
    return /^\d{1,10}$/.test(token) ? this.#numberOrRef(Number(token)) : Number(token);
  }

  #numberOrRef(number: number): PdfValue {
    const after = this.at;
    this.skipSpace();
    const generation = this.#token();
    if (/^\d{1,5}$/.test(generation)) {
      this.skipSpace();
      if (this.#token() === "R") return new PdfRef(number, Number(generation));
    }
    this.at = after;
    return number;
  }

  #name(): PdfName {
    this.at += 1;
    const raw = this.#token();
    if (/#(?![0-9A-Fa-f]{2})/.test(raw)) this.fail("a bad escape in a name");
    return new PdfName(
      raw.replaceAll(/#(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    );
  }

  #array(depth: number): PdfValue {
    this.at += 1;
    const items: PdfValue[] = [];
    for (;;) {
      this.skipSpace();
      if (this.#bytes[this.at] === 0x5d) break;
      items.push(this.value(depth + 1));
    }
    this.at += 1;
    return items;
  }

  #dict(depth: number): PdfDict {
    this.at += 2;
    const entries = new Map<string, PdfValue>();
    for (;;) {
      this.skipSpace();
      if (this.#bytes[this.at] === 0x3e && this.#bytes[this.at + 1] === 0x3e) break;
      if (this.#bytes[this.at] !== 0x2f) this.fail("a dictionary without end");
      const { text } = this.#name();
      if (entries.has(text)) this.fail(`/${text} stands twice in one dictionary`);
      entries.set(text, this.value(depth + 1));
    }
    this.at += 2;
    return entries;
  }

  #hex(): PdfString {
    const start = this.at;
    const close = this.#bytes.indexOf(0x3e, start);
    if (close < 0 || close - start > 2 * MAX_STRING) this.fail("a string without end");
    const digits: number[] = [];
    for (let at = start + 1; at < close; at++) {
      const byte = this.#bytes[at] as number;
      if (SPACE.has(byte)) continue;
      const digit = hexDigit(byte);
      if (digit < 0) this.fail("a bad hexadecimal string");
      digits.push(digit);
    }
    if (digits.length % 2 === 1) digits.push(0);
    const bytes = new Uint8Array(digits.length / 2);
    for (let index = 0; index < bytes.length; index++)
      bytes[index] = ((digits[2 * index] as number) << 4) | (digits[2 * index + 1] as number);
    this.at = close + 1;
    return new PdfString(bytes, start, this.at);
  }

  #literal(): PdfString {
    const start = this.at;
    const out: number[] = [];
    let open = 1;
    for (this.at += 1; open > 0; this.at += 1) {
      const byte = this.#bytes[this.at];
      if (byte === undefined || out.length > MAX_STRING) this.fail("a string without end");
      if (byte === 0x5c) this.#escape(out);
      else {
        if (byte === 0x28) open += 1;
        if (byte === 0x29) open -= 1;
        if (open > 0) out.push(byte);
      }
    }
    return new PdfString(Uint8Array.from(out), start, this.at);
  }

  /** At a backslash; leaves `at` on the last byte of the escape. */
  #escape(out: number[]): void {
    this.at += 1;
    const byte = this.#bytes[this.at];
    if (byte === undefined) this.fail("a string without end");
    if (byte >= 0x30 && byte <= 0x37) {
      const digits = /^[0-7]{1,3}/.exec(
        Buffer.from(this.#bytes.subarray(this.at, this.at + 3)).toString("latin1"),
      );
      const octal = digits?.[0] ?? "0";
      this.at += octal.length - 1;
      out.push(Number.parseInt(octal, 8) & 0xff);
    } else if (byte === 13) {
      if (this.#bytes[this.at + 1] === 10) this.at += 1;
    } else if (byte !== 10) out.push(ESCAPES.get(byte) ?? byte);
  }
}
