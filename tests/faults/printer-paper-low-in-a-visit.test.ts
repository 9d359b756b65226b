// The roll nears its end: does staff hear of it before the citizen does?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Stories } from "./visit-story.js";

const stories = await Stories.open();

for (const at of ["attract", "check", "slip.taking"])
  test(`from ${at} on: the slip comes as ever, staff and ops are told`, () =>
    stories.tell({}, async (story) => {
      await (await story.settled()).to(at);
      story.world.board.control.printer.setPaper("low");
      await story.staffIsTold("printer", "printer.paperLow");
      story.citizenIsNotTold("printer.paperLow");
      if (at !== "slip.taking") await story.to("slip.taking");
      story.citizenIsNotTold("printer.paperLow");
      assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
      story.world.board.control.printer.setPaper("enough");
      await story.staffSeesReady("printer");
      await story.finish();
    }));

test.run();
