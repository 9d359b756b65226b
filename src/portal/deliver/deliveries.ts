// When is each waiting delivery tried, and until when?
//
// One after the other: a portal sends a few hundred a day. What fails for now waits longer each time, up to
// hours, and after some days is put before a person; nothing is dropped.
import type { Clock } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import type { Copies } from "../copies/copies.js";
import type { Delivery, DeliveryRows, Way } from "./delivery-rows.js";
import type { Courier, Parcel, Sent } from "./parcel.js";

export interface DeliveryTimings {
  /** Before the second attempt; doubles with each. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** As long as mail servers try (RFC 5321, 4.5.4.1: four to five days). */
  readonly giveUpAfterMs: number;
}

export const DELIVERY_TIMINGS: DeliveryTimings = {
  firstWaitMs: 60_000,
  longestWaitMs: 4 * 3_600_000,
  giveUpAfterMs: 5 * 24 * 3_600_000,
};

export interface DeliveriesParts {
  readonly rows: DeliveryRows;
  readonly copies: Copies;
  readonly couriers: Partial<Readonly<Record<Way, Courier>>>;
  /** Opens the copy and the application; null: there is nobody to send it to. */
  readonly pack: (delivery: Delivery) => Promise<Parcel | null>;
  readonly clock: Clock;
  readonly log: Log;
  readonly timings?: Partial<DeliveryTimings>;
  /** Of the jitter; 0 ≤ x < 1. */
  readonly random?: () => number;
}

/** With nothing due, the table is looked at again after this; an added row wakes the loop at once. */
const LOOK_AGAIN_MS = 60_000;
const AFTER_FAULT_MS = 5_000;

export class Deliveries {
  readonly #parts: DeliveriesParts;
  readonly #timings: DeliveryTimings;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #wake: () => void = () => {};
  #kicked = false;

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
    this.#timings = { ...DELIVERY_TIMINGS, ...parts.timings };
    this.#done = this.#loop();
  }

  /** There is something new to send. */
  kick(): void {
    this.#kicked = true;
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error("the portal was closed"));
    this.kick();
    await this.#done;
  }

  async #loop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const delivery = this.#guarded(() => this.#parts.rows.due());
      if (delivery === undefined) await this.#rest();
      else await this.#try(delivery);
    }
  }

  async #rest(): Promise<void> {
    const wait = this.#guarded(() => this.#parts.rows.dueInMs()) ?? LOOK_AGAIN_MS;
    if (!this.#kicked)
      await new Promise<void>((resolve) => {
        const timer = this.#parts.clock.setTimeout(resolve, Math.min(wait, LOOK_AGAIN_MS));
        this.#wake = () => {
          this.#parts.clock.clearTimeout(timer);
          resolve();
        };
      });
    this.#wake = () => {};
    this.#kicked = false;
  }

  async #try(delivery: Delivery): Promise<void> {
    const { rows, clock, log } = this.#parts;
    try {
      if (!rows.begin(delivery)) return;
      const sent = await this.#send(delivery);
      // Stopped in the middle: the row stays as it is, and the next start sends it again under its key.
      if (this.#stop.signal.aborted && sent.kind !== "delivered") return;
      this.#settle(delivery, sent);
      log("portal.delivery", {
        copy: delivery.copy,
        way: delivery.way,
        result: sent.kind,
        detail: sent.detail,
      });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      log("kiosk.error", { where: "portal delivery", message });
      this.#guarded(() => rows.later(delivery.id, this.#waitMs(delivery.attempts), message));
      // Perhaps not even that could be written: the same row must not come round in a tight loop.
      await clock.sleep(AFTER_FAULT_MS, this.#stop.signal).catch(() => {});
    }
  }

  async #send(delivery: Delivery): Promise<Sent> {
    const courier = this.#parts.couriers[delivery.way];
    if (courier === undefined) return { kind: "later", detail: "this way is not set up at the portal" };
    const copy = this.#parts.copies.byId(delivery.copy);
    if (copy?.state === "revoked" && delivery.way !== "walletRevocation")
      return { kind: "failed", detail: "the copy was revoked before it was sent" };
    const parcel = await this.#parts.pack(delivery);
    if (parcel === null) return { kind: "failed", detail: "the application names no recipient" };
    return courier.send(parcel, this.#stop.signal);
  }

  #settle(delivery: Delivery, sent: Sent): void {
    const { rows, clock } = this.#parts;
    if (sent.kind !== "later") {
      rows.settle(delivery.id, sent.kind, sent.detail);
      return;
    }
    if (clock.wall().epochMs - delivery.queuedAtMs >= this.#timings.giveUpAfterMs)
      rows.settle(delivery.id, "failed", sent.detail);
    else
      rows.later(delivery.id, Math.max(sent.notBeforeMs ?? 0, this.#waitMs(delivery.attempts)), sent.detail);
  }

  /** Full doubling, a quarter of it by chance, so that what failed together does not come back together. */
  #waitMs(attempts: number): number {
    const { firstWaitMs, longestWaitMs } = this.#timings;
    const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempts, 30));
    return ceiling * (0.75 + 0.25 * (this.#parts.random ?? Math.random)());
  }

  /** A full disk must not end the loop: the occasion comes again. */
  #guarded<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      this.#parts.log("kiosk.error", { where: "portal deliveries", message });
      return undefined;
    }
  }
}
