// Which commands were given to which kiosk, by whom, and what did each report?

import type { KioskCommand } from "../../sync/protocol/command.js";
import type { CommandStage } from "../../sync/protocol/messages.js";
import type { PortalDb } from "../db/portal-db.js";

export interface OrderRow {
  readonly id: string;
  readonly kiosk: string;
  readonly sequence: number;
  readonly command: KioskCommand;
  /** As the person named themselves; a proxy with a login may fill it in. */
  readonly askedBy: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** "sent": the kiosk has not answered. */
  readonly stage: CommandStage | "sent";
  readonly detail: string | null;
}

export interface OrderEvent {
  readonly atMs: number;
  readonly stage: OrderRow["stage"];
  readonly detail: string | null;
}

interface Stored extends Omit<OrderRow, "command"> {
  readonly command: string;
  /** The signed payload, JSON. */
  readonly envelope: string;
}

/** A report never takes a command back to an earlier stage: reports may come twice and late. */
const RANK: Readonly<Record<OrderRow["stage"], number>> = {
  sent: 0,
  received: 1,
  started: 2,
  refused: 3,
  failed: 3,
  done: 3,
};

const COLUMNS = `id, kiosk, sequence, command, asked_by AS askedBy, issued_at_ms AS issuedAtMs,
  expires_at_ms AS expiresAtMs, stage, detail, envelope`;

const toRow = ({ envelope: _envelope, ...row }: Stored): OrderRow => ({
  ...row,
  command: JSON.parse(row.command) as KioskCommand,
});

export class OrderRows {
  readonly #db: PortalDb;

  constructor(db: PortalDb) {
    this.#db = db;
  }

  /**
   * Gives the next place in the kiosk's sequence to `make` and stores what it makes, in one step. Places never go
   * back: they are kept apart from the commands and follow the clock's seconds, so that a portal restored from an
   * old copy does not fall behind what its kiosks have already obeyed.
   */
  add(
    kiosk: string,
    nowMs: number,
    make: (sequence: number) => Omit<OrderRow, "stage" | "detail"> & { readonly envelope: string },
  ): OrderRow {
    return this.#db
      .transaction(() => {
        const last = this.#db
          .prepare("SELECT last FROM order_sequences WHERE kiosk = ?")
          .pluck()
          .get(kiosk) as number | undefined;
        const sequence = Math.max((last ?? 0) + 1, Math.floor(nowMs / 1000));
        this.#db
          .prepare(`INSERT INTO order_sequences (kiosk, last) VALUES (?, ?)
            ON CONFLICT (kiosk) DO UPDATE SET last = excluded.last`)
          .run(kiosk, sequence);
        const made = make(sequence);
        const row = { ...made, stage: "sent", detail: null } as const;
        this.#db
          .prepare(`INSERT INTO orders (id, kiosk, sequence, command, asked_by, issued_at_ms, expires_at_ms,
            stage, detail, envelope) VALUES (@id, @kiosk, @sequence, @command, @askedBy, @issuedAtMs,
            @expiresAtMs, @stage, @detail, @envelope)`)
          .run({ ...row, command: JSON.stringify(row.command) });
        this.#event(row.id, { atMs: nowMs, stage: "sent", detail: null });
        const { envelope: _envelope, ...order } = row;
        return order;
      })
      .immediate();
  }

  /** False: no such command of this kiosk. What is already known changes nothing. */
  report(kiosk: string, id: string, event: OrderEvent): boolean {
    return this.#db
      .transaction(() => {
        const stage = this.#db
          .prepare("SELECT stage FROM orders WHERE id = ? AND kiosk = ?")
          .pluck()
          .get(id, kiosk) as OrderRow["stage"] | undefined;
        if (stage === undefined) return false;
        if (RANK[event.stage] <= RANK[stage]) return true;
        this.#db
          .prepare("UPDATE orders SET stage = ?, detail = ? WHERE id = ?")
          .run(event.stage, event.detail, id);
        this.#event(id, event);
        return true;
      })
      .immediate();
  }

  /** The signed payloads that the kiosk has not answered and that still hold, in their sequence. */
  unanswered(kiosk: string, nowMs: number): readonly string[] {
    return this.#db
      .prepare(`SELECT envelope FROM orders WHERE kiosk = ? AND stage = 'sent' AND expires_at_ms > ?
        ORDER BY sequence`)
      .pluck()
      .all(kiosk, nowMs) as string[];
  }

  envelope(id: string): string | undefined {
    return this.#db.prepare("SELECT envelope FROM orders WHERE id = ?").pluck().get(id) as string | undefined;
  }

  /** Newest first. */
  ofKiosk(kiosk: string, limit: number): readonly OrderRow[] {
    const rows = this.#db
      .prepare(`SELECT ${COLUMNS} FROM orders WHERE kiosk = ? ORDER BY sequence DESC LIMIT ?`)
      .all(kiosk, limit) as Stored[];
    return rows.map(toRow);
  }

  /** Oldest first. */
  events(id: string): readonly OrderEvent[] {
    return this.#db
      .prepare(
        'SELECT at_ms AS atMs, stage, detail FROM order_events WHERE "order" = ? ORDER BY order_events.id',
      )
      .all(id) as OrderEvent[];
  }

  #event(id: string, { atMs, stage, detail }: OrderEvent): void {
    this.#db
      .prepare('INSERT INTO order_events ("order", at_ms, stage, detail) VALUES (?, ?, ?, ?)')
      .run(id, Math.round(atMs), stage, detail);
  }
}
