// Does the portal give each kind of wrong, repeated or reordered message its one answer?
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { enrolByFile } from "../../src/portal/enrolment.js";
import type { SealedSubmission } from "../../src/store/store.js";
import {
  loadDeviceKey,
  loadPortalPublicKeys,
  PORTAL_PUBLIC_KEYS_FILE,
  rotatePortalKeys,
} from "../../src/sync/protocol/keys.js";
import { signManifest } from "../../src/sync/protocol/manifest.js";
import { type Manifest, topics } from "../../src/sync/protocol/messages.js";
import { Stranger } from "../wire/mosquitto.js";
import { KIOSK, type PortalProcess, Rig, until } from "./rig.js";

interface Answer {
  readonly result?: string;
  readonly reason?: string | null;
  readonly ranges?: readonly unknown[];
}

/** Speaks as the kiosk, message by message. */
class ByHand {
  readonly #stranger: Stranger;
  constructor(stranger: Stranger) {
    this.#stranger = stranger;
  }

  async init(one: SealedSubmission, v = 1, kiosk = KIOSK): Promise<void> {
    const manifest = Buffer.from(one.manifest).toString("base64");
    const message = { v, submission: one.submissionId, sequence: one.sequence, manifest };
    await this.#stranger.say(topics.up(kiosk, "init"), JSON.stringify(message));
  }

  async chunk(one: SealedSubmission, index: number, offset: number, bytes: Uint8Array): Promise<void> {
    await this.#stranger.say(topics.up(KIOSK, "chunk"), Buffer.from(bytes), {
      submission: one.submissionId,
      document: one.documents[index]?.sha256 ?? "",
      offset: String(offset),
    });
  }

  async allChunks(one: SealedSubmission): Promise<void> {
    for (const document of one.documents) await this.chunk(one, document.index, 0, document.bytes);
  }

  async fin(one: SealedSubmission): Promise<void> {
    await this.#stranger.say(topics.up(KIOSK, "fin"), JSON.stringify({ v: 1, submission: one.submissionId }));
  }

  /** The next message of that kind, the `count`th so far. */
  async answer(kind: "need" | "ack", count: number, kiosk = KIOSK): Promise<Answer> {
    const all = () => this.#stranger.jsonOf(topics.down(kiosk, kind));
    await until(`${kind} ${count}`, () => all().length >= count, 5000);
    return all()[count - 1] ?? {};
  }
}

const withPortal = (
  act: (rig: Rig, portal: PortalProcess, hand: ByHand, stranger: Stranger) => Promise<void>,
) =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    const stranger = await Stranger.connect(rig.broker.url, "motcua/#");
    await until("the portal hears", () =>
      stranger.heard.some((one) => one.topic === topics.portal && one.payload.includes("true")),
    );
    try {
      await act(rig, portal, new ByHand(stranger), stranger);
    } finally {
      stranger.close();
    }
  });

const manifestFor = (kiosk: string, changes: Partial<Manifest>): Manifest => ({
  v: 1,
  kiosk,
  submission: randomUUID(),
  sequence: 1,
  procedure: "2.000815",
  slipNumber: "T01-000001",
  lookupHash: "a".repeat(64),
  portalKeyId: "unknown",
  documents: [{ index: 0, sha256: "b".repeat(64), length: 100, mediaType: "application/json" }],
  wallMs: 0,
  wallTrust: "trusted",
  ...changes,
});

const submissionOf = (rig: Rig, manifest: Manifest): SealedSubmission => ({
  submissionId: manifest.submission,
  sequence: manifest.sequence,
  procedureCode: manifest.procedure,
  manifest: signManifest(manifest, rig.deviceKey),
  documents: [],
  lookupHash: manifest.lookupHash,
  slipNumber: manifest.slipNumber,
});

test("everything twice is taken once, with one receipt", () =>
  withPortal(async (rig, portal, hand) => {
    const one = await rig.seal([500]);
    await hand.init(one);
    await hand.init(one);
    await hand.allChunks(one);
    await hand.allChunks(one);
    await hand.fin(one);
    await hand.fin(one);
    const first = await hand.answer("ack", 1);
    await hand.init(one);
    await hand.fin(one);
    await hand.answer("ack", 3);
    assert.equal(await hand.answer("ack", 3), first);
    assert.is(first.result, "accepted");
    assert.is((await portal.submissions()).length, 1);
  }));

test("chunks out of order, overlapping and too long: the need names what lacks, the rest completes it", () =>
  withPortal(async (rig, _portal, hand) => {
    const one = await rig.seal([10_000]);
    const page = one.documents[1]?.bytes ?? new Uint8Array();
    await hand.init(one);
    assert.is((await hand.answer("need", 1)).ranges?.length, 2);
    await hand.chunk(one, 0, 0, one.documents[0]?.bytes ?? new Uint8Array());
    await hand.chunk(one, 1, 5000, page.subarray(5000));
    await hand.chunk(one, 1, 0, page.subarray(0, 3000));
    await hand.chunk(one, 1, 1000, page.subarray(1000, 4000));
    await hand.chunk(one, 1, 4000, Buffer.alloc(page.length));
    await hand.fin(one);
    const need = await hand.answer("need", 2);
    assert.equal(need.ranges, [{ document: one.documents[1]?.sha256, from: 4000, to: page.length }]);
    await hand.chunk(one, 1, 4000, page.subarray(4000));
    await hand.fin(one);
    assert.is((await hand.answer("ack", 1)).result, "accepted");
  }));

