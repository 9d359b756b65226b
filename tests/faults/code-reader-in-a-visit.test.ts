// The code reader is gone or hears noise: does whoever holds a card in front of it learn why nothing happens?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Stories } from "./visit-story.js";

const stories = await Stories.open();
const NOISE = Uint8Array.from({ length: 30 }, (_, at) => 0x80 + at);

for (const at of ["attract", "procedure", "identify.showQr"])
  test(`unplugged at ${at}: the screen that asks for the code says so, typing leads on`, () =>
    stories.tell({}, async (story) => {
      await (await story.settled()).to(at);
      story.world.board.control.codeReader.setPlugged(false);
      await story.staffIsTold("codeReader", "codeReader.absent");
      await story.to("identify.showQr");
      assert.is(story.screen("identify").fault, "codeReader.absent");
      await story.citizenIsTold("codeReader.absent");
      await story.to("identify.card");
      story.citizenIsNotTold("codeReader.absent");
      await story.to("slip.taking");
      assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
      story.world.board.control.codeReader.setPlugged(true);
      await story.staffSeesReady("codeReader");
      await story.finish();
    }));

test("plugged in again while somebody stands there: the sentence goes, the next code counts", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("identify.showQr");
    story.world.board.control.codeReader.setPlugged(false);
    await story.until("told", () => story.screen("identify").fault === "codeReader.absent");
    story.world.board.control.codeReader.setPlugged(true);
    await story.until("no longer", () => story.screen("identify").fault === null);
    story.citizenIsNotTold("codeReader.absent");
    story.world.board.control.codeReader.show(story.world.holder(0).qr);
    await story.until("the code counts", () => story.step.startsWith("identify.card"));
    await story.finish();
    assert.is(story.books.submissions, 1);
  }));

test("noise on its line: told to try again, staff hears of a wrong speed, the next good code ends it", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("identify.showQr");
    story.world.board.control.codeReader.injectGarbage(NOISE);
    await story.staffIsTold("codeReader", "codeReader.garbage");
    assert.is(story.screen("identify").fault, "codeReader.garbage");
    await story.citizenIsTold("codeReader.garbage");
    await story.to("form");
    await story.staffSeesReady("codeReader");
    await story.finish();
    assert.is(story.books.submissions, 1);
  }));

test("gone while somebody looks up an application: said so, the code can be typed", () =>
  stories.tell({ errand: { what: "lookUp" } }, async (story) => {
    await (await story.settled()).to("procedure");
    story.world.board.control.codeReader.setPlugged(false);
    await story.staffIsTold("codeReader", "codeReader.absent");
    await story.to("lookup.scan");
    await story.citizenIsTold("codeReader.absent");
    await story.to("lookup.unknown");
    story.citizenIsNotTold("codeReader.absent");
    await story.finish();
  }));

test.run();
