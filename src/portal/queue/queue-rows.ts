// Which numbers were given, which wait, and which are called where?
//
// INVARIANT. Whatever changes a ticket does so in one writing transaction, of which there is one at a time at all
// replicas: no number is called twice, and no counter has two. The database holds the second by an index too.

import type { TicketsMessage } from "../../sync/protocol/queue.js";
import type { PortalDb } from "../db/portal-db.js";
import { dueMs, type PriorityRule } from "./rule.js";

export type TicketState = "waiting" | "called" | "served" | "absent";

export interface Ticket {
  readonly id: number;
  readonly place: string;
  readonly kiosk: string;
  readonly day: string;
  readonly label: string;
  readonly service: string;
  /** Null: no priority. */
  readonly group: string | null;
  readonly takenAtMs: number;
  readonly dueAtMs: number;
  readonly state: TicketState;
  readonly counter: string | null;
  readonly calls: number;
  readonly calledAtMs: number | null;
  readonly endedAtMs: number | null;
}

export interface Counter {
  readonly place: string;
  readonly counter: string;
  readonly account: string;
  readonly services: readonly string[];
  readonly day: string;
}

export interface Named {
  readonly id: string;
  readonly vi: string;
  readonly en: string;
}

export interface Service extends Named {
  readonly minutes: number;
}

const COLUMNS = `id, place, kiosk, day, label, service, grp AS groupId, taken_at_ms AS takenAtMs, due_at_ms AS dueAtMs,
  state, counter, calls, called_at_ms AS calledAtMs, ended_at_ms AS endedAtMs`;

type Row = Omit<Ticket, "group"> & { readonly groupId: string | null };

const ticketOf = ({ groupId, ...rest }: Row): Ticket => ({ ...rest, group: groupId });

const lettersOf = (label: string): string => label.replace(/\d+$/, "");

export class QueueRows {
  readonly #db: PortalDb;

  constructor(db: PortalDb) {
    this.#db = db;
  }

  together<T>(act: () => T): T {
    return this.#db.transaction(act).immediate();
  }

