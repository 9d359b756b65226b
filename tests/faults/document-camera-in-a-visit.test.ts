// The camera over the tray is gone or stalls: what does the citizen with a paper in the hand see?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Stories } from "./visit-story.js";

const stories = await Stories.open();

for (const at of ["identify.showQr", "papers.place", "papers.capturing.working"])
  test(`unplugged at ${at}: the picture fails with the reason, and comes when the camera is back`, () =>
    stories.tell({}, async (story) => {
      await (await story.settled()).to(at);
      story.world.board.control.cameras.setPlugged("document", false);
      await story.to("papers.failed");
      assert.is(story.screen("papers").fault, "documentCamera.absent");
      await story.citizenIsTold("documentCamera.absent");
      await story.staffIsTold("documentCamera", "documentCamera.absent");
      assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
      story.world.board.control.cameras.setPlugged("document", true);
      await story.staffSeesReady("documentCamera");
      await story.to("slip.taking");
      assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
      await story.finish();
    }));

test("a sensor that delivers nothing: said within its time, the camera is opened anew, the next picture comes", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("papers.place");
    story.world.board.control.cameras.stall("document");
    await story.to("papers.failed");
    assert.is(story.screen("papers").fault, "documentCamera.stalled");
    await story.citizenIsTold("documentCamera.stalled");
    await story.staffSeesReady("documentCamera");
    await story.to("papers.review");
    await story.finish();
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
  }));

test("for good: the citizen leaves with nothing handed in", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("papers.place");
    story.world.board.control.cameras.setPlugged("document", false);
    await story.finish();
    assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
  }));

test.run();
