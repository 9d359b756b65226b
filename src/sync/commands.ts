// How does a command from operations become one act, done once, in a quiet moment, and on record?
//
// INVARIANTS. The id and the sequence are on disk before anything is done, so a command that comes twice, late or
// after a restart is told from a new one. One command at a time. Never while a citizen is at the kiosk. What was
// under way when the power went is reported as failed, and never begun again by itself.
import { type Clock, TimeoutError, withDeadline } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Store } from "../store/store.js";
import { digestOf, type KioskCommand, type Order, openOrder } from "./protocol/command.js";
import type { CommandReport, CommandStage } from "./protocol/messages.js";

export interface CommandParts {
  readonly store: Pick<Store, "journal" | "meta">;
  readonly kioskId: string;
  /** PEM of the keys that may command, read anew for each command; none: no command is obeyed. */
  readonly keys: () => readonly string[];
  /** Resolves when nobody is at the kiosk; rejects with the signal. */
  readonly atRest: (signal: AbortSignal) => Promise<void>;
  /** Does it, and says in a sentence what came of it. */
  readonly run: (command: KioskCommand, signal: AbortSignal) => Promise<string>;
  readonly report: (report: CommandReport) => void;
  readonly clock: Clock;
  readonly log: Log;
}

interface Known {
  readonly id: string;
  readonly stage: CommandStage;
  readonly detail: string | null;
  /** The portal has this stage on record. */
  readonly heard?: boolean;
}

interface Memory {
  readonly sequence: number;
  /** Newest last. */
  readonly known: readonly Known[];
}

const MEMORY = "commands";
/** More than ops has under way at once; older ones are refused as stale anyway. */
const REMEMBERED = 32;
/** A timer's own limit; longer ones would ring at once. */
const LONGEST_WAIT_MS = 2_147_483_647;
/** Nothing that is asked of a kiosk takes longer. */
const RUN_LIMIT_MS = 5 * 60_000;
const DETAIL_LENGTH = 180;
/** From one start to the next: whoever floods the topic must not wear out the flash. */
const STRANGE_NOTED = 100;

const reportOf = ({ id, stage, detail }: Known): CommandReport => ({ v: 1, id, stage, detail });

