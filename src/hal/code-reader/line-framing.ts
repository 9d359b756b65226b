// Where does one code end and the next begin in what a serial scanner sends?

const STX = 0x02;
const ETX = 0x03;
const LF = 0x0a;
const CR = 0x0d;

/** A QR code holds at most 7,089 characters (ISO/IEC 18004, version 40-L). */
export const MAX_CODE_BYTES = 8_192;

export type ScannedLine =
  | { readonly kind: "code"; readonly text: string }
  /** Bytes that are no code; `why` is technical and never the content. */
  | { readonly kind: "garbage"; readonly why: string };

/**
 * Splits at CR, LF or CRLF; between STX and ETX only ETX ends the code. What stops half-way is thrown away
 * by `idle`, so that it is never glued to the next code.
 */
export class LineFraming {
  #bytes: number[] = [];
  #inStx = false;
  #tooLong = false;

  /** A code has begun and not ended. */
  get partial(): boolean {
    return this.#bytes.length > 0 || this.#inStx || this.#tooLong;
  }

  push(chunk: Uint8Array): ScannedLine[] {
    const lines: ScannedLine[] = [];
    for (const byte of chunk) {
      if (this.#ends(byte)) this.#end(lines);
      else if (byte === STX) {
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
    const why = this.#tooLong
      ? `longer than ${MAX_CODE_BYTES} bytes`
      : `${this.#bytes.length} bytes without an end`;
    this.#clear();
    return [{ kind: "garbage", why }];
  }

  #ends(byte: number): boolean {
    return byte === ETX || (!this.#inStx && (byte === CR || byte === LF));
  }

  #end(lines: ScannedLine[]): void {
    if (this.#tooLong) lines.push({ kind: "garbage", why: `longer than ${MAX_CODE_BYTES} bytes` });
    else if (this.#bytes.length > 0) lines.push(decodeCode(Uint8Array.from(this.#bytes)));
    this.#clear();
  }

  #clear(): void {
    this.#bytes = [];
    this.#inStx = false;
    this.#tooLong = false;
  }
}

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
    return { kind: "garbage", why: `${bytes.length} bytes are not UTF-8` };
  }
  if (FOREIGN_CONTROL.test(text)) return { kind: "garbage", why: `control bytes among ${bytes.length}` };
  const bare = text.replace(QR_WITH_ECI, "").replace(AIM, "").normalize("NFC");
  if (bare.length === 0) return { kind: "garbage", why: "an identifier without a code" };
  return { kind: "code", text: bare };
};
