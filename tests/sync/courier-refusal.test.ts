// What do kiosk and portal believe of a stick that was damaged, swapped, kept too long or written by somebody else?
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import type { EventCatalogue, Log } from "../../src/core/log.js";
import { BundleFiles } from "../../src/portal/courier/bundle.js";
import { enrolByFile } from "../../src/portal/enrolment.js";
import { type Portal, startPortal } from "../../src/portal/portal.js";
import { KioskCourier } from "../../src/sync/courier/courier.js";
import { openOrder, signOrder } from "../../src/sync/protocol/command.js";
import {
  ANSWER_FILE,
  type CourierAnswer,
  type CourierIndex,
  INDEX_FILE,
  openAnswer,
  openIndex,
  signAnswer,
  signIndex,
} from "../../src/sync/protocol/courier.js";
import { type DeviceKey, loadDeviceKey, loadOpsKey } from "../../src/sync/protocol/keys.js";
import { Browsers, PEOPLE } from "../portal/people.js";
import { testClock } from "../store/fixtures.js";
import { Walk } from "./courier-rig.js";
import { KIOSK, until } from "./rig.js";

/** Time that tests may turn forward. */
class Ahead extends SystemClock {
  ms = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.ms;
  }
}

interface Heard {
  readonly clock: Ahead;
  readonly refused: string[];
  readonly bundles: EventCatalogue["portal.courier"][];
}

/** The real portal, in this process, so that what it says in its log is heard. */
const withPortal = async (
  walk: Walk,
  act: (heard: Heard, portal: Portal) => Promise<void>,
): Promise<void> => {
  const clock = new Ahead({ floorMs: 0, synchronised: () => true });
  const heard: Heard = { clock, refused: [], bundles: [] };
  const log: Log = (event, fields) => {
    if (event === "portal.refused") heard.refused.push((fields as { reason: string }).reason);
    if (event === "portal.courier") heard.bundles.push(fields as EventCatalogue["portal.courier"]);
  };
  const portal = await startPortal({
    ...{ dir: walk.rig.portalDir, brokerUrl: walk.rig.broker.url, port: 0, clock, log },
    courier: { folder: walk.stick, pollMs: 30 },
    madeUpAccounts: PEOPLE,
  });
  try {
    await act(heard, portal);
  } finally {
    await portal.close();
  }
};

const count = async (portal: Portal): Promise<number> =>
  ((await (await new Browsers(portal.url).fetch("/api/submissions")).json()) as unknown[]).length;

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
};

const indexIn = (bundle: string, key: DeviceKey): CourierIndex => {
  const opened = openIndex(readFileSync(join(bundle, INDEX_FILE)), () => key.publicKeyPem);
  if (!opened.ok) throw new Error(opened.problem);
  return opened.index;
};

test("a stick pulled out in the middle is no bundle; the next export clears it away", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    await rig.enqueue(50_000);
    await courier.export(stick);
    const [whole = ""] = walk.bundles();
    const aside = join(rig.dir, "whole");
    cpSync(whole, aside, { recursive: true });
    const copy = (name: string): string => {
      const to = join(walk.folder, name);
      cpSync(aside, to, { recursive: true });
      return to;
    };
    rmSync(whole, { recursive: true });
    rmSync(join(copy("00000001"), INDEX_FILE));
    const half = join(copy("00000002"), INDEX_FILE);
    truncateSync(half, Math.floor(statSync(half).size / 2));
    flip(join(copy("00000003"), INDEX_FILE), 200);
    copy("00000004.tmp");
    writeFileSync(join(copy("00000005"), INDEX_FILE), "");
    await withPortal(walk, async (heard, portal) => {
      await until("all but the .tmp are refused", () => heard.refused.length === 4);
      assert.is(await count(portal), 0);
      assert.is(heard.bundles.length, 0);
    });
    assert.not.ok(walk.bundles().some((bundle) => existsSync(join(bundle, ANSWER_FILE))));
    // The power went in the middle of an export: its intent is settled by the next one.
    const intent = rig.store.journal.intent("courier", "interrupted", {});
    await courier.export(stick);
    assert.not.ok(existsSync(join(walk.folder, "00000004.tmp")));
    assert.is(rig.store.journal.open("courier").length, 0, `intent ${intent} is settled`);
  }));

