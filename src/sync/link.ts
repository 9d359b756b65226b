// Is the kiosk connected, and what does the rest of the house see of it?
//
// One loop: connect, run until the wire closes, wait with full jitter on the monotonic clock, again. The
// outbox is the only queue; nothing is kept here that a new connection could not make again.
import { withDeadline } from "../core/clock.js";
import { type Fault, FaultError } from "../core/faults.js";
import type { SubmissionStatus } from "../store/store.js";
import { Asking } from "./asking.js";
import { awaitReceipt } from "./await-receipt.js";
import { Identity, type Offer } from "./certificates/identity.js";
import { ChunkPace } from "./chunks.js";
import { ClockDoubt } from "./clock-doubt.js";
import { Comeback } from "./comeback.js";
import { CommandLine } from "./command-line.js";
import { DeviceAlerts } from "./device-alerts.js";
import { Downlink } from "./downlink.js";
import type { FeeQuestion, FoundStatus, Link, LinkOptions, LinkState, StoredCopyWish } from "./link-view.js";
import {
  type CodeMessage,
  type CodeWish,
  type FeeMessage,
  type StoredCopy,
  topics,
} from "./protocol/messages.js";
import type { OpinionResult } from "./protocol/queue.js";
import { encode } from "./protocol/validate.js";
import { type OpenWire, type UserProperties, Wire } from "./protocol/wire.js";
import { QueueLine } from "./queue.js";
import { RatingsTeller } from "./ratings.js";
import { Telemetry } from "./telemetry.js";
import { TelemetryRing } from "./telemetry-ring.js";
import { LINK_TIMINGS, type LinkTimings } from "./timings.js";
import { UpdateLine } from "./update-line.js";
import { Uplink } from "./uplink.js";

export type { FeeQuestion, Link, LinkOptions, LinkState, StoredCopyWish };

/** The last will says the same; a start or stop of the kiosk does not wait for a slow link. */
const FAREWELL_MS = 1000;

class KioskLink implements Link {
  readonly #options: LinkOptions;
  readonly #timings: LinkTimings;
  readonly #alerts: DeviceAlerts | null;
  readonly #commands: CommandLine | null;
  readonly #identity: Identity | null;
  readonly #pace = new ChunkPace();
  readonly #stop = new AbortController();
  readonly #stateListeners = new Set<(state: LinkState) => void>();
  readonly #statusListeners = new Set<(status: SubmissionStatus) => void>();
  readonly #asking: Asking;
  readonly #queue: QueueLine | null;
  readonly #updates: UpdateLine | null;
  readonly #done: Promise<void>;
  readonly #telemetry: Telemetry;
  readonly #comeback: Comeback;
  readonly #doubt: ClockDoubt;
  #losses = 0;
  #fault: Fault | null = null;
  #state: LinkState = "down";
  #releasedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#timings = { ...LINK_TIMINGS, ...options.timings };
    const { devices, obedience, queue, updates, ...parts } = options;
    this.#updates =
      updates === undefined
        ? null
        : new UpdateLine({
            ...{ ...parts, ...updates, outbox: options.store.outbox },
            ...{ replyTimeoutMs: this.#timings.replyTimeoutMs, lookMs: this.#timings.updateLookMs },
          });
    this.#queue = queue === undefined ? null : new QueueLine({ ...parts, ...queue });
    this.#comeback = new Comeback({
      ...{ meta: options.store.meta, timings: this.#timings, random: options.random ?? Math.random },
    });
    this.#doubt = new ClockDoubt(options.clock, options.log);
    this.#asking = new Asking(options.clock, options.kioskId);
    this.#alerts = devices === undefined ? null : new DeviceAlerts({ ...parts, devices });
    this.#commands = obedience === undefined ? null : new CommandLine({ ...parts, ...obedience });
    this.#telemetry = this.#startTelemetry();
    const { certificates, store } = options;
    this.#identity =
      certificates === undefined
        ? null
        : new Identity({ ...parts, ...certificates, journal: store.journal, timings: this.#timings });
    this.#done = this.#loop();
  }

  get state(): LinkState {
    return this.#state;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  watch(listener: (state: LinkState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  watchStatus(listener: (status: SubmissionStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  whenStatus(
    submissionId: string,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<SubmissionStatus | null> {
    const { clock, store } = this.#options;
    const watchStatus: Link["watchStatus"] = (listener) => this.watchStatus(listener);
    return awaitReceipt({ submissionId, timeoutMs, outbox: store.outbox, clock, watchStatus }, signal);
  }

  lookUp(lookupHash: string, signal?: AbortSignal): Promise<FoundStatus | null> {
    return this.#asking.lookUp(lookupHash, this.#timings.lookupTimeoutMs, signal);
  }

  findStoredCopy(wish: StoredCopyWish, timeoutMs: number, signal?: AbortSignal): Promise<StoredCopy | null> {
    return this.#asking.findStoredCopy(wish, timeoutMs, signal);
  }

  askFee(wish: FeeQuestion, timeoutMs: number, signal?: AbortSignal): Promise<FeeMessage> {
    return this.#asking.fee(wish, timeoutMs, signal);
  }

  askCode(wish: CodeWish, timeoutMs: number, signal?: AbortSignal): Promise<CodeMessage> {
    return this.#asking.code(wish, timeoutMs, signal);
  }

  watchFee(listener: (message: FeeMessage) => void): () => void {
    return this.#asking.watchFee(listener);
  }

  get queue(): Pick<QueueLine, "state" | "watch"> {
    return this.#queue ?? { state: null, watch: () => () => undefined };
  }

  sayOpinion(lookupHash: string, stars: number, signal?: AbortSignal): Promise<OpinionResult> {
    return this.#asking.opinion(lookupHash, stars, this.#timings.lookupTimeoutMs, signal);
  }

  async close(): Promise<void> {
    this.#queue?.close();
    this.#updates?.close();
    // While the wire is open: what was under way is reported.
    await this.#commands?.close();
    await this.#identity?.close();
    await this.#telemetry.close();
    this.#stop.abort(new Error("the link was closed"));
    await this.#done;
  }

  async #loop(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.signal.aborted) {
      const startedMs = clock.monotonicMs();
      const why = await this.#connection().catch((thrown: unknown) =>
        thrown instanceof Error ? thrown.message : String(thrown),
      );
      this.#become("down", why);
      const waitMs = this.#comeback.waitMs(clock.monotonicMs() - startedMs);
      if (this.#identity?.takeHurry() === true) continue;
      await clock.sleep(waitMs, this.#stop.signal).catch(() => {});
    }
  }

  /** Resolves with why the connection ended. */
  async #connection(): Promise<string> {
    this.#become("connecting");
    const offer = this.#identity?.offer() ?? { pair: null, tls: this.#options.tls ?? {} };
    let cameUp = false;
    const onUp = () => {
      cameUp = true;
      this.#fault = null;
      this.#doubt.connected();
      this.#identity?.came(offer);
    };
    return this.#connectionWith(offer, onUp).catch((thrown: unknown) => {
      if (cameUp || this.#identity === null) throw thrown;
      const failed = this.#identity.failed(offer, thrown);
      this.#fault = failed instanceof FaultError ? failed : null;
      if (this.#fault?.code === "clock.untrusted") this.#doubt.notYetValid();
      throw failed;
    });
  }

