// Does a bundle come over a real broker from a real portal, through lost links, killed kiosks and wrong slices, and never
// before a citizen's things?
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { offer, releasesFolder, withdraw } from "../../src/portal/releases/offers.js";
import { startLink } from "../../src/sync/link.js";
import { topics } from "../../src/sync/protocol/messages.js";
import { partProperties, type UpdateMessage } from "../../src/sync/protocol/update.js";
import { UpdateJournal } from "../../src/update/journal.js";
import { Keeper } from "../../src/update/keeper.js";
import { reportOf } from "../../src/update-kiosk.js";
import { testClock } from "../store/fixtures.js";
import { KIOSK, QUICK, Rig, until } from "../sync/rig.js";
import { Stranger } from "../wire/mosquitto.js";
import { RUNNING } from "./parts.js";
import { COMPATIBLE, envelopeOf, releaseKey } from "./releases.js";

const WAIT_MS = 90_000;
const FETCHER = fileURLToPath(new URL("./fetch-process.js", import.meta.url));

/** The bytes are what this is about; RAUC's word on them is slots.test.ts's. */
const inspector = (build: number) => ({
  inspect: async () => ({ compatible: COMPATIBLE, version: "", build: String(build) }),
});

interface Fetch {
  readonly keeper: Keeper;
  busy: boolean;
}

class Giver {
  readonly rig: Rig;
  readonly bundle: string;
  readonly envelope: Buffer;
  readonly dir: string;

  constructor(rig: Rig, bytes: number, build = 11) {
    this.rig = rig;
    this.dir = join(rig.dir, "update");
    this.bundle = join(rig.dir, `bundle-${build}.raucb`);
    writeFileSync(this.bundle, randomBytes(bytes));
    const key = releaseKey(rig.dir);
    writeFileSync(join(rig.dir, "release.pub.pem"), key.publicKeyPem);
    this.envelope = envelopeOf(this.bundle, build, key);
    writeFileSync(`${this.bundle}.release`, this.envelope);
  }

  give(kiosks: readonly string[] | null = null): Promise<unknown> {
    const folder = releasesFolder(this.rig.portalDir);
    return offer(folder, this.bundle, `${this.bundle}.release`, { kiosks, atMs: 1 });
  }

  fetch(bytesPerSecond = 50_000_000, url = this.rig.broker.url): Fetch {
    const key = releaseKey(this.rig.dir);
    const keeper = new Keeper({
      ...{ journal: new UpdateJournal(this.dir, testClock), clock: testClock, log: silentLog },
      ...{ installer: inspector(11), keys: () => [key.publicKeyPem], running: () => RUNNING },
    });
    const fetch = { keeper, busy: false };
    this.rig.link = startLink({
      ...{
        store: this.rig.store,
        kioskId: KIOSK,
        url,
        clock: testClock,
        log: silentLog,
        telemetry: () => ({}),
      },
      timings: { ...QUICK, updateLookMs: 50 },
      updates: {
        ...{ sink: keeper, report: () => reportOf(keeper.status()), busy: () => fetch.busy, bytesPerSecond },
      },
    });
    return fetch;
  }

  get staged(): Buffer | null {
    const [name] = [
      `${JSON.parse(Buffer.from(JSON.parse(this.envelope.toString()).release, "base64").toString()).sha256}`,
    ];
    const path = join(this.dir, `${name}.raucb`);
    return existsSync(path) ? readFileSync(path) : null;
  }
}

test("offered, fetched, staged, waiting; each step is told to the portal, and the bytes are the portal's", () =>
  Rig.with(async (rig) => {
    const giver = new Giver(rig, 1_000_000);
    await giver.give();
    const portal = await rig.startPortal();
    const stranger = await Stranger.connect(rig.broker.url, topics.update(KIOSK));
    const { keeper } = giver.fetch();
    await until("it waits", () => keeper.status().step === "waiting", WAIT_MS);
    assert.ok(giver.staged?.equals(readFileSync(giver.bundle)));
    type Told = { kiosk: string; update: UpdateMessage | null };
    const fleet = async () => (await (await portal.fetch("/api/fleet", {}, "operations")).json()) as Told[];
    await until(
      "the portal knows",
      async () => (await fleet()).some(({ update }) => update?.step === "waiting"),
      WAIT_MS,
    );
    const page = await (await portal.fetch(`/fleet/${KIOSK}`, {}, "operations")).text();
    assert.match(page, "bản 11 (0.11.0) đã tải xong, chờ giờ cập nhật");
    const steps = stranger.jsonOf(topics.update(KIOSK)).map(({ step }) => step);
    assert.ok(steps.includes("fetching"), steps.join(" "));
    stranger.close();
  }));

