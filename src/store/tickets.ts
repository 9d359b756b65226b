// Which queue numbers were given, and which of them has the portal not confirmed?
//
// INVARIANT. The number and the row that tells of it are one commit, and a file beside the database is ahead of both:
// no number is given twice, whatever the power or the disk does, and none is gone without a row.
import type { Connection } from "./connection.js";
import type { Db } from "./database.js";
import type { Floor } from "./floor.js";

export interface TicketWish {
  /** Local day, yyyy-MM-dd: numbers begin anew with each. */
  readonly day: string;
  /** Up to three capital letters before the number; each has numbers of its own. */
  readonly letters: string;
  readonly service: string;
  /** Null: no priority. */
  readonly group: string | null;
  readonly atMs: number;
  readonly wallTrust: string;
}

export interface GivenTicket extends TicketWish {
  /** From 1. */
  readonly number: number;
  /** As it is printed and called, e.g. "A012". */
  readonly label: string;
}

export interface Tickets {
  /** The next number; durable before it returns. */
  take(wish: TicketWish): GivenTicket;
  /** Those that the portal has not confirmed, the oldest first. */
  untold(limit: number): readonly GivenTicket[];
  /** The portal has them. Forgets those of days before `keepFrom`. */
  told(kept: readonly { readonly day: string; readonly label: string }[], keepFrom: string): void;
  /** Numbers of these letters above `number`, by service and group. */
  after(day: string, letters: string, number: number): readonly Pick<GivenTicket, "service" | "group">[];
  /** The last number of these letters; 0: none yet. */
  last(day: string, letters: string): number;
  /** Fires after `take`. Returns the unsubscribe. */
  onTaken(listener: () => void): () => void;
}

const DIGITS = 3;
const COLUMNS =
  'day, letters, number, label, service, grp AS "group", at_ms AS atMs, wall_trust AS wallTrust';

export const labelOf = (letters: string, number: number): string =>
  `${letters}${String(number).padStart(DIGITS, "0")}`;

/** Where the last number of these letters stands; what stands under the day alone was set by a repair, for all. */
const keyOf = (day: string, letters: string): string => `${day} ${letters}`;

const prepare = (db: Db) => ({
  last: db.prepare("SELECT max(last) FROM tickets WHERE day IN (@day, @key)").pluck(),
  untold: db.prepare(
    `SELECT ${COLUMNS} FROM taken_tickets WHERE told = 0 ORDER BY day, at_ms, label LIMIT ?`,
  ),
  after: db.prepare(`SELECT service, grp AS "group" FROM taken_tickets
    WHERE day = ? AND letters = ? AND number > ?`),
  tell: db.prepare("UPDATE taken_tickets SET told = 1 WHERE day = ? AND label = ? AND told = 0"),
  forget: db.prepare("DELETE FROM taken_tickets WHERE told = 1 AND day < ?"),
});

const insertTicket = (db: Db) => {
  const count = db.prepare(`INSERT INTO tickets (day, last) VALUES (@key, @number)
    ON CONFLICT (day) DO UPDATE SET last = @number`);
  const row =
    db.prepare(`INSERT INTO taken_tickets (day, letters, number, label, service, grp, at_ms, wall_trust)
    VALUES (@day, @letters, @number, @label, @service, @group, @atMs, @wallTrust)`);
  return (ticket: GivenTicket): void => {
    count.run({ key: keyOf(ticket.day, ticket.letters), number: ticket.number });
    row.run(ticket);
  };
};

export class SqliteTickets implements Tickets {
  readonly #connection: Connection;
  readonly #floor: Floor;
  readonly #rows: () => ReturnType<typeof prepare>;
  readonly #insert: (ticket: GivenTicket) => void;
  readonly #listeners = new Set<() => void>();

  constructor(connection: Connection, floor: Floor) {
    this.#connection = connection;
    this.#floor = floor;
    this.#rows = connection.bind(prepare);
    this.#insert = connection.bindWrite(insertTicket);
  }

  take(wish: TicketWish): GivenTicket {
    const ticket = this.#connection.use(() => {
      const number = this.#last(wish.day, wish.letters) + 1;
      this.#floor.raise(number, wish.day);
      const given = { ...wish, number, label: labelOf(wish.letters, number) };
      this.#insert(given);
      return given;
    });
    for (const listener of this.#listeners) listener();
    return ticket;
  }

  untold(limit: number): readonly GivenTicket[] {
    return this.#connection.use(() => this.#rows().untold.all(limit) as GivenTicket[]);
  }

  told(kept: readonly { readonly day: string; readonly label: string }[], keepFrom: string): void {
    this.#connection.use(() => {
      const { tell, forget } = this.#rows();
      for (const { day, label } of kept) tell.run(day, label);
      forget.run(keepFrom);
    });
  }

  after(day: string, letters: string, number: number): readonly Pick<GivenTicket, "service" | "group">[] {
    return this.#connection.use(
      () => this.#rows().after.all(day, letters, number) as Pick<GivenTicket, "service" | "group">[],
    );
  }

  last(day: string, letters: string): number {
    return this.#connection.use(() => this.#last(day, letters));
  }

  onTaken(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #last(day: string, letters: string): number {
    return Number(this.#rows().last.get({ day, key: keyOf(day, letters) }) ?? 0);
  }
}