  async #connectionWith({ tls }: Offer, onUp: () => void): Promise<string> {
    const { kioskId, store, clock, log, version } = this.#options;
    const say = (online: boolean) =>
      encode({ v: 1, online, atMs: Math.round(clock.wall().epochMs), version });
    let receive: (topic: string, payload: Buffer, properties: UserProperties, retained: boolean) => void =
      () => {};
    const connect = this.#options.connect ?? Wire.connect;
    const wire = await connect(
      {
        ...{ url: this.#options.url, clock, clientId: kioskId, tls },
        will: { topic: topics.state(kioskId), payload: say(false) },
        connectTimeoutMs: this.#timings.connectTimeoutMs,
        publishTimeoutMs: this.#timings.publishTimeoutMs,
        onMessage: (topic, payload, properties, retained) =>
          receive(topic, payload, properties, retained === true),
      },
      this.#stop.signal,
    );
    const uplink = new Uplink({
      ...{ wire, clock, log, kiosk: kioskId, outbox: store.outbox },
      ...{ pace: this.#pace, timings: this.#timings },
    });
    const downlink = this.#downlink(wire, uplink);
    receive = (topic, payload, properties, retained) =>
      this.#guarded("down", () => {
        if (topic === topics.down(kioskId, "part")) this.#updates?.part(payload, properties);
        else downlink.receive(topic, payload, retained);
      });
    const onStop = () => {
      uplink.stop();
      void this.#goodbye(wire, say(false));
    };
    this.#stop.signal.addEventListener("abort", onStop, { once: true });
    const forget = store.outbox.onEnqueued(() => uplink.kick());
    try {
      await wire.subscribe([topics.allDown(kioskId), topics.portal]);
      await wire.publish(topics.state(kioskId), say(true), { retain: true });
      if (this.#stop.signal.aborted) onStop();
      onUp();
      this.#connected(wire);
      this.#become("up");
      void this.#regularly(wire);
      void this.#alerts?.tell(wire);
      await uplink.run();
      return await wire.closed;
    } finally {
      this.#connected(null);
      forget();
      this.#stop.signal.removeEventListener("abort", onStop);
      wire.drop("the connection ended");
    }
  }

