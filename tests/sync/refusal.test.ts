// What becomes of a submission that the broker or the portal refuses, and of those behind it?
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { topics } from "../../src/sync/protocol/messages.js";
import { Stranger } from "../wire/mosquitto.js";
import { KIOSK, Rig, until } from "./rig.js";

const ALLOW = "topic readwrite #\n";
const DENY = `topic deny motcua/1/${KIOSK}/up/chunk\n${ALLOW}`;

test("a publish that the broker denies is quarantined by its reason, not repeated for ever; repaired, all goes", () =>
  Rig.with(
    async (rig) => {
      const portal = await rig.startPortal();
      const stranger = await Stranger.connect(rig.broker.url, topics.up(KIOSK, "init"));
      const link = rig.startLink(rig.broker.url, { quarantineRetryMs: 3000 });
      await rig.enqueue(5000);
      await rig.enqueue();
      await until("both are quarantined", () => rig.store.outbox.stats().quarantined === 2, 6000);
      const tries = stranger.heard.length;
      assert.ok(tries <= 8, `${tries} inits for two submissions`);
      assert.is(rig.store.outbox.stats().queued, 0);
      await until("the link is up again", () => link.state === "up");
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.is(stranger.heard.length, tries, "nothing is repeated meanwhile");
      // The technician repairs the rights; the next release sends them.
      writeFileSync(join(rig.dir, "acl"), ALLOW);
      await rig.broker.restart();
      await until("both are accepted", () => rig.store.outbox.stats().accepted === 2, 12_000);
      assert.is((await portal.submissions()).length, 2);
      stranger.close();
    },
    (dir) => {
      writeFileSync(join(dir, "acl"), DENY);
      return `acl_file ${join(dir, "acl")}`;
    },
  ));

test("a message too large for the broker is set aside; chunks shrink to what it takes", () =>
  Rig.with(
    async (rig) => {
      const portal = await rig.startPortal();
      // 120 pages make a manifest of some 25 KB; the others need only chunks.
      const tooLarge = await rig.enqueue(...Array.from({ length: 120 }, () => 50));
      const fits = [await rig.enqueue(100_000), await rig.enqueue()];
      rig.startLink();
      await until("the others are accepted", () => rig.store.outbox.stats().accepted === 2);
      assert.is(rig.store.outbox.state(tooLarge.submissionId), "quarantined");
      assert.equal(
        (await portal.submissions()).map((entry) => entry.submission).sort(),
        fits.map((one) => one.submissionId).sort(),
      );
    },
    () => "max_packet_size 16000",
  ));

test("a submission that the portal refuses for good is kept and told, and does not block the next", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    const sealed = await rig.seal([100]);
    const other = await rig.seal([]);
    // The manifest of another submission under this one's id: signed, but not for it.
    rig.store.outbox.enqueue({ ...sealed, manifest: other.manifest });
    const good = await rig.enqueue();
    rig.startLink();
    await until("the good one is accepted", () => rig.store.outbox.stats().accepted === 1);
    await until("the other is rejected", () => rig.store.outbox.state(sealed.submissionId) === "rejected");
    assert.is(rig.store.outbox.stats().queued, 0);
    const document = sealed.documents[0];
    const kept = rig.store.outbox.readDocument(document?.sha256 ?? "", 0, document?.bytes.length ?? 0);
    assert.equal(Buffer.from(kept), Buffer.from(document?.bytes ?? []));
    assert.equal(
      (await portal.submissions()).map((entry) => entry.submission),
      [good.submissionId],
    );
  }));

test("a submission whose blob is gone is set aside and told; the next one goes", () =>
  Rig.with(async (rig) => {
    await rig.startPortal();
    const broken = await rig.enqueue(60_000);
    const good = await rig.enqueue(60_000);
    rmSync(join(rig.storeDir, "blobs", broken.documents[1]?.sha256 ?? ""));
    rig.startLink();
    await until("the good one is accepted", () => rig.store.outbox.state(good.submissionId) === "accepted");
    await until(
      "the other is set aside",
      () => rig.store.outbox.state(broken.submissionId) === "quarantined",
    );
  }));

test("answers that make no sense change nothing on the kiosk", () =>
  Rig.with(async (rig) => {
    const stranger = await Stranger.connect(rig.broker.url, "motcua/#");
    const link = rig.startLink();
    await until("the link is up", () => link.state === "up");
    const one = await rig.enqueue();
    const status = { revision: 1, state: "received", receiptNumber: "X", appointment: null };
    const ack = { v: 1, submission: one.submissionId, result: "accepted", reason: null, status };
    for (const wrong of [
      "",
      "{",
      JSON.stringify({ ...ack, v: 2 }),
      JSON.stringify({ ...ack, status: null }),
      JSON.stringify({ ...ack, status: { ...status, revision: 0 } }),
      JSON.stringify({ ...ack, submission: "00000000-0000-4000-8000-000000000000" }),
      "9".repeat(300_000),
    ])
      for (const kind of ["ack", "need", "status", "found"] as const)
        await stranger.say(topics.down(KIOSK, kind), wrong);
    await stranger.say(topics.portal, "garbage");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.is(link.state, "up");
    assert.is(rig.store.outbox.stats().accepted, 0);
    assert.is(rig.store.outbox.status(one.submissionId)?.state, "queued");
    await stranger.say(topics.down(KIOSK, "ack"), JSON.stringify(ack));
    await until("a right ack settles it", () => rig.store.outbox.stats().accepted === 1);
    stranger.close();
  }));

test.run();
