// Mains, battery and their gauge: who may go on to the slip, and who may no longer begin?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { goesUnnoticed, QUIET_STEPS, type QuietFault } from "./quiet-in-a-visit.js";
import { Stories } from "./visit-story.js";

const QUIET: readonly QuietFault[] = [
  {
    device: "power",
    code: "power.onBattery",
    begin: ({ board }) => board.control.power.setMains(false),
    end: ({ board }) => board.control.power.setMains(true),
  },
  {
    device: "power",
    code: "power.absent",
    begin: ({ board }) => board.control.power.setAnswering(false),
    end: ({ board }) => board.control.power.setAnswering(true),
  },
];

const stories = await Stories.open();

for (const fault of QUIET)
  for (const at of QUIET_STEPS)
    test(`${fault.code} at ${at}: staff and ops are told, the visit goes on to its slip`, () =>
      goesUnnoticed(stories, fault, at));

test("the battery nearly empty: who has begun ends the visit, nobody begins another; with mains all is well", () =>
  stories.tell({}, async (story) => {
    const { power } = story.world.board.control;
    await (await story.settled()).to("form");
    power.setMains(false);
    power.setBattery(0.05);
    await story.staffIsTold("power", "power.batteryLow");
    await story.to("slip.taking");
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
    await story.finish();
    assert.is(story.screen("attract").outOfService, "power.batteryLow");
    await story.citizenIsTold("power.batteryLow");
    story.world.on.send({ type: "WAKE" });
    story.screen("attract");
    power.setMains(true);
    await story.until("in service", () => story.screen("attract").outOfService === null);
    await story.staffSeesReady("power");
  }));

test.run();