  /** Null: it is gone. */
  #connected(wire: OpenWire | null): void {
    this.#asking.connected(wire);
    this.#commands?.connected(wire);
    this.#telemetry.connected(wire);
    this.#queue?.connected(wire);
    this.#identity?.connected(wire);
    this.#updates?.connected(wire);
  }

  #downlink(wire: OpenWire, uplink: Uplink): Downlink {
    const { kioskId, store, log, readManifest } = this.#options;
    return new Downlink({
      ...{ store, log },
      ...(readManifest && { readManifest }),
      onReply: (submission, reply) => uplink.replied(submission, reply),
      onPortal: (said) => {
        const { online, atMs, fleet } = said;
        this.#doubt.portalSaid(atMs);
        if (fleet !== undefined) this.#comeback.fleetIs(fleet);
        uplink.portalIs(said);
        this.#telemetry.portalIs(online);
        this.#identity?.portalIs(online);
        this.#queue?.portalIs(online);
        this.#updates?.portalIs(online);
        if (online) this.#commands?.sendUnheard();
      },
      onOrder: (payload, retained) => this.#commands?.order(payload, retained),
      onHeard: (message) => this.#commands?.heard(message),
      onFound: (message) => this.#asking.found(message),
      onCopy: (message) => this.#asking.copyFound(message),
      onCode: (message) => this.#asking.codeAnswered(message),
      onFee: (message) => this.#asking.feeTold(message),
      onCertificate: (message) => this.#identity?.answered(message),
      onTicketed: (message) => this.#queue?.ticketed(message),
      onQueue: (message) => this.#queue?.heard(message),
      onOpinion: (message) => this.#asking.opinionAnswered(message),
      onOffer: (message) => this.#updates?.offer(message),
      onStatus: (status) => {
        for (const listener of this.#statusListeners) listener(status);
      },
      confirm: (submission, revision) =>
        void wire
          .publish(topics.up(kioskId, "seen"), encode({ v: 1, submission, revision }))
          // The portal sends the status again at the next birth, and it is confirmed then.
          .catch(() => {}),
    });
  }

  async #goodbye(wire: OpenWire, farewell: Buffer): Promise<void> {
    const { clock, kioskId } = this.#options;
    const said = wire.publish(topics.state(kioskId), farewell, { retain: true });
    await withDeadline(clock, FAREWELL_MS, "the farewell", () => said).catch(() => {});
    await wire.close();
  }

  /** What happens again and again while the connection holds. */
  async #regularly(wire: OpenWire): Promise<void> {
    const { clock } = this.#options;
    const ended = new AbortController();
    void wire.closed.then(() => ended.abort());
    while (wire.isOpen) {
      this.#guarded("quarantine", () => this.#releaseQuarantined());
      this.#guarded("tickets", () => this.#queue?.remind());
      await clock.sleep(this.#timings.telemetryMs, ended.signal).catch(() => {});
    }
  }

  #startTelemetry(): Telemetry {
    const { store, kioskId, clock, log, telemetry, figures, telemetryDir } = this.#options;
    return new Telemetry({
      ...{ store, kioskId, clock, log, readings: telemetry, everyMs: this.#timings.telemetryMs },
      figures: async () => ({
        linkLosses: this.#losses,
        clockSuspect: Number(this.#doubt.isSuspect),
        ...this.#identity?.figures(),
        ...(await figures?.()),
      }),
      ring: telemetryDir === undefined ? null : new TelemetryRing(telemetryDir),
      ratings: new RatingsTeller({ store, kioskId, clock }),
    });
  }

  #releaseQuarantined(): void {
    const { clock, store } = this.#options;
    if (clock.monotonicMs() - this.#releasedAtMs < this.#timings.quarantineRetryMs) return;
    this.#releasedAtMs = clock.monotonicMs();
    store.outbox.releaseQuarantined();
  }

  /** A fault of the store or of a sensor must not end the process: the occasion comes again. */
  #guarded(kind: string, act: () => void): void {
    try {
      act();
    } catch (thrown) {
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      this.#options.log("link.message", { kind, problem });
    }
  }

  #become(state: LinkState, detail?: string): void {
    if (this.#state === state) return;
    if (this.#state === "up") this.#losses += 1;
    this.#state = state;
    this.#options.log("link.state", { state, ...(detail !== undefined && { detail }) });
    for (const listener of this.#stateListeners) listener(state);
  }
}

/** Starts at once and goes on until `close`. */
export const startLink = (options: LinkOptions): Link => new KioskLink(options);
