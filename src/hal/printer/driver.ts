// How does an ESC/POS printer over a byte port print a page once, and know whether it did?
//
// INVARIANTS. One verb at a time has the wire. A page is started only when the printer has just said that
// it has paper and no error. After a job without confirmation nothing is printed before the half image is
// filled up, the modes are reset and the paper left behind is cut off.
import type { Clock } from "../../core/clock.js";
import { type Fault, type FaultCode, FaultError, toFault } from "../../core/faults.js";
import type { BytePort, PortAddress } from "../port/byte-port.js";
import {
  AUTO_STATUS_ON,
  FEED_AND_CUT,
  longestStripBytes,
  PROCESS_IDS,
  padding,
  processIdOf,
  RASTER_HEADER_BYTES,
  RECOVER_AND_CLEAR,
  rasterImage,
  stripsOf,
} from "./commands.js";
import { EscposEncoder } from "./escpos.js";
import { type Fence, startFence } from "./fence.js";
import { COOL_MS, PrinterLink } from "./link.js";
import type { Printer, PrinterStatus, PrintJob, PrintOutcome } from "./printer.js";
import { otherSpeed } from "./speed.js";
import { faultOf, type PrinterState, sameStatus, statusOf } from "./state.js";

export interface PrinterOptions {
  readonly port: BytePort;
  readonly widthDots: 384 | 576;
  /** "epson": process ids and automatic status back. "generic": only what every clone has. */
  readonly model: "epson" | "generic";
  readonly clock: Clock;
  /**
   * Whether an uncut piece of an earlier job may hang in the printer; true when left out, because the
   * printer can not tell. It is cut off before the next page.
   */
  readonly paperLeftBehind?: boolean;
  /** Where the port is, as in kiosk.toml: for the remedy when something else than a printer is there. */
  readonly address?: PortAddress;
}

/** Answers to questions of an earlier process arrive within this. */
const SETTLE_MS = 30;
/** How often the printer is asked while its confirmation is awaited. */
const POLL_MS = 250;
/** The slowest printers in use burn 50 mm a second. */
const MS_PER_ROW = 2.5;
/** Feeding to the knife, cutting, and answering. */
const CUT_MS = 4_000;
/** A knife that was freed is tried again at most this often, so that a jammed one does not rattle. */
const FREE_KNIFE_EVERY_MS = 3_000;
/** What leaves a page in pieces, also when it is over before the next question: paper ended, cover up, knife stuck. */
const SPOILING: ReadonlySet<FaultCode> = new Set([
  "printer.paperOut",
  "printer.coverOpen",
  "printer.cutterError",
  "printer.unrecoverable",
]);
/** Time for the knife to go home after DLE ENQ 2. */
const KNIFE_HOME_MS = 100;

