// How is somebody called to a counter, and what do kiosks and boards hear of it?
import type { Clock } from "../../core/clock.js";
import type { DownKind } from "../../sync/protocol/messages.js";
import type { QueueMessage, TicketedMessage, TicketsMessage } from "../../sync/protocol/queue.js";
import { decode } from "../../sync/protocol/validate.js";
import { localDay } from "../appointments.js";
import type { PortalDb } from "../db/portal-db.js";
import { DeskError } from "../desk-error.js";
import { type Counter, QueueRows, type Ticket } from "./queue-rows.js";
import { headStartMs, type PriorityRule } from "./rule.js";

export interface QueueOptions {
  readonly db: PortalDb;
  readonly clock: Clock;
  readonly rule: PriorityRule;
  readonly isEnrolled: (kiosk: string) => boolean;
  readonly send: (kiosk: string, kind: DownKind, message: object) => void;
}

/** Whose hand is on which counter; `current`: the ticket that the officer saw there, 0 for none. */
export interface AtCounter {
  readonly place: string;
  readonly counter: string;
  readonly by: string;
  readonly current: number;
}

const SHOWN_CALLS = 6;
/** Enough to be a mean, and of this morning. */
const MEASURED = { least: 3, most: 20 } as const;
const SHORTEST_MINUTES = 1;

const taken = (): DeskError =>
  new DeskError(409, {
    vi: "Quầy này đã có thay đổi ở cửa sổ khác; xin xem lại",
    en: "This counter was changed in another window; please look again",
  });

const notHeld = (): DeskError =>
  new DeskError(409, { vi: "Xin mở quầy trước", en: "Please open the counter first" });

export class Queue {
  readonly rows: QueueRows;
  readonly #options: QueueOptions;
  readonly #listeners = new Set<(place: string) => void>();

  constructor(options: QueueOptions) {
    this.#options = options;
    this.rows = new QueueRows(options.db);
  }

