// Lamps, keys and door: does what the citizen does not need ever stop the citizen?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { goesUnnoticed, QUIET_STEPS, type QuietFault } from "./quiet-in-a-visit.js";
import { Stories } from "./visit-story.js";

const QUIET: readonly QuietFault[] = [
  {
    device: "lines",
    code: "lines.absent",
    begin: ({ board }) => board.control.lines.setPlugged(false),
    end: ({ board }) => board.control.lines.setPlugged(true),
  },
  {
    device: "lines",
    code: "door.open",
    begin: ({ board }) => board.control.lines.setInput("door", true),
    end: ({ board }) => board.control.lines.setInput("door", false),
  },
];

const stories = await Stories.open();

for (const fault of QUIET)
  for (const at of QUIET_STEPS)
    test(`${fault.code} at ${at}: staff and ops are told, the visit goes on to its slip`, () =>
      goesUnnoticed(stories, fault, at));

test("a kiosk that starts with its door open still hears the help button", () =>
  stories.tell({}, async (story) => {
    story.world.board.control.lines.setInput("door", true);
    await story.staffIsTold("lines", "door.open");
    await story.to("procedure");
    story.world.board.control.lines.setInput("helpButton", true);
    await story.until("the officer is called", () => story.world.on.view.officerCalled);
    assert.ok(story.world.board.control.lines.outputs["officerLamp"]);
  }));

test.run();
