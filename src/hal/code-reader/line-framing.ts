// Where does one code end and the next begin in what a serial scanner sends?
import { createHash } from "node:crypto";

const STX = 0x02;
const ETX = 0x03;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/** A QR code holds at most 7,089 characters (ISO/IEC 18004, version 40-L). */
export const MAX_CODE_BYTES = 8_192;

/** "none": the code ends when the scanner falls silent. "auto": CR, LF, CRLF or ETX, or silence once it was seen twice. */
export const SUFFIXES = ["auto", "cr", "lf", "crlf", "tab", "etx", "none"] as const;
export type Suffix = (typeof SUFFIXES)[number];

export interface Framing {
  /** Stands before each code; a code without it is not one. Empty: STX and the AIM identifier are recognised. */
  readonly prefix: string;
  readonly suffix: Suffix;
}

export const DETECTED: Framing = { prefix: "", suffix: "auto" };

export type ScannedLine =
  | { readonly kind: "code"; readonly text: string }
  /** Bytes that are no code; `why` is technical and never the content. */
  | { readonly kind: "garbage"; readonly why: string; readonly notUtf8?: true };

const ENDS: Readonly<Record<Suffix, readonly number[]>> = {
  auto: [CR, LF, ETX],
  cr: [CR],
  lf: [LF],
  crlf: [LF],
  tab: [TAB],
  etx: [ETX],
  none: [],
};

/**
 * Between STX and ETX only ETX ends the code. What stops half-way is thrown away by `idle`, so that it is never
 * glued to the next code; but the very same bytes twice, both times without an end, come from a scanner that
 * sends none ("auto").
 */
export class LineFraming {
  readonly #framing: Framing;
  #bytes: number[] = [];
  #inStx = false;
  #tooLong = false;
  #endsBySilence: boolean;
  /** Of the last code without an end: the code itself is not kept. */
  #lastCut = "";

  constructor(framing: Framing = DETECTED) {
    this.#framing = framing;
    this.#endsBySilence = framing.suffix === "none";
  }

  /** A code has begun and not ended. */
  get partial(): boolean {
    return this.#bytes.length > 0 || this.#inStx || this.#tooLong;
  }

  push(chunk: Uint8Array): ScannedLine[] {
    const lines: ScannedLine[] = [];
    for (const byte of chunk) {
      if (this.#ends(byte)) this.#end(lines);
      else if (byte === STX && this.#framing.prefix === "") {
        if (this.#bytes.length > 0) lines.push({ kind: "garbage", why: "code cut off by the next one" });
        this.#clear();
        this.#inStx = true;
      } else if (this.#bytes.length >= MAX_CODE_BYTES) this.#tooLong = true;
      else this.#bytes.push(byte);
    }
    return lines;
  }

  /** The scanner has been silent longer than between two bytes of a code. */
  idle(): ScannedLine[] {
    if (!this.partial) return [];
    const lines: ScannedLine[] = [];
    if (this.#tooLong) this.#end(lines);
    else if (this.#endsBySilence || (this.#framing.suffix === "auto" && this.#seenTwice())) {
      this.#endsBySilence = true;
      this.#end(lines);
    } else lines.push({ kind: "garbage", why: `${this.#bytes.length} bytes without an end` });
    this.#clear();
    return lines;
  }

  #seenTwice(): boolean {
    const bytes = Uint8Array.from(this.#bytes);
    if (this.#inStx || decodeCode(bytes).kind !== "code") return false;
    const digest = createHash("sha256").update(bytes).digest("base64");
    const again = digest === this.#lastCut;
    this.#lastCut = digest;
    return again;
  }

  #ends(byte: number): boolean {
    if (this.#inStx) return byte === ETX;
    return ENDS[this.#framing.suffix].includes(byte);
  }

  #end(lines: ScannedLine[]): void {
    const { prefix, suffix } = this.#framing;
    const bytes = this.#bytes;
    if (suffix === "crlf" && bytes.at(-1) === CR) bytes.pop();
    // A scanner set up as a keyboard ends with TAB.
    if (this.#endsBySilence && suffix === "auto" && bytes.at(-1) === TAB) bytes.pop();
    if (this.#tooLong) lines.push({ kind: "garbage", why: `longer than ${MAX_CODE_BYTES} bytes` });
    else if (bytes.length > 0) {
      const line = withoutPrefix(Uint8Array.from(bytes), Buffer.from(prefix, "utf8"));
      lines.push(line === null ? { kind: "garbage", why: "a code without the prefix" } : decodeCode(line));
      // An end was seen: silence alone is none.
      if (suffix === "auto" && !this.#endsBySilence) this.#lastCut = "";
    }
    this.#clear();
  }

  #clear(): void {
    this.#bytes = [];
    this.#inStx = false;
    this.#tooLong = false;
  }
}

const withoutPrefix = (bytes: Uint8Array, prefix: Buffer): Uint8Array | null =>
  prefix.equals(bytes.subarray(0, prefix.length)) ? bytes.subarray(prefix.length) : null;

/** AIM symbology identifier (ISO/IEC 15424): "]", code character, modifier. */
const AIM = /^\][A-Za-z][0-9A-Za-z]/;
/** Modifiers 2, 4 and 6 of "]Q": the extended channel is named first; 000026 is UTF-8. */
const QR_WITH_ECI = /^\]Q[246]\\000026/;
/** Controls that codes do carry: tab, line ends between STX and ETX, and the separators of GS1 and ISO 15434. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for
const FOREIGN_CONTROL = /[\u0000-\u0003\u0005-\u0008\u000b\u000c\u000e-\u001b\u007f]/;

export const decodeCode = (bytes: Uint8Array): ScannedLine => {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { kind: "garbage", why: `${bytes.length} bytes are not UTF-8`, notUtf8: true };
  }
  if (FOREIGN_CONTROL.test(text)) return { kind: "garbage", why: `control bytes among ${bytes.length}` };
  const bare = text.replace(QR_WITH_ECI, "").replace(AIM, "").normalize("NFC");
  if (bare.length === 0) return { kind: "garbage", why: "an identifier without a code" };
  return { kind: "code", text: bare };
};
