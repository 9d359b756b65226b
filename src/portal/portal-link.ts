// How does the portal stay on the broker, and what does it hear of the kiosks?
import { randomBytes } from "node:crypto";
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import { Backoff } from "../sync/protocol/backoff.js";
import { type DownKind, parseTopic, topics } from "../sync/protocol/messages.js";
import { type Part, partProperties } from "../sync/protocol/update.js";
import { decode, encode } from "../sync/protocol/validate.js";
import { type UserProperties, Wire, type WireTls } from "../sync/protocol/wire.js";

export interface PortalLinkOptions {
  readonly url: string;
  /** For mqtts://, read anew for each connection. */
  readonly tls?: () => WireTls;
  /** How many kiosks are enrolled. */
  readonly fleetSize: () => number;
  readonly fleetLookMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Beside other replicas: each message of a kiosk goes to one, what tells how a kiosk is to all. */
  readonly replica?: { readonly isAlone: () => boolean };
  readonly onUp: (topic: string, payload: Uint8Array, properties: UserProperties) => void;
  readonly onCommandReport: (kiosk: string, payload: Uint8Array) => void;
  readonly onCertificate: (kiosk: string, payload: Uint8Array) => void;
  readonly onCode: (kiosk: string, payload: Uint8Array) => void;
  readonly onState: (kiosk: string, payload: Uint8Array) => void;
  readonly onTelemetry: (kiosk: string, payload: Uint8Array) => void;
  readonly onDevice: (kiosk: string, device: string, payload: Uint8Array) => void;
  readonly onPast: (kiosk: string, payload: Uint8Array) => void;
  readonly onRatings: (kiosk: string, payload: Uint8Array) => void;
  readonly onTickets: (kiosk: string, payload: Uint8Array) => void;
  readonly onOpinion: (kiosk: string, payload: Uint8Array) => void;
  readonly onWant: (kiosk: string, payload: Uint8Array) => void;
  readonly onUpdate: (kiosk: string, payload: Uint8Array) => void;
}

/** The fleet is counted anew this often. */
const FLEET_LOOK_MS = 60_000;
/** Kiosks come back spread over a time that goes with the fleet's size: told anew when it has changed by more than this. */
const FLEET_CHANGE = 0.2;
const CONNECT_TIMEOUT_MS = 10_000;
const PUBLISH_TIMEOUT_MS = 30_000;
/** Portals are few, and every kiosk waits for them: no herd, no long wait. */
const RECONNECT_BASE_MS = 100;
const RECONNECT_CAP_MS = 2000;
const STEADY_AFTER_MS = 5000;
/** Of MQTT 5: the broker hands each message to one of the group's members. */
const SHARED = "$share/portal/";
/** Before a device's name in what follows the kiosk's. */
const DEVICE = "device/";

export class PortalLink {
  readonly #options: PortalLinkOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #wire: Wire | null = null;
  /** As it was said the last time. */
  #fleet = 0;

  constructor(options: PortalLinkOptions) {
    this.#options = options;
    this.#done = this.#loop();
  }

  get isUp(): boolean {
    return this.#wire !== null;
  }

