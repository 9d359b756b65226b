// Does ops hear of a fault when it begins and ends, also if it comes late, and does a broker that forbids it cost nothing?
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Log, silentLog } from "../../src/core/log.js";
import type { DeviceCondition, DeviceConditions } from "../../src/sync/device-alerts.js";
import { startLink } from "../../src/sync/link.js";
import { topics } from "../../src/sync/protocol/messages.js";
import { decode } from "../../src/sync/protocol/validate.js";
import { testClock } from "../store/fixtures.js";
import { Stranger } from "../wire/mosquitto.js";
import { allAccepted, KIOSK, QUICK, Rig, until } from "./rig.js";

class Devices implements DeviceConditions {
  readonly #watchers = new Set<() => void>();
  #conditions: readonly DeviceCondition[] = [
    { device: "printer", fault: null, sinceMs: testClock.monotonicMs() },
    { device: "motion", fault: "motion.tampered", sinceMs: testClock.monotonicMs() - 60_000 },
  ];

  now(): readonly DeviceCondition[] {
    return this.#conditions;
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  get watched(): number {
    return this.#watchers.size;
  }

  printer(fault: DeviceCondition["fault"]): void {
    const [, motion] = this.#conditions;
    const sinceMs = testClock.monotonicMs();
    this.#conditions = [{ device: "printer", fault, sinceMs }, ...(motion === undefined ? [] : [motion])];
    for (const changed of this.#watchers) changed();
  }
}

const linkOf = (rig: Rig, devices: DeviceConditions, log: Log = silentLog) => {
  rig.link = startLink({
    ...{ store: rig.store, kioskId: KIOSK, url: rig.broker.url, clock: testClock, log },
    ...{ telemetry: () => ({}), devices, timings: QUICK },
  });
  return rig.link;
};

/** What a subscriber has heard of the printer; retained words come first. */
const heardBy = ({ heard }: Stranger, device: string) =>
  heard
    .filter(({ topic }) => topic === topics.device(KIOSK, device))
    .map(({ payload }) => {
      const message = decode("device", payload);
      assert.ok(message.ok);
      return message.ok ? message.value : null;
    });

test("told when it begins and when it ends, once each; who comes later finds how it is and since when", () =>
  Rig.with(async (rig) => {
    const early = await Stranger.connect(rig.broker.url, topics.everyDevice);
    const devices = new Devices();
    linkOf(rig, devices);
    await until("how all devices are", () => heardBy(early, "motion").length === 1);
    devices.printer("printer.paperOut");
    await until("the fault", () => heardBy(early, "printer").at(-1)?.code === "P02");
    const late = await Stranger.connect(rig.broker.url, topics.everyDevice);
    await until("the retained fault", () => heardBy(late, "printer")[0]?.fault === "printer.paperOut");
    const tampered = heardBy(late, "motion")[0];
    assert.is(tampered?.severity, "notice");
    const agoMs = testClock.wall().epochMs - (tampered?.sinceMs ?? 0);
    assert.ok(agoMs >= 60_000 && agoMs < 120_000, `${agoMs} ms ago`);
    devices.printer(null);
    await until("its end", () => heardBy(late, "printer").at(-1)?.code === null);
    assert.equal(
      heardBy(early, "printer").map((message) => message?.code),
      [null, "P02", null],
    );
    early.close();
    late.close();
  }));

test("a fault that comes while the link is down is told when it is up again", () =>
  Rig.with(async (rig) => {
    const devices = new Devices();
    const link = linkOf(rig, devices);
    await until("the link is up", () => link.state === "up");
    await rig.broker.kill("SIGKILL");
    await until("the link is down", () => link.state !== "up");
    devices.printer("printer.coverOpen");
    await rig.broker.restart();
    const stranger = await Stranger.connect(rig.broker.url, topics.everyDevice);
    await until(
      "the fault",
      () => heardBy(stranger, "printer").at(-1)?.fault === "printer.coverOpen",
      10_000,
    );
    assert.is(devices.watched, 1, "the connection before has let go");
    stranger.close();
  }));

test("a broker whose rules do not know the topic is asked once; submissions go on", () =>
  Rig.with(
    async (rig) => {
      await rig.startPortal();
      const devices = new Devices();
      const refused: object[] = [];
      const link = linkOf(rig, devices, (_event, fields) => {
        if ("kind" in fields && fields.kind === "device") refused.push(fields);
      });
      await until("it is refused", () => refused.length === 1);
      // mosquitto may end the connection at each refusal: the next one must not ask again.
      await rig.broker.restart();
      await rig.enqueue();
      await until("it is accepted", allAccepted(rig, 1), 12_000);
      await until("the link is up", () => link.state === "up");
      devices.printer("printer.paperOut");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      assert.is(refused.length, 1);
    },
    (dir) => {
      writeFileSync(join(dir, "acl"), `topic deny motcua/1/${KIOSK}/device/#\ntopic readwrite #\n`);
      return `acl_file ${join(dir, "acl")}`;
    },
  ));

test.run();
