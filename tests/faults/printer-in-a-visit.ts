// What is the story of a printer's fault, wherever in a visit it comes and goes?
import * as assert from "uvu/assert";
import type { FaultCode } from "../../src/core/faults.js";
import type { World } from "../storm/world.js";
import type { Stories, Story } from "./visit-story.js";

export interface PrinterFault {
  readonly code: FaultCode;
  begin(world: World): void;
  end(world: World): void;
}

/** Into the page: a third of it is burnt. */
export const ROWS = 80;

const inTheMiddle = (story: Story, fault: PrinterFault): void =>
  story.world.board.control.printer.afterRows(ROWS, () => fault.begin(story.world));

/** It stands before anybody prints: no paper is started, the number stands on the screen. */
export const stoodBefore = (stories: Stories, fault: PrinterFault): Promise<void> =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    fault.begin(story.world);
    await story.staffIsTold("printer", fault.code);
    await story.to("slip.noPaper");
    assert.is(story.screen("slip").fault, fault.code);
    assert.match(story.screen("slip").number, /^K01-\d{6}$/);
    await story.citizenIsTold(fault.code);
    assert.equal(story.books, { submissions: 1, prints: ["failed"], slips: 0, unfinished: 0 });
    fault.end(story.world);
    await story.staffSeesReady("printer");
    await story.finish();
    assert.is(story.books.slips, 0, "nothing comes out unasked when it is whole again");
  });

/** It comes in the middle of the page and stays: the person looks, and is not promised a second slip. */
export const cameInTheMiddle = (stories: Stories, fault: PrinterFault): Promise<void> =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    inTheMiddle(story, fault);
    await story.to("slip.inDoubt");
    story.citizenIsSpared();
    assert.equal(story.books, { submissions: 1, prints: ["inDoubt"], slips: 0, unfinished: 1 });
    await story.staffIsTold("printer", fault.code);
    await story.to("slip.noPaper");
    assert.is(story.screen("slip").fault, fault.code);
    await story.citizenIsTold(fault.code);
    assert.equal(story.books, { submissions: 1, prints: ["settledNo", "failed"], slips: 0, unfinished: 0 });
    fault.end(story.world);
    await story.staffSeesReady("printer");
    await story.finish();
    assert.is(story.books.slips, 0);
  });

/** It comes in the middle and is mended while the person is asked: one whole slip, because they said no. */
export const wasMendedInTime = (stories: Stories, fault: PrinterFault): Promise<void> =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    inTheMiddle(story, fault);
    await story.to("slip.inDoubt");
    await story.staffIsTold("printer", fault.code);
    fault.end(story.world);
    await story.staffSeesReady("printer");
    await story.to("slip.taking");
    story.citizenIsSpared();
    assert.equal(story.books, { submissions: 1, prints: ["settledNo", "done"], slips: 1, unfinished: 0 });
    await story.finish();
    assert.is(story.books.slips, 1);
  });

/** Somebody only wants a queue number: it is valid without paper. */
export const queueNumber = (stories: Stories, fault: PrinterFault): Promise<void> =>
  stories.tell({ errand: { what: "ticket" } }, async (story) => {
    await (await story.settled()).to("procedure");
    fault.begin(story.world);
    await story.staffIsTold("printer", fault.code);
    await story.to("ticket.noPaper");
    assert.is(story.screen("ticket").number, "A001");
    story.citizenIsSpared();
    assert.equal(story.books, { submissions: 0, prints: ["failed"], slips: 0, unfinished: 0 });
    fault.end(story.world);
    await story.finish();
    assert.is(story.books.slips, 0);
  });

/** The power goes while it stands, in the middle of a page: after the start whoever is there is asked, once. */
export const powerCutWhileItStands = (stories: Stories, fault: PrinterFault): Promise<void> =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    inTheMiddle(story, fault);
    await story.to("slip.printing");
    await story.wait(200);
    story.world.cutPower();
    story.world.powerUp();
    await story.to("slipInDoubt.asking");
    story.citizenIsSpared();
    assert.is(story.books.submissions, 1);
    assert.is(story.books.unfinished, 1);
    fault.end(story.world);
    await story.until("the printer is ready", () => story.world.on.board.printer.status.state === "ready");
    await story.to("slipInDoubt.done");
    assert.equal(story.books, { submissions: 1, prints: ["settledNo", "done"], slips: 1, unfinished: 0 });
    await story.finish();
    assert.is(story.books.slips, 1);
  });

/** Every byte was through, only the confirmation is missing: the slip lies there, and the person says so. */
export const cameOutAnyway = (stories: Stories, fault: PrinterFault): Promise<void> =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("check");
    inTheMiddle(story, fault);
    await story.to("slip.inDoubt");
    story.citizenIsSpared();
    assert.equal(story.books, { submissions: 1, prints: ["inDoubt"], slips: 1, unfinished: 1 });
    await story.staffIsTold("printer", fault.code);
    await story.to("rate");
    assert.equal(story.books, { submissions: 1, prints: ["settledYes"], slips: 1, unfinished: 0 });
    fault.end(story.world);
    await story.staffSeesReady("printer");
    await story.finish();
    assert.is(story.books.slips, 1);
  });
