// Do figures of a time without a link come later, in order and counted, and what do they cost disk and wire?
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { startLink } from "../../src/sync/link.js";
import { type TelemetryMessage, topics } from "../../src/sync/protocol/messages.js";
import { encode } from "../../src/sync/protocol/validate.js";
import { BATCH_SAMPLES, TelemetryRing } from "../../src/sync/telemetry-ring.js";
import { testClock, withFolder } from "../store/fixtures.js";
import { Stranger } from "../wire/mosquitto.js";
import { KIOSK, QUICK, Rig, until } from "./rig.js";

const DAY_SAMPLES = 288;

/** As large as those of a full board get. */
const sample = (atMs: number): TelemetryMessage => ({
  ...{ v: 1, atMs, wallTrust: "trusted", storeUsed: 0.0123 },
  queue: { queued: 12, bytes: 12_345_678, oldestAgeMs: 1_234_567, quarantined: 0, accepted: 1234 },
  readings: Object.fromEntries(
    [
      ...["printer", "chipReader", "codeReader", "documentCamera", "faceCamera", "scanner"],
      ...["lines", "power", "climate", "motion", "speaker"],
    ].map((device) => [device, `${device}.unplugged (quarantined)`]),
  ),
  figures: {
    ...{ linkLosses: 123, temperatureCelsius: 41.5, humidityPercent: 61.2, mains: 1, batteryFraction: 0.987 },
    ...{ doorOpen: 0, diskUsedFraction: 0.4321, visits: 1234, uptimeSeconds: 12_345_678 },
  },
});

const sizesIn = (dir: string): number[] => readdirSync(dir).map((name) => statSync(join(dir, name)).size);

test("a day off-line costs at most 24 files and 350 KB; a restart loses nothing that has a file", () =>
  withFolder((dir) => {
    const ring = new TelemetryRing(dir);
    for (let at = 1; at <= DAY_SAMPLES; at += 1) ring.add(sample(at));
    const sizes = sizesIn(dir);
    assert.is(sizes.length, DAY_SAMPLES / BATCH_SAMPLES);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(bytes < 350_000, `${bytes} bytes`);
    const after = new TelemetryRing(dir);
    const heard: number[] = [];
    for (let batch = after.oldest(); batch !== null; batch = after.oldest()) {
      heard.push(...batch.message.samples.map(({ atMs }) => atMs));
      assert.is(batch.message.dropped, 0);
      batch.sent();
    }
    assert.equal(
      heard,
      Array.from({ length: DAY_SAMPLES }, (_, place) => place + 1),
    );
    assert.equal(sizesIn(dir), []);
  }));

test("full, it drops the oldest and says how many; a file that a power cut garbled is counted, too", () =>
  withFolder((dir) => {
    const ring = new TelemetryRing(dir, 3);
    for (let at = 1; at <= 5 * BATCH_SAMPLES; at += 1) ring.add(sample(at));
    assert.is(readdirSync(dir).length, 3);
    writeFileSync(join(dir, readdirSync(dir).sort()[0] ?? ""), "{");
    ring.add(sample(1000));
    let dropped = 0;
    let first = 0;
    for (let batch = ring.oldest(); batch !== null; batch = ring.oldest()) {
      dropped += batch.message.dropped;
      first ||= batch.message.samples[0]?.atMs ?? 0;
      batch.sent();
    }
    assert.is(first, 3 * BATCH_SAMPLES + 1);
    assert.is(dropped, 3 * BATCH_SAMPLES);
  }));

test("without a portal figures wait, and it has all of them once it is there; a full queue stops them", () =>
  Rig.with(async (rig) => {
    const telemetryDir = join(rig.dir, "telemetry");
    mkdirSync(telemetryDir);
    let level: "ok" | "shed" = "ok";
    const store = {
      ...rig.store,
      outbox: rig.store.outbox,
      journal: rig.store.journal,
      meta: rig.store.meta,
      quota: () => ({ level, usedFraction: level === "ok" ? 0.1 : 0.9 }),
    };
    let taken = 0;
    rig.link = startLink({
      ...{ store, kioskId: KIOSK, url: rig.broker.url, clock: testClock, log: silentLog, telemetryDir },
      ...{ timings: { ...QUICK, telemetryMs: 100 }, telemetry: () => ({ printer: "ready" }) },
      figures: async () => {
        taken += 1;
        return { visits: taken };
      },
    });
    await until("two files were needed", () => readdirSync(telemetryDir).length >= 2);
    const portal = await rig.startPortal();
    const past = async () =>
      (await (
        await portal.fetch(`/api/kiosks/${KIOSK}/past`, {}, "operations")
      ).json()) as TelemetryMessage[];
    await until("the portal has them", async () => (await past()).length >= 2 * BATCH_SAMPLES);
    await until("nothing waits", () => readdirSync(telemetryDir).length === 0);
    const visits = (await past()).map(({ figures }) => figures?.["visits"] ?? 0).reverse();
    assert.equal(
      visits,
      visits.map((_, place) => (visits[0] ?? 0) + place),
      "none is missing, none twice",
    );
    const metrics = await (await fetch(`${portal.url}/metrics`)).text();
    assert.match(metrics, `motcua_kiosk_up{kiosk="${KIOSK}"} 1`);
    const forOthers = await fetch(`${portal.url}/metrics`, { headers: { "x-forwarded-for": "192.0.2.7" } });
    assert.is(forOthers.status, 403, "through a proxy only with the token");

    const stranger = await Stranger.connect(rig.broker.url, topics.telemetry(KIOSK));
    await until("figures go on", () => stranger.heard.length > 0);
    level = "shed";
    await testClock.sleep(300);
    const before = taken;
    await testClock.sleep(500);
    assert.is(taken, before, "at 85 % nothing is measured or sent");
    stranger.close();
  }));

test("a sample is no more than 1 KB on the wire", () => {
  const bytes = encode(sample(Date.now())).length;
  assert.ok(bytes <= 1100, `${bytes} bytes`);
});

test.run();