test("a flipped byte costs one submission, not the bundle; it waits and goes with the next stick", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const sent = [await rig.enqueue(40_000), await rig.enqueue(40_000), await rig.enqueue(40_000)];
    await courier.export(stick);
    const [bundle = ""] = walk.bundles();
    const { items } = indexIn(bundle, rig.deviceKey);
    flip(join(bundle, "data01.mcd"), (items[1]?.offset ?? 0) + 30_000);
    truncateSync(join(bundle, "data01.mcd"), (items[2]?.offset ?? 0) + 30_000);
    await withPortal(walk, async (heard, portal) => {
      await walk.answered();
      await until("it is in the log", () => heard.bundles.length > 0);
      const { taken, damaged } = heard.bundles[0] ?? {};
      assert.equal([taken, damaged], [1, 2]);
      const first = await courier.acknowledge(stick);
      assert.equal([first.acknowledged, first.waiting, first.removed.length], [1, 2, 0]);
      assert.is((await courier.export(stick)).submissions, 2);
      await walk.answered();
      assert.is((await courier.acknowledge(stick)).waiting, 0);
      assert.is(await count(portal), sent.length);
      assert.is(walk.bundles().length, 0, "all of it is settled");
    });
  }));

test("strangers: an unknown kiosk, a known name with another key, another kiosk's submissions", () =>
  Walk.with(async (walk) => {
    const { rig, stick } = walk;
    await rig.enqueue(3000);
    const stranger = loadDeviceKey(join(rig.dir, "keys", "stranger.pem"));
    const { store } = rig;
    const courierOf = (kioskId: string, device: DeviceKey) =>
      new KioskCourier({ store, device, kioskId, portalKeys: () => [], clock: testClock, log: () => {} });
    await courierOf("T98", stranger).export(stick);
    await courierOf(KIOSK, stranger).export(stick);
    await withPortal(walk, async (heard, portal) => {
      await until("both are refused", () => heard.refused.length === 2);
      assert.equal([...heard.refused].sort(), ["badSignature", "unknownKiosk"]);
      // Enrolled, and carrying what another kiosk signed: its name is not on it.
      enrolByFile(rig.portalDir, "T98", stranger.publicKeyPem);
      heard.clock.ms += 31_000;
      await until("it is looked at again", () => heard.bundles.length === 1);
      assert.is(heard.bundles[0]?.kiosk, "T98");
      assert.is(heard.bundles[0]?.refused, 1);
      assert.ok(heard.refused.includes("badManifest"));
      assert.is(await count(portal), 0);
    });
    assert.is(rig.store.outbox.stats().queued, 1);
  }));

test("an old bundle, carried in again and again, changes nothing", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const sent = await rig.enqueue(20_000);
    await courier.export(stick);
    const pocket = join(rig.dir, "pocket");
    cpSync(walk.folder, pocket, { recursive: true });
    await withPortal(walk, async (heard, portal) => {
      await walk.answered();
      await courier.acknowledge(stick);
      const receipt = rig.store.outbox.status(sent.submissionId)?.receiptNumber;
      for (let again = 0; again < 2; again += 1) {
        const [name = ""] = readdirSync(pocket);
        cpSync(join(pocket, name), join(walk.folder, `0000000${again}`), { recursive: true });
        await until("it is gone through", () => heard.bundles.length === again + 2);
        assert.equal([heard.bundles.at(-1)?.known, heard.bundles.at(-1)?.taken], [1, 0]);
      }
      await courier.acknowledge(stick);
      assert.is(await count(portal), 1);
      assert.is(rig.store.outbox.status(sent.submissionId)?.receiptNumber, receipt);
    });
  }));

