// How does one MQTT 5 connection behave when mqtt.js is used as a wire and not as a queue?
//
// INVARIANTS. One client per connection; when it ends it never comes back. Every promise settles: mqtt.js
// calls a publish callback never once the connection is lost, so each publish also waits for the end and for
// a deadline. No more than min(ours, CONNACK.receiveMaximum) publishes are unacknowledged: mqtt.js itself
// ignores the server's Receive Maximum.
import { Socket } from "node:net";
import mqtt, { type IClientOptions, type IConnackPacket, type MqttClient } from "mqtt";
import { type Clock, TimeoutError } from "../../core/clock.js";
import { publishHead } from "./publish-packet.js";

export interface WireTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface WireWill {
  readonly topic: string;
  readonly payload: Buffer;
}

export interface WireOptions {
  readonly url: string;
  readonly clientId: string;
  readonly clock: Clock;
  readonly will?: WireWill;
  readonly tls?: WireTls;
  readonly connectTimeoutMs: number;
  /** From handing a publish to the socket to its PUBACK. */
  readonly publishTimeoutMs: number;
  /** `retained`: it was published to be kept, so it may be of any age. */
  readonly onMessage: (
    topic: string,
    payload: Buffer,
    properties: UserProperties,
    retained?: boolean,
  ) => void;
}

export type UserProperties = Readonly<Record<string, string | string[]>>;

export interface PublishOptions {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  readonly properties?: Readonly<Record<string, string>>;
}

/** The connection is gone; nothing is known about what was under way. */
export class WireClosed extends Error {
  override readonly name = "WireClosed";
}

/** The server said no to this very publish. */
export class PublishRefused extends Error {
  override readonly name = "PublishRefused";
  constructor(
    readonly code: number,
    readonly what: string,
  ) {
    super(`${what} was refused with reason 0x${code.toString(16)}`);
  }
}

export const REASON_TOO_LARGE = 0x95;
const REASON_NO_SUBSCRIBERS = 0x10;
/** From here on a reason says no (MQTT 5, 2.4). */
const FIRST_REFUSAL = 0x80;
const KEEPALIVE_S = 60;
const OUR_RECEIVE_MAXIMUM = 20;
/** MQTT's own default when the server names none. */
const DEFAULT_RECEIVE_MAXIMUM = 65_535;
const OUR_WINDOW = 16;
/** What is unacknowledged when the wire is to close will be sent again some day; nobody waits long for it. */
const GOODBYE_MS = 500;
/** Topic, properties and fixed header around a payload. */
const PACKET_OVERHEAD_BYTES = 512;

interface InFlight {
  readonly what: string;
  readonly size: number;
  readonly fail: (error: Error) => void;
}

const reasonOf = (thrown: unknown): number =>
  typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "number"
    ? thrown.code
    : 0;

const HUNG_UP =
  "the connection was closed before it was up: the broker hung up without an answer; does it speak MQTT 5, on this port?";
/** 0x01 of MQTT 3.1.1, 0x84 of MQTT 5. */
const UNKNOWN_VERSION: ReadonlySet<number> = new Set([0x01, 0x84]);

const connectError = (error: Error): WireClosed =>
  new WireClosed(
    UNKNOWN_VERSION.has(reasonOf(error))
      ? `the broker does not speak MQTT 5, and nothing older will do (${error.message})`
      : error.message,
    { cause: error },
  );

/** What a broker may leave out and says so (MQTT 5, 3.2.2.3), of what kiosks and portals live on; null: nothing. */
const lackOf = ({ properties = {} }: IConnackPacket): string | null => {
  // A server that takes QoS 0 alone says 0 there; the type of mqtt.js names another case of it.
  if (Number(properties.maximumQoS ?? 1) === 0) return "acknowledges nothing (Maximum QoS 0)";
  if (properties.retainAvailable === false) return "keeps no retained messages";
  if (properties.wildcardSubscriptionAvailable === false) return "takes no subscriptions with wildcards";
  return null;
};

const SHARED = "$share/";

const clientOptions = (options: WireOptions): IClientOptions => ({
  protocolVersion: 5,
  clientId: options.clientId,
  clean: true,
  keepalive: KEEPALIVE_S,
  reconnectPeriod: 0,
  queueQoSZero: false,
  resubscribe: false,
  connectTimeout: options.connectTimeoutMs,
  properties: { receiveMaximum: OUR_RECEIVE_MAXIMUM },
  ...(options.will && { will: { ...options.will, qos: 1, retain: true } }),
  ...options.tls,
});

/** What the rooms use of a connection. */
export type OpenWire = Pick<
  Wire,
  "closed" | "maxPayloadBytes" | "isOpen" | "subscribe" | "publish" | "close" | "drop"
>;
export type ConnectWire = (options: WireOptions, signal?: AbortSignal) => Promise<OpenWire>;

