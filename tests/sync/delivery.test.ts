// Does everything that was enqueued arrive once, whatever is killed on the way?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { SealedSubmission } from "../../src/store/store.js";
import { topics } from "../../src/sync/protocol/messages.js";
import { Stranger } from "../wire/mosquitto.js";
import { allAccepted, KIOSK, type PortalProcess, Rig, until } from "./rig.js";
import { SlowLine } from "./slow-line.js";

const assertWhole = async (portal: PortalProcess, rig: Rig, sent: readonly SealedSubmission[]) => {
  const entries = await portal.submissions();
  assert.equal(
    entries.map((entry) => entry.submission).sort(),
    sent.map((one) => one.submissionId).sort(),
    "each id once",
  );
  for (const one of sent) {
    const entry = entries.find((found) => found.submission === one.submissionId);
    assert.equal(
      entry?.sha256,
      one.documents.map((document) => document.sha256),
    );
    const status = rig.store.outbox.status(one.submissionId);
    assert.is(status?.receiptNumber, entry?.receipt);
    assert.is(rig.store.outbox.state(one.submissionId), "accepted");
  }
};

test("what was enqueued off-line arrives whole and once when the link comes up", () =>
  Rig.with(async (rig) => {
    const sent = [await rig.enqueue(), await rig.enqueue(900), await rig.enqueue(200_000, 150_000)];
    assert.is(rig.store.outbox.stats().queued, 3);
    const portal = await rig.startPortal();
    const link = rig.startLink();
    const receipt = await link.whenStatus(sent[0]?.submissionId ?? "", 15_000);
    assert.match(receipt?.receiptNumber ?? "", /^000\.00\.00\.X00-\d{6}-\d{4}$/);
    assert.match(receipt?.appointment ?? "", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/);
    await until("all are accepted", allAccepted(rig, 3));
    await assertWhole(portal, rig, sent);
  }));

test("with the portal away nothing is accepted, and all is once it comes", () =>
  Rig.with(async (rig) => {
    const link = rig.startLink();
    await until("the link is up", () => link.state === "up");
    const sent = [await rig.enqueue(50_000), await rig.enqueue()];
    assert.is(await link.whenStatus(sent[0]?.submissionId ?? "", 1200), null);
    assert.is(rig.store.outbox.stats().accepted, 0);
    assert.is(rig.store.outbox.stats().queued, 2);
    const portal = await rig.startPortal();
    await until("both are accepted", allAccepted(rig, 2));
    await assertWhole(portal, rig, sent);
  }));

/** Says and hears what a portal would, and answers nothing by itself. */
const mutePortal = async (rig: Rig) => {
  const stranger = await Stranger.connect(rig.broker.url, topics.everyUp);
  const say = (topic: string, message: object) => stranger.say(topic, JSON.stringify(message));
  return {
    stranger,
    inits: () => stranger.jsonOf(topics.up(KIOSK, "init")).length,
    heard: (kind: "chunk" | "fin") => stranger.heard.some(({ topic }) => topic === topics.up(KIOSK, kind)),
    online: (atMs: number, fleet: number) => say(topics.portal, { v: 1, online: true, atMs, fleet }),
    need: (submission: string, ranges: object) =>
      say(topics.down(KIOSK, "need"), { v: 1, submission, ranges }),
  };
};

test("a submission that stands back follows the portal's late call at once, and does not wait its time out", () =>
  Rig.with(async (rig) => {
    const portal = await mutePortal(rig);
    const { submissionId, documents } = await rig.enqueue(20_000);
    rig.startLink(rig.broker.url, { replyTimeoutMs: 200, coolMs: 600_000 });
    await until("it is announced", () => portal.inits() === 1, 60_000);
    // Its own patience ends meanwhile; on a machine that is slower than that the call is simply not late.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const [first] = documents;
    await portal.need(submissionId, [{ document: first?.sha256, from: 0, to: first?.bytes.length }]);
    await until("it sends", () => portal.heard("chunk") && portal.heard("fin"), 60_000);
    assert.is(portal.inits(), 1);
    portal.stranger.close();
  }));

