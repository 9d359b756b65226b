// After a broker's restart, does a fleet come back spread out, each kiosk by the size that the portal told?
import mqtt from "mqtt";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { PortalLink } from "../../src/portal/portal-link.js";
import { startLink } from "../../src/sync/link.js";
import { Backoff, comebackSpreadMs } from "../../src/sync/protocol/backoff.js";
import { topics } from "../../src/sync/protocol/messages.js";
import { testClock } from "../store/fixtures.js";
import { Stranger } from "../wire/mosquitto.js";
import { KIOSK, QUICK, Rig } from "./rig.js";
import { untilPatiently } from "./tls-rig.js";

test("10,000 kiosks over 300 s, a handful over a second or two", () => {
  assert.equal([0, 5, 200, 10_000, 1_000_000].map(comebackSpreadMs), [1500, 1500, 6000, 300_000, 300_000]);
});

test("no second takes more connections than a broker can make, whoever was lost and however long", () => {
  const fleet = 10_000;
  const arrivals = new Map<number, number>();
  for (let kiosk = 0; kiosk < fleet; kiosk += 1) {
    const backoff = new Backoff(500, 30_000);
    backoff.spreadOver(comebackSpreadMs(fleet));
    backoff.reset();
    // The broker is away for ten minutes: everybody tries again and again, and each try counts.
    for (let atMs = backoff.nextMs(); ; atMs += backoff.nextMs()) {
      const second = Math.floor(atMs / 1000);
      arrivals.set(second, (arrivals.get(second) ?? 0) + 1);
      if (atMs > 600_000) break;
    }
  }
  const most = Math.max(...arrivals.values());
  assert.ok(most < 225, `${most} connections in one second; two cores make 225`);
  assert.ok((arrivals.get(0) ?? 0) < 100, "the first second is no different");
});

test("a kiosk that starts, or whose connection did not hold, begins with short waits as before", () => {
  const backoff = new Backoff(500, 30_000, () => 0.999);
  backoff.spreadOver(comebackSpreadMs(10_000));
  const waits = [1, 2, 3].map(() => Math.round(backoff.nextMs() / 500));
  assert.equal(waits, [1, 2, 4]);
});

/** Notes how long was slept for. */
class Sleeper extends SystemClock {
  readonly slept: number[] = [];
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    // What a fleet of 4,000 would wait, this test need not.
    return super.sleep(Math.min(ms, 200), signal);
  }
}

test("the size comes retained from the portal, is kept over a restart, and spreads the return after the broker's", () =>
  Rig.with(async (rig) => {
    const clock = new Sleeper({ floorMs: 0, synchronised: () => true });
    const start = () =>
      startLink({
        ...{
          store: rig.store,
          kioskId: KIOSK,
          url: rig.broker.url,
          clock,
          log: silentLog,
          random: () => 0.5,
        },
        telemetry: () => ({}),
        timings: { ...QUICK, steadyAfterMs: 0 },
      });
    const portal = await mqtt.connectAsync(rig.broker.url, { protocolVersion: 5, reconnectPeriod: 0 });
    portal.on("error", () => {});
    const presence = JSON.stringify({ v: 1, online: true, atMs: Date.now(), fleet: 4000 });
    await portal.publishAsync(topics.portal, presence, { qos: 1, retain: true });
    rig.link = start();
    await untilPatiently("it knows the size", () => rig.store.meta.get("link.fleet") === "4000");
    await rig.link.close();
    rig.link = start();
    const back = rig.link;
    await untilPatiently("it is up", () => back.state === "up");
    clock.slept.length = 0;
    portal.end(true);
    await rig.broker.restart();
    await untilPatiently("it is back", () => back.state === "up" && clock.slept.includes(60_000));
  }));

test("the reference portal says how many kiosks are enrolled", () =>
  Rig.with(async (rig) => {
    const stranger = await Stranger.connect(rig.broker.url, topics.portal);
    await rig.startPortal();
    await untilPatiently("it says one", () => stranger.jsonOf(topics.portal).at(-1)?.["fleet"] === 1);
    stranger.close();
  }));

test("a portal tells a fleet that has grown by more than a fifth, and keeps quiet about one that has not", () =>
  Rig.with(async (rig) => {
    const stranger = await Stranger.connect(rig.broker.url, topics.portal);
    const told = () =>
      stranger.jsonOf(topics.portal).flatMap(({ online, fleet }) => (online === true ? [fleet] : []));
    let size = 100;
    let counted = 0;
    const nothing = () => {};
    const link = new PortalLink({
      ...{ url: rig.broker.url, clock: testClock, log: silentLog, fleetLookMs: 20 },
      fleetSize: () => {
        counted += 1;
        return size;
      },
      ...{
        onUp: nothing,
        onCommandReport: nothing,
        onCertificate: nothing,
        onCode: nothing,
        onState: nothing,
      },
      ...{ onTelemetry: nothing, onDevice: nothing, onPast: nothing, onRatings: nothing, onTickets: nothing },
      ...{ onOpinion: nothing, onWant: nothing, onUpdate: nothing },
    });
    try {
      await untilPatiently("it is told", () => told().length === 1);
      size = 120;
      const before = counted;
      await untilPatiently("it was counted twice more", () => counted > before + 2);
      assert.equal(told(), [100]);
      size = 121;
      await untilPatiently("it is told anew", () => told().length === 2);
      size = 1;
      await untilPatiently("a smaller one too", () => told().length === 3);
      assert.equal(told(), [100, 121, 1]);
    } finally {
      await link.close();
      stranger.close();
    }
  }));

test.run();
