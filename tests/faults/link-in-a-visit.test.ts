// The network is down, slow or loses messages: does the citizen notice, and does the portal get it once?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Stories, type Story } from "./visit-story.js";

const stories = await Stories.open();

const arrivesOnce = async (story: Story): Promise<void> => {
  await story.until("the queue is empty", () => story.world.on.disk.outbox.stats().queued === 0);
  assert.is(story.world.portal.applications().length, 1);
  assert.is(story.books.submissions, 1);
};

for (const at of ["attract", "form", "submitting", "slip.printing"])
  test(`down at ${at}: a slip without an appointment or with, no word of trouble, at the portal once when it is back`, () =>
    stories.tell({}, async (story) => {
      await (await story.settled()).to(at);
      story.world.broker.setReachable(false);
      await story.until("the console says so", () => story.world.on.link.state !== "up");
      assert.match(story.world.on.console, /link (down|connecting)/);
      await story.to("slip.taking");
      story.citizenIsNotTold("link.down");
      if (at !== "slip.printing") assert.is(story.screen("slip").receiptNumber, null);
      assert.equal(story.books.prints, ["done"]);
      story.world.broker.setReachable(true);
      await story.finish();
      await arrivesOnce(story);
    }));

test("messages lost and doubled on the way: handed in once", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("confirm");
    story.world.broker.lose = 3;
    story.world.broker.double = 6;
    await story.to("slip.taking");
    await story.finish();
    await arrivesOnce(story);
  }));

test("the portal is off while it is handed in: the citizen waits some seconds for the receipt, no longer", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("confirm");
    story.world.portal.setOn(false);
    const before = story.world.clock.monotonicMs();
    await story.to("slip.taking");
    assert.ok(story.world.clock.monotonicMs() - before < 30_000);
    story.world.portal.setOn(true);
    await story.finish();
    await arrivesOnce(story);
  }));

test("a look-up without a network: not found here is said, nobody is kept", () =>
  stories.tell({ errand: { what: "lookUp" } }, async (story) => {
    await (await story.settled()).to("procedure");
    story.world.broker.setReachable(false);
    await story.to("lookup.unknown");
    story.citizenIsSpared();
    await story.finish();
  }));

test.run();
