// Which answer belongs to which question on a printer's wire, and how long may it take?
import type { Clock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import type { BytePort } from "../port/byte-port.js";
import { type Answer, AnswerParser } from "./answers.js";
import { type RealTimeQuery, realTimeStatus } from "./commands.js";
import { type PrinterState, stateOfAutoStatus, stateOfRealTime } from "./state.js";

/** A printer answers real-time status within milliseconds; a loaded USB hub or Wi-Fi bridge needs more. */
const ANSWER_MS = 1_000;
/** Bytes ahead of a question in the wire's buffers delay it: 9600 baud, the slowest in use, is 1.05 ms a byte. */
const SLOWEST_MS_PER_BYTE = 1.1;
/** A write that the wire does not take for this long: flow control holds it, the printer is off-line. */
const WRITE_MS = 5_000;
/** So many bytes outside every format within one question mean a wrong line speed. */
const NOISE_BYTES = 3;

/** An answer that comes after its question was given up must not be taken for the next one's. */
const LATE_MS = 300;

interface Waiter {
  readonly accepts: (answer: Answer) => boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: FaultError) => void;
}

/** An answer that is awaited while other questions are asked. */
export interface Expectation {
  /** Rejects with "printer.absent" when the wire ends. */
  readonly answer: Promise<Answer>;
  cancel(): void;
}

export class PrinterLink {
  readonly #port: BytePort;
  readonly #clock: Clock;
  readonly #parser = new AnswerParser();
  readonly #waiters = new Set<Waiter>();
  readonly #onAutoStatus: (state: PrinterState) => void;
  #ended: FaultError | null = null;
  #bytesAhead = 0;
  #noise = 0;
  #gaveUp = false;

  constructor(port: BytePort, clock: Clock, onAutoStatus: (state: PrinterState) => void) {
    this.#port = port;
    this.#clock = clock;
    this.#onAutoStatus = onAutoStatus;
    port.onData((chunk) => {
      for (const answer of this.#parser.push(chunk)) this.#deliver(answer);
    });
    port.onClose((reason) => this.#end(reason?.message ?? "closed by the kiosk"));
  }

  /** How long the wire may need for what is queued in it, beyond the answer itself. */
  transferMs(bytes: number): number {
    return bytes * SLOWEST_MS_PER_BYTE;
  }

  /** Hands bytes to the wire; throws "printer.absent" when it ended, "printer.offline" when it takes nothing. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#ended !== null) throw this.#ended;
    this.#bytesAhead += bytes.length;
    const limitMs = WRITE_MS + this.transferMs(bytes.length);
    let timer: unknown;
    const stalled = new Promise<never>((_, reject) => {
      timer = this.#clock.setTimeout(
        () =>
          reject(
            new FaultError("printer.offline", `the printer took no bytes for ${Math.round(limitMs)} ms`),
          ),
        limitMs,
      );
    });
    try {
      await Promise.race([this.#port.write(bytes), stalled]);
    } catch (error) {
      if (error instanceof FaultError) throw error;
      this.#end(error instanceof Error ? error.message : String(error));
      throw this.#ended ?? error;
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  expect(accepts: (answer: Answer) => boolean): Expectation {
    let waiter: Waiter | undefined;
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      waiter = { accepts, resolve, reject };
      this.#waiters.add(waiter);
    });
    // Its owner may be busy with another question when the wire ends.
    answer.catch(() => {});
    return {
      answer,
      cancel: () => {
        if (waiter !== undefined) this.#waiters.delete(waiter);
      },
    };
  }

  /** The answer, or null when `ms` pass. The expectation stays alive. */
  async within(expectation: Expectation, ms: number): Promise<Answer | null> {
    let timer: unknown;
    const late = new Promise<null>((resolve) => {
      timer = this.#clock.setTimeout(() => resolve(null), ms);
    });
    try {
      return await Promise.race([expectation.answer, late]);
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  /** One status byte. Throws "printer.silent" when none comes. Not to be called twice at a time. */
  async ask(query: RealTimeQuery): Promise<number> {
    if (this.#gaveUp) await this.settle(LATE_MS);
    this.#gaveUp = false;
    const expectation = this.expect((answer) => answer.kind === "realTime");
    this.#noise = 0;
    try {
      const limitMs = ANSWER_MS + this.transferMs(this.#bytesAhead);
      await this.send(realTimeStatus(query));
      const answer = await this.within(expectation, limitMs);
      if (answer?.kind === "realTime") {
        this.#bytesAhead = 0;
        return answer.byte;
      }
      this.#gaveUp = true;
      const heard =
        this.#noise >= NOISE_BYTES ? "only noise came back: wrong serial speed?" : "nothing came back";
      throw new FaultError(
        "printer.silent",
        `no answer to DLE EOT ${query} within ${Math.round(limitMs)} ms; ${heard}`,
      );
    } finally {
      expectation.cancel();
    }
  }

  async readState(): Promise<PrinterState> {
    const printer = await this.ask(1);
    const offlineCause = await this.ask(2);
    const errorCause = await this.ask(3);
    const paper = await this.ask(4);
    return stateOfRealTime([printer, offlineCause, errorCause, paper]);
  }

  /** Lets answers to questions of an earlier owner of the wire pass by. */
  async settle(ms: number): Promise<void> {
    await this.#clock.sleep(ms);
    this.#parser.reset();
  }

  async close(): Promise<void> {
    this.#end("closed by the kiosk");
    await this.#port.close().catch(() => {});
  }

  #deliver(answer: Answer): void {
    if (answer.kind === "noise") this.#noise += 1;
    if (answer.kind === "autoStatus") this.#onAutoStatus(stateOfAutoStatus(answer.bytes));
    for (const waiter of this.#waiters) {
      if (!waiter.accepts(answer)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(answer);
      return;
    }
  }

  #end(detail: string): void {
    if (this.#ended !== null) return;
    this.#ended = new FaultError("printer.absent", detail);
    for (const waiter of this.#waiters) waiter.reject(this.#ended);
    this.#waiters.clear();
  }
}
