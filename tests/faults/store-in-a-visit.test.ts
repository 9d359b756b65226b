// The disk is full or read-only: who is told before they begin, who in the middle, and is anything half done?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Stories } from "./visit-story.js";

const stories = await Stories.open();

for (const [trouble, code] of [
  ["full", "store.full"],
  ["readOnly", "store.unwritable"],
] as const) {
  test(`${code} before anybody begins: the first screen says so, and is open again by itself`, () =>
    stories.tell({}, async (story) => {
      await story.settled();
      story.world.disk.trouble = trouble;
      await story.until("closed", () => story.screen("attract").outOfService === code);
      await story.citizenIsTold(code);
      story.world.on.send({ type: "WAKE" });
      story.screen("attract");
      story.world.disk.trouble = "none";
      await story.until("open", () => story.screen("attract").outOfService === null);
      await story.to("slip.taking");
      assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
    }));

  for (const at of ["form", "check", "confirm"])
    test(`${code} from ${at} on: said when handing in, nothing is stored; tried again it is stored once`, () =>
      stories.tell({}, async (story) => {
        await (await story.settled()).to(at);
        story.world.disk.trouble = trouble;
        await story.to("trouble");
        assert.is(story.screen("trouble").fault, code);
        await story.citizenIsTold(code);
        assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
        story.world.disk.trouble = "none";
        await story.to("slip.taking");
        assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
        await story.finish();
      }));

  test(`${code} at the slip: the application is safe, no paper is begun that nobody could account for`, () =>
    stories.tell({}, async (story) => {
      await (await story.settled()).to("submitting");
      // The row is there; what comes after it is not.
      await story.until(
        "stored",
        () => story.world.on.disk.outbox.stats().queued + story.world.on.disk.outbox.stats().accepted > 0,
      );
      story.world.disk.trouble = trouble;
      await story.to("slip.noPaper");
      assert.is(story.screen("slip").fault, code);
      await story.citizenIsTold(code);
      assert.is(story.books.slips, 0);
      assert.is(story.books.submissions, 1);
      story.world.disk.trouble = "none";
      await story.finish();
      assert.is(story.books.slips, 0);
    }));

  test(`${code} while the stars are given: thanks do not wait`, () =>
    stories.tell({}, async (story) => {
      await (await story.settled()).to("rate");
      story.world.disk.trouble = trouble;
      await story.finish();
      story.world.disk.trouble = "none";
      assert.is(story.books.submissions, 1);
    }));
}

test("read-only at the queue number: trouble is said, and none is skipped", () =>
  stories.tell({ errand: { what: "ticket" } }, async (story) => {
    await (await story.settled()).to("procedure");
    story.world.disk.trouble = "readOnly";
    await story.to("trouble");
    await story.citizenIsTold("store.unwritable");
    story.world.disk.trouble = "none";
    await story.to("ticket.taking");
    assert.is(story.screen("ticket").number, "A001");
    await story.finish();
  }));

test("full while somebody chooses: back at the first screen, with the reason, before anything is typed", () =>
  stories.tell({ errand: { what: "ticket" } }, async (story) => {
    await (await story.settled()).to("procedure");
    story.world.disk.trouble = "full";
    await story.until("told", () => story.step === "attract");
    await story.citizenIsTold("store.full");
    assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
  }));

test.run();
