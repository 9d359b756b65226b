// Which figures does a kiosk tell about itself, how often, and what becomes of those that nobody could hear?
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Store } from "../store/store.js";
import { type TelemetryMessage, topics } from "./protocol/messages.js";
import { encode } from "./protocol/validate.js";
import type { OpenWire } from "./protocol/wire.js";
import type { RatingsTeller } from "./ratings.js";
import type { TelemetryRing } from "./telemetry-ring.js";

export interface TelemetryParts {
  readonly store: Pick<Store, "outbox" | "quota">;
  readonly kioskId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly readings: () => TelemetryMessage["readings"];
  /** Measured for each sample; a figure that can not be measured is null. */
  readonly figures: () => Promise<NonNullable<TelemetryMessage["figures"]>>;
  /** Null: what nobody hears is lost. */
  readonly ring: TelemetryRing | null;
  readonly everyMs: number;
  /** Told after the figures, to whoever heard them. */
  readonly ratings?: RatingsTeller;
}

export class Telemetry {
  readonly #parts: TelemetryParts;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #wire: OpenWire | null = null;
  #portalOnline = false;

  constructor(parts: TelemetryParts) {
    this.#parts = parts;
    this.#done = this.#loop();
  }

  /** Null: it is gone. */
  connected(wire: OpenWire | null): void {
    this.#wire = wire;
    if (wire === null) this.#portalOnline = false;
    else this.#meet();
  }

  /** By its retained presence: a broker takes figures that nobody hears, too. */
  portalIs(online: boolean): void {
    const isNew = online && !this.#portalOnline;
    this.#portalOnline = online;
    if (isNew) this.#meet();
  }

  /** How it is now is told at once, then what happened meanwhile. */
  #meet(): void {
    const wire = this.#wire;
    if (wire === null || !this.#portalOnline) return;
    void this.#tellAll(wire).catch((thrown: unknown) => this.#odd(thrown));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    try {
      this.#parts.ring?.flush();
    } catch (thrown) {
      this.#odd(thrown);
    }
  }

  async #loop(): Promise<void> {
    const { clock, everyMs } = this.#parts;
    while (!this.#stop.signal.aborted) {
      await clock.sleep(everyMs, this.#stop.signal).catch(() => {});
      if (this.#stop.signal.aborted) return;
      await this.#measure().catch((thrown: unknown) => this.#odd(thrown));
    }
  }

  async #measure(): Promise<void> {
    if (this.#mustShed()) return;
    const sample = await this.#sample();
    const wire = this.#wire;
    if (wire !== null && (await this.#heard(wire, sample))) await this.#tellRest(wire);
    else this.#parts.ring?.add(sample);
  }

  async #tellAll(wire: OpenWire): Promise<void> {
    if (this.#mustShed()) return;
    if (await this.#heard(wire, await this.#sample())) await this.#tellRest(wire);
  }

  async #heard(wire: OpenWire, sample: TelemetryMessage): Promise<boolean> {
    if (!this.#portalOnline) return false;
    return wire.publish(topics.telemetry(this.#parts.kioskId), encode(sample)).catch(() => false);
  }

  async #tellRest(wire: OpenWire): Promise<void> {
    await this.#tellPast(wire);
    await this.#parts.ratings?.tell(wire);
  }

  /** One batch after the other, so that a submission never waits behind more than one. */
  async #tellPast(wire: OpenWire): Promise<void> {
    const { ring, kioskId } = this.#parts;
    for (let batch = ring?.oldest() ?? null; batch !== null; batch = ring?.oldest() ?? null) {
      const heard = await wire.publish(topics.past(kioskId), encode(batch.message)).catch(() => false);
      if (!heard) return;
      batch.sent();
    }
  }

  /** The queue needs the room: figures and diagnostics go first (the facts' quota: 85 %). */
  #mustShed(): boolean {
    const { level } = this.#parts.store.quota();
    return level === "shed" || level === "refuse";
  }

  async #sample(): Promise<TelemetryMessage> {
    const { store, clock, readings, figures } = this.#parts;
    const { epochMs, trust } = clock.wall();
    const { queued, bytes, oldestAgeMs, quarantined, accepted } = store.outbox.stats();
    return {
      v: 1,
      atMs: Math.round(epochMs),
      wallTrust: trust,
      queue: {
        ...{ queued, bytes, quarantined, accepted },
        oldestAgeMs: oldestAgeMs === null ? null : Math.round(oldestAgeMs),
      },
      storeUsed: Number(store.quota().usedFraction.toFixed(4)),
      readings: readings(),
      figures: await figures(),
    };
  }

  #odd(thrown: unknown): void {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    this.#parts.log("link.message", { kind: "telemetry", problem });
  }
}
