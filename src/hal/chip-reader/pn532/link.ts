// How does one command reach the PN532 and exactly its own answer come back?
//
// One command is in flight at a time (the chip drops the running one when the next arrives). The chip
// answers ACK within 15 ms, then, in its own time, one frame whose code is the command's plus one.
// INVARIANT: an answer is never given to another command. Whatever could leave a second answer on its way
// (an abort, a time-out, a repeat, a NACK) marks the link, and the next command first sends an echo with
// a fresh number: the line keeps its order, so behind that echo nothing old follows.
import type { Clock } from "../../../core/clock.js";
import { FaultError } from "../../../core/faults.js";
import type { BytePort } from "../../port/byte-port.js";
import { Turn } from "../turn.js";
import { CODE, echo } from "./commands.js";
import {
  ACK_FRAME,
  encodeFrame,
  type Frame,
  FrameDecoder,
  NACK_FRAME,
  TFI_ANSWER,
  TFI_COMMAND,
} from "./frame.js";

export interface CommandOptions {
  /** From the ACK to the answer. */
  readonly withinMs: number;
  /** The command does no harm when it runs twice: it is repeated when no ACK came. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal | undefined;
  /** How often a repeatable command is sent; three times when left out. */
  readonly tries?: number;
}

/** What came that is no answer, since the last wake-up: it tells another device from a dead line. */
export interface Stray {
  readonly bytes: number;
  /** Bytes of lines of text. */
  readonly textBytes: number;
  /** Our own commands came back. */
  readonly echo: boolean;
}

const NO_STRAY: Stray = { bytes: 0, textBytes: 0, echo: false };

/** UM0701-02 6.2.1.1: ACK comes within 15 ms; the rest is for USB adapters (16 ms latency) and a busy board. */
const ACK_WITHIN_MS = 250;
/** A command that may not be repeated: its ACK may be what was lost, so its answer gets a chance. */
const ANSWER_WITHOUT_ACK_MS = 1_500;
/** Longer than any gap inside a frame, so that a frame that stopped here is damaged. */
const QUIET_MS = 100;
/** After a stall of this process timers fire before what has already arrived is read: look once more. */
const SECOND_LOOK_MS = 10;
const TRIES = 3;
const ECHO_WITHIN_MS = 250;

/** "damaged": an answer came and is broken. "noise": bytes that were none. "nothing": the time is over. */
type Heard = Frame | { readonly kind: "damaged" | "noise" | "nothing" };

export class Pn532Link {
  readonly #port: BytePort;
  readonly #clock: Clock;
  readonly #decoder = new FrameDecoder();
  readonly #turn = new Turn();
  readonly #heard: Heard[] = [];
  #wake: (() => void) | null = null;
  #quietTimer: unknown = null;
  #closed: FaultError | null = null;
  #mayHoldOldAnswer = false;
  #echoNumber = 0;
  #lastAnswerMs = Number.NEGATIVE_INFINITY;
  #stray: Stray = NO_STRAY;

  constructor(port: BytePort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
    port.onData((chunk) => this.#onData(chunk));
    port.onClose((reason) => {
      this.#closed = new FaultError("chipReader.absent", reason?.message ?? "closed", { cause: reason });
      this.#wake?.();
    });
  }

  /** Why the wire is gone, or null. */
  get gone(): FaultError | null {
    return this.#closed;
  }

  get busy(): boolean {
    return this.#turn.busy;
  }

  get stray(): Stray {
    return this.#stray;
  }

  /** `Clock.monotonicMs` of the last answer. */
  get lastAnswerMs(): number {
    return this.#lastAnswerMs;
  }

  /**
   * Sends `body` (command code first) and gives the answer without its code. Commands queue up. Throws
   * `FaultError` "chipReader.silent" (no answer), "chipReader.failed" (error frame), "chipReader.absent"
   * (wire gone), or the signal's reason after telling the chip to stop.
   */
  command(body: Uint8Array, options: CommandOptions): Promise<Uint8Array> {
    return this.#turn.take(async () => {
      options.signal?.throwIfAborted();
      if (this.#mayHoldOldAnswer) await this.#clearLine();
      return await this.#exchange(body, options);
    }, options.signal);
  }

  /** Sends bytes that are no command, if any, and begins anew: a chip that slept holds no old answer. */
  async wake(bytes: Uint8Array | null): Promise<void> {
    this.#startListening();
    this.#stray = NO_STRAY;
    this.#mayHoldOldAnswer = false;
    if (bytes !== null) await this.#write(bytes);
  }

  /** The host's ACK: stops the running command; after SetSerialBaudRate it lets the chip change over. */
  async acknowledge(): Promise<void> {
    await this.#write(ACK_FRAME);
  }

