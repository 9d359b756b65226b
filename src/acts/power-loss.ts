// Mains is gone and the UPS says so: who may go on, for how long, and how is the kiosk put down before the cell is empty?
//
// INVARIANTS. Nobody begins while the line is on (acts/world.ts closes the first screen). Whoever has begun has the hold
// time, and a print or a sealing that is under way is waited for. Then the visit is wiped by its own rules: what was
// sealed stays, what was not is dropped. The intent to switch off is on disk before anything is put down; its outcome
// is written by the next start, because the store is closed when the machine goes.
import { type Clock, withDeadline } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Visit } from "../flows/run-visit.js";
import type { Board } from "../hal/board.js";
import { onEachOpen } from "../hal/supervisor.js";
import type { Journal } from "../store/store.js";

export interface PowerLossParts {
  readonly board: Pick<Board, "lines">;
  readonly visit: Pick<Visit, "send" | "state" | "watch">;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** From the edge to switching off; mains that is back within it ends everything. */
  readonly holdMs: number;
  /** Another one after each start of the machine. */
  readonly bootId: string;
  /** Puts the kiosk down and switches the machine off; called once. */
  readonly off: () => void;
}

/** A dip shorter than this is the UPS's business: no row in the journal for each lamp that flickers. */
const STEADY_MS = 1_500;
/** A mains that comes and goes all night must not wear out the flash. */
const NOTED_A_START = 100;
/** A slip takes 5 s, sealing ten pages on a small board 20 s; longer is a device that hangs. */
const BUSY_MS = 30_000;

/** Whoever stood there reads and hears that the visit is over, and at the first screen why. */
const FAREWELL_MS = 10_000;

const KIND = "powerOff";
const SUBJECT = "machine";

/** At each start: did the machine really go off? Returns how many intents were settled. */
export const settlePowerOff = (journal: Journal, bootId: string): number => {
  const open = journal.open(KIND);
  for (const { id, data } of open) {
    const same = (data as { readonly bootId?: unknown }).bootId === bootId;
    if (same) journal.outcome(id, "failed", "the runtime started again, and the machine had not gone off");
    else journal.outcome(id, "done", "the machine went off and has started again");
  }
  return open.length;
};

class PowerLoss {
  readonly #parts: PowerLossParts;
  #timer: unknown = null;
  #told = false;
  #noted = 0;
  #stopped = false;

  constructor(parts: PowerLossParts) {
    this.#parts = parts;
  }

  /** What the line says now. */
  hear(lost: boolean): void {
    if (this.#stopped) return;
    if (lost && this.#timer === null) this.#later(STEADY_MS, () => this.#begin());
    if (!lost && this.#timer !== null) this.#end();
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.clock.clearTimeout(this.#timer);
  }

  #later(ms: number, act: () => void): void {
    this.#timer = this.#parts.clock.setTimeout(act, ms);
  }

  #begin(): void {
    const { holdMs, log } = this.#parts;
    this.#told = true;
    this.#note("power.lost", { holdMs });
    log("power.mains", { state: "lost", detail: `switching off in ${Math.round(holdMs / 1_000)} s` });
    this.#later(Math.max(0, holdMs - STEADY_MS), () => void this.#decide());
  }

  #end(): void {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#told) return;
    this.#told = false;
    this.#note("power.back", {});
    this.#parts.log("power.mains", { state: "back" });
  }

  /** The pin is asked once more: an edge that got lost must not switch a kiosk off. */
  async #decide(): Promise<void> {
    const { board } = this.#parts;
    const lost = await board.lines.use((lines) => lines.read("powerLost")).catch(() => false);
    if (this.#stopped || this.#timer === null) return;
    if (!lost) this.#end();
    else await this.#putDown();
  }

  async #putDown(): Promise<void> {
    const { journal, visit, clock, log, bootId, off } = this.#parts;
    this.#stopped = true;
    log("power.mains", { state: "switchingOff", detail: visit.state.open ? "with a visit open" : "at rest" });
    try {
      journal.intent(KIND, SUBJECT, { bootId, visitOpen: visit.state.open });
    } catch (thrown) {
      // A disk that can not be written is no reason to let the cell run empty under it.
      log("kiosk.error", { where: "powerOff", message: thrown instanceof Error ? thrown.name : "unknown" });
    }
    await this.#quiet();
    if (visit.state.open) {
      visit.send({ type: "CANCEL" });
      await clock.sleep(FAREWELL_MS).catch(() => undefined);
    }
    off();
  }

  /** Until nothing is printed, sealed or captured any more, or it takes too long. */
  #quiet(): Promise<void> {
    const { visit, clock } = this.#parts;
    const quiet = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (visit.state.busy) return;
          forget();
          resolve();
        };
        const forget = visit.watch(look);
        signal.addEventListener("abort", () => {
          forget();
          reject(signal.reason as Error);
        });
        look();
      });
    return withDeadline(clock, BUSY_MS, "the end of what is under way", quiet).catch(() => undefined);
  }

  #note(kind: string, data: object): void {
    if (this.#noted >= NOTED_A_START) return;
    this.#noted += 1;
    try {
      this.#parts.journal.note(kind, "mains", data);
    } catch {
      // The watch over the store tells of a disk that can not be written.
    }
  }
}

/** Follows the line `powerLost` of the board file; one that is not wired is never on. Returns the stop. */
export const watchPowerLoss = (parts: PowerLossParts): (() => void) => {
  const loss = new PowerLoss(parts);
  const unwatch = onEachOpen(parts.board.lines, (lines) => {
    const off = lines.onEdge(({ line, value }) => {
      if (line === "powerLost") loss.hear(value);
    });
    // A kiosk that starts on the cell, or a chip that comes back: there is no edge.
    lines
      .read("powerLost")
      .then((lost) => loss.hear(lost))
      .catch(() => {});
    return off;
  });
  return () => {
    unwatch();
    loss.stop();
  };
};