test("wrong bytes are asked for again, and refused the third time", () =>
  withPortal(async (rig, portal, hand) => {
    const one = await rig.seal([]);
    const length = one.documents[0]?.bytes.length ?? 0;
    await hand.init(one);
    await hand.answer("need", 1);
    for (let round = 1; round <= 3; round += 1) {
      await hand.chunk(one, 0, 0, Buffer.alloc(length, round));
      await hand.fin(one);
      if (round < 3) await hand.answer("need", round + 1);
    }
    const ack = await hand.answer("ack", 1);
    assert.equal([ack.result, ack.reason], ["rejected", "badHash"]);
    assert.equal(await portal.submissions(), []);
  }));

test("unknown version, foreign signature, wrong kiosk, unknown kiosk, too large: each has its word", () =>
  withPortal(async (rig, portal, hand, stranger) => {
    const one = await rig.seal([]);
    await hand.init(one, 2);
    assert.is((await hand.answer("ack", 1)).reason, "unsupportedVersion");
    const other = loadDeviceKey(join(rig.dir, "keys", "other.pem"));
    const forged = manifestFor(KIOSK, {});
    await hand.init({ ...submissionOf(rig, forged), manifest: signManifest(forged, other) });
    assert.is((await hand.answer("ack", 2)).reason, "badManifest");
    await hand.init(submissionOf(rig, manifestFor("T02", {})));
    assert.is((await hand.answer("ack", 3)).reason, "badManifest");
    const large = [{ index: 0, sha256: "c".repeat(64), length: 65 * 1024 * 1024, mediaType: "image/jpeg" }];
    await hand.init(submissionOf(rig, manifestFor(KIOSK, { documents: large })));
    assert.is((await hand.answer("ack", 4)).reason, "tooLarge");
    await hand.init(submissionOf(rig, manifestFor(KIOSK, {})));
    assert.is((await hand.answer("ack", 5)).reason, "cannotOpen", "a portal key that nobody has");
    await hand.init(one, 1, "T99");
    assert.is((await hand.answer("ack", 1, "T99")).reason, "unknownKiosk");
    // Enrolled by a person while the portal runs: the next try is heard.
    enrolByFile(rig.portalDir, "T99", rig.deviceKey.publicKeyPem);
    await stranger.say(
      topics.up("T99", "init"),
      JSON.stringify({
        v: 1,
        submission: one.submissionId,
        sequence: 1,
        manifest: Buffer.from(one.manifest).toString("base64"),
      }),
    );
    assert.is((await hand.answer("ack", 2, "T99")).reason, "badManifest", "T01's manifest is not T99's");
    assert.equal(await portal.submissions(), []);
  }));

test("a sealed document moved to another submission is not opened", () =>
  withPortal(async (rig, portal, hand) => {
    const one = await rig.seal([]);
    const document = one.documents[0];
    const [portalKey] = loadPortalPublicKeys(join(rig.portalDir, PORTAL_PUBLIC_KEYS_FILE));
    const moved = manifestFor(KIOSK, {
      portalKeyId: portalKey.id,
      documents: [
        {
          index: 0,
          sha256: document?.sha256 ?? "",
          length: document?.bytes.length ?? 0,
          mediaType: "application/json",
        },
      ],
    });
    const thief = { ...submissionOf(rig, moved), documents: one.documents };
    await hand.init(thief);
    await hand.answer("need", 1);
    await hand.allChunks(thief);
    await hand.fin(thief);
    assert.is((await hand.answer("ack", 1)).reason, "cannotOpen");
    assert.equal(await portal.submissions(), []);
  }));

test("noise on every topic is survived, and the next submission is taken", () =>
  withPortal(async (rig, portal, hand, stranger) => {
    const noise = [
      "",
      "{",
      "null",
      "[]",
      '{"v":1}',
      '{"v":1,"submission":"x"}',
      "\u0000\uffff",
      "9".repeat(200_000),
    ];
    for (const kind of ["init", "chunk", "fin", "seen", "lookup"] as const)
      for (const text of noise) await stranger.say(topics.up(KIOSK, kind), text, { offset: "-1" });
    for (const text of noise) {
      await stranger.say(topics.state(KIOSK), text);
      await stranger.say(topics.telemetry(KIOSK), text);
    }
    await stranger.say("motcua/1/../../up/init", "{}");
    const one = await rig.seal([100]);
    await hand.init(one);
    await hand.answer("need", 1);
    await hand.allChunks(one);
    await hand.fin(one);
    await until("it is taken", async () => (await portal.submissions()).length === 1);
  }));

test("after a change of the portal's key both the old and the new are taken", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    const old = await rig.enqueue(1000);
    rotatePortalKeys(rig.portalDir);
    assert.is(loadPortalPublicKeys(join(rig.portalDir, PORTAL_PUBLIC_KEYS_FILE)).length, 2);
    const fresh = await rig.enqueue(1000);
    rig.startLink();
    await until("both are accepted", () => rig.store.outbox.stats().accepted === 2);
    const ids = (await portal.submissions()).map((entry) => entry.submission).sort();
    assert.equal(ids, [old.submissionId, fresh.submissionId].sort());
    const [page] = await Promise.all([portal.fetch("/applications/1")]);
    assert.match(await page.text(), "Nguyễn Thử");
  }));

test.run();
