// What does the network between kiosk and portal do, message by message, on the test's own clock?
import { TimeoutError } from "../../src/core/clock.js";
import {
  type ConnectWire,
  type OpenWire,
  type PublishOptions,
  type UserProperties,
  WireClosed,
  type WireOptions,
} from "../../src/sync/protocol/wire.js";
import type { DrivenClock } from "./driven-clock.js";

type Receive = (topic: string, payload: Buffer, properties: UserProperties) => void;

const LATENCY_MS = 60;
const MAX_PAYLOAD_BYTES = 256 * 1024;

/** MQTT's topic filters: "+" is one level, "#" the rest. */
const matches = (filter: string, topic: string): boolean => {
  const levels = topic.split("/");
  const wanted = filter.split("/");
  return (
    wanted.every(
      (level, at) =>
        level === "#" || (at < levels.length && (level === "+" || level === levels[at])) === true,
    ) &&
    (wanted.at(-1) === "#" || wanted.length === levels.length)
  );
};

/** A broker with QoS 1, retained messages and last wills, and a network that can fail in each of their ways. */
export class MemoryBroker {
  readonly clock: DrivenClock;
  readonly #wires = new Set<MemoryWire>();
  readonly #retained = new Map<string, Buffer>();
  readonly #listeners = new Set<{ readonly filter: string; readonly receive: Receive }>();
  #reachable = true;
  /** So many next messages are acknowledged and lost, as by a broker that loses its disk. */
  lose = 0;
  /** So many next messages arrive twice. */
  double = 0;
  latencyMs = LATENCY_MS;

  constructor(clock: DrivenClock) {
    this.clock = clock;
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  /** False: every connection breaks, with its last will, and none comes up. */
  setReachable(on: boolean): void {
    this.#reachable = on;
    if (!on) for (const wire of [...this.#wires]) wire.drop("the network is gone");
  }

  /** The portal's side: it has no wire to lose here. */
  listen(filter: string, receive: Receive): void {
    this.#listeners.add({ filter, receive });
  }

  readonly connect: ConnectWire = async (options, signal) => {
    await options.clock.sleep(this.latencyMs, signal);
    if (!this.#reachable) throw new WireClosed("ECONNREFUSED");
    const wire = new MemoryWire(this, options, () => this.#wires.delete(wire));
    this.#wires.add(wire);
    return wire;
  };

  /** The kiosk's process died: its last will goes out, nobody there hears why. */
  cut(): void {
    for (const wire of [...this.#wires]) wire.cut();
  }

  retainedFor(filter: string): readonly (readonly [string, Buffer])[] {
    return [...this.#retained].filter(([topic]) => matches(filter, topic));
  }

  /** True when somebody listened. */
  spread(topic: string, payload: Buffer, options: PublishOptions = {}): boolean {
    if (options.retain === true) this.#retained.set(topic, payload);
    if (this.lose > 0) {
      this.lose -= 1;
      return true;
    }
    const times = this.double > 0 ? 2 : 1;
    if (times === 2) this.double -= 1;
    const properties = { ...options.properties };
    let heard = false;
    for (let time = 0; time < times; time += 1) {
      for (const { filter, receive } of this.#listeners)
        if (matches(filter, topic)) {
          heard = true;
          receive(topic, payload, properties);
        }
      for (const wire of this.#wires) if (wire.hear(topic, payload, properties)) heard = true;
    }
    return heard;
  }
}

class MemoryWire implements OpenWire {
  readonly maxPayloadBytes = MAX_PAYLOAD_BYTES;
  readonly closed: Promise<string>;
  readonly #broker: MemoryBroker;
  readonly #options: WireOptions;
  readonly #leave: () => void;
  readonly #filters = new Set<string>();
  readonly #inFlight = new Set<(error: Error) => void>();
  #resolveClosed: (why: string) => void = () => {};
  #end: WireClosed | null = null;
  #cut = false;

  constructor(broker: MemoryBroker, options: WireOptions, leave: () => void) {
    this.#broker = broker;
    this.#options = options;
    this.#leave = leave;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get isOpen(): boolean {
    return this.#end === null;
  }

  hear(topic: string, payload: Buffer, properties: UserProperties): boolean {
    if (this.#cut || this.#end !== null) return false;
    if (![...this.#filters].some((filter) => matches(filter, topic))) return false;
    this.#options.onMessage(topic, payload, properties);
    return true;
  }

  async subscribe(filters: readonly string[]): Promise<void> {
    await this.#later(() => {
      for (const filter of filters) {
        this.#filters.add(filter);
        for (const [topic, payload] of this.#broker.retainedFor(filter))
          this.#options.onMessage(topic, payload, {});
      }
      return true;
    }, "SUBSCRIBE");
  }

  publish(topic: string, payload: Buffer | Uint8Array, options: PublishOptions = {}): Promise<boolean> {
    const copy = Buffer.from(payload);
    return this.#later(() => this.#broker.spread(topic, copy, options), topic);
  }

  async close(): Promise<void> {
    this.#shut("closed", false);
  }

  drop(why: string): void {
    this.#shut(why, true);
  }

  cut(): void {
    this.#cut = true;
    this.#shut("the process died", true);
  }

  /** A round trip; ends with the wire or at the deadline, which also ends the wire. */
  #later(act: () => boolean, what: string): Promise<boolean> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const { clock, publishTimeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clock.clearTimeout(timer);
        this.#inFlight.delete(fail);
        if (!this.#cut) settle();
      };
      const fail = (error: Error) => finish(() => reject(error));
      const timer = clock.setTimeout(() => {
        fail(new TimeoutError(what, publishTimeoutMs));
        this.drop(`${what}: no acknowledgement`);
      }, publishTimeoutMs);
      this.#inFlight.add(fail);
      this.#broker.clock.setTimeout(() => {
        if (this.#cut || this.#end !== null) return;
        const heard = act();
        finish(() => resolve(heard));
      }, this.#broker.latencyMs);
    });
  }

  #shut(why: string, withWill: boolean): void {
    if (this.#end !== null) return;
    this.#end = new WireClosed(why);
    this.#leave();
    for (const fail of [...this.#inFlight]) fail(this.#end);
    const { will } = this.#options;
    if (withWill && will !== undefined) this.#broker.spread(will.topic, will.payload, { retain: true });
    if (!this.#cut) this.#resolveClosed(why);
  }
}