const answerFor = (kiosk: string, submission: string): CourierAnswer => ({
  ...{ v: 1, kiosk, bundle: "0".repeat(32), wallMs: 0, statuses: [] },
  acks: [
    {
      ...{ v: 1, submission, result: "accepted", reason: null },
      status: { revision: 1, state: "received", receiptNumber: "forged", appointment: null },
    },
  ],
});

test("an acknowledgement that not the portal signed for this kiosk settles nothing", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const { submissionId } = await rig.enqueue(3000);
    await courier.export(stick);
    const [bundle = ""] = walk.bundles();
    const ops = loadOpsKey(rig.portalDir);
    const stranger = loadDeviceKey(join(rig.dir, "keys", "stranger.pem"));
    const good = answerFor(KIOSK, submissionId);
    const genuine = signAnswer(good, ops);
    const swapped = Buffer.from(
      JSON.stringify({
        ...(JSON.parse(genuine.toString()) as object),
        answer: Buffer.from(JSON.stringify({ ...good, wallMs: 1 })).toString("base64"),
      }),
    );
    // The very key, for another purpose.
    const order = signOrder(
      {
        ...{ v: 1, id: randomUUID(), kiosk: KIOSK, sequence: 1, issuedAtMs: 0, expiresAtMs: 1 },
        command: { name: "releaseQuarantined" },
      },
      ops,
    );
    assert.ok(openOrder(order, [ops.publicKeyPem]).ok);
    const { order: asAnswer, signature } = JSON.parse(order.toString()) as Record<string, string>;
    const forgeries = [
      signAnswer(good, stranger),
      signAnswer(good, rig.deviceKey),
      signAnswer(answerFor("T02", submissionId), ops),
      swapped,
      Buffer.from(JSON.stringify({ v: 1, kiosk: KIOSK, answer: asAnswer, signature })),
      genuine.subarray(0, Math.floor(genuine.length / 2)),
    ];
    for (const [place, forgery] of forgeries.entries()) {
      writeFileSync(join(bundle, ANSWER_FILE), forgery);
      const report = await courier.acknowledge(stick);
      assert.is(report.acknowledged, 0, `forgery ${place}`);
      assert.is(report.answers, 0, `forgery ${place}`);
      assert.is(rig.store.outbox.state(submissionId), "sealed", `forgery ${place}`);
    }
    writeFileSync(join(bundle, ANSWER_FILE), genuine);
    assert.is((await courier.acknowledge(stick)).acknowledged, 1, "the genuine one is believed");
    // A no that is older than the yes: only the act of reading it is on record.
    mkdirSync(bundle, { recursive: true });
    const no = { v: 1, submission: submissionId, result: "rejected", reason: "cannotOpen", status: null };
    writeFileSync(join(bundle, ANSWER_FILE), signAnswer({ ...good, acks: [no] }, ops));
    const rows = () => (rig.store.journal.verify() as { rows: number }).rows;
    const before = rows();
    await courier.acknowledge(stick);
    assert.is(rig.store.outbox.state(submissionId), "accepted");
    assert.is(rows() - before, 2);
  }));

