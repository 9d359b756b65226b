// Who gets in at the broker, who does not and what the kiosk says then, and what can one kiosk hear of another?
import { readFileSync, writeFileSync } from "node:fs";
import mqtt, { type MqttClient } from "mqtt";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { topics } from "../../src/sync/protocol/messages.js";
import { type Kiosk, type Span, TlsRig, Told, untilPatiently } from "./tls-rig.js";

const FRESH: Span = { fromDays: -1, toDays: 300 };

/** It is never let in, and the log has the sentence: perhaps not at the first try, as a cut line can swallow an alert. */
const isRefused = async (rig: TlsRig, kiosk: Kiosk, sentence: RegExp, authority?: string): Promise<void> => {
  const told = new Told();
  const link = rig.link(kiosk, rig.store(kiosk), told.log, authority === undefined ? {} : { authority });
  await untilPatiently(`${kiosk.id} is refused with ${sentence}`, () =>
    told.downs().some((line) => sentence.test(line)),
  );
  await untilPatiently("it was refused twice", () => told.downs().length >= 2);
  await untilPatiently("the console can say so", () =>
    sentence.test(`${link.fault?.code}: ${link.fault?.detail}`),
  );
  await link.close();
  assert.is(told.ups(), 0, "it was never let in");
};

/** A program with a kiosk's key and certificate, and no manners. */
const intruder = (rig: TlsRig, { pairs }: Kiosk): Promise<MqttClient> => {
  const pair = pairs.get("current");
  if (pair === null) throw new Error("no pair");
  return mqtt.connectAsync(rig.url, {
    ...{ protocolVersion: 5, reconnectPeriod: 0, clientId: "whatever" },
    ...{ ca: readFileSync(rig.authority), cert: pair.chainPem, key: pair.keyPem },
  });
};

test("an expired, a not yet valid, a foreign and no certificate are refused, each with its sentence", () =>
  TlsRig.with(async (rig) => {
    const cases: readonly (readonly [string, Span, "ours" | "foreign", RegExp])[] = [
      ["X1", { fromDays: -30, toDays: -1 }, "ours", /^link\.certificateExpired: .* expired on \d{4}-/],
      ["X2", { fromDays: 2, toDays: 30 }, "ours", /^clock\.untrusted: .* valid only from .* check the clock/],
      ["X3", FRESH, "foreign", /^link\.certificateRefused: .* does not know the authority/],
    ];
    for (const [id, span, by, sentence] of cases) {
      const kiosk = rig.bareKiosk(id);
      rig.keepFromOpenssl(kiosk, span, by);
      kiosk.pairs.promote();
      await isRefused(rig, kiosk, sentence);
    }
    await isRefused(rig, rig.bareKiosk("X4"), /^link\.certificateRefused: .* this kiosk has none/);
    const known = rig.bareKiosk("X5");
    rig.keepFromOpenssl(known, FRESH);
    known.pairs.promote();
    const link = rig.link(known, rig.store(known), new Told().log);
    await untilPatiently("the same, in its time and of ours, is let in", () => link.state === "up");
  }));

test("a broker of another authority is not spoken to", () =>
  TlsRig.with(async (rig) => {
    const kiosk = await rig.kiosk("T01");
    const foreign = rig.bareKiosk("T02");
    rig.keepFromOpenssl(foreign, FRESH, "foreign");
    const other = `${rig.dir}/other.pem`;
    const pems = foreign.pairs.get("next")?.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/) ?? [];
    writeFileSync(other, pems[1] ?? "");
    await isRefused(rig, kiosk, /^link\.brokerUntrusted: .* not from the authority/, other);
  }));

test("a revoked kiosk is refused once the broker has read the list, and let in again when ops issue anew", () =>
  TlsRig.with(async (rig) => {
    const kiosk = await rig.kiosk("T01");
    const store = rig.store(kiosk);
    const before = rig.link(kiosk, store, new Told().log);
    await untilPatiently("it is in", () => before.state === "up");
    await before.close();
    await rig.revoke("T01");
    await untilPatiently("the broker has read the list", async () => {
      const told = new Told();
      const link = rig.link(kiosk, store, told.log);
      await untilPatiently("an answer", () => told.ups() + told.downs().length > 0);
      await link.close();
      return told.downs().some((line) => /^link\.certificateRefused: .* was revoked$/.test(line));
    });
    await rig.enrolAgain(kiosk);
    const after = rig.link(kiosk, store, new Told().log);
    await untilPatiently("the new certificate is let in", () => after.state === "up");
  }));

test("one kiosk neither hears another nor speaks for it: nothing is delivered either way", () =>
  TlsRig.with(async (rig) => {
    await rig.startPortal();
    const [honest, curious] = [await rig.kiosk("T01"), await rig.kiosk("T02")];
    const client = await intruder(rig, curious);
    client.on("error", () => {});
    const heard: string[] = [];
    client.on("message", (topic) => heard.push(topic));
    // mosquitto grants it; what counts is what comes.
    await client.subscribeAsync(["#", "motcua/1/T01/#", "$share/all/motcua/1/+/up/#"], { qos: 1 });
    const told = new Told();
    const link = rig.link(honest, rig.store(honest), told.log);
    await untilPatiently("the honest one is in", () => link.state === "up");
    // The portal's answer to T01 went by, and its retained birth stands; the curious one's own answers do come.
    await link.lookUp("0".repeat(64));
    const question = { v: 1, id: "mine", lookupHash: "0".repeat(64) };
    await client.publishAsync(topics.up("T02", "lookup"), JSON.stringify(question), { qos: 1 });
    await untilPatiently("its own answer comes", () => heard.includes(topics.down("T02", "found")));
    assert.equal(
      [...new Set(heard)].filter(
        (topic) => !topic.startsWith("motcua/1/T02/down/") && topic !== topics.portal,
      ),
      [],
    );
    const forged = client.publishAsync(topics.up("T01", "lookup"), JSON.stringify(question), { qos: 1 });
    await forged.then(
      () => assert.unreachable("the forged message was taken"),
      (refused: Error) => assert.match(refused.message, /Not authorized|closed|not acknowledged/i),
    );
    client.end(true);
  }));

test("a kiosk can not end another's session by taking its client id", () =>
  TlsRig.with(async (rig) => {
    const [honest, curious] = [await rig.kiosk("T01"), await rig.kiosk("T02")];
    const told = new Told();
    const link = rig.link(honest, rig.store(honest), told.log, { timings: { lookupTimeoutMs: 1000 } });
    await untilPatiently("the honest one is in", () => link.state === "up");
    const pair = curious.pairs.get("current");
    const client = await mqtt.connectAsync(rig.url, {
      ...{ protocolVersion: 5, reconnectPeriod: 0, clientId: "T01", ca: readFileSync(rig.authority) },
      ...(pair && { cert: pair.chainPem, key: pair.keyPem }),
    });
    // Its question goes out and nobody answers: time for an end to come, had there been one.
    await link.lookUp("0".repeat(64)).catch(() => {});
    assert.equal(told.downs(), []);
    client.end(true);
  }));

test.run();