  /** Lost when there is no connection: each message is sent again when the kiosk asks or is born again. */
  send(kiosk: string, kind: DownKind, message: object): void {
    this.#wire?.publish(topics.down(kiosk, kind), encode(message)).catch((thrown: unknown) => {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      this.#options.log("portal.link", { state: "notSent", detail });
    });
  }

  /** A slice of a bundle. Resolves when the broker has it, or it is lost: the kiosk asks again. */
  async sendPart(kiosk: string, { bundle, offset, bytes }: Part): Promise<void> {
    await this.#wire
      ?.publish(topics.down(kiosk, "part"), bytes, { properties: partProperties(bundle, offset) })
      .catch((thrown: unknown) => {
        const detail = thrown instanceof Error ? thrown.message : String(thrown);
        this.#options.log("portal.link", { state: "notSent", detail });
      });
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error("the portal was closed"));
    await this.#done;
  }

  async #loop(): Promise<void> {
    const { clock, log } = this.#options;
    const backoff = new Backoff(RECONNECT_BASE_MS, RECONNECT_CAP_MS);
    while (!this.#stop.signal.aborted) {
      const startedMs = clock.monotonicMs();
      const detail = await this.#connection().catch((thrown: unknown) =>
        thrown instanceof Error ? thrown.message : String(thrown),
      );
      log("portal.link", { state: "down", detail });
      if (clock.monotonicMs() - startedMs >= STEADY_AFTER_MS) backoff.reset();
      await clock.sleep(backoff.nextMs(), this.#stop.signal).catch(() => {});
    }
  }

  async #connection(): Promise<string> {
    const { url, tls, clock, log } = this.#options;
    const presence = (online: boolean) => this.#presence(online);
    const wire = await Wire.connect(
      {
        ...(tls && { tls: tls() }),
        ...{ url, clock, clientId: `portal-${randomBytes(6).toString("hex")}` },
        will: { topic: topics.portal, payload: presence(false) },
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        publishTimeoutMs: PUBLISH_TIMEOUT_MS,
        onMessage: (topic, payload, properties) => this.#receive(topic, payload, properties),
      },
      this.#stop.signal,
    );
    const onStop = () => {
      const goodbye = this.#isLast()
        ? wire.publish(topics.portal, presence(false), { retain: true })
        : Promise.resolve();
      void goodbye.catch(() => {}).then(() => wire.close());
    };
    this.#stop.signal.addEventListener("abort", onStop, { once: true });
    try {
      // Before the subscription: retained births come with it, and they are answered.
      this.#wire = wire;
      await wire.subscribe(this.#subscriptions());
      await this.#sayOnline();
      log("portal.link", { state: "up" });
      if (this.#stop.signal.aborted) onStop();
      void this.#watchFleet(wire);
      return await wire.closed;
    } finally {
      this.#wire = null;
      this.#stop.signal.removeEventListener("abort", onStop);
      wire.drop("the connection ended");
    }
  }

  #presence(online: boolean): Buffer {
    const { clock, fleetSize } = this.#options;
    this.#fleet = fleetSize();
    return encode({ v: 1, online, atMs: Math.round(clock.wall().epochMs), fleet: this.#fleet });
  }

  async #sayOnline(): Promise<void> {
    await this.#wire?.publish(topics.portal, this.#presence(true), { retain: true });
  }

  /** Until this connection ends. */
  async #watchFleet(wire: Wire): Promise<void> {
    const { clock, fleetSize, fleetLookMs = FLEET_LOOK_MS, log } = this.#options;
    const ended = new AbortController();
    void wire.closed.then(() => ended.abort());
    while (wire.isOpen) {
      await clock.sleep(fleetLookMs, ended.signal).catch(() => {});
      try {
        if (wire.isOpen && Math.abs(fleetSize() - this.#fleet) > FLEET_CHANGE * this.#fleet)
          await this.#sayOnline();
      } catch (thrown) {
        // A database that is away, say: it is counted again.
        log("portal.link", { state: "fleetNotTold", detail: thrown instanceof Error ? thrown.message : "" });
      }
    }
  }

  #subscriptions(): string[] {
    // Retained messages do not come through a shared subscription, and each replica shows the whole fleet.
    const forAll = [topics.everyState, topics.everyTelemetry, topics.everyDevice, topics.everyUpdate];
    const forOne = [topics.everyUp, topics.everyPast, topics.everyRatings];
    if (this.#options.replica === undefined) return [...forOne, ...forAll];
    return [...forOne.map((topic) => SHARED + topic), ...forAll, topics.portal];
  }

  /** The last will of a replica that died says that the portal is gone, which is not so while this one is here. */
  #defend(rest: string, payload: Uint8Array): void {
    if (rest !== "state" || this.#options.replica === undefined || this.#stop.signal.aborted) return;
    const message = decode("state", payload);
    if (message.ok && !message.value.online) this.#sayOnline().catch(() => {});
  }

  /** Who can not tell says goodbye: another one contradicts. */
  #isLast(): boolean {
    try {
      return this.#options.replica?.isAlone() ?? true;
    } catch {
      return true;
    }
  }

  #receive(topic: string, payload: Buffer, properties: UserProperties): void {
    const place = parseTopic(topic);
    if (place === undefined) return;
    if (place.kiosk === "portal") {
      this.#defend(place.rest, payload);
      return;
    }
    try {
      if (place.rest === "state") this.#options.onState(place.kiosk, payload);
      else if (place.rest === "telemetry") this.#options.onTelemetry(place.kiosk, payload);
      else if (place.rest === "telemetry/past") this.#options.onPast(place.kiosk, payload);
      else if (place.rest === "telemetry/ratings") this.#options.onRatings(place.kiosk, payload);
      else if (place.rest.startsWith(DEVICE))
        this.#options.onDevice(place.kiosk, place.rest.slice(DEVICE.length), payload);
      else if (place.rest === "up/command") this.#options.onCommandReport(place.kiosk, payload);
      else if (place.rest === "up/certificate") this.#options.onCertificate(place.kiosk, payload);
      else if (place.rest === "up/code") this.#options.onCode(place.kiosk, payload);
      else if (place.rest === "up/tickets") this.#options.onTickets(place.kiosk, payload);
      else if (place.rest === "up/opinion") this.#options.onOpinion(place.kiosk, payload);
      else if (place.rest === "up/want") this.#options.onWant(place.kiosk, payload);
      else if (place.rest === "telemetry/update") this.#options.onUpdate(place.kiosk, payload);
      else this.#options.onUp(topic, payload, properties);
    } catch (thrown) {
      // A full disk, say: unanswered, the kiosk repeats.
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      this.#options.log("kiosk.error", { where: "portal message", message });
    }
  }
}
