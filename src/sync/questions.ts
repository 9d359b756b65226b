// How does the kiosk ask the portal something and wait for that very answer?
import { randomUUID } from "node:crypto";
import { type Clock, withDeadline } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import { topics, type UpKind } from "./protocol/messages.js";
import { encode } from "./protocol/validate.js";
import type { OpenWire } from "./protocol/wire.js";

export interface Question {
  readonly kind: UpKind;
  /** Where something in the body is bound to it; otherwise one is made. */
  readonly id?: string;
  /** Without `v` and `id`. */
  readonly body: object;
  /** Named when the answer does not come. */
  readonly what: string;
  readonly timeoutMs: number;
}

/** Questions that await an answer of one kind; the answer carries the question's id. */
export class Questions<A extends { readonly id: string }> {
  readonly #clock: Clock;
  readonly #kiosk: string;
  readonly #waiting = new Map<string, (answer: A) => void>();

  constructor(clock: Clock, kiosk: string) {
    this.#clock = clock;
    this.#kiosk = kiosk;
  }

  /** An answer that nobody waits for any more is dropped. */
  answered(answer: A): void {
    this.#waiting.get(answer.id)?.(answer);
  }

  /** Throws "link.down" when it can not be asked or no answer came in time; the reason of `signal` when that ended it. */
  async ask(wire: OpenWire | null, question: Question, signal?: AbortSignal): Promise<A> {
    if (wire === null) throw new FaultError("link.down", "no connection to the portal");
    const id = question.id ?? randomUUID();
    try {
      const { kind, body, what, timeoutMs } = question;
      return await withDeadline(
        this.#clock,
        timeoutMs,
        what,
        async () => {
          const answer = new Promise<A>((resolve) => this.#waiting.set(id, resolve));
          await wire.publish(topics.up(this.#kiosk, kind), encode({ v: 1, id, ...body }));
          return answer;
        },
        signal,
      );
    } catch (thrown) {
      if (signal?.aborted === true) throw thrown;
      throw new FaultError("link.down", thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      this.#waiting.delete(id);
    }
  }
}
