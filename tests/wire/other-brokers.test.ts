// What do kiosks and portals say to a broker that can not do what they need, and do they live with one that is not mosquitto?
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { startMosquitto } from "../../src/dock/broker.js";
import { Wire } from "../../src/sync/protocol/wire.js";
import { testClock, withFolder } from "../store/fixtures.js";
import { hasEjabberd, startEjabberd } from "./ejabberd.js";
import { startBroker } from "./mosquitto.js";

const open = (
  url: string,
  onMessage: (topic: string, payload: Buffer, retained: boolean) => void = () => {},
) =>
  Wire.connect({
    ...{ url, clientId: `T${Math.random().toString(36).slice(2, 8)}`, clock: testClock },
    ...{ connectTimeoutMs: 30_000, publishTimeoutMs: 30_000 },
    onMessage: (topic, payload, _properties, retained) => onMessage(topic, payload, retained === true),
  });

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "not refused",
    (thrown: Error) => thrown.message,
  );

/** Answers every CONNECT with these bytes; with none it hangs up, as RabbitMQ 3.10 does on MQTT 5. */
const answering = async (bytes: readonly number[], act: (url: string) => Promise<void>): Promise<void> => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      if (bytes.length === 0) socket.end();
      else socket.write(Buffer.from(bytes));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  try {
    await act(`mqtt://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`);
  } finally {
    server.close();
  }
};

for (const [what, bytes, sentence] of [
  ["hangs up", [], /hung up without an answer; does it speak MQTT 5/],
  ["answers as MQTT 3.1.1 says", [0x20, 2, 0, 0x01], /does not speak MQTT 5, and nothing older will do/],
  ["answers as MQTT 5 says", [0x20, 3, 0, 0x84, 0], /does not speak MQTT 5, and nothing older will do/],
  ["takes no wildcards", [0x20, 5, 0, 0, 2, 0x28, 0], /takes no subscriptions with wildcards/],
] as const)
  test(`a broker that ${what} is refused in a sentence`, () =>
    answering(bytes, async (url) => {
      assert.match(await refusal(open(url)), sentence);
    }));

test("without shared subscriptions a group of portals is told so; one portal alone does not need them", () =>
  answering([0x20, 5, 0, 0, 2, 0x2a, 0], async (url) => {
    const wire = await open(url);
    assert.match(
      await refusal(wire.subscribe(["$share/portal/a/#"])),
      /no shared subscriptions: several portals/,
    );
    assert.ok(wire.isOpen, "it was not even asked");
    wire.drop("done");
  }));

for (const [setting, sentence] of [
  ["retain_available false", /keeps no retained messages/],
  ["max_qos 0", /acknowledges nothing/],
] as const)
  test(`mosquitto with "${setting}" is refused in a sentence`, () =>
    withFolder(async (dir) => {
      const broker = await startBroker(dir, setting);
      try {
        assert.match(await refusal(open(broker.url)), sentence);
      } finally {
        await broker.close();
      }
    }));

test("whether anybody listens is known where the broker says so", () =>
  withFolder(async (dir) => {
    const broker = await startMosquitto({ dir });
    try {
      const [one, other] = [await open(broker.url), await open(broker.url)];
      const say = () => one.publish("a/b", Buffer.from("x"));
      assert.equal([await say(), await say()], [false, false]);
      await other.subscribe(["a/#"]);
      assert.equal([await say(), await say()], [true, true]);
      await other.close();
      assert.is(await say(), false);
      one.drop("done");
    } finally {
      await broker.close();
    }
  }));

test("ejabberd's mod_mqtt: retained births, a last will, long chunks; shared subscriptions it says it has not", () =>
  withFolder(async (dir) => {
    if (!hasEjabberd) {
      process.stdout.write("skipped: ejabberd is not installed here\n");
      return;
    }
    const broker = await startEjabberd(dir);
    try {
      const heard: string[] = [];
      const portal = await open(broker.url, (topic, payload, retained) => {
        heard.push(`${topic} ${payload.length > 20 ? payload.length : payload.toString()} ${retained}`);
      });
      assert.match(await refusal(portal.subscribe(["$share/portal/m/+/up"])), /no shared subscriptions/);
      const kiosk = await Wire.connect({
        ...{ url: broker.url, clientId: "K1", clock: testClock, onMessage: () => {} },
        ...{ connectTimeoutMs: 30_000, publishTimeoutMs: 30_000 },
        will: { topic: "m/K1/state", payload: Buffer.from("gone") },
      });
      await kiosk.publish("m/K1/state", Buffer.from("here"), { retain: true });
      await portal.subscribe(["m/+/state", "m/+/up"]);
      await kiosk.publish("m/K1/up", Buffer.alloc(262_144));
      kiosk.drop("the cable is pulled");
      const wanted = ["m/K1/state here true", "m/K1/state gone true", "m/K1/up 262144 false"];
      const deadline = performance.now() + 60_000;
      while (heard.length < wanted.length && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 25));
      assert.equal([...heard].sort(), [...wanted].sort());
      await portal.close();
    } finally {
      await broker.close();
    }
  }));

test.run();
