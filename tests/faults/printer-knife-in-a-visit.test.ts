// The knife is stuck: what does each of the four hear of it, when does the slip come?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROWS } from "./printer-in-a-visit.js";
import { Stories, type Story } from "./visit-story.js";

const stories = await Stories.open();

const jamInTheMiddle = ({ world }: Story): void => {
  const { printer } = world.board.control;
  printer.afterRows(ROWS, () => printer.jam(true));
};

test("it shows at the cut only: the slip hangs there, the person is asked, staff is told", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    jamInTheMiddle(story);
    await story.to("slip.inDoubt");
    story.citizenIsSpared();
    assert.equal(story.books, { submissions: 1, prints: ["inDoubt"], slips: 0, unfinished: 1 });
    await story.staffIsTold("printer", "printer.cutterError");
    await story.to("slip.noPaper");
    assert.is(story.screen("slip").fault, "printer.cutterError");
    await story.citizenIsTold("printer.cutterError");
    assert.equal(story.books, { submissions: 1, prints: ["settledNo", "failed"], slips: 0, unfinished: 0 });
    story.world.board.control.printer.jam(false);
    await story.staffSeesReady("printer");
    await story.finish();
    assert.is(story.books.slips, 0);
  }));

test("stuck before the page: found when the paper of before is cut off, nothing is printed", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    story.world.board.control.printer.jam(true);
    await story.to("slip.noPaper");
    assert.is(story.screen("slip").fault, "printer.cutterError");
    await story.citizenIsTold("printer.cutterError");
    await story.staffIsTold("printer", "printer.cutterError");
    assert.equal(story.books, { submissions: 1, prints: ["failed"], slips: 0, unfinished: 0 });
    story.world.board.control.printer.jam(false);
    await story.staffSeesReady("printer");
    await story.finish();
  }));

test("freed while the person is asked: the knife goes home by itself and one slip comes", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    jamInTheMiddle(story);
    await story.to("slip.inDoubt");
    story.world.board.control.printer.jam(false);
    await story.staffSeesReady("printer");
    await story.to("slip.taking");
    assert.equal(story.books, { submissions: 1, prints: ["settledNo", "done"], slips: 1, unfinished: 0 });
    await story.finish();
    assert.is(story.books.slips, 1);
  }));

test("a queue number: asked, shown, never taken twice", () =>
  stories.tell({ errand: { what: "ticket" } }, async (story) => {
    await (await story.settled()).to("procedure");
    jamInTheMiddle(story);
    await story.to("ticket.inDoubt");
    await story.to("ticket.noPaper");
    assert.is(story.screen("ticket").number, "A001");
    story.citizenIsSpared();
    assert.equal(story.books, { submissions: 0, prints: ["settledNo"], slips: 0, unfinished: 0 });
    await story.finish();
  }));

test.run();
