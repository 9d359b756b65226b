// What did the printer just say? (Answers of all kinds share one line; fixed bits tell them apart.)

/** One thing that a printer says by itself or when asked. */
export type Answer =
  /** To DLE EOT n, or n of DLE ENQ; the byte does not say to which question. */
  | { readonly kind: "realTime"; readonly byte: number }
  /** Automatic status back, four bytes. */
  | { readonly kind: "autoStatus"; readonly bytes: readonly [number, number, number, number] }
  /** To GS ( H: everything before the request is on paper. */
  | { readonly kind: "processId"; readonly id: Uint8Array }
  /** To GS r. */
  | { readonly kind: "transmitted"; readonly byte: number }
  /** XON (`true`) and XOFF of a printer that is set to them, on a line whose driver leaves them to us. */
  | { readonly kind: "flow"; readonly on: boolean }
  /** Outside every format: a wrong line speed looks like this. */
  | { readonly kind: "noise"; readonly byte: number };

// "Identification of the transmission status", ESC/POS reference: bit 7 is 0 in all of them, then
// real-time 0xx1xx10, first byte of automatic status 0xx1xx00, its others and GS r 0xx0xxxx.
const isRealTime = (byte: number) => (byte & 0x93) === 0x12;
const isAutoStatusHead = (byte: number) => (byte & 0x93) === 0x10;
const isPlain = (byte: number) => (byte & 0x90) === 0;
const XON = 0x11;
const XOFF = 0x13;
const isPrintable = (byte: number) => byte >= 32 && byte <= 126;

const BLOCK_HEAD = 0x37;
const BLOCK_PROCESS_ID = 0x22;
const PROCESS_ID_BYTES = 4;
/** Longer blocks than ours exist (key codes: 80); past this it is no block but noise. */
const LONGEST_BLOCK = 96;

/** The block's own, or that of a whole block behind one whose end was lost on the line. */
const processIdAtEnd = (bytes: readonly number[]): Uint8Array | null => {
  const at = bytes.length - PROCESS_ID_BYTES - 1;
  const whole = at === 0 || bytes[at - 1] === BLOCK_HEAD;
  return whole && bytes[at] === BLOCK_PROCESS_ID ? Uint8Array.from(bytes.slice(at + 1)) : null;
};

type State =
  | { readonly at: "idle" }
  | { readonly at: "autoStatus"; readonly bytes: number[] }
  | { readonly at: "block"; readonly bytes: number[] };

/** Takes chunks of any size; gives whole answers in the order in which they ended. */
export class AnswerParser {
  #state: State = { at: "idle" };

  push(chunk: Uint8Array): Answer[] {
    const answers: Answer[] = [];
    for (const byte of chunk) this.#take(byte, answers);
    return answers;
  }

  /** Forgets a half answer: the line was reopened or fell silent. */
  reset(): void {
    this.#state = { at: "idle" };
  }

  #take(byte: number, answers: Answer[]): void {
    // In no answer's format, so it may stand between any two bytes of one.
    if (byte === XON || byte === XOFF) {
      answers.push({ kind: "flow", on: byte === XON });
      return;
    }
    switch (this.#state.at) {
      case "idle":
        this.#idle(byte, answers);
        return;
      case "autoStatus":
        this.#autoStatus(this.#state.bytes, byte, answers);
        return;
      case "block":
        this.#block(this.#state.bytes, byte, answers);
        return;
    }
  }

  #idle(byte: number, answers: Answer[]): void {
    if (byte === BLOCK_HEAD) this.#state = { at: "block", bytes: [] };
    else if (isRealTime(byte)) answers.push({ kind: "realTime", byte });
    else if (isAutoStatusHead(byte)) this.#state = { at: "autoStatus", bytes: [byte] };
    else if (isPlain(byte)) answers.push({ kind: "transmitted", byte });
    else answers.push({ kind: "noise", byte });
  }

  #autoStatus(bytes: number[], byte: number, answers: Answer[]): void {
    if (isRealTime(byte)) {
      answers.push({ kind: "realTime", byte });
      return;
    }
    if (!isPlain(byte)) {
      this.reset();
      this.#idle(byte, answers);
      return;
    }
    bytes.push(byte);
    const [first, second, third, fourth] = bytes;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) return;
    this.reset();
    answers.push({ kind: "autoStatus", bytes: [first, second, third, fourth] });
  }

  /** Bytes of a block are printable and so can look like any status: only the block's form counts here. */
  #block(bytes: number[], byte: number, answers: Answer[]): void {
    if (byte === 0) {
      this.reset();
      const id = processIdAtEnd(bytes);
      if (id !== null) answers.push({ kind: "processId", id });
      return;
    }
    // Answered at once, so it can fall into the middle of a block; not being printable it is none of its own.
    if (!isPrintable(byte) && isRealTime(byte)) {
      answers.push({ kind: "realTime", byte });
      return;
    }
    if (!isPrintable(byte) || bytes.length >= LONGEST_BLOCK) {
      this.reset();
      this.#idle(byte, answers);
      return;
    }
    bytes.push(byte);
  }
}