test("what the link settles during the export, and what is damaged in the store, stops no other", () =>
  Walk.with(async (walk) => {
    const { rig, stick } = walk;
    const sent = [await rig.enqueue(40_000), await rig.enqueue(2_500_000), await rig.enqueue(60_000)];
    const quarantined = await rig.enqueue(100);
    const rejected = await rig.enqueue(100);
    rig.store.outbox.mark(quarantined.submissionId, "quarantined");
    rig.store.outbox.mark(rejected.submissionId, "rejected");
    const [, settling, damaged] = sent;
    const sha256 = damaged?.documents[1]?.sha256 ?? "";
    flip(join(rig.storeDir, "blobs", sha256), 1000);
    const outbox = new Proxy(rig.store.outbox, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (name === "readDocument")
          return (hash: string, offset: number, length: number) => {
            if (hash === settling?.documents[1]?.sha256 && offset > 2_000_000)
              target.mark(settling.submissionId, "accepted");
            return target.readDocument(hash, offset, length);
          };
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const courier = new KioskCourier({
      ...{ store: { ...rig.store, outbox, journal: rig.store.journal }, device: rig.deviceKey },
      ...{ kioskId: KIOSK, portalKeys: () => [], clock: testClock, log: () => {} },
    });
    const report = await courier.export(stick);
    assert.equal(report.unreadable, [damaged?.submissionId]);
    const [bundle = ""] = walk.bundles();
    const { items } = indexIn(bundle, rig.deviceKey);
    assert.equal(
      items.map(({ submission }) => submission),
      [sent[0]?.submissionId, quarantined.submissionId],
    );
    const end = items.at(-1);
    assert.is(statSync(join(bundle, "data01.mcd")).size, (end?.offset ?? 0) + (end?.length ?? 0));
  }));

test("links, pipes and folders in the place of files are not opened", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    await rig.enqueue(3000);
    await courier.export(stick);
    const [bundle = ""] = walk.bundles();
    const { items } = indexIn(bundle, rig.deviceKey);
    const data = join(bundle, "data01.mcd");
    const real = join(rig.dir, "real.mcd");
    renameSync(data, real);
    const puts = [() => symlinkSync(real, data), () => execFileSync("mkfifo", [data]), () => mkdirSync(data)];
    for (const put of puts) {
      put();
      const files = new BundleFiles(bundle);
      assert.is(items[0] && (await files.item(items[0])), undefined);
      await files.close();
      rmSync(data, { recursive: true });
    }
    renameSync(real, data);
    symlinkSync(bundle, join(walk.folder, "0000000a"));
    symlinkSync("/dev/zero", join(bundle, ANSWER_FILE));
    assert.is((await courier.acknowledge(stick)).answers, 0);
  }));

test("fuzz: no bytes make the parsers throw, and no signed index makes the reader leave its files", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assert.is(openIndex(bytes, () => pem).ok, false);
      assert.is(openAnswer(bytes, KIOSK, [pem, "no key"]).ok, false);
    }),
    { numRuns: 150 },
  );
  fc.assert(
    fc.property(fc.json(), fc.json(), (inner, signature) => {
      const outer = { v: 1, kiosk: KIOSK, signature: Buffer.from(signature).toString("base64") };
      const index = Buffer.from(inner).toString("base64");
      assert.is(openIndex(Buffer.from(JSON.stringify({ ...outer, index })), () => pem).ok, false);
      assert.is(openAnswer(Buffer.from(JSON.stringify({ ...outer, answer: index })), KIOSK, [pem]).ok, false);
    }),
    { numRuns: 100 },
  );
  await Walk.with(async ({ rig, stick, courier, folder }) => {
    assert.ok(privateKey.asymmetricKeyType === "ed25519");
    await rig.enqueue(3000);
    await courier.export(stick);
    const [name = ""] = readdirSync(folder);
    const bundle = join(folder, name);
    const index = indexIn(bundle, rig.deviceKey);
    const [item] = index.items;
    if (item === undefined) throw new Error("an empty bundle");
    await fc.assert(
      fc.asyncProperty(
        fc.record({ part: fc.integer({ min: 1, max: 3 }), offset: fc.nat(5000), length: fc.nat(9000) }),
        async (place) => {
          // A kiosk whose key was stolen may sign any places.
          const lie = { ...index, items: [{ ...item, ...place, length: place.length + 4 }] };
          const opened = openIndex(signIndex(lie, rig.deviceKey), () => rig.deviceKey.publicKeyPem);
          const files = new BundleFiles(bundle);
          const found = opened.ok && opened.index.items[0] && (await files.item(opened.index.items[0]));
          await files.close();
          const isTrue = place.part === 1 && place.offset === item.offset && place.length + 4 === item.length;
          assert.is(Boolean(found), isTrue);
        },
      ),
      { numRuns: 60 },
    );
    assert.is(basename(bundle), index.bundle.slice(0, 8));
  });
});

test.run();
