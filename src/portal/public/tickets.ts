// Which tickets still open a certified copy, each for a few minutes?
import { randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock.js";

export const TICKET_LIFE_MS = 10 * 60_000;

export const newTicket = (): string => randomBytes(24).toString("base64url");

export interface Tickets {
  /** 192 random bits, for an address. */
  give(copy: string): string;
  /** The copy; undefined for one that is over or was never given. */
  copyOf(ticket: string): string | undefined;
}

const MAX_TICKETS = 1000;

/** Of the only portal: a restart ends them. */
export class TicketsInMemory implements Tickets {
  readonly #clock: Clock;
  readonly #tickets = new Map<string, { readonly copy: string; readonly untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  give(copy: string): string {
    const ticket = newTicket();
    const oldest = this.#tickets.keys().next();
    if (this.#tickets.size >= MAX_TICKETS && oldest.done !== true) this.#tickets.delete(oldest.value);
    this.#tickets.set(ticket, { copy, untilMs: this.#clock.monotonicMs() + TICKET_LIFE_MS });
    return ticket;
  }

  copyOf(ticket: string): string | undefined {
    const found = this.#tickets.get(ticket);
    return found === undefined || this.#clock.monotonicMs() > found.untilMs ? undefined : found.copy;
  }
}
