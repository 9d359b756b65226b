// The print head is too hot: who waits, and who is told?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROWS } from "./printer-in-a-visit.js";
import { Stories } from "./visit-story.js";

const stories = await Stories.open();

test("before the print: the number on the screen, with the reason; ready again when it has cooled", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    story.world.board.control.printer.overheat(true);
    await story.staffIsTold("printer", "printer.overheated");
    await story.to("slip.noPaper");
    assert.is(story.screen("slip").fault, "printer.overheated");
    await story.citizenIsTold("printer.overheated");
    assert.equal(story.books, { submissions: 1, prints: ["failed"], slips: 0, unfinished: 0 });
    story.world.board.control.printer.overheat(false);
    await story.staffSeesReady("printer");
    await story.finish();
  }));

test("in the middle of the page it pauses by itself: half a minute later the slip is whole", () =>
  stories.tell({}, async (story) => {
    const { printer } = story.world.board.control;
    await (await story.settled()).to("check");
    printer.afterRows(ROWS, () => printer.overheat(true));
    await story.to("slip.printing");
    await story.wait(20_000);
    assert.is(story.screen("slip").stage, "printing");
    story.citizenIsSpared();
    await story.staffIsTold("printer", "printer.overheated");
    printer.overheat(false);
    await story.to("slip.taking");
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
    await story.staffSeesReady("printer");
    await story.finish();
  }));

test("it does not cool: the citizen is not kept, the print stays open for the next start", () =>
  stories.tell({}, async (story) => {
    const { printer } = story.world.board.control;
    await (await story.settled()).to("check");
    printer.afterRows(ROWS, () => printer.overheat(true));
    await story.to("slip.printing");
    await story.until("the screen goes on", () => story.step !== "slip.printing");
    assert.ok(["slip.noPaper", "slip.inDoubt"].includes(story.step), story.step);
    story.citizenIsSpared();
    assert.is(story.books.submissions, 1);
    assert.is(story.books.slips, 0);
    await story.finish();
    printer.overheat(false);
    await story.staffSeesReady("printer");
    assert.ok(story.books.slips <= 1, "what was in the buffer comes at most once");
  }));

test.run();
