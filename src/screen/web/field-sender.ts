// When does a typed value go to the runtime?
//
// After a short pause of typing, and in any case before the next deed of the citizen.
import type { CitizenEvent } from "../../flows/events.js";

const PAUSE_MS = 120;

export type FieldEvent = Extract<CitizenEvent, { type: "SET_FIELD" | "SET_PAPER_FIELD" }>;

export class FieldSender {
  readonly #send: (event: CitizenEvent) => void;
  readonly #waiting = new Map<string, FieldEvent>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (event: CitizenEvent) => void) {
    this.#send = send;
  }

  set(event: FieldEvent): void {
    this.#waiting.set(event.key, event);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    const events = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const event of events) this.#send(event);
  }

  /** Forgets what was not sent. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }
}
