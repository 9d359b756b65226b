// What does a kiosk with a wrong clock notice, keep and tell?
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createServer } from "node:tls";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { ClockDoubt } from "../../src/sync/clock-doubt.js";
import { ClockFloor } from "../../src/sync/clock-floor.js";
import { startLink } from "../../src/sync/link.js";
import { topics } from "../../src/sync/protocol/messages.js";
import { withFolder } from "../store/fixtures.js";
import { Stranger } from "../wire/mosquitto.js";
import { KIOSK, QUICK, Rig } from "./rig.js";
import { TlsRig, Told, untilPatiently } from "./tls-rig.js";

const BUILT = Date.parse("2026-01-01T00:00:00Z");
const HOUR = 3_600_000;

test("the floor is the build, then the last time that a server set; on disk, and only ever forward", () =>
  withFolder((dir) => {
    const folder = join(dir, "clock");
    const floor = new ClockFloor(folder, BUILT);
    assert.is(floor.epochMs, BUILT);
    floor.keep({ epochMs: BUILT + 9 * HOUR, trust: "untrusted" });
    floor.keep({ epochMs: BUILT + 9 * HOUR, trust: "floor" });
    assert.not.ok(existsSync(folder), "what no server set is not kept");
    floor.keep({ epochMs: BUILT + 5 * HOUR, trust: "trusted" });
    floor.keep({ epochMs: BUILT + 2 * HOUR, trust: "trusted" });
    assert.is(new ClockFloor(folder, BUILT).epochMs, BUILT + 5 * HOUR, "after a restart");
    assert.is(new ClockFloor(folder, BUILT + 8 * HOUR).epochMs, BUILT + 8 * HOUR, "a newer build is later");
    writeFileSync(join(folder, "floor"), "\u0000\u0000");
    assert.is(new ClockFloor(folder, BUILT).epochMs, BUILT, "a damaged file counts as none");
  }));

test("a board with a dead battery comes up no earlier than it went down", () =>
  withFolder((dir) => {
    const folder = join(dir, "clock");
    let nowMs = BUILT + 100 * HOUR;
    const clockOf = (floor: ClockFloor, synchronised: boolean) =>
      new SystemClock({
        get floorMs() {
          return floor.epochMs;
        },
        ...{ synchronised: () => synchronised, readWallMs: () => nowMs },
      });
    const before = new ClockFloor(folder, BUILT);
    before.follow(clockOf(before, true))();
    nowMs = 0;
    const after = new ClockFloor(folder, BUILT);
    assert.equal(clockOf(after, false).wall(), { epochMs: BUILT + 100 * HOUR, trust: "floor" });
    const told = new Told();
    assert.ok(new ClockDoubt(clockOf(after, false), told.log).isSuspect);
    assert.is(told.lines[0]?.event, "clock.suspect");
  }));

test("a portal that speaks of a later time: the kiosk's figures say that its clock is suspect", () =>
  Rig.with(async (rig) => {
    const stranger = await Stranger.connect(rig.broker.url, topics.telemetry(KIOSK));
    await rig.startPortal();
    const late = { lateMs: 600_000 };
    const clock = new SystemClock({
      ...{ floorMs: 0, synchronised: () => false, readWallMs: () => Date.now() - late.lateMs },
    });
    rig.link = startLink({
      ...{ store: rig.store, kioskId: KIOSK, url: rig.broker.url, clock, log: silentLog, timings: QUICK },
      telemetry: () => ({}),
    });
    const suspect = (value: number) => () =>
      (stranger.jsonOf(topics.telemetry(KIOSK)).at(-1)?.["figures"] as { clockSuspect?: number })
        ?.clockSuspect === value;
    await untilPatiently("it is told", suspect(1));
    await rig.link.close();
    late.lateMs = 0;
    rig.startLink();
    await untilPatiently("with a right clock it is not", suspect(0));
    stranger.close();
  }));

test("a broker whose certificate is not yet valid is clock trouble, and the technician is told so", () =>
  TlsRig.with(async (rig) => {
    const future = rig.bareKiosk("B1");
    rig.keepFromOpenssl(future, { fromDays: 3, toDays: 30 });
    const pair = future.pairs.get("next");
    const server = createServer({ key: pair?.keyPem, cert: pair?.chainPem });
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const kiosk = await rig.kiosk("T01");
    const told = new Told();
    const link = rig.link(kiosk, rig.store(kiosk), told.log, { url: `mqtts://localhost:${port}` });
    await untilPatiently("it was refused", () => told.downs().length > 0);
    assert.match(
      told.downs()[0] ?? "",
      /^clock\.untrusted: by this kiosk's clock the broker's certificate is not/,
    );
    assert.ok(told.lines.some(({ event }) => event === "clock.suspect"));
    assert.is(kiosk.pairs.get("current")?.commonName, "T01", "its own pair is not blamed");
    await link.close();
    await new Promise((resolve) => server.close(resolve));
  }));

test.run();