  get today(): string {
    return localDay(this.#nowMs);
  }

  /** Fires after each change that was made here; other replicas' changes are seen by the revision. */
  watch(listener: (place: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One answer to each message, whatever it is; what comes twice or in another order ends in the same rows. */
  tickets(kiosk: string, payload: Uint8Array): void {
    const { isEnrolled, send } = this.#options;
    const answer = (reason: TicketedMessage["reason"], kept: TicketedMessage["kept"] = []) =>
      send(kiosk, "ticketed", { v: 1, kept, reason } satisfies TicketedMessage);
    const message = decode("tickets", payload);
    if (!isEnrolled(kiosk)) answer("unknownKiosk");
    else if (message.ok) this.#kept(kiosk, message.value, answer);
    else answer(message.problem === "unsupportedVersion" ? "unsupportedVersion" : "badShape");
  }

  /** How the queue stands, to one kiosk. */
  tell(kiosk: string): void {
    const place = this.rows.placeOf(kiosk);
    if (place !== undefined) this.#options.send(kiosk, "queue", this.messageFor(kiosk, place));
  }

  open({ place, counter, account, services }: Omit<Counter, "day">): void {
    this.#change(place, () => {
      const other = this.rows.counters(place, this.today).find((each) => each.counter === counter);
      const busy = this.rows.called(place, this.today).some((each) => each.counter === counter);
      if (other !== undefined && other.account !== account && busy)
        throw new DeskError(409, {
          vi: `Quầy ${counter} đang tiếp dân`,
          en: `Somebody is being served at counter ${counter}`,
        });
      this.#leave(account, counter);
      this.rows.openCounter({ place, counter, account, services, day: this.today });
    });
  }

  close(place: string, account: string): void {
    this.#change(place, () => {
      this.#leave(account, null);
      this.rows.closeCounter(account);
    });
  }

  /** Whoever is at the counter is served; the next is called. Null: nobody waits. */
  callNext(at: AtCounter): Ticket | null {
    return this.#change(at.place, () => {
      const { services } = this.#held(at);
      if (at.current !== 0) this.#end(at, at.current, "served");
      const next = this.rows.next(at.place, this.today, services);
      if (next === undefined) return null;
      this.rows.call(next, at.counter, this.#nowMs);
      this.rows.note(next.id, "called", at.counter, at.by, this.#nowMs);
      return this.rows.ticket(next.id) ?? null;
    });
  }

  callAgain(at: AtCounter): void {
    this.#change(at.place, () => {
      const ticket = this.#current(at);
      this.rows.call(ticket, at.counter, this.#nowMs);
      this.rows.note(ticket.id, "calledAgain", at.counter, at.by, this.#nowMs);
    });
  }

  end(at: AtCounter, state: "served" | "absent"): void {
    this.#change(at.place, () => this.#end(at, this.#current(at).id, state));
  }

  /** Keeps its place by the time at which it was taken. */
  transfer(at: AtCounter, service: string): void {
    this.#change(at.place, () => {
      const ticket = this.#current(at);
      if (!this.rows.services(at.place).some(({ id }) => id === service))
        throw new DeskError(400, { vi: "Không có việc này", en: "There is no such service" });
      this.rows.wait(ticket.id, service, ticket.dueAtMs);
      this.rows.note(ticket.id, `transferred to ${service}`, at.counter, at.by, this.#nowMs);
    });
  }

  /** Somebody who was away when called is back: in the line by now, with the head start of the group. */
  rejoin(place: string, id: number, by: string): void {
    this.#change(place, () => {
      const ticket = this.rows.ticket(id);
      if (ticket === undefined || ticket.place !== place || ticket.state !== "absent") throw taken();
      this.rows.wait(id, ticket.service, this.#nowMs - headStartMs(this.#options.rule, ticket.group));
      this.rows.note(id, "rejoined", null, by, this.#nowMs);
    });
  }

  messageFor(kiosk: string, place: string): QueueMessage {
    const { rows, today: day } = this;
    const waiting = rows.waiting(place, day);
    const counters = rows.counters(place, day);
    const groups = [null, ...rows.groups(place).map(({ id }) => id)];
    const services = rows.services(place).map(({ id, minutes }) => {
      const mine = waiting.filter(({ service }) => service === id);
      const earlier = (group: string | null) => {
        const due = this.#nowMs - headStartMs(this.#options.rule, group);
        return mine.filter(({ dueAtMs }) => dueAtMs <= due).length;
      };
      return {
        ...{ service: id, waiting: mine.length, minutes: this.#minutes(place, id, minutes) },
        counters: counters.filter((each) => each.services.includes(id)).length,
        before: Object.fromEntries(groups.map((group) => [group ?? "", earlier(group)])),
      };
    });
    const calls = [...rows.called(place, day), ...rows.past(place, day, SHOWN_CALLS)].slice(0, SHOWN_CALLS);
    return {
      ...{ v: 1, place, day, revision: rows.revision(place), atMs: this.#nowMs, services },
      called: calls.map(({ label, counter, calledAtMs }) => ({
        ...{ label, counter: counter ?? "", atMs: calledAtMs ?? 0 },
      })),
      counted: rows.counted(kiosk, day),
    };
  }

  get #nowMs(): number {
    return Math.round(this.#options.clock.wall().epochMs);
  }

  #minutes(place: string, service: string, set: number): number {
    const served = this.rows.servedMinutes(place, this.today, service, MEASURED.most);
    if (served.length < MEASURED.least) return set;
    const mean = served.reduce((sum, minutes) => sum + minutes, 0) / served.length;
    return Math.max(SHORTEST_MINUTES, Math.round(mean * 10) / 10);
  }

  #kept(
    kiosk: string,
    value: TicketsMessage,
    answer: (reason: null, kept: TicketedMessage["kept"]) => void,
  ): void {
    const left = this.rows.placeOf(kiosk);
    const fresh = this.rows.together(() => {
      const added = this.rows.keep(kiosk, value, this.#options.rule, this.#nowMs);
      if (added > 0 || left !== value.place) this.rows.bump(value.place, this.#nowMs);
      return added;
    });
    answer(
      null,
      value.tickets.map(({ day, label }) => ({ day, label })),
    );
    if (fresh > 0) this.#changed(value.place);
    else this.tell(kiosk);
  }

  /** Throws unless this officer holds the counter and it is as the officer saw it. */
  #held({ place, counter, by, current }: AtCounter): Counter {
    const held = this.rows.counters(place, this.today).find((each) => each.account === by);
    if (held?.counter !== counter) throw notHeld();
    const there = this.rows.called(place, this.today).find((each) => each.counter === counter);
    if ((there?.id ?? 0) !== current) throw taken();
    return held;
  }

  #current(at: AtCounter): Ticket {
    this.#held(at);
    const ticket = this.rows.ticket(at.current);
    if (ticket === undefined) throw taken();
    return ticket;
  }

  #end(at: AtCounter, id: number, state: "served" | "absent"): void {
    this.rows.end(id, state, this.#nowMs);
    this.rows.note(id, state, at.counter, at.by, this.#nowMs);
  }

  /** Who goes to another counter, or home, has served whoever was there. */
  #leave(account: string, to: string | null): void {
    for (const place of this.rows.places())
      for (const held of this.rows.counters(place, this.today)) {
        if (held.account !== account || held.counter === to) continue;
        const there = this.rows.called(place, this.today).find((each) => each.counter === held.counter);
        if (there !== undefined)
          this.#end({ place, counter: held.counter, by: account, current: there.id }, there.id, "served");
      }
  }

  #change<T>(place: string, act: () => T): T {
    const result = this.rows.together(() => {
      const done = act();
      this.rows.bump(place, this.#nowMs);
      return done;
    });
    this.#changed(place);
    return result;
  }

  #changed(place: string): void {
    for (const kiosk of this.rows.kiosksOf(place)) this.tell(kiosk);
    for (const listener of this.#listeners) listener(place);
  }
}