test("killed again and again, the fetching goes on with the piece that was coming", () =>
  Rig.with(async (rig) => {
    const giver = new Giver(rig, 2_000_000);
    await giver.give();
    await rig.startPortal();
    let kills = 0;
    const part = () => join(giver.dir, `${sha256In(giver)}.part`);
    let before = 0;
    for (;;) {
      const child: ChildProcess = spawn(
        process.execPath,
        [FETCHER, rig.dir, rig.broker.url, join(rig.dir, "release.pub.pem")],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      const size = () => statSync(part(), { throwIfNoEntry: false })?.size ?? 0;
      const isDone = () => new UpdateJournal(giver.dir, testClock).state().step === "waiting";
      await until("it went on", () => isDone() || size() > before || child.exitCode !== null, WAIT_MS);
      before = size();
      if (kills < 4 && !isDone()) {
        child.kill("SIGKILL");
        kills += 1;
        await ended;
        continue;
      }
      await until("it waits", isDone, WAIT_MS);
      child.kill("SIGKILL");
      await ended;
      break;
    }
    assert.ok(kills >= 2, `${kills} kills`);
    assert.ok(giver.staged?.equals(readFileSync(giver.bundle)));
  }));

const sha256In = (giver: Giver): string =>
  (
    JSON.parse(Buffer.from(JSON.parse(giver.envelope.toString()).release, "base64").toString()) as {
      sha256: string;
    }
  ).sha256;

test("slices that nobody asked for, late, doubled or forged: ignored, or asked for again; the bundle is right", () =>
  Rig.with(async (rig) => {
    const giver = new Giver(rig, 600_000);
    await giver.give();
    await rig.startPortal();
    const stranger = await Stranger.connect(rig.broker.url, topics.up(KIOSK, "want"));
    const { keeper } = giver.fetch(400_000);
    const bundle = sha256In(giver);
    let forged = 0;
    await until(
      "it waits",
      async () => {
        // Whoever can write to the broker answers faster than the portal: the piece's hash finds it out.
        const wants = stranger.jsonOf(topics.up(KIOSK, "want"));
        const last = wants.at(-1) as { from: number; length: number } | undefined;
        if (last !== undefined && forged < 3) {
          forged += 1;
          const say = (at: number, bytes: Buffer) =>
            stranger.say(topics.down(KIOSK, "part"), bytes, { ...partProperties(bundle, at) });
          await say(last.from + last.length, randomBytes(last.length));
          await say(last.from, randomBytes(last.length));
          await say(0, randomBytes(100));
          await stranger.say(topics.down(KIOSK, "part"), randomBytes(10), { bundle: "x", offset: "-1" });
        }
        return keeper.status().step === "waiting";
      },
      WAIT_MS,
    );
    assert.is(forged, 3);
    assert.ok(giver.staged?.equals(readFileSync(giver.bundle)));
    stranger.close();
  }));

test("while a citizen is there, and while an application waits, nothing is asked for", () =>
  Rig.with(async (rig) => {
    const giver = new Giver(rig, 400_000);
    await giver.give();
    await rig.startPortal();
    const stranger = await Stranger.connect(rig.broker.url, `motcua/1/${KIOSK}/up/+`);
    const fetch = giver.fetch(200_000);
    fetch.busy = true;
    await until("it is offered", () => fetch.keeper.status().step === "fetching", WAIT_MS);
    await rig.enqueue(300_000);
    await until("the application is taken", () => rig.store.outbox.stats().accepted === 1, WAIT_MS);
    const wants = () => stranger.heard.filter(({ topic }) => topic.endsWith("/up/want")).length;
    assert.is(wants(), 0, "not one slice during the visit");
    fetch.busy = false;
    await until("it waits", () => fetch.keeper.status().step === "waiting", WAIT_MS);
    assert.ok(wants() > 0);
    stranger.close();
  }));

test("the rate is held: a bundle takes at least its bytes by the rate", () =>
  Rig.with(async (rig) => {
    const giver = new Giver(rig, 300_000);
    await giver.give();
    await rig.startPortal();
    const { keeper } = giver.fetch(150_000);
    await until("it is offered", () => keeper.status().step === "fetching", WAIT_MS);
    const startedMs = performance.now();
    await until("it waits", () => keeper.status().step === "waiting", WAIT_MS);
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs > 1_200, `${Math.round(tookMs)} ms for 2 s worth of bytes`);
  }));

test("withdrawn at the portal, it is dropped at the kiosk; another kiosk's offer is not this one's", () =>
  Rig.with(async (rig) => {
    const giver = new Giver(rig, 200_000);
    await giver.give([KIOSK]);
    await rig.startPortal();
    const { keeper } = giver.fetch();
    await until("it waits", () => keeper.status().step === "waiting", WAIT_MS);
    withdraw(releasesFolder(rig.portalDir), [KIOSK], 2);
    await until("it is dropped", () => keeper.status().step === "withdrawn", WAIT_MS);
    assert.is(giver.staged, null);
    await giver.give(["T02"]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.is(keeper.status().step, "withdrawn");
  }));

test("what runs here already is no news: nothing is fetched, refused or told", () =>
  Rig.with(async (rig) => {
    const giver = new Giver(rig, 100_000, RUNNING.build);
    await giver.give();
    await rig.startPortal();
    const stranger = await Stranger.connect(rig.broker.url, topics.down(KIOSK, "offer"));
    const { keeper } = giver.fetch();
    await until("it was offered", () => stranger.heard.length > 0, WAIT_MS);
    await keeper.idle();
    assert.is(keeper.status().step, null);
    stranger.close();
  }));

test("a portal whose file is not what was signed: the kiosk says so, and takes nothing", () =>
  Rig.with(async (rig) => {
    const giver = new Giver(rig, 300_000);
    await giver.give();
    const damaged = readFileSync(giver.bundle);
    damaged[100_000] = (damaged[100_000] ?? 0) ^ 1;
    const folder = releasesFolder(rig.portalDir);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${sha256In(giver)}.raucb`), damaged);
    await rig.startPortal();
    const { keeper } = giver.fetch();
    await until("it gives up", () => /never as it was signed/.test(keeper.status().reason ?? ""), WAIT_MS);
    assert.is(keeper.status().step, "fetching");
    assert.is(giver.staged, null);
  }));

test.run();
