// How is a slip printed once, whatever happens in the middle?
//
// INVARIANT: the intent is on disk before the first byte goes out, its outcome after the printer's word. An
// intent without an outcome is a slip that nobody knows about: it is printed again only when a person says
// that it did not come out. A print that has begun is never cancelled, not even by the end of the visit.
import type { Clock } from "../core/clock.js";
import { type Fault, toFault } from "../core/faults.js";
import type { Layout } from "../core/layout.js";
import type { Log } from "../core/log.js";
import type { PrintResult, Slip } from "../flows/effects.js";
import type { Supervised } from "../hal/device.js";
import type { DotBitmap, Printer, PrintOutcome } from "../hal/printer/printer.js";
import type { Store } from "../store/store.js";

export interface PrintingParts {
  readonly store: Store;
  readonly printer: Supervised<Printer>;
  readonly render: (layout: Layout, widthDots: number) => Promise<DotBitmap>;
  readonly layoutOf: (slip: Slip) => Layout;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long after a power cut the person who waited for the slip may still be there. */
const ASK_WITHIN_MS = 15 * 60_000;

/** One visit at a time, so one slip at a time. */
const SLIP_KEY = "slip.current";

const TEST_SUBJECT = "self-test";

export type MakePage = (widthDots: number) => Promise<DotBitmap>;

interface KeptSlip {
  readonly slip: Slip;
  readonly keptAtMs: number;
}

export class Printing {
  readonly #parts: PrintingParts;

  constructor(parts: PrintingParts) {
    this.#parts = parts;
  }

  /** Keeps the slip for the time that its print may be in doubt; nothing in it is personal. */
  keep(slip: Slip): void {
    const kept: KeptSlip = { slip, keptAtMs: this.#parts.clock.wall().epochMs };
    this.#parts.store.meta.set(SLIP_KEY, JSON.stringify(kept));
  }

  #kept(): KeptSlip | null {
    const text = this.#parts.store.meta.get(SLIP_KEY);
    return text === undefined || text === "" ? null : (JSON.parse(text) as KeptSlip);
  }

  keptSlip(number: string): Slip | null {
    const slip = this.#kept()?.slip;
    return slip?.number === number ? slip : null;
  }

  slipOfIntent(intentId: number): Slip | null {
    const intent = this.#parts.store.journal.find(intentId);
    return intent === undefined ? null : this.keptSlip(intent.subject);
  }

  async printSlip(slip: Slip, reprintOf: number | null): Promise<PrintResult> {
    if (reprintOf !== null) this.#settle(reprintOf, false);
    this.keep(slip);
    return this.#print(slip.number, this.#laidOut(this.#parts.layoutOf(slip)), reprintOf);
  }

  /** A queue number: its paper can be lost without harm, so no slip is kept for asking. */
  printTicket(number: string, layout: Layout): Promise<PrintResult> {
    return this.#print(number, this.#laidOut(layout), null);
  }

  /** A technician's test slip leaves a mark like any other print, and is asked about by no screen. */
  printTest(page: MakePage): Promise<PrintResult> {
    return this.#print(TEST_SUBJECT, page, null);
  }

  #laidOut(layout: Layout): MakePage {
    return (widthDots) => this.#parts.render(layout, widthDots);
  }

  async #print(subject: string, make: MakePage, reprintOf: number | null): Promise<PrintResult> {
    const { store } = this.#parts;
    const jobId = this.#nextJobId();
    const intent = store.journal.intent("print", subject, { jobId, reprintOf });
    const outcome = await this.#attempt(jobId, make);
    if (outcome.result === "printed") {
      // In this order: a cut between the two must not ask about a slip that lies in the slot.
      this.#forget(subject);
      store.journal.outcome(intent, "done", outcome.fence);
      return { result: "printed" };
    }
    if (outcome.result === "notPrinted") {
      store.journal.outcome(intent, "failed", outcome.fault.code);
      this.#forget(subject);
      return { result: "notPrinted", fault: outcome.fault };
    }
    // Nobody is asked about a test slip: the technician stands beside it.
    store.journal.outcome(intent, subject === TEST_SUBJECT ? "failed" : "inDoubt", outcome.fault.code);
    return { result: "inDoubt", intent };
  }

  async #attempt(jobId: number, make: MakePage): Promise<PrintOutcome> {
    const { printer, log } = this.#parts;
    const refused = (fault: Fault): PrintOutcome => ({ result: "notPrinted", fault });
    let begun = false;
    try {
      return await printer.use(async (device) => {
        const page = await make(device.widthDots);
        begun = true;
        return device.print({ jobId, page });
      });
    } catch (error) {
      const fault = toFault(error, "printer.silent");
      // The driver tells of what it did; a printer that is not there can not.
      log("print.outcome", { job: jobId, outcome: begun ? "inDoubt" : "notPrinted" });
      return begun ? { result: "inDoubt", fault } : refused(fault);
    }
  }

  /** The citizen's word on a print in doubt. */
  settle(intentId: number, cameOut: boolean): void {
    const intent = this.#parts.store.journal.find(intentId);
    this.#settle(intentId, cameOut);
    if (cameOut && intent !== undefined) this.#forget(intent.subject);
  }

  #settle(intentId: number, cameOut: boolean): void {
    const { journal } = this.#parts.store;
    if (journal.open("print").some((open) => open.id === intentId))
      journal.outcome(intentId, cameOut ? "settledYes" : "settledNo");
  }

  #forget(number: string): void {
    if (this.#kept()?.slip.number === number) this.#parts.store.meta.set(SLIP_KEY, "");
  }

  /** 32-bit ids that survive restarts: the printer echoes them, and an old echo must not match a new job. */
  #nextJobId(): number {
    const { meta } = this.#parts.store;
    const next = (Number(meta.get("print.jobId") ?? "0") + 1) % 0x1_0000_0000;
    meta.set("print.jobId", String(next));
    return next;
  }

  /**
   * At start: settles what a power cut left open. Returns the slip whose fate a person may still know.
   * A slip of a stored submission whose print never began counts too: the citizen holds nothing.
   * `stored` tells whether the submission of that lookup code reached the disk.
   */
  reconcile(
    stored: (lookupCode: string) => boolean,
  ): { readonly intent: number; readonly slipNumber: string } | null {
    const { store, clock } = this.#parts;
    const kept = this.#kept();
    const askable =
      kept !== null && stored(kept.slip.lookupCode) && clock.wall().epochMs - kept.keptAtMs < ASK_WITHIN_MS;
    let asked: number | null = null;
    for (const open of store.journal.open("print")) {
      if (askable && open.subject === kept.slip.number && asked === null) asked = open.id;
      else store.journal.outcome(open.id, "failed", "nobody answered whether the paper came out");
    }
    if (!askable) {
      if (kept !== null) this.#forget(kept.slip.number);
      return null;
    }
    asked ??= store.journal.intent("print", kept.slip.number, { jobId: null, reprintOf: null });
    return { intent: asked, slipNumber: kept.slip.number };
  }
}
