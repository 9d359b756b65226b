// How does a new program come over a link that belongs to the citizens?
//
// One slice is asked for at a time, and only while nobody is at the kiosk and nothing waits in the queue; its size
// follows the link, so that what a citizen may wait for stands behind no more than about a second of it; and between
// slices the line rests, for a rate that was set. A slice that does not come is asked for again. What is kept, and
// whether it is right, the update's own room knows.
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Outbox } from "../store/store.js";
import { topics } from "./protocol/messages.js";
import { decodePart, MAX_PART_BYTES, type OfferMessage, type UpdateMessage } from "./protocol/update.js";
import { encode } from "./protocol/validate.js";
import { type OpenWire, PublishRefused, type UserProperties } from "./protocol/wire.js";

export interface UpdateSink {
  /** Null: nothing is offered. */
  offered(envelope: Uint8Array | null): void;
  wanted(most: number): { readonly bundle: string; readonly from: number; readonly length: number } | null;
  part(bundle: string, from: number, bytes: Uint8Array): void;
  /** A new connection. */
  again(): void;
  watch(listener: () => void): () => void;
}

export interface UpdateOptions {
  readonly sink: UpdateSink;
  readonly report: () => UpdateMessage;
  /** True while a citizen is at the kiosk. */
  readonly busy: () => boolean;
  /** At most, bytes a second. */
  readonly bytesPerSecond: number;
}

export interface UpdateLineParts extends UpdateOptions {
  readonly kioskId: string;
  readonly outbox: Pick<Outbox, "pending">;
  readonly clock: Clock;
  readonly log: Log;
  /** An answer that takes longer is not coming. */
  readonly replyTimeoutMs: number;
  /** How often it is looked whether there is something to ask for. */
  readonly lookMs: number;
}

const SMALLEST = 4 * 1024;
const FIRST = 16 * 1024;
const FAST_MS = 300;
const SLOW_MS = 1_500;
/** A fraction is told when it grew by so much. */
const TOLD_FRACTION = 0.05;

/** What is worth a message: each step and reason, and a fraction now and then. */
const worthOf = ({ step, build, reason, fraction, runs }: UpdateMessage): string =>
  JSON.stringify([
    step,
    build,
    reason,
    runs,
    fraction === null ? null : Math.floor(fraction / TOLD_FRACTION),
  ]);

export class UpdateLine {
  readonly #parts: UpdateLineParts;
  readonly #stop = new AbortController();
  #wire: OpenWire | null = null;
  #online = false;
  #size = FIRST;
  #told = "";
  /** A broker whose rules do not know the topic is not asked again. */
  #refused = false;
  #awaited: { readonly from: number; readonly came: () => void } | null = null;
  readonly #forget: () => void;

  constructor(parts: UpdateLineParts) {
    this.#parts = parts;
    this.#forget = parts.sink.watch(() => this.#tell());
  }

  /** Null: it is gone. */
  connected(wire: OpenWire | null): void {
    this.#wire = wire;
    this.#told = "";
    if (wire === null) {
      this.#online = false;
      this.#awaited?.came();
      return;
    }
    this.#parts.sink.again();
    this.#tell();
    void this.#run(wire);
  }

  portalIs(online: boolean): void {
    this.#online = online;
    if (online) this.#tell();
  }

  offer({ release }: OfferMessage): void {
    this.#parts.sink.offered(release === null ? null : Buffer.from(release, "base64"));
  }

  /** A payload of `…/down/part`. */
  part(payload: Uint8Array, properties: UserProperties): void {
    const part = decodePart(properties, payload);
    if (part === undefined) {
      this.#parts.log("link.message", { kind: "part", problem: "badShape" });
      return;
    }
    this.#parts.sink.part(part.bundle, part.offset, part.bytes);
    if (this.#awaited?.from === part.offset) this.#awaited.came();
  }

  close(): void {
    this.#forget();
    this.#stop.abort();
  }

  async #run(wire: OpenWire): Promise<void> {
    const { clock, sink, log, lookMs } = this.#parts;
    try {
      while (wire.isOpen && !this.#stop.signal.aborted) {
        const slice = this.#mayAsk() ? sink.wanted(this.#size) : null;
        if (slice === null) await clock.sleep(lookMs, this.#stop.signal).catch(() => {});
        else await this.#ask(wire, slice);
      }
    } catch (thrown) {
      // The next connection begins anew, unless the broker would end that one, too.
      this.#refused ||= thrown instanceof PublishRefused;
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      log("link.message", { kind: "want", problem });
    }
  }

  #mayAsk(): boolean {
    const { busy, outbox } = this.#parts;
    return this.#online && !this.#refused && !busy() && outbox.pending(1).length === 0;
  }

  async #ask(
    wire: OpenWire,
    slice: { readonly bundle: string; readonly from: number; readonly length: number },
  ): Promise<void> {
    const { clock, kioskId, replyTimeoutMs, bytesPerSecond } = this.#parts;
    const startedMs = clock.monotonicMs();
    let came = false;
    const answer = new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, replyTimeoutMs);
      this.#awaited = {
        from: slice.from,
        came: () => {
          came = true;
          clock.clearTimeout(timer);
          resolve();
        },
      };
    });
    await wire.publish(topics.up(kioskId, "want"), encode({ v: 1, ...slice }));
    await answer;
    this.#awaited = null;
    const tookMs = clock.monotonicMs() - startedMs;
    if (!came || tookMs > SLOW_MS) this.#size = Math.max(SMALLEST, this.#size / 2);
    else if (tookMs < FAST_MS) this.#size = Math.min(MAX_PART_BYTES, this.#size * 2);
    const restMs = (slice.length / bytesPerSecond) * 1000 - tookMs;
    if (restMs > 0) await clock.sleep(restMs, this.#stop.signal).catch(() => {});
  }

  #tell(): void {
    const wire = this.#wire;
    if (wire === null || this.#refused) return;
    const message = this.#parts.report();
    const worth = worthOf(message);
    if (worth === this.#told) return;
    this.#told = worth;
    wire
      .publish(topics.update(this.#parts.kioskId), encode(message), { retain: true })
      .catch((thrown: unknown) => {
        this.#refused ||= thrown instanceof PublishRefused;
        this.#told = "";
        const problem = thrown instanceof Error ? thrown.message : String(thrown);
        this.#parts.log("link.message", { kind: "update", problem });
      });
  }
}
