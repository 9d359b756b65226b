// Does what waits reach the portal once, whichever of stick and link comes first, and whatever ends on the way?
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Walk } from "./courier-rig.js";
import { allAccepted, contentOf, SENTINEL, until } from "./rig.js";

test("stick first, then link: taken in, acknowledged by the stick, and the link brings nothing twice", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const sent = [await rig.enqueue(), await rig.enqueue(900), await rig.enqueue(1_600_000, 300_000)];
    const report = await courier.export(stick);
    assert.is(report.submissions, 3);
    assert.equal(report.sequences, [sent[0]?.sequence, sent[2]?.sequence]);
    assert.is(rig.store.outbox.stats().queued, 3, "they still wait");
    const portal = await walk.startPortal();
    await walk.answered();
    const answers = await courier.acknowledge(stick);
    assert.is(answers.acknowledged, 3);
    assert.is(answers.waiting, 0);
    assert.equal(answers.removed, report.bundles, "a settled bundle does not stay on the stick");
    await walk.assertEachOnce(portal, sent);
    const later = await rig.enqueue(2000);
    rig.startLink();
    await until("the later one is accepted", allAccepted(rig, 4));
    await walk.assertEachOnce(portal, [...sent, later]);
  }));

test("link first, then the old stick: nothing is taken twice, and its answer brings the news of now", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const sent = [await rig.enqueue(), await rig.enqueue(400_000)];
    await courier.export(stick);
    const pocket = join(rig.dir, "pocket");
    renameSync(stick, pocket);
    const portal = await walk.startPortal();
    const link = rig.startLink();
    await until("both are accepted", allAccepted(rig, 2));
    await walk.assertEachOnce(portal, sent);
    await link.close();
    const [first] = await portal.submissions();
    await portal.decide(first?.id ?? 0, "approve");
    renameSync(pocket, stick);
    await walk.answered();
    await courier.acknowledge(stick);
    await walk.assertEachOnce(portal, sent);
    assert.is(rig.store.outbox.status(first?.submission ?? "")?.state, "approved");
  }));

test("stick and link at once: each once, with one receipt", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const sent = [];
    for (let count = 0; count < 6; count += 1) sent.push(await rig.enqueue(count % 2 === 0 ? 700_000 : 500));
    rig.startLink();
    const exporting = courier.export(stick);
    const portal = await walk.startPortal();
    await exporting;
    await until("all are accepted", allAccepted(rig, sent.length));
    await walk.answered();
    await courier.acknowledge(stick);
    await walk.assertEachOnce(portal, sent);
  }));

test("portal kill -9 again and again while it takes in: resumed, none twice", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const sent = [];
    for (let count = 0; count < 8; count += 1)
      sent.push(await rig.enqueue(count % 2 === 0 ? 3_000_000 : 700));
    await courier.export(stick);
    let portal = await walk.startPortal();
    let killedInTheMiddle = 0;
    for (let round = 0; round < 3; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10 + round * 25));
      await portal.end("SIGKILL");
      if (!walk.bundles().some((bundle) => existsSync(join(bundle, "answer.mca")))) killedInTheMiddle += 1;
      portal = await walk.startPortal();
    }
    assert.ok(killedInTheMiddle > 0, "at least one kill came before the answer");
    await walk.answered();
    await courier.acknowledge(stick);
    await walk.assertEachOnce(portal, sent);
  }));

test("nothing personal on the stick, neither before nor after the portal's answer", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    assert.ok(JSON.stringify(contentOf(1)).includes(SENTINEL), "the content carries the sentinel");
    const sent = [await rig.enqueue(), await rig.enqueue(30_000)];
    const isClean = () => {
      const found = walk.bytes();
      const texts = [SENTINEL, ...sent.map(({ lookupCode }) => lookupCode)];
      const needles = texts.flatMap((text) => [
        Buffer.from(text),
        Buffer.from(text, "utf16le"),
        ...[0, 1, 2].map((shift) =>
          Buffer.from(
            Buffer.from(`${"x".repeat(shift)}${text}`)
              .toString("base64")
              .slice(shift === 0 ? 0 : 4, -4),
          ),
        ),
      ]);
      return found.length > 30_000 && needles.every((needle) => !found.includes(needle));
    };
    await courier.export(stick);
    assert.ok(isClean(), "sealed");
    await walk.startPortal();
    await walk.answered();
    assert.ok(isClean(), "answered");
  }));

test.run();
