// What does a printer do with the bytes in its receive buffer, one command after the other?
import { HEAD_TO_KNIFE_ROWS } from "./paper-roll.js";

/** What the interpreter needs of the mechanism around it. */
export interface Mechanism {
  readonly rowBytes: number;
  /** False while off-line or while the head is busy: the interpreter waits and keeps its place. */
  ready(): boolean;
  burn(row: Uint8Array): void;
  feed(rows: number): void;
  cut(): void;
  setAutoStatus(on: boolean): void;
  answerProcessId(id: Uint8Array): void;
  transmitStatus(n: number): void;
  /** Dots that spelled a real-time command. */
  strayRealTimeCommand(): void;
}

/** A step ends when the interpreter can not go on without a byte or the mechanism. */
type Steps<T> = Generator<void, T, void>;

const LINE_ROWS = 30;
const CHARACTER_ROWS = 24;
/** ESC x: how many parameter bytes follow, for the commands that only set a mode. */
const ESC_PARAMETERS: Readonly<Record<number, number>> = {
  32: 1,
  33: 1,
  36: 2,
  45: 1,
  50: 0,
  51: 1,
  61: 1,
  69: 1,
  71: 1,
  77: 1,
  82: 1,
  84: 1,
  97: 1,
  112: 3,
  116: 1,
  123: 1,
};
const GS_PARAMETERS: Readonly<Record<number, number>> = { 33: 1, 66: 1, 76: 2, 87: 2, 104: 1, 119: 1 };

export class EscPosInterpreter {
  readonly #mechanism: Mechanism;
  #queue: Uint8Array[] = [];
  #offset = 0;
  #pending = 0;
  #line: number[] = [];
  #working = false;
  #steps: Steps<never>;

  constructor(mechanism: Mechanism) {
    this.#mechanism = mechanism;
    this.#steps = this.#run();
  }

  receive(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#pending += bytes.length;
  }

  /** What is in the receive buffer. */
  get pendingBytes(): number {
    return this.#pending;
  }

  /** Goes on until bytes or the mechanism are wanting. */
  work(): void {
    // A fault that is set off by a burnt row calls back in here while that row's command is being run.
    if (this.#working) return;
    this.#working = true;
    this.#steps.next();
    this.#working = false;
  }

  /** Receive buffer, print buffer and a half-received image are gone. */
  clear(): void {
    this.#queue = [];
    this.#offset = 0;
    this.#pending = 0;
    this.#line = [];
    this.#steps = this.#run();
  }

  *#run(): Steps<never> {
    for (;;) yield* this.#command(yield* this.#byte());
  }

  *#byte(): Steps<number> {
    for (;;) {
      const head = this.#queue[0];
      const byte = head?.[this.#offset];
      if (head !== undefined && byte === undefined) {
        this.#queue.shift();
        this.#offset = 0;
      } else if (byte === undefined || !this.#mechanism.ready()) {
        yield;
      } else {
        this.#offset += 1;
        this.#pending -= 1;
        return byte;
      }
    }
  }

  *#bytes(count: number): Steps<Uint8Array> {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = yield* this.#byte();
    return bytes;
  }

  *#command(byte: number): Steps<void> {
    if (byte === 0x0a) yield* this.#endLine();
    else if (byte === 0x1b) yield* this.#esc(yield* this.#byte());
    else if (byte === 0x1d) yield* this.#gs(yield* this.#byte());
    // Executed when it was received; here it is only stepped over.
    else if (byte === 0x10) yield* this.#bytes(2);
    // The print buffer holds one line; what is past its end is not kept.
    else if (byte >= 0x20 && this.#line.length < this.#mechanism.rowBytes) this.#line.push(byte);
  }

  *#esc(code: number): Steps<void> {
    switch (code) {
      case 0x40:
        this.#line = [];
        this.#mechanism.setAutoStatus(false);
        return;
      case 0x4a:
        this.#mechanism.feed(yield* this.#byte());
        return;
      case 0x64:
        this.#mechanism.feed((yield* this.#byte()) * LINE_ROWS);
        return;
      default:
        yield* this.#bytes(ESC_PARAMETERS[code] ?? 0);
    }
  }

  *#gs(code: number): Steps<void> {
    switch (code) {
      case 0x28:
        yield* this.#extended(yield* this.#byte());
        return;
      case 0x56:
        yield* this.#cut(yield* this.#byte());
        return;
      case 0x61:
        this.#mechanism.setAutoStatus((yield* this.#byte()) !== 0);
        return;
      case 0x72:
        this.#mechanism.transmitStatus(yield* this.#byte());
        return;
      case 0x76:
        yield* this.#raster();
        return;
      default:
        yield* this.#bytes(GS_PARAMETERS[code] ?? 0);
    }
  }

  /** GS ( x pL pH …: the length makes unknown ones harmless. */
  *#extended(code: number): Steps<void> {
    const [low = 0, high = 0] = yield* this.#bytes(2);
    const parameters = yield* this.#bytes(low + high * 256);
    const isProcessId = code === 0x48 && parameters.length === 6 && parameters[0] === 48;
    if (isProcessId) this.#mechanism.answerProcessId(parameters.slice(2));
  }

  *#cut(mode: number): Steps<void> {
    yield* this.#endLine(0);
    const feeds = mode === 65 || mode === 66;
    const rows = feeds ? yield* this.#byte() : 0;
    while (!this.#mechanism.ready()) yield;
    if (feeds) this.#mechanism.feed(HEAD_TO_KNIFE_ROWS + rows);
    this.#mechanism.cut();
  }

  /** GS v 0 m xL xH yL yH: burns each row as soon as it is whole, and waits for the rest for ever. */
  *#raster(): Steps<void> {
    yield* this.#endLine(0);
    const [, , xLow = 0, xHigh = 0, yLow = 0, yHigh = 0] = yield* this.#bytes(6);
    const rowBytes = xLow + xHigh * 256;
    let before = 0;
    for (let y = 0; y < yLow + yHigh * 256; y++) {
      const row = yield* this.#bytes(rowBytes);
      for (const byte of row) {
        if (before === 0x10 && (byte === 0x04 || byte === 0x05 || byte === 0x14))
          this.#mechanism.strayRealTimeCommand();
        before = byte;
      }
      while (!this.#mechanism.ready()) yield;
      this.#mechanism.burn(row);
    }
  }

  /** Text has no font here: each character is a column of its bits, so that lost bytes show as dirt on paper. */
  *#endLine(feedRows = LINE_ROWS - CHARACTER_ROWS): Steps<void> {
    const line = this.#line;
    this.#line = [];
    if (line.length === 0) {
      if (feedRows > 0) this.#mechanism.feed(LINE_ROWS);
      return;
    }
    const row = Uint8Array.from(line).subarray(0, this.#mechanism.rowBytes);
    for (let y = 0; y < CHARACTER_ROWS; y++) {
      while (!this.#mechanism.ready()) yield;
      this.#mechanism.burn(row);
    }
    this.#mechanism.feed(feedRows);
  }
}
