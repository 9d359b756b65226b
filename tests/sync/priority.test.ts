// Does a form wait behind a scan?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isSmall } from "../../src/store/turn.js";
import { allAccepted, Rig, until } from "./rig.js";
import { SlowLine } from "./slow-line.js";

test("a form that comes while scans fill a slow line is taken in before any of them ends", () =>
  Rig.with(async (rig) => {
    await rig.startPortal();
    const line = await SlowLine.start(rig.broker.port, 150_000);
    try {
      const scans = [await rig.enqueue(700_000), await rig.enqueue(700_000), await rig.enqueue(700_000)];
      rig.startLink(line.url, { publishTimeoutMs: 10_000, replyTimeoutMs: 10_000 });
      await until("the scans are under way", () => line.carriedBytes > 150_000);
      const form = await rig.enqueue();
      await until(
        "the form is accepted",
        () => rig.store.outbox.state(form.submissionId) === "accepted",
        25_000,
      );
      for (const scan of scans) assert.is.not(rig.store.outbox.state(scan.submissionId), "accepted");
      await until("and then the scans are, too", allAccepted(rig, 4), 40_000);
    } finally {
      line.close();
    }
  }));

test("of a backlog the forms go first, and a document that waited an hour is as good as a form", () =>
  Rig.with(async (rig) => {
    const [scan, form] = [await rig.enqueue(100_000), await rig.enqueue()];
    const order = () => rig.store.outbox.pending(9).map(({ submissionId }) => submissionId);
    assert.equal(order(), [form.submissionId, scan.submissionId]);
    assert.equal(
      rig.store.outbox.pending(9, "small").map(({ submissionId }) => submissionId),
      [form.submissionId],
    );
    assert.ok(!isSmall({ bytes: 100_000 }));
  }));

test.run();