  /** Adds what is new; a ticket that is there already stays as it is. Returns how many are new. */
  keep(kiosk: string, message: TicketsMessage, rule: PriorityRule, nowMs: number): number {
    const { place, services, groups, tickets } = message;
    const put =
      this.#db.prepare(`INSERT INTO queue_tickets (place, kiosk, day, label, letters, number, service, grp,
      taken_at_ms, due_at_ms, state) VALUES (@place, @kiosk, @day, @label, @letters, @number, @service, @group,
      @takenAtMs, @dueAtMs, 'waiting') ON CONFLICT (kiosk, day, label) DO NOTHING`);
    this.#belong(kiosk, place, nowMs);
    this.#name(place, services, groups);
    return tickets.reduce((fresh, { day, label, number, service, group, atMs, wallTrust }) => {
      // A clock that nobody set, or that is ahead, gives nobody a place before others.
      const takenAtMs = wallTrust === "trusted" ? Math.min(Math.round(atMs), nowMs) : nowMs;
      const row = { place, kiosk, day, label, letters: lettersOf(label), number, service, group, takenAtMs };
      return fresh + put.run({ ...row, dueAtMs: dueMs(rule, takenAtMs, group) }).changes;
    }, 0);
  }

  /** Grows with each change, also over a database that came out of a backup. */
  bump(place: string, nowMs: number): void {
    this.#db
      .prepare(`INSERT INTO queue_places (place, revision) VALUES (@place, @now) ON CONFLICT (place) DO UPDATE
        SET revision = CASE WHEN queue_places.revision >= excluded.revision THEN queue_places.revision + 1
          ELSE excluded.revision END`)
      .run({ place, now: nowMs });
  }

  revision(place: string): number {
    const found = this.#db.prepare("SELECT revision FROM queue_places WHERE place = ?").pluck().get(place);
    return Number(found ?? 0);
  }

  places(): readonly string[] {
    return this.#db.prepare("SELECT place FROM queue_places ORDER BY place").pluck().all() as string[];
  }

  placeOf(kiosk: string): string | undefined {
    return this.#db.prepare("SELECT place FROM queue_kiosks WHERE kiosk = ?").pluck().get(kiosk) as
      | string
      | undefined;
  }

  kiosksOf(place: string): readonly string[] {
    return this.#db
      .prepare("SELECT kiosk FROM queue_kiosks WHERE place = ? ORDER BY kiosk")
      .pluck()
      .all(place) as string[];
  }

  services(place: string): readonly Service[] {
    return this.#db
      .prepare(`SELECT service AS id, title_vi AS vi, title_en AS en, minutes FROM queue_services
        WHERE place = ? ORDER BY service`)
      .all(place) as Service[];
  }

  groups(place: string): readonly Named[] {
    return this.#db
      .prepare(
        "SELECT grp AS id, title_vi AS vi, title_en AS en FROM queue_groups WHERE place = ? ORDER BY grp",
      )
      .all(place) as Named[];
  }

  ticket(id: number): Ticket | undefined {
    const row = this.#db.prepare(`SELECT ${COLUMNS} FROM queue_tickets WHERE id = ?`).get(id) as
      | Row
      | undefined;
    return row && ticketOf(row);
  }

  /** In the order in which they are called. */
  waiting(place: string, day: string): readonly Ticket[] {
    return this.#list(
      "place = ? AND day = ? AND state = 'waiting' ORDER BY due_at_ms, taken_at_ms, id",
      place,
      day,
    );
  }

  next(place: string, day: string, services: readonly string[]): Ticket | undefined {
    if (services.length === 0) return undefined;
    const some = services.map(() => "?").join(", ");
    return this.#list(
      `place = ? AND day = ? AND state = 'waiting' AND service IN (${some})
        ORDER BY due_at_ms, taken_at_ms, id LIMIT 1`,
      ...[place, day, ...services],
    )[0];
  }

  /** At each counter the one that is there; the newest call first. */
  called(place: string, day: string): readonly Ticket[] {
    return this.#list(
      "place = ? AND day = ? AND state = 'called' ORDER BY called_at_ms DESC, id DESC",
      place,
      day,
    );
  }

  /** What was called and is over. */
  past(place: string, day: string, limit: number): readonly Ticket[] {
    return this.#list(
      `place = ? AND day = ? AND state IN ('served', 'absent') AND called_at_ms IS NOT NULL
        ORDER BY called_at_ms DESC, id DESC LIMIT ?`,
      ...[place, day, limit],
    );
  }

  absent(place: string, day: string, limit: number): readonly Ticket[] {
    return this.#list(
      "place = ? AND day = ? AND state = 'absent' ORDER BY ended_at_ms DESC, id DESC LIMIT ?",
      ...[place, day, limit],
    );
  }

  /** Minutes from call to end, the newest first. */
  servedMinutes(place: string, day: string, service: string, limit: number): readonly number[] {
    return this.#list(
      "place = ? AND day = ? AND service = ? AND state = 'served' ORDER BY ended_at_ms DESC LIMIT ?",
      ...[place, day, service, limit],
    ).map(({ calledAtMs, endedAtMs }) => ((endedAtMs ?? 0) - (calledAtMs ?? 0)) / 60_000);
  }

  /** The last number of each letter that this kiosk gave on that day. */
  counted(kiosk: string, day: string): Readonly<Record<string, number>> {
    const rows = this.#db
      .prepare(
        "SELECT letters, max(number) AS last FROM queue_tickets WHERE kiosk = ? AND day = ? GROUP BY letters",
      )
      .all(kiosk, day) as { letters: string; last: number }[];
    return Object.fromEntries(rows.map(({ letters, last }) => [letters, last]));
  }

  /** Labels that two kiosks of the place gave on one day: their prefixes are the same. */
  twice(place: string, day: string): readonly string[] {
    return this.#db
      .prepare(`SELECT label FROM queue_tickets WHERE place = ? AND day = ? GROUP BY label HAVING count(*) > 1
        ORDER BY label`)
      .pluck()
      .all(place, day) as string[];
  }

  counters(place: string, day: string): readonly Counter[] {
    const rows = this.#db
      .prepare(
        "SELECT place, counter, account, services, day FROM queue_counters WHERE place = ? AND day = ?",
      )
      .all(place, day) as (Omit<Counter, "services"> & { services: string })[];
    return rows
      .map((row) => ({ ...row, services: JSON.parse(row.services) as string[] }))
      .sort((a, b) => a.counter.localeCompare(b.counter, "vi", { numeric: true }));
  }

  openCounter({ place, counter, account, services, day }: Counter): void {
    this.#db.prepare("DELETE FROM queue_counters WHERE account = ?").run(account);
    this.#db
      .prepare(`INSERT INTO queue_counters (place, counter, account, services, day) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (place, counter) DO UPDATE SET account = excluded.account, services = excluded.services,
          day = excluded.day`)
      .run(place, counter, account, JSON.stringify(services), day);
  }

  closeCounter(account: string): void {
    this.#db.prepare("DELETE FROM queue_counters WHERE account = ?").run(account);
  }

  call({ id, calls }: Ticket, counter: string, nowMs: number): void {
    this.#db
      .prepare(
        "UPDATE queue_tickets SET state = 'called', counter = ?, calls = ?, called_at_ms = ? WHERE id = ?",
      )
      .run(counter, calls + 1, nowMs, id);
  }

  end(id: number, state: "served" | "absent", nowMs: number): void {
    this.#db
      .prepare("UPDATE queue_tickets SET state = ?, ended_at_ms = ? WHERE id = ?")
      .run(state, nowMs, id);
  }

  /** Waits again, for that service, with that place in the line. */
  wait(id: number, service: string, dueAtMs: number): void {
    this.#db
      .prepare(`UPDATE queue_tickets SET state = 'waiting', counter = NULL, ended_at_ms = NULL, service = ?,
        due_at_ms = ? WHERE id = ?`)
      .run(service, dueAtMs, id);
  }

  note(ticket: number, what: string, counter: string | null, by: string, nowMs: number): void {
    this.#db
      .prepare("INSERT INTO queue_events (ticket, at_ms, what, counter, done_by) VALUES (?, ?, ?, ?, ?)")
      .run(ticket, nowMs, what, counter, by);
  }

  #list(where: string, ...values: readonly (string | number)[]): readonly Ticket[] {
    const rows = this.#db
      .prepare(`SELECT ${COLUMNS} FROM queue_tickets WHERE ${where}`)
      .all(...values) as Row[];
    return rows.map(ticketOf);
  }

  #belong(kiosk: string, place: string, nowMs: number): void {
    this.#db
      .prepare(`INSERT INTO queue_kiosks (kiosk, place, heard_at_ms) VALUES (?, ?, ?) ON CONFLICT (kiosk) DO UPDATE
        SET place = excluded.place, heard_at_ms = excluded.heard_at_ms`)
      .run(kiosk, place, nowMs);
  }

  #name(place: string, services: TicketsMessage["services"], groups: TicketsMessage["groups"]): void {
    const service = this.#db.prepare(`INSERT INTO queue_services (place, service, title_vi, title_en, minutes)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT (place, service) DO UPDATE SET title_vi = excluded.title_vi,
        title_en = excluded.title_en, minutes = excluded.minutes`);
    for (const { service: id, title, minutes } of services)
      service.run(place, id, title.vi, title.en, minutes);
    const group =
      this.#db.prepare(`INSERT INTO queue_groups (place, grp, title_vi, title_en) VALUES (?, ?, ?, ?)
      ON CONFLICT (place, grp) DO UPDATE SET title_vi = excluded.title_vi, title_en = excluded.title_en`);
    for (const { group: id, title } of groups) group.run(place, id, title.vi, title.en);
  }
}
