// How does a ticket that one replica gave open a copy at another?
//
// Its SHA-256 is a row: who reads the database can not fetch a copy with it.
import { createHash } from "node:crypto";
import type { PortalDb } from "../db/portal-db.js";
import { newTicket, TICKET_LIFE_MS, type Tickets } from "../public/tickets.js";
import { DATABASE_NOW_MS } from "./peers.js";

const hashOf = (ticket: string): Buffer => createHash("sha256").update(ticket).digest();

export class SharedTickets implements Tickets {
  readonly #db: PortalDb;

  constructor(db: PortalDb) {
    this.#db = db;
  }

  give(copy: string): string {
    const ticket = newTicket();
    this.#db.prepare(`DELETE FROM tickets WHERE until_ms < ${DATABASE_NOW_MS}`).run();
    this.#db
      .prepare(
        `INSERT INTO tickets (hash, copy, until_ms) VALUES (?, ?, ${DATABASE_NOW_MS} + ${TICKET_LIFE_MS})`,
      )
      .run(hashOf(ticket), copy);
    return ticket;
  }

  copyOf(ticket: string): string | undefined {
    return this.#db
      .prepare(`SELECT copy FROM tickets WHERE hash = ? AND until_ms >= ${DATABASE_NOW_MS}`)
      .pluck()
      .get(hashOf(ticket)) as string | undefined;
  }
}