test("what was asked of a portal that is gone is asked anew when another says that it is there", () =>
  Rig.with(async (rig) => {
    const portal = await mutePortal(rig);
    const link = rig.startLink(rig.broker.url, { replyTimeoutMs: 600_000, coolMs: 600_000 });
    await until("the link is up", () => link.state === "up", 60_000);
    await portal.online(1, 7);
    await until("the size is heard", () => rig.store.meta.get("link.fleet") === "7", 60_000);
    await rig.enqueue();
    await until("it is announced", () => portal.inits() === 1, 60_000);
    await portal.online(2, 9);
    await until("another size is heard", () => rig.store.meta.get("link.fleet") === "9", 60_000);
    await portal.online(3, 9);
    await until("it is announced anew", () => portal.inits() === 2, 60_000);
    portal.stranger.close();
  }));

test("what operations release goes at once, and not when the link next looks by itself", () =>
  Rig.with(async (rig) => {
    await rig.startPortal();
    const link = rig.startLink(rig.broker.url, { coolMs: 600_000 });
    const before = await rig.enqueue();
    await until("the first is accepted: the link has looked at its queue", allAccepted(rig, 1));
    assert.is(link.state, "up");
    const sealed = await rig.seal([]);
    rig.store.outbox.enqueue(sealed);
    rig.store.outbox.mark(sealed.submissionId, "quarantined", "refused by the broker");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.is(rig.store.outbox.state(sealed.submissionId), "quarantined");
    assert.is(rig.store.outbox.releaseQuarantined(), 1);
    await until("the released one is accepted", allAccepted(rig, 2), 60_000);
    assert.is.not(before.submissionId, sealed.submissionId);
  }));

test("broker kill -9 again and again during the transfer", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    rig.startLink();
    const sent = [];
    for (let round = 0; round < 4; round += 1) {
      sent.push(await rig.enqueue(3_000_000), await rig.enqueue(2000), await rig.enqueue());
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 40));
      await rig.broker.kill("SIGKILL");
      await rig.broker.restart();
    }
    await until("all are accepted", allAccepted(rig, sent.length), 20_000);
    await assertWhole(portal, rig, sent);
  }));

test("portal kill -9 again and again during the transfer: resumed, none twice, same receipts", () =>
  Rig.with(async (rig) => {
    let portal = await rig.startPortal();
    rig.startLink();
    const sent = [];
    for (let round = 0; round < 4; round += 1) {
      sent.push(await rig.enqueue(2_000_000), await rig.enqueue(), await rig.enqueue(30_000));
      await new Promise((resolve) => setTimeout(resolve, 15 + round * 30));
      await portal.end("SIGKILL");
      portal = await rig.startPortal();
    }
    await until("all are accepted", allAccepted(rig, sent.length), 20_000);
    await assertWhole(portal, rig, sent);
  }));

test("a cut line resumes where it was: a 600 KB page over a slow line is not sent from the start again", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    const size = 600_000;
    const line = await SlowLine.start(rig.broker.port, 300_000);
    try {
      const sent = await rig.enqueue(size);
      rig.startLink(line.url, { publishTimeoutMs: 5000 });
      for (const mark of [150_000, 400_000]) {
        await until(`${mark} bytes went`, () => line.carriedBytes > mark);
        line.cut();
      }
      await until("it is accepted", allAccepted(rig, 1));
      await assertWhole(portal, rig, [sent]);
      // Two cuts may each cost the chunks in flight (a window of 64 KB ones), not the page.
      assert.ok(line.carriedBytes < size * 1.6, `${line.carriedBytes} bytes for ${size}`);
    } finally {
      line.close();
    }
  }));

test("closing the link in the middle of a large transfer over a slow line takes seconds, and loses nothing", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    const line = await SlowLine.start(rig.broker.port, 50_000);
    try {
      const sent = [await rig.enqueue(2_000_000), await rig.enqueue(2_000_000)];
      const link = rig.startLink(line.url);
      await until("bytes went", () => line.carriedBytes > 60_000);
      const started = performance.now();
      await link.close();
      assert.ok(performance.now() - started < 15_000, `${performance.now() - started} ms`);
      assert.is(rig.store.outbox.stats().queued, 2);
      rig.startLink();
      await until("both are accepted", allAccepted(rig, 2));
      await assertWhole(portal, rig, sent);
    } finally {
      line.close();
    }
  }));

test.run();
