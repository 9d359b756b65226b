// Lamps, power, climate and loudspeaker: does what the citizen does not need ever stop the citizen, and what must?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { FaultCode } from "../../src/core/faults.js";
import type { DeviceName } from "../../src/hal/board.js";
import type { World } from "../storm/world.js";
import { Stories } from "./visit-story.js";

interface QuietFault {
  readonly device: DeviceName;
  readonly code: FaultCode;
  begin(world: World): void;
  end(world: World): void;
}

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
  {
    device: "climate",
    code: "climate.hot",
    begin: ({ board }) => board.control.climate.set(61, 40),
    end: ({ board }) => board.control.climate.set(31, 62),
  },
  {
    device: "climate",
    code: "climate.absent",
    begin: ({ board }) => board.control.climate.setAnswering(false),
    end: ({ board }) => board.control.climate.setAnswering(true),
  },
];

const stories = await Stories.open();

// Where lamps are lit, edges count or the battery is asked.
const STEPS = ["attract", "identify.card.laying", "papers.place", "slip.printing"] as const;

for (const { device, code, begin, end } of QUIET)
  for (const at of STEPS)
    test(`${code} at ${at}: staff and ops are told, the visit goes on to its slip`, () =>
      stories.tell({}, async (story) => {
        await (await story.settled()).to(at);
        begin(story.world);
        story.citizenIsNotTold(code);
        await story.to("slip.taking");
        story.citizenIsNotTold(code);
        await story.staffIsTold(device, code);
        assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
        end(story.world);
        await story.staffSeesReady(device);
        await story.finish();
      }));

test("a kiosk that starts with its door open still hears the help button", () =>
  stories.tell({}, async (story) => {
    story.world.board.control.lines.setInput("door", true);
    await story.staffIsTold("lines", "door.open");
    await story.to("procedure");
    story.world.board.control.lines.setInput("helpButton", true);
    await story.until("the officer is called", () => story.world.on.view.officerCalled);
    assert.ok(story.world.board.control.lines.outputs["officerLamp"]);
  }));

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

test("no loudspeaker: staff is told, the visit goes on by the screen", () =>
  stories.tell({}, async (story) => {
    story.world.board.sound.trouble = "noPlayer";
    await story.staffIsTold("speaker", "speaker.absent");
    await story.to("slip.taking");
    story.citizenIsNotTold("speaker.absent");
    assert.is(story.books.submissions, 1);
  }));

test.run();
