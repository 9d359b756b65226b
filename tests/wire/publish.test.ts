// Does a real broker read our own PUBLISH packets at every length, and pass on what stands in them?
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { publishHead } from "../../src/sync/protocol/publish-packet.js";
import { PublishRefused, Wire, WireClosed } from "../../src/sync/protocol/wire.js";
import { testClock } from "../store/fixtures.js";
import { untilPatiently } from "../sync/tls-rig.js";
import { Stranger, startBroker } from "./mosquitto.js";

const TOPIC = "bench/những số";
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const withWire = async (
  act: (wire: Wire, stranger: Stranger) => Promise<void>,
  config?: string,
): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-publish-"));
  const broker = await startBroker(dir, config);
  const stranger = await Stranger.connect(broker.url, "#");
  const wire = await Wire.connect({
    ...{ url: broker.url, clientId: "T01", clock: testClock, onMessage: () => {} },
    ...{ connectTimeoutMs: 60_000, publishTimeoutMs: 60_000 },
  });
  try {
    await act(wire, stranger);
  } finally {
    wire.drop("the test is over");
    stranger.close();
    await broker.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

test("lengths at which the head grows, more at once than the window holds, properties in any script", () =>
  withWire(async (wire, stranger) => {
    const around = [0, 1, 127, 128, 16_383, 16_384, 65_536, 2_097_151, 2_097_152];
    // The packet's own length, and not the payload's, decides: so each of them with a few bytes less, too.
    const sizes = around.flatMap((size) => [size, Math.max(0, size - 30), Math.max(0, size - 90)]);
    const payloads = sizes.map((size) => randomBytes(size));
    const heardBy = await Promise.all(
      payloads.map((payload, index) =>
        wire.publish(TOPIC, payload, { properties: { số: `thứ ${index}`, empty: "" } }),
      ),
    );
    assert.ok(heardBy.every((heard) => heard));
    await untilPatiently("all are heard", () => stranger.heard.length === sizes.length);
    assert.equal(
      stranger.heard.map(({ payload }) => digest(payload)),
      payloads.map(digest),
      "in their order, and whole",
    );
    assert.equal({ ...stranger.heard[5]?.properties }, { số: "thứ 5", empty: "" });
    await wire.publish("bench/kept", Buffer.from("kept"), { retain: true });
    await wire.publish("bench/once", Buffer.from("once"), { qos: 0 });
    await untilPatiently("both are heard", () => stranger.heard.length === sizes.length + 2);
  }));

test("what is under way when the wire is closed still leaves, and nothing after it", () =>
  withWire(async (wire, stranger) => {
    const last = [1, 2, 3].map((number) => wire.publish(TOPIC, randomBytes(number * 30_000)));
    const closed = wire.close();
    const late = await wire.publish(TOPIC, Buffer.from("late")).catch((error: unknown) => error);
    assert.instance(late, WireClosed);
    assert.equal(await Promise.all(last), [true, true, true]);
    await closed;
    assert.is(wire.isOpen, false);
    await untilPatiently("all are heard", () => stranger.heard.length === 3);
  }));

test("refused by a reason: the publish says which, and the ones after it go on", () =>
  withWire(async (wire) => {
    const refused = await wire.publish("secret/x", Buffer.from("x")).catch((error: unknown) => error);
    assert.ok(refused instanceof PublishRefused && refused.code === 0x87, String(refused));
  }, "allow_anonymous true\nacl_file /dev/null\n"));

test("what no packet can hold is refused before it is written", async () => {
  const head = { topic: "t", packetId: 1, retain: false, userProperties: {}, payloadBytes: 0 };
  assert.throws(() => publishHead({ ...head, topic: "t".repeat(65_536) }), /too long for MQTT/);
  assert.throws(() => publishHead({ ...head, payloadBytes: 268_435_455 }), /too large for MQTT/);
  assert.is(publishHead(head).toString("hex"), "3206000174000100");
  assert.is(
    publishHead({ ...head, retain: true, payloadBytes: 122, userProperties: { a: "b" } }).toString("hex"),
    "3387010001740001072600016100" + "0162",
  );
});

test.run();
