// How does a command from operations become one act, done once, in a quiet moment, and on record?
//
// INVARIANTS. The id and the sequence are on disk before anything is done, so a command that comes twice, late or
// after a restart is told from a new one. One command at a time. Never while a citizen is at the kiosk. What was
// under way when the power went is reported as failed, and never begun again by itself.
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Store } from "../store/store.js";
import {
  type CommandReport,
  type CommandStage,
  digestOf,
  type KioskCommand,
  type Order,
  openOrder,
} from "./protocol/command.js";

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
}

interface Memory {
  readonly sequence: number;
  /** Newest last. */
  readonly known: readonly Known[];
}

const MEMORY = "commands";
/** More than ops has under way at once; older ones are refused as stale anyway. */
const REMEMBERED = 32;
/** Nothing that is asked of a kiosk takes longer. */
const RUN_LIMIT_MS = 5 * 60_000;
const DETAIL_LENGTH = 180;

export class Commands {
  readonly #parts: CommandParts;
  readonly #stop = new AbortController();
  #memory: Memory;
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
      this.#parts.store.journal.note("command.unsigned", digestOf(payload), { bytes: payload.length });
      this.#parts.log("link.message", { kind: "command", problem: "no key that may command signed it" });
      return;
    }
    if (!opened.ok) {
      if (opened.kiosk === this.#parts.kioskId) this.#refuse(opened.id, "unknownCommand");
      return;
    }
    const { order } = opened;
    const known = this.#memory.known.find(({ id }) => id === order.id);
    if (known !== undefined) this.#parts.report({ v: 1, ...known });
    else {
      const refusal = this.#refusal(order);
      if (refusal === null) this.#take(order);
      else this.#refuse(order.id, refusal);
    }
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
    this.#parts.store.journal.note("command.refused", id, { reason });
    this.#parts.report({ v: 1, id, stage: "refused", detail: reason });
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
    const limit = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, limit.signal]);
    const leftMs = order.expiresAtMs - clock.wall().epochMs;
    let timer = clock.setTimeout(() => limit.abort(new Error("expired")), Math.max(0, leftMs));
    try {
      await atRest(signal);
      signal.throwIfAborted();
      clock.clearTimeout(timer);
      timer = clock.setTimeout(() => limit.abort(new Error("took too long")), RUN_LIMIT_MS);
      this.#say(order.id, "started", null);
      // A runtime that ends while it restarts is settled by its next start.
      const detail = (await run(order.command, signal)).slice(0, DETAIL_LENGTH);
      store.journal.outcome(intent, "done", detail);
      this.#say(order.id, "done", detail);
    } catch (thrown) {
      if (this.#stop.signal.aborted && order.command.name === "restartRuntime") return;
      const detail = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, DETAIL_LENGTH);
      store.journal.outcome(intent, "failed", detail);
      this.#say(order.id, "failed", detail);
    } finally {
      clock.clearTimeout(timer);
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
    this.#memory = { ...this.#memory, known: [...others, { id, stage, detail }].slice(-REMEMBERED) };
    this.#parts.store.meta.set(MEMORY, JSON.stringify(this.#memory));
    this.#parts.report({ v: 1, id, stage, detail });
  }
}