  async #exchange(body: Uint8Array, options: CommandOptions): Promise<Uint8Array> {
    const onAbort = () => this.#wake?.();
    options.signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await this.#sendAndHear(body, options);
    } catch (thrown) {
      this.#mayHoldOldAnswer = true;
      // The chip would go on with it otherwise: a poll keeps the field on.
      if (this.#closed === null) await this.#write(ACK_FRAME).catch(() => {});
      throw thrown;
    } finally {
      options.signal?.removeEventListener("abort", onAbort);
    }
  }

  async #sendAndHear(
    body: Uint8Array,
    { withinMs, repeatable, signal, tries: maxTries = TRIES }: CommandOptions,
  ): Promise<Uint8Array> {
    const frame = encodeFrame(TFI_COMMAND, body);
    const name = `command 0x${(body[0] ?? 0).toString(16).padStart(2, "0")}`;
    this.#startListening();
    await this.#write(frame);
    let tries = 1;
    let nacks = 0;
    let acknowledged = false;
    let lateAnswer = false;
    let untilMs = this.#clock.monotonicMs() + ACK_WITHIN_MS;
    for (;;) {
      const heard = await this.#hear(untilMs, signal);
      if (heard.kind === "data" && heard.tfi === TFI_ANSWER && heard.body[0] === (body[0] ?? 0) + 1) {
        this.#lastAnswerMs = this.#clock.monotonicMs();
        return heard.body.slice(1);
      }
      if (heard.kind === "error") throw new FaultError("chipReader.failed", `${name} refused as unknown`);
      if (heard.kind === "ack" && !acknowledged) {
        acknowledged = true;
        untilMs = this.#clock.monotonicMs() + withinMs;
      } else if (heard.kind === "damaged" && acknowledged && nacks < TRIES) {
        // Asked only when an answer was seen: a chip still at work would repeat the answer before this one.
        nacks += 1;
        this.#mayHoldOldAnswer = true;
        await this.#write(NACK_FRAME);
      } else if (heard.kind === "noise" && acknowledged) {
        // Perhaps it was the answer, beyond recognition: it will not come twice.
        untilMs = Math.min(untilMs, this.#clock.monotonicMs() + ANSWER_WITHOUT_ACK_MS);
      } else if (heard.kind === "nothing") {
        if (acknowledged) throw this.#silent(`${name} was acknowledged, no answer in ${withinMs} ms`);
        if (repeatable && tries < maxTries) {
          tries += 1;
          this.#mayHoldOldAnswer = true;
          untilMs = this.#clock.monotonicMs() + ACK_WITHIN_MS;
          await this.#write(frame);
        } else if (!repeatable && !lateAnswer) {
          lateAnswer = true;
          untilMs = this.#clock.monotonicMs() + ANSWER_WITHOUT_ACK_MS;
        } else throw this.#silent(`${name} was not acknowledged (${tries} tries)`);
      }
    }
  }

  /** Ends when an echo with a new number has come back: everything older has come by then. */
  async #clearLine(): Promise<void> {
    this.#mayHoldOldAnswer = false;
    for (let tries = 0; tries < TRIES; tries++) {
      this.#echoNumber = (this.#echoNumber + 1) & 0xffff;
      const number = Uint8Array.of(0x6d, this.#echoNumber >> 8, this.#echoNumber & 0xff);
      this.#startListening();
      await this.#write(encodeFrame(TFI_COMMAND, echo(number)));
      if (await this.#hearEcho(number)) return;
    }
    this.#mayHoldOldAnswer = true;
    throw this.#silent(`no echo (${TRIES} tries)`);
  }

  async #hearEcho(number: Uint8Array): Promise<boolean> {
    const untilMs = this.#clock.monotonicMs() + ECHO_WITHIN_MS;
    const wanted = [CODE.diagnose + 1, 0x00, ...number];
    for (;;) {
      const heard = await this.#hear(untilMs);
      if (heard.kind === "nothing") return false;
      if (heard.kind !== "data" || heard.body.length !== wanted.length) continue;
      if (heard.body.every((byte, i) => byte === wanted[i])) return true;
    }
  }

  #silent(detail: string): FaultError {
    return new FaultError("chipReader.silent", detail);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#closed !== null) throw this.#closed;
    try {
      await this.#port.write(bytes);
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      throw new FaultError("chipReader.absent", detail, { cause: thrown });
    }
  }

  #startListening(): void {
    this.#decoder.reset();
    this.#heard.length = 0;
  }

  #onData(chunk: Uint8Array): void {
    const frames = this.#decoder.push(chunk);
    this.#heard.push(...frames);
    this.#noteStray(chunk, frames);
    this.#clock.clearTimeout(this.#quietTimer);
    if (this.#decoder.suspect) {
      this.#quietTimer = this.#clock.setTimeout(() => {
        this.#quietTimer = this.#clock.setTimeout(() => this.#onQuiet(), SECOND_LOOK_MS);
      }, QUIET_MS);
    }
    this.#wake?.();
  }

  #noteStray(chunk: Uint8Array, frames: readonly Frame[]): void {
    const echo = frames.some((frame) => frame.kind === "data" && frame.tfi === TFI_COMMAND);
    if (frames.length > 0 && !echo) return;
    const text = chunk.filter((byte) => byte === 0x0a || byte === 0x0d || (byte >= 0x20 && byte < 0x7f));
    this.#stray = {
      bytes: this.#stray.bytes + chunk.length,
      textBytes: this.#stray.textBytes + text.length,
      echo: this.#stray.echo || echo,
    };
  }

  #onQuiet(): void {
    const frames = this.#decoder.settle();
    if (frames.length > 0) this.#heard.push(...frames);
    else this.#heard.push({ kind: this.#decoder.brokenFrame ? "damaged" : "noise" });
    this.#decoder.reset();
    this.#wake?.();
  }

  /** The next thing on the line; "nothing" at `untilMs`. Throws when the wire is gone or at an abort. */
  async #hear(untilMs: number, signal?: AbortSignal): Promise<Heard> {
    let secondLook = false;
    for (;;) {
      signal?.throwIfAborted();
      const heard = this.#heard.shift();
      if (heard !== undefined) return heard;
      if (this.#closed !== null) throw this.#closed;
      const leftMs = untilMs - this.#clock.monotonicMs();
      if (leftMs <= 0 && secondLook) return { kind: "nothing" };
      secondLook = leftMs <= 0;
      await new Promise<void>((resolve) => {
        const timer = this.#clock.setTimeout(resolve, secondLook ? SECOND_LOOK_MS : leftMs);
        this.#wake = () => {
          this.#clock.clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
  }
}
