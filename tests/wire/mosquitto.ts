// How does a test get a real broker, and the messages that went through it?
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { type Broker, startMosquitto } from "../../src/dock/broker.js";
import { startEjabberd } from "./ejabberd.js";

export interface Heard {
  readonly topic: string;
  readonly payload: Buffer;
  readonly properties: Readonly<Record<string, string | string[]>>;
}

/** Settings of mosquitto's are for mosquitto; a test without any may run on another one: `MOTCUA_BROKER=ejabberd`. */
export const startBroker = (dir: string, extraConfig = ""): Promise<Broker> => {
  const folder = join(dir, "broker");
  mkdirSync(folder, { recursive: true });
  const wanted = process.env["MOTCUA_BROKER"] ?? "mosquitto";
  if (wanted === "ejabberd" && extraConfig === "") return startEjabberd(folder);
  if (wanted !== "mosquitto" && wanted !== "ejabberd")
    throw new Error(`MOTCUA_BROKER=${wanted}: mosquitto and ejabberd are known here`);
  return startMosquitto({ dir: folder, extraConfig });
};

/** A foreign client: hears `filter`, and can say anything on any topic. */
export class Stranger {
  readonly heard: Heard[] = [];
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on("message", (topic, payload, packet) =>
      this.heard.push({ topic, payload, properties: { ...packet.properties?.userProperties } }),
    );
  }

  static async connect(url: string, filter: string): Promise<Stranger> {
    const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
    client.on("error", () => {});
    const stranger = new Stranger(client);
    await client.subscribeAsync(filter, { qos: 1 });
    return stranger;
  }

  async say(topic: string, payload: string | Buffer, properties?: Record<string, string>): Promise<void> {
    await this.#client.publishAsync(topic, payload, {
      qos: 1,
      ...(properties && { properties: { userProperties: properties } }),
    });
  }

  /** The JSON payloads on `topic` so far. */
  jsonOf(topic: string): Record<string, unknown>[] {
    return this.heard
      .filter((message) => message.topic === topic)
      .map((message) => JSON.parse(message.payload.toString()) as Record<string, unknown>);
  }

  close(): void {
    this.#client.end(true);
  }
}