export class EscPosPrinter implements Printer {
  readonly widthDots: number;
  readonly #options: PrinterOptions;
  readonly #model: "epson" | "generic";
  readonly #clock: Clock;
  readonly #link: PrinterLink;
  readonly #encoder = new EscposEncoder();
  readonly #listeners = new Set<(status: PrinterStatus) => void>();
  #last: PrinterStatus | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #printing = false;
  /** False while the printer may be waiting for the rest of an image. */
  #clean = false;
  /** True while the header of an image may have been cut off: what comes next would be taken for its size. */
  #headerOpen = true;
  #paperLeftBehind: boolean;
  /** What automatic status back told of while the page was under way. */
  #spoiltBy: Fault | null = null;
  /** Whether a generic printer answers GS r; null until it was tried. */
  #answersInOrder: boolean | null = null;
  #knifeTriedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PrinterOptions) {
    this.#options = options;
    this.widthDots = options.widthDots;
    this.#model = options.model;
    this.#clock = options.clock;
    this.#paperLeftBehind = options.paperLeftBehind ?? true;
    const { port, clock, address } = options;
    this.#link = new PrinterLink({
      port,
      clock,
      ...(address === undefined ? {} : { address }),
      onAutoStatus: (state) => this.#onAutoStatus(state),
      whileHeld: () => this.#keepCool(),
    });
  }

  /** First contact. Throws "printer.silent" or "printer.absent". */
  start(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#link.settle(SETTLE_MS);
      const { offline } = await this.#meet();
      // Off-line it takes no commands: they would fill its buffer, and flow control would hold us up here.
      if (offline) return;
      await this.#fillUp();
      await this.#poll();
    });
  }

  async #meet(): Promise<PrinterState> {
    try {
      const state = await this.#poll();
      await this.#link.assertPrinter(SETTLE_MS);
      return state;
    } catch (error) {
      const { address, port } = this.#options;
      if (address === undefined || toFault(error).code !== "printer.silent") throw error;
      throw (await otherSpeed({ link: this.#link, port, address })) ?? error;
    }
  }

  async status(): Promise<PrinterStatus> {
    // Questions of two verbs would take each other's answers; a job asks often enough for both.
    if (this.#printing && this.#last !== null) return this.#last;
    return this.#exclusive(async () => statusOf(await this.#pollAndFreeKnife()));
  }

  async health(): Promise<Fault | null> {
    try {
      const { fault, paper } = await this.status();
      // Staff must hear of it before the roll is at its end; printing goes on meanwhile.
      const low: Fault = { code: "printer.paperLow", detail: "paper near-end sensor" };
      return fault ?? (paper === "low" ? low : null);
    } catch (error) {
      return toFault(error, "printer.silent");
    }
  }

  watch(listener: (status: PrinterStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * `signal` counts until the first byte goes out; from then on the page is finished, because a whole slip
   * with a known outcome is better than half a slip that nobody can account for.
   */
  print(job: PrintJob, signal?: AbortSignal): Promise<PrintOutcome> {
    const { page } = job;
    return this.#exclusive(async () => {
      if (page.widthDots > this.widthDots)
        throw new RangeError(`a page of ${page.widthDots} dots does not fit on ${this.widthDots}`);
      this.#printing = true;
      try {
        return await this.#print(job, signal);
      } finally {
        this.#printing = false;
      }
    });
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#link.close();
  }

  async #print(job: PrintJob, signal: AbortSignal | undefined): Promise<PrintOutcome> {
    const fault = await this.#makeReady(signal);
    if (fault !== null) return { result: "notPrinted", fault };
    this.#clean = false;
    this.#paperLeftBehind = true;
    this.#spoiltBy = null;
    try {
      await this.#sendPage(job);
      const fence = await this.#confirm(job);
      this.#refuseSpoilt();
      this.#clean = true;
      this.#paperLeftBehind = false;
      return { result: "printed", fence };
    } catch (error) {
      this.#headerOpen = true;
      return { result: "inDoubt", fault: toFault(error, "printer.inDoubt") };
    }
  }

  #onAutoStatus(state: PrinterState): void {
    const fault = faultOf(state);
    if (fault !== null && SPOILING.has(fault.code)) this.#spoiltBy ??= fault;
    this.#publish(statusOf(state));
  }

  /** The printer goes on by itself when the cover is shut again and confirms the rest; the page is in pieces. */
  #refuseSpoilt(): void {
    const fault = this.#spoiltBy;
    if (fault !== null) throw new FaultError(fault.code, `${fault.detail}, while the page was printed`);
  }

  /** Asks, mends what can be mended from here, and says why a page can not be started. */
  async #makeReady(signal: AbortSignal | undefined): Promise<Fault | null> {
    try {
      const before = faultOf(await this.#pollAndFreeKnife());
      if (before !== null) return before;
      if (!this.#clean) {
        await this.#cleanUp();
        const after = faultOf(await this.#poll());
        if (after !== null) return after;
      }
      if (signal?.aborted === true)
        return { code: "printer.offline", detail: "cancelled before anything was sent" };
      // Modes only: if this does not get through, certainly no dot did.
      await this.#link.send(this.#preamble());
      return null;
    } catch (error) {
      return toFault(error, "printer.silent");
    }
  }

  /** Fills up an image that was cut off, so that what follows is commands again. */
  async #fillUp(): Promise<void> {
    await this.#link.sendNow(RECOVER_AND_CLEAR);
    await this.#link.send(padding(longestStripBytes(this.widthDots)));
    await this.#link.send(this.#preamble());
  }

  async #cleanUp(): Promise<void> {
    await this.#fillUp();
    if (this.#paperLeftBehind) await this.#link.send(FEED_AND_CUT);
    const fence = await this.#startFence(processIdOf(PROCESS_IDS - 1));
    try {
      // What an earlier job left in the buffer is printed first.
      const passed = await this.#awaitFence(fence, CUT_MS + longestStripBytes(this.widthDots));
      if (this.#model === "epson" && !passed)
        throw new FaultError("printer.silent", "no process id came back after the buffer was cleared");
      if (this.#model === "generic") this.#answersInOrder = passed;
    } finally {
      fence.cancel();
    }
    this.#clean = true;
    this.#paperLeftBehind = false;
  }

  #preamble(): Uint8Array {
    this.#encoder.initialise();
    if (this.#model === "epson") this.#encoder.raw(AUTO_STATUS_ON);
    return this.#encoder.take();
  }

  async #sendPage(job: PrintJob): Promise<void> {
    for (const strip of stripsOf(job.page)) {
      await this.#link.send(rasterImage(strip));
      await this.#keepCool();
    }
    await this.#link.send(FEED_AND_CUT);
  }

  /** Between two strips: throws the fault that stops the job; waits for a hot head. */
  async #keepCool(): Promise<void> {
    const startedAtMs = this.#clock.monotonicMs();
    // Byte 1 alone says whether there is anything to ask about: one question a strip instead of four.
    if (((await this.#link.ask(1)) & 0x08) === 0) return;
    for (;;) {
      const fault = faultOf(await this.#poll());
      if (fault === null) return;
      if (fault.code !== "printer.overheated" || this.#clock.monotonicMs() - startedAtMs > COOL_MS)
        throw new FaultError(fault.code, `${fault.detail}, in the middle of a page`);
      await this.#clock.sleep(POLL_MS);
    }
  }

  async #confirm(job: PrintJob): Promise<"processId" | "idle"> {
    const fence = await this.#startFence(processIdOf(job.jobId));
    const printMs = job.page.heightDots * MS_PER_ROW + CUT_MS;
    try {
      if (await this.#awaitFence(fence, printMs + this.#link.transferMs(job.page.bits.length)))
        return fence.kind;
    } finally {
      fence.cancel();
    }
    if (this.#model === "generic" && this.#answersInOrder !== true) return "idle";
    throw new FaultError("printer.inDoubt", `the printer did not confirm within ${Math.round(printMs)} ms`);
  }

  #startFence(id: Uint8Array): Promise<Fence> {
    return startFence(this.#link, this.#model, id);
  }

  /** True when the fence was passed, false when `limitMs` went by without an error; throws the fault. */
  async #awaitFence(fence: Fence, limitMs: number): Promise<boolean> {
    let deadlineMs = this.#clock.monotonicMs() + limitMs;
    const coolByMs = deadlineMs + COOL_MS;
    for (;;) {
      if (await fence.passed(POLL_MS)) return true;
      const fault = faultOf(await this.#poll());
      const nowMs = this.#clock.monotonicMs();
      if (fault?.code === "printer.overheated" && nowMs < coolByMs) deadlineMs = nowMs + limitMs;
      else if (fault !== null)
        throw new FaultError(fault.code, `${fault.detail}, before the page was confirmed`);
      else if (nowMs >= deadlineMs) return false;
    }
  }

  /** A freed knife stays in its error until it is told to go home; that drops the buffer, so never in a job. */
  async #pollAndFreeKnife(): Promise<PrinterState> {
    const state = await this.#poll();
    const nowMs = this.#clock.monotonicMs();
    if (!state.cutterError || state.coverOpen || nowMs - this.#knifeTriedAtMs < FREE_KNIFE_EVERY_MS)
      return state;
    this.#knifeTriedAtMs = nowMs;
    this.#clean = false;
    await this.#link.sendNow(RECOVER_AND_CLEAR);
    await this.#clock.sleep(KNIFE_HOME_MS);
    return this.#poll();
  }

  async #poll(): Promise<PrinterState> {
    try {
      // Even a status question would be read as "516 rows of 4097 bytes", far more than is ever filled up.
      if (this.#headerOpen) await this.#link.sendNow(padding(RASTER_HEADER_BYTES));
      const state = await this.#link.readState();
      this.#headerOpen = false;
      this.#publish(statusOf(state));
      return state;
    } catch (error) {
      // A printer that did not answer may have lost its power, and with it our modes and half our page.
      this.#clean = false;
      this.#headerOpen = true;
      throw error;
    }
  }

  #publish(status: PrinterStatus): void {
    if (sameStatus(this.#last, status)) return;
    this.#last = status;
    for (const listener of [...this.#listeners]) listener(status);
  }

  #exclusive<R>(verb: () => Promise<R>): Promise<R> {
    const mine = this.#turn.then(verb);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}

/**
 * Takes the port over: it is closed when the printer is, and also when opening fails. Throws `FaultError`
 * "printer.silent" or "printer.absent". A printer without paper opens; its status says so.
 */
export const openPrinter = async (options: PrinterOptions): Promise<Printer> => {
  const printer = new EscPosPrinter(options);
  try {
    await printer.start();
    return printer;
  } catch (error) {
    await printer.close();
    throw error;
  }
};
