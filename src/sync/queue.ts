// Which queue numbers does the portal not know for certain, and how does the queue stand?
//
// A number is told at once, and again at each occasion until the portal has confirmed it. How the queue stands is kept
// for the next start too: an old answer with its age is better than none.
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Store } from "../store/store.js";
import type { GivenTicket } from "../store/tickets.js";
import { topics } from "./protocol/messages.js";
import {
  MAX_TICKETS_TOLD,
  type QueueGroup,
  type QueueMessage,
  type QueueService,
  type TicketedMessage,
  type TicketsMessage,
} from "./protocol/queue.js";
import { decode, encode } from "./protocol/validate.js";
import type { OpenWire } from "./protocol/wire.js";

export interface QueueParts {
  readonly place: string;
  readonly services: readonly QueueService[];
  readonly groups: readonly QueueGroup[];
}

export interface QueueLineParts extends QueueParts {
  readonly store: Pick<Store, "tickets" | "meta">;
  readonly kioskId: string;
  readonly clock: Clock;
  readonly log: Log;
}

const STATE_KEY = "queue.state";
const DAY_MS = 24 * 3_600_000;
/** Beyond it no number of an earlier day is of use to anybody. */
const KEPT_DAYS = 7;
/** Not answered for so long, numbers are told again. */
const PATIENCE_MS = 15_000;

const toldOf = ({ day, label, number, service, group, atMs, wallTrust }: GivenTicket) => ({
  ...{ day, label, number, service, group, atMs, wallTrust },
});

export class QueueLine {
  readonly #parts: QueueLineParts;
  readonly #listeners = new Set<(state: QueueMessage) => void>();
  readonly #forget: () => void;
  #wire: OpenWire | null = null;
  #online = false;
  #awaitingSinceMs: number | null = null;
  #state: QueueMessage | null;

  constructor(parts: QueueLineParts) {
    this.#parts = parts;
    const kept = parts.store.meta.get(STATE_KEY);
    const state = kept === undefined ? undefined : decode("queue", Buffer.from(kept));
    this.#state = state?.ok === true && state.value.place === parts.place ? state.value : null;
    this.#forget = parts.store.tickets.onTaken(() => this.#tell());
  }

  /** Null: nobody told it yet. */
  get state(): QueueMessage | null {
    return this.#state;
  }

  watch(listener: (state: QueueMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Null: it is gone. */
  connected(wire: OpenWire | null): void {
    this.#wire = wire;
    this.#awaitingSinceMs = null;
    if (wire === null) this.#online = false;
  }

  /** The portal is told which queue this kiosk belongs to, even with no number to tell. */
  portalIs(online: boolean): void {
    const isNew = online && !this.#online;
    this.#online = online;
    if (isNew) {
      this.#awaitingSinceMs = null;
      this.#tell(true);
    }
  }

  /** An occasion to tell again what was not answered. */
  remind(): void {
    this.#tell();
  }

  ticketed({ kept, reason }: TicketedMessage): void {
    const { store, clock, log } = this.#parts;
    this.#awaitingSinceMs = null;
    if (reason !== null) log("link.message", { kind: "ticketed", problem: reason });
    const { epochMs, trust } = clock.wall();
    // A clock that nobody set must not forget anything.
    const from = trust === "trusted" ? epochMs - KEPT_DAYS * DAY_MS : 0;
    store.tickets.told(kept, new Date(from).toISOString().slice(0, 10));
    if (kept.length > 0) this.#tell();
  }

  heard(state: QueueMessage): void {
    const { place, store } = this.#parts;
    // The portal's revisions grow, also over a restored database: an older one came late.
    if (state.place !== place || state.revision <= (this.#state?.revision ?? -1)) return;
    this.#state = state;
    store.meta.set(STATE_KEY, JSON.stringify(state));
    for (const listener of this.#listeners) listener(state);
  }

  close(): void {
    this.#forget();
    this.#listeners.clear();
  }

  #tell(always = false): void {
    const { kioskId, store, clock, place, services, groups, log } = this.#parts;
    const wire = this.#wire;
    if (wire === null || !this.#online) return;
    const nowMs = clock.monotonicMs();
    if (this.#awaitingSinceMs !== null && nowMs - this.#awaitingSinceMs < PATIENCE_MS) return;
    const tickets = store.tickets.untold(MAX_TICKETS_TOLD).map(toldOf);
    if (tickets.length === 0 && !always) return;
    const message: TicketsMessage = { v: 1, place, services, groups, tickets };
    this.#awaitingSinceMs = nowMs;
    wire.publish(topics.up(kioskId, "tickets"), encode(message)).catch((thrown: unknown) => {
      this.#awaitingSinceMs = null;
      log("link.message", { kind: "tickets", problem: thrown instanceof Error ? thrown.message : "" });
    });
  }
}
