// Which answer belongs to which question on a printer's wire, and how long may it take?
import type { Clock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import type { BytePort } from "../port/byte-port.js";
import { type Answer, AnswerParser } from "./answers.js";
import { type RealTimeQuery, realTimeStatus } from "./commands.js";
import { Overheard } from "./overheard.js";
import { faultOf, type PrinterState, stateOfAutoStatus, stateOfRealTime } from "./state.js";

/** A printer answers real-time status within milliseconds; a loaded USB hub or Wi-Fi bridge needs more. */
const ANSWER_MS = 1_000;
/** Bytes ahead of a question in the wire's buffers delay it: 9600 baud, the slowest in use, is 1.05 ms a byte. */
const SLOWEST_MS_PER_BYTE = 1.1;
/** A write that the wire does not take for this long: flow control holds it, the printer is off-line. */
const WRITE_MS = 5_000;
/** After an XOFF: the largest buffers, 64 kB, are printed in less at the slowest 50 mm a second. */
const HELD_MS = 10_000;
/** A head at its limit cools below it within half a minute; what is hot after this stays hot. */
export const COOL_MS = 60_000;
/** How often it is looked at why nothing is taken. */
const LOOK_MS = 250;
/** A fault that was told of is the reason when nothing was taken for this long. */
const FAULT_MS = 1_000;

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

export interface LinkOptions {
  readonly port: BytePort;
  readonly clock: Clock;
  /** As in kiosk.toml, for the remedy of a wrong device or speed. */
  readonly address?: string;
  readonly onAutoStatus: (state: PrinterState) => void;
  /** Called now and then while an XOFF holds bytes back; throws the fault that is the reason. */
  readonly whileHeld: () => Promise<void>;
}

export class PrinterLink {
  readonly #options: LinkOptions;
  readonly #port: BytePort;
  readonly #clock: Clock;
  readonly #parser = new AnswerParser();
  readonly #overheard = new Overheard();
  readonly #waiters = new Set<Waiter>();
  #ended: FaultError | null = null;
  #bytesAhead = 0;
  #gaveUp = false;
  /** It has answered as a printer does. */
  #acquainted = false;
  /** The printer said XOFF. */
  #held = false;
  /** Bytes that the wire has not taken yet. */
  #untaken: Promise<void> | null = null;
  /** What the printer last said of itself. */
  #lastState: PrinterState | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#clock = options.clock;
    this.#port.onData((chunk) => {
      this.#overheard.hear(chunk);
      for (const answer of this.#parser.push(chunk)) this.#deliver(answer);
    });
    this.#port.onClose((reason) => this.#end(reason?.message ?? "closed by the kiosk"));
  }

  /** How long the wire may need for what is queued in it, beyond the answer itself. */
  transferMs(bytes: number): number {
    return bytes * SLOWEST_MS_PER_BYTE;
  }

  /**
   * Hands bytes to the wire when the printer takes some; throws "printer.absent" when the wire ended, the
   * fault that holds the printer up, or "printer.offline" when it takes nothing and says nothing of why.
   */
  async send(bytes: Uint8Array): Promise<void> {
    await this.#released();
    await this.sendNow(bytes);
  }

  /** Past an XOFF: for a few bytes that the printer keeps room for, or acts upon at once. */
  async sendNow(bytes: Uint8Array): Promise<void> {
    if (this.#ended !== null) throw this.#ended;
    // What could not get through yet must not be joined by more: it would all come out at once some day.
    if (this.#untaken !== null) await this.#taken(this.#untaken, 0);
    this.#bytesAhead += bytes.length;
    const untaken: Promise<void> = this.#port
      .write(bytes)
      .catch((error: unknown) => this.#end(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        if (this.#untaken === untaken) this.#untaken = null;
      });
    this.#untaken = untaken;
    await this.#taken(untaken, bytes.length);
  }

  async #released(): Promise<void> {
    for (let heldMs = 0; this.#held && this.#ended === null; heldMs += LOOK_MS) {
      if (heldMs >= HELD_MS) {
        // One stray byte must not stop every job there will ever be.
        this.#held = false;
        throw new FaultError("printer.offline", `no XON within ${HELD_MS} ms of an XOFF`);
      }
      const release = this.expect((answer) => answer.kind === "flow" && answer.on);
      await this.within(release, LOOK_MS).finally(() => release.cancel());
      if (this.#held) await this.#options.whileHeld();
    }
  }

  async #taken(untaken: Promise<void>, bytes: number): Promise<void> {
    const startedAtMs = this.#clock.monotonicMs();
    const limitMs = WRITE_MS + this.transferMs(bytes);
    let deadlineMs = startedAtMs + limitMs;
    for (;;) {
      const done = await this.#race(
        untaken.then(() => true as const),
        LOOK_MS,
      );
      if (this.#ended !== null) throw this.#ended;
      if (done === true) return;
      const waitedMs = this.#clock.monotonicMs() - startedAtMs;
      const fault = this.#lastState === null ? null : faultOf(this.#lastState);
      const isHot = fault?.code === "printer.overheated";
      if (fault !== null && !isHot && waitedMs >= FAULT_MS)
        throw new FaultError(fault.code, `${fault.detail}; it takes no bytes`);
      // A head that has just cooled has a full buffer to print before it takes anything.
      if (isHot && waitedMs < limitMs + COOL_MS) deadlineMs = startedAtMs + waitedMs + limitMs;
      if (startedAtMs + waitedMs < deadlineMs) continue;
      throw new FaultError(
        fault?.code ?? "printer.offline",
        `the printer took no bytes for ${Math.round(waitedMs)} ms`,
      );
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
  within(expectation: Expectation, ms: number): Promise<Answer | null> {
    return this.#race(expectation.answer, ms);
  }

  async #race<T>(promise: Promise<T>, ms: number): Promise<T | null> {
    let timer: unknown;
    const late = new Promise<null>((resolve) => {
      timer = this.#clock.setTimeout(() => resolve(null), ms);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  /** One status byte. Throws "printer.silent" when none comes. Not to be called twice at a time. */
  async ask(query: RealTimeQuery, answerMs = ANSWER_MS): Promise<number> {
    if (this.#gaveUp) await this.settle(LATE_MS);
    this.#gaveUp = false;
    const expectation = this.expect((answer) => answer.kind === "realTime");
    // Until it has shown itself to be a printer, everything that was ever heard counts.
    if (this.#acquainted) this.#overheard.forget();
    try {
      const limitMs = answerMs + this.transferMs(this.#bytesAhead);
      await this.sendNow(realTimeStatus(query));
      const answer = await this.within(expectation, limitMs);
      if (answer?.kind === "realTime") {
        this.#bytesAhead = 0;
        return answer.byte;
      }
      this.#gaveUp = true;
      throw this.#stranger(`no answer to DLE EOT ${query} within ${Math.round(limitMs)} ms`);
    } finally {
      expectation.cancel();
    }
  }

  #stranger(what: string): FaultError {
    const verdict = this.#overheard.verdict();
    const { address } = this.#options;
    const known =
      verdict === null || address === undefined ? {} : { why: { kind: verdict.kind, at: address } };
    return new FaultError("printer.silent", `${what}; ${verdict?.detail ?? "nothing came back"}`, known);
  }

  /**
   * After the first answers, waits `ms` for what does not belong to them: text and noise hold bytes that look
   * like a status. Throws "printer.silent" with what it is.
   */
  async assertPrinter(ms: number): Promise<void> {
    await this.#clock.sleep(ms);
    if (this.#overheard.verdict() !== null) throw this.#stranger("it answers, but not as a printer does");
    this.#acquainted = true;
  }

  async readState(): Promise<PrinterState> {
    const printer = await this.ask(1);
    const offlineCause = await this.ask(2);
    const errorCause = await this.ask(3);
    const paper = await this.ask(4);
    const state = stateOfRealTime([printer, offlineCause, errorCause, paper]);
    this.#lastState = state;
    return state;
  }

  /** Lets answers to questions of an earlier owner of the wire pass by. */
  async settle(ms: number): Promise<void> {
    await this.#clock.sleep(ms);
    this.#parser.reset();
    this.#overheard.forget();
  }

  async close(): Promise<void> {
    this.#end("closed by the kiosk");
    await this.#port.close().catch(() => {});
  }

  #deliver(answer: Answer): void {
    this.#overheard.understood(answer);
    if (answer.kind === "flow") this.#held = !answer.on;
    if (answer.kind === "autoStatus") {
      this.#lastState = stateOfAutoStatus(answer.bytes);
      this.#options.onAutoStatus(this.#lastState);
    }
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