export class Commands {
  readonly #parts: CommandParts;
  readonly #stop = new AbortController();
  #memory: Memory;
  #strange = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: CommandParts) {
    this.#parts = parts;
    const kept = parts.store.meta.get(MEMORY);
    this.#memory = kept === undefined ? { sequence: 0, known: [] } : (JSON.parse(kept) as Memory);
    this.#settleInterrupted();
  }

  /** A payload of `…/down/command`. Never throws for what is in it. */
  receive(payload: Uint8Array): void {
    const opened = openOrder(payload, this.#parts.keys());
    if (!opened.ok && opened.problem === "unsigned") {
      this.#noteStrange("command.unsigned", digestOf(payload), { bytes: payload.length });
      this.#parts.log("link.message", { kind: "command", problem: "no key that may command signed it" });
      return;
    }
    if (!opened.ok) {
      if (opened.kiosk === this.#parts.kioskId) this.#refuse(opened.id, "unknownCommand");
      return;
    }
    const { order } = opened;
    const known = this.#memory.known.find(({ id }) => id === order.id);
    if (known !== undefined) this.#parts.report(reportOf(known));
    else {
      const refusal = this.#refusal(order);
      if (refusal === null) this.#take(order);
      else this.#refuse(order.id, refusal);
    }
  }

  /** What the broker kept may be of any age, and is no command. */
  receiveRetained(payload: Uint8Array): void {
    this.#noteStrange("command.retained", digestOf(payload), { bytes: payload.length });
    this.#parts.log("link.message", { kind: "command", problem: "retained: not obeyed" });
  }

  /** What the portal has not yet said that it knows, oldest first. */
  unheard(): readonly CommandReport[] {
    return this.#memory.known.filter(({ heard }) => heard !== true).map(reportOf);
  }

  /** The portal has this stage on record; a later one may have come meanwhile. */
  heard(id: string, stage: CommandStage): void {
    const found = this.#memory.known.find((known) => known.id === id);
    if (found === undefined || found.stage !== stage || found.heard === true) return;
    const known = this.#memory.known.map((each) => (each === found ? { ...each, heard: true } : each));
    this.#keep({ ...this.#memory, known });
  }

  /** Begins nothing more and waits for what is under way. */
  async close(): Promise<void> {
    this.#stop.abort(new Error("the runtime stops"));
    await this.#work;
  }

  /** Resolves when everything taken so far has its outcome. */
  async idle(): Promise<void> {
    await this.#work;
  }

  #refusal({ kiosk, sequence, issuedAtMs, expiresAtMs }: Order): string | null {
    const { epochMs, trust } = this.#parts.clock.wall();
    if (kiosk !== this.#parts.kioskId) return "otherKiosk";
    if (sequence <= this.#memory.sequence) return "stale";
    // Without a clock nobody knows what is expired.
    if (trust !== "trusted") return "clockSuspect";
    if (epochMs >= expiresAtMs || expiresAtMs <= issuedAtMs) return "expired";
    return null;
  }

  #refuse(id: string, reason: string): void {
    this.#noteStrange("command.refused", id, { reason });
    this.#parts.report({ v: 1, id, stage: "refused", detail: reason });
  }

  #noteStrange(kind: string, subject: string, data: object): void {
    if (this.#strange >= STRANGE_NOTED) return;
    this.#strange += 1;
    this.#parts.store.journal.note(kind, subject, data);
  }

  #take(order: Order): void {
    const { store } = this.#parts;
    this.#memory = { ...this.#memory, sequence: order.sequence };
    const intent = store.journal.intent("command", order.id, {
      command: order.command,
      sequence: order.sequence,
    });
    this.#say(order.id, "received", null);
    // Only the order is kept: nothing of one command reaches the next.
    this.#work = this.#work.then(() => this.#act(order, intent));
  }

  async #act(order: Order, intent: number): Promise<void> {
    const { store, clock, atRest, run } = this.#parts;
    const stop = this.#stop.signal;
    let started = false;
    try {
      const leftMs = Math.min(LONGEST_WAIT_MS, Math.max(0, order.expiresAtMs - clock.wall().epochMs));
      await withDeadline(clock, leftMs, "the wait for a quiet moment", atRest, stop);
      started = true;
      this.#say(order.id, "started", null);
      // A runtime that ends while it restarts is settled by its next start.
      const said = await withDeadline(
        clock,
        RUN_LIMIT_MS,
        order.command.name,
        (signal) => run(order.command, signal),
        stop,
      );
      const detail = said.slice(0, DETAIL_LENGTH);
      store.journal.outcome(intent, "done", detail);
      this.#say(order.id, "done", detail);
    } catch (thrown) {
      if (stop.aborted && order.command.name === "restartRuntime") return;
      const expired = !started && thrown instanceof TimeoutError;
      const why = expired ? "expired" : thrown instanceof Error ? thrown.message : String(thrown);
      const detail = why.slice(0, DETAIL_LENGTH);
      store.journal.outcome(intent, "failed", detail);
      this.#say(order.id, "failed", detail);
    }
  }

  /** The power went, or the runtime was told to restart, between an intent and its outcome. */
  #settleInterrupted(): void {
    const { journal } = this.#parts.store;
    for (const { id, subject, data } of journal.open("command")) {
      const { name } = (data as { readonly command: KioskCommand }).command;
      const restarted = name === "restartRuntime";
      const detail = restarted ? "the runtime has started again" : "interrupted by a restart";
      journal.outcome(id, restarted ? "done" : "failed", detail);
      this.#say(subject, restarted ? "done" : "failed", detail);
    }
  }

  /** On disk first, then to ops: whoever asks again hears the same. */
  #say(id: string, stage: CommandStage, detail: string | null): void {
    const others = this.#memory.known.filter((known) => known.id !== id);
    this.#keep({ ...this.#memory, known: [...others, { id, stage, detail }].slice(-REMEMBERED) });
    this.#parts.report({ v: 1, id, stage, detail });
  }

  #keep(memory: Memory): void {
    this.#memory = memory;
    this.#parts.store.meta.set(MEMORY, JSON.stringify(memory));
  }
}