export class Wire {
  /** Resolves, never rejects, with a line that says why. */
  readonly closed: Promise<string>;
  /** Largest payload that the server takes. */
  readonly maxPayloadBytes: number;
  readonly #client: MqttClient;
  readonly #options: WireOptions;
  readonly #window: number;
  readonly #takesShared: boolean;
  readonly #inFlight = new Set<InFlight>();
  readonly #waiting: (() => void)[] = [];
  /** By their packet ids: what waits for its PUBACK, told the reason. */
  readonly #acks = new Map<number, (reason: number) => void>();
  readonly #resolveClosed: (why: string) => void;
  #allSettled: () => void = () => {};
  #closing = false;
  #holdsAcks = false;
  #end: WireClosed | null = null;
  #disconnectReason = 0;

  /** Resolves when the server said yes. Rejects with `WireClosed` or `TimeoutError`; then nothing is left open. */
  static connect(options: WireOptions, signal?: AbortSignal): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const client = mqtt.connect(options.url, clientOptions(options));
      const finish = (act: () => void) => {
        options.clock.clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        // One by one: mqtt.js listens to its own events, and needs to.
        client.off("connect", onConnect);
        client.off("error", onError);
        client.off("close", onClose);
        act();
      };
      const fail = (error: Error) =>
        finish(() => {
          client.on("error", () => {});
          client.end(true);
          reject(error);
        });
      const onAbort = () => fail(new WireClosed("stopped"));
      const timer = options.clock.setTimeout(
        () => fail(new TimeoutError("connecting to the broker", options.connectTimeoutMs)),
        options.connectTimeoutMs,
      );
      signal?.addEventListener("abort", onAbort, { once: true });
      // Small messages that wait for answers: Nagle's algorithm and delayed ACKs cost 40 ms a step.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
      // With TLS 1.3 the server's alert comes after the client's handshake; mqtt.js lets go of it and tells the end alone.
      let alert: Error | undefined;
      client.stream.on("error", (error: Error) => {
        alert ??= error;
      });
      const onError = (error: Error) => fail(connectError(error));
      const onClose = () =>
        fail(
          alert === undefined
            ? new WireClosed(HUNG_UP)
            : new WireClosed("the connection was closed before it was up", { cause: alert }),
        );
      const onConnect = (connack: IConnackPacket) => {
        const lack = lackOf(connack);
        if (lack === null) finish(() => resolve(new Wire(client, connack, options)));
        else fail(new WireClosed(`the broker ${lack}: another one, or another setting of it, is needed`));
      };
      client.on("error", onError);
      client.on("close", onClose);
      client.on("connect", onConnect);
      if (signal?.aborted === true) onAbort();
    });
  }

  private constructor(client: MqttClient, connack: IConnackPacket, options: WireOptions) {
    this.#client = client;
    this.#options = options;
    this.#takesShared = connack.properties?.sharedSubscriptionAvailable !== false;
    this.#window = Math.min(OUR_WINDOW, connack.properties?.receiveMaximum ?? DEFAULT_RECEIVE_MAXIMUM);
    const packet = connack.properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    this.maxPayloadBytes = packet - PACKET_OVERHEAD_BYTES;
    let resolveClosed: (why: string) => void = () => {};
    this.closed = new Promise((resolve) => {
      resolveClosed = resolve;
    });
    this.#resolveClosed = resolveClosed;
    let why = "the connection was closed";
    client.on("disconnect", (packet) => {
      this.#disconnectReason = packet.reasonCode ?? 0;
      why = `the broker ended the connection with reason 0x${this.#disconnectReason.toString(16)}`;
    });
    // mqtt.js does not know these ids, and leaves them alone.
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "publish" && packet.qos > 0) this.#holdAcks();
      if (packet.cmd === "puback") this.#acks.get(packet.messageId ?? 0)?.(packet.reasonCode ?? 0);
    });
    client.on("error", (error) => this.#shut(error.message));
    client.on("close", () => this.#shut(why));
    client.on("message", (topic, payload, packet) =>
      options.onMessage(topic, payload, { ...packet.properties?.userProperties }, packet.retain),
    );
  }

  get isOpen(): boolean {
    return this.#end === null;
  }

  async subscribe(filters: readonly string[]): Promise<void> {
    // Asked all the same, such a broker ends the connection.
    if (!this.#takesShared && filters.some((filter) => filter.startsWith(SHARED)))
      throw new WireClosed(
        "the broker has no shared subscriptions: several portals need one that has; one portal alone needs none",
      );
    const granted = await this.#bounded("SUBSCRIBE", 0, (settle) =>
      // Retain as published: without it a retained message that comes at once looks like any other.
      this.#client.subscribe([...filters], { qos: 1, rap: true }, (error, grants) =>
        error
          ? settle(error)
          : settle(
              null,
              (grants ?? []).every((grant) => grant.qos < 0x80),
            ),
      ),
    );
    if (!granted) throw new PublishRefused(0x87, `SUBSCRIBE ${filters.join(" ")}`);
  }

  /** Resolves at the PUBACK with whether anybody listens. QoS 0: when the socket took it. */
  async publish(topic: string, payload: Buffer | Uint8Array, options: PublishOptions = {}): Promise<boolean> {
    const { qos = 1, retain = false, properties = {} } = options;
    if (payload.length > this.maxPayloadBytes) throw new PublishRefused(REASON_TOO_LARGE, topic);
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    if (qos === 0)
      return this.#bounded(topic, bytes.length, (settle) =>
        this.#client.publish(topic, bytes, { qos, retain }, (error) => settle(error ?? null, true)),
      );
    if (this.#inFlight.size >= this.#window) await this.#slot();
    try {
      const packetId = this.#freeId();
      const head = { topic, retain, packetId, userProperties: properties, payloadBytes: bytes.length };
      const packet = [publishHead(head), bytes] as const;
      return await this.#bounded(topic, bytes.length, (settle) => {
        this.#acks.set(packetId, (reason) => {
          this.#acks.delete(packetId);
          const refused = reason >= FIRST_REFUSAL ? new PublishRefused(reason, topic) : null;
          settle(refused, reason !== REASON_NO_SUBSCRIBERS);
        });
        this.#write(packet);
      });
    } finally {
      this.#waiting.shift()?.();
    }
  }

  /** Straight to the socket: nothing of it is kept for another connection. */
  #write(packet: readonly Buffer[]): void {
    const { stream } = this.#client;
    stream.cork();
    for (const part of packet) stream.write(part);
    stream.uncork();
    this.#releaseAcks();
    this.#client.reschedulePing();
  }

  /** The PUBACKs for all that one look at the socket brings leave together: a packet for each costs a portal a quarter of its time. */
  #holdAcks(): void {
    if (this.#holdsAcks) return;
    this.#holdsAcks = true;
    this.#client.stream.cork();
    setImmediate(() => this.#releaseAcks());
  }

  #releaseAcks(): void {
    if (!this.#holdsAcks) return;
    this.#holdsAcks = false;
    this.#client.stream.uncork();
  }

  /** One number for all of a connection's packets, subscriptions too; few are under way at any time. */
  #freeId(): number {
    for (;;) {
      const id = this.#client.messageIdProvider.allocate();
      if (id !== null && !this.#acks.has(id)) return id;
    }
  }

  /** Says goodbye (no last will is sent) and closes. */
  async close(): Promise<void> {
    if (this.#end !== null) return;
    this.#closing = true;
    const kill = this.#options.clock.setTimeout(() => this.drop("closed"), GOODBYE_MS);
    if (this.#inFlight.size > 0)
      await Promise.race([this.closed, new Promise<void>((resolve) => (this.#allSettled = resolve))]);
    if (this.isOpen) this.#client.end(false, { reasonCode: 0 });
    await this.closed;
    this.#options.clock.clearTimeout(kill);
  }

  /** Ends at once, as a cable that is pulled: the broker will send the last will. */
  drop(why: string): void {
    this.#shut(why);
  }

  async #slot(): Promise<void> {
    while (this.#inFlight.size >= this.#window) {
      if (this.#end !== null) throw this.#end;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #bounded<T>(
    what: string,
    size: number,
    start: (settle: (error: Error | null, value?: T) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null || this.#closing) {
        reject(this.#end ?? new WireClosed("the connection is being closed"));
        return;
      }
      const done = (act: () => void) => {
        this.#options.clock.clearTimeout(timer);
        this.#inFlight.delete(entry);
        act();
        if (this.#inFlight.size === 0) this.#allSettled();
      };
      const entry: InFlight = { what, size, fail: (error) => done(() => reject(error)) };
      const timer = this.#options.clock.setTimeout(() => {
        entry.fail(new TimeoutError(what, this.#options.publishTimeoutMs));
        // A server that does not acknowledge is not there, whatever TCP thinks.
        this.drop(`${what}: no acknowledgement`);
      }, this.#options.publishTimeoutMs);
      this.#inFlight.add(entry);
      start((error, value) => {
        if (error === null) done(() => resolve(value as T));
        else if (error instanceof PublishRefused) entry.fail(error);
        else if (reasonOf(error) >= FIRST_REFUSAL) entry.fail(new PublishRefused(reasonOf(error), what));
        else entry.fail(new WireClosed(error.message, { cause: error }));
      });
    });
  }

  /** A DISCONNECT for size does not say for which packet: it was the largest. */
  #shut(why: string): void {
    if (this.#end !== null) return;
    this.#end = new WireClosed(why);
    const open = [...this.#inFlight].sort((a, b) => b.size - a.size);
    for (const [place, entry] of open.entries()) {
      const guilty = place === 0 && this.#disconnectReason === REASON_TOO_LARGE;
      entry.fail(guilty ? new PublishRefused(REASON_TOO_LARGE, entry.what) : this.#end);
    }
    for (const wake of this.#waiting.splice(0)) wake();
    this.#client.end(true);
    // `end` does nothing when a gentler one is already waiting for acknowledgements.
    this.#client.stream.destroy();
    this.#resolveClosed(why);
  }
}
