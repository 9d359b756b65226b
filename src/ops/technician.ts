// Who may act on the running kiosk, and what is written down of each act?
//
// The console shows; the kiosk decides. A right PIN opens a session, known by a random token that only the kiosk's
// memory and the console's hold; it ends after five minutes without a key. Each act is an intent in the hash-chained
// journal before it begins and an outcome after it.
import { randomBytes } from "node:crypto";
import type { Clock } from "../core/clock.js";
import type { DeviceName } from "../hal/board.js";
import type { Journal } from "../store/store.js";
import { type PinGate, Refusal } from "./pin.js";
import type { Readiness, TestedPart } from "./self-test.js";

export const SESSION_IDLE_MS = 5 * 60_000;
const TOKEN_BYTES = 16;
const DETAIL_CHARS = 200;

export type Act =
  | { readonly act: "restart"; readonly device: DeviceName }
  | { readonly act: "test"; readonly part: TestedPart }
  | { readonly act: "requeue"; readonly which: number | "all" }
  /** Lets memory sticks in for so long; 0: no more. */
  | { readonly act: "usb"; readonly minutes: number };

export type ActResult =
  | { readonly act: "restart"; readonly device: DeviceName; readonly state: string }
  | { readonly act: "test"; readonly readiness: Readiness }
  | { readonly act: "requeue"; readonly requeued: number }
  | { readonly act: "usb"; readonly minutes: number };

export interface Unlocked {
  readonly token: string;
  /** The holder's initials. */
  readonly holder: string;
}

export interface TechnicianParts {
  readonly gate: PinGate;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Says how the device is afterwards. */
  restart(device: DeviceName): Promise<string>;
  test(part: TestedPart): Promise<Readiness>;
  requeue(which: number | "all"): number;
  /** Lets memory sticks in, or with 0 no more; throws where no guard keeps them out. */
  usb(minutes: number): Promise<void>;
}

const subjectOf = (wish: Act): string => {
  if (wish.act === "restart") return wish.device;
  if (wish.act === "usb") return "sticks";
  return wish.act === "test" ? wish.part : String(wish.which);
};

export const readinessDetail = ({ results }: Readiness): string =>
  results.map((one) => `${one.part} ${one.fault ?? one.result}`).join(", ");

const detailOf = (result: ActResult): string => {
  if (result.act === "restart") return result.state;
  if (result.act === "requeue") return `${result.requeued} requeued`;
  if (result.act === "usb") return result.minutes === 0 ? "kept out" : `let in for ${result.minutes} min`;
  return readinessDetail(result.readiness);
};

export class Technician {
  readonly #parts: TechnicianParts;
  readonly #sessions = new Map<string, { readonly holder: string; lastMs: number }>();
  readonly #setUps = new Set<number>();

  constructor(parts: TechnicianParts) {
    this.#parts = parts;
    // The runtime ended in the middle: whether the act was over is not known, and it is not repeated.
    for (const { id } of parts.journal.open("console"))
      parts.journal.outcome(id, "failed", "the runtime ended before the outcome was written");
  }

  /** Throws `Refusal`. A change of PIN ends every session. */
  async setPin(name: string, pin: string, old: string | null): Promise<void> {
    const { gate, journal } = this.#parts;
    const intent = journal.intent("console", "pin", { act: "setPin", who: name });
    try {
      await gate.set(name, pin, old);
    } catch (thrown) {
      journal.outcome(intent, "failed", sentence(thrown));
      throw thrown;
    }
    this.#sessions.clear();
    journal.outcome(intent, "done");
  }

  /** Throws `Refusal`. */
  async unlock(pin: string): Promise<Unlocked> {
    const { gate, journal, clock } = this.#parts;
    let holder: string;
    try {
      holder = await gate.check(pin);
    } catch (thrown) {
      // One that must wait was not looked at: no line for each press of a key.
      if (thrown instanceof Refusal && thrown.code === "wrongPin") journal.note("console.refused", "pin", {});
      throw thrown;
    }
    journal.note("console.unlocked", "pin", { who: holder });
    const token = randomBytes(TOKEN_BYTES).toString("hex");
    this.#sessions.set(token, { holder, lastMs: clock.monotonicMs() });
    return { token, holder };
  }

  /** A key was pressed at the console. Throws `Refusal` "locked". */
  touch(token: string): void {
    this.#session(token).lastMs = this.#parts.clock.monotonicMs();
  }

  lock(token: string): void {
    this.#sessions.delete(token);
  }

  /** Throws `Refusal` "locked", or what the act threw. */
  async perform(token: string, wish: Act): Promise<ActResult> {
    this.touch(token);
    const { holder } = this.#session(token);
    const told = { who: holder, act: wish.act, subject: subjectOf(wish) };
    try {
      return await this.noted(told, () => this.#act(wish), detailOf);
    } finally {
      // A self-test may take longer than the time without a key.
      const session = this.#sessions.get(token);
      if (session !== undefined) session.lastMs = this.#parts.clock.monotonicMs();
    }
  }

  /**
   * A step of the set-up begins (`motcua setup` does it, in a process of its own). Throws `Refusal` "locked" without a
   * session where a PIN is set. Returns the id for `endSetUp`.
   */
  beginSetUp(token: string | null, step: string): number {
    const { gate, journal } = this.#parts;
    const first = token === null && gate.holder() === null;
    const who = first ? "" : this.#session(token ?? "").holder;
    const id = journal.intent("console", step, { act: "setUp", who });
    this.#setUps.add(id);
    return id;
  }

  /** Once for each that began; throws otherwise. */
  endSetUp(id: number, done: boolean, detail: string): void {
    if (!this.#setUps.delete(id)) throw new Error(`no step of a set-up ${id} is under way`);
    this.#parts.journal.outcome(id, done ? "done" : "failed", detail.slice(0, DETAIL_CHARS));
  }

  /** Does `work` between its intent and its outcome; throws what it threw. */
  async noted<R>(
    { who, act, subject }: { readonly who: string; readonly act: string; readonly subject: string },
    work: () => Promise<R>,
    said: (result: R) => string,
  ): Promise<R> {
    const { journal } = this.#parts;
    const intent = journal.intent("console", subject, { act, who });
    try {
      const result = await work();
      journal.outcome(intent, "done", said(result).slice(0, DETAIL_CHARS));
      return result;
    } catch (thrown) {
      journal.outcome(intent, "failed", sentence(thrown));
      throw thrown;
    }
  }

  async #act(wish: Act): Promise<ActResult> {
    const { restart, test, requeue, usb } = this.#parts;
    if (wish.act === "restart")
      return { act: "restart", device: wish.device, state: await restart(wish.device) };
    if (wish.act === "test") return { act: "test", readiness: await test(wish.part) };
    if (wish.act === "usb") {
      await usb(wish.minutes);
      return wish;
    }
    const requeued = requeue(wish.which);
    if (requeued === 0 && wish.which !== "all")
      throw new Error(`no submission with number ${wish.which} is in quarantine`);
    return { act: "requeue", requeued };
  }

  #session(token: string): { readonly holder: string; lastMs: number } {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const [key, { lastMs }] of this.#sessions)
      if (nowMs - lastMs >= SESSION_IDLE_MS) this.#sessions.delete(key);
    const session = this.#sessions.get(token);
    if (session === undefined) throw new Refusal("locked", "the PIN must be given again");
    return session;
  }
}

const sentence = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, DETAIL_CHARS);
