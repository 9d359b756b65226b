// How does a person at the portal command a kiosk, and how does the command get there?
//
// INVARIANTS. A command is stored with who gave it before it is sent. It is sent again, the very same bytes, at each
// birth of the kiosk until the kiosk answers or it expires. A report is confirmed only after it is stored.
import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import { type KioskCommand, type OrderSigner, signOrder } from "../../sync/protocol/command.js";
import type { DownKind } from "../../sync/protocol/messages.js";
import { decode } from "../../sync/protocol/validate.js";
import { DeskError } from "../desk-error.js";
import type { OrderRow, OrderRows } from "./order-rows.js";

export interface OrdersParts {
  readonly rows: OrderRows;
  readonly key: OrderSigner;
  readonly isEnrolled: (kiosk: string) => boolean;
  /** Lost when there is no connection. */
  readonly send: (kiosk: string, kind: DownKind, message: object) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OrderWish {
  readonly kiosk: string;
  readonly command: KioskCommand;
  readonly askedBy: string;
  readonly validMinutes: number;
}

const MINUTE_MS = 60_000;

export class Orders {
  readonly #parts: OrdersParts;

  constructor(parts: OrdersParts) {
    this.#parts = parts;
  }

  /** Throws `DeskError` for a kiosk that nobody enrolled. */
  give({ kiosk, command, askedBy, validMinutes }: OrderWish): OrderRow {
    const { rows, key, isEnrolled, clock, log } = this.#parts;
    if (!isEnrolled(kiosk))
      throw new DeskError(404, { vi: "Không có máy này", en: "There is no such kiosk" });
    const now = Math.round(clock.wall().epochMs);
    const row = rows.add(kiosk, now, (sequence) => {
      const id = randomUUID();
      const times = { issuedAtMs: now, expiresAtMs: now + validMinutes * MINUTE_MS };
      const order = { v: 1, id, kiosk, sequence, command, ...times } as const;
      const envelope = signOrder(order, key).toString("utf8");
      return { id, kiosk, sequence, command, askedBy, ...times, envelope };
    });
    log("portal.command", { kiosk, command: command.name, stage: "sent" });
    this.#send(kiosk, rows.envelope(row.id) ?? "");
    return row;
  }

  /** The kiosk is there again. */
  resend(kiosk: string): void {
    for (const envelope of this.#parts.rows.unanswered(kiosk, this.#parts.clock.wall().epochMs))
      this.#send(kiosk, envelope);
  }

  /** A payload of `…/up/command`. */
  hear(kiosk: string, payload: Uint8Array): void {
    const { rows, send, clock, log } = this.#parts;
    const message = decode("command", payload);
    if (!message.ok) return;
    const { id, stage, detail } = message.value;
    if (!rows.report(kiosk, id, { atMs: clock.wall().epochMs, stage, detail })) return;
    log("portal.command", { kiosk, command: id, stage });
    send(kiosk, "heard", { v: 1, id, stage });
  }

  #send(kiosk: string, envelope: string): void {
    this.#parts.send(kiosk, "command", JSON.parse(envelope) as object);
  }
}
