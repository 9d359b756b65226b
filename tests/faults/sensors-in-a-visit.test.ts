// Climate and tampering: told to staff and ops, and no reason to send anybody away?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { goesUnnoticed, type QuietFault } from "./quiet-in-a-visit.js";
import { Stories } from "./visit-story.js";

const QUIET: readonly QuietFault[] = [
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
  {
    device: "motion",
    code: "motion.absent",
    begin: ({ board }) => board.control.motion.setAnswering(false),
    end: ({ board }) => board.control.motion.setAnswering(true),
  },
  {
    device: "motion",
    code: "motion.tampered",
    begin: ({ board }) => board.control.motion.tilt(30),
    end: ({ board }) => board.control.motion.tilt(0),
  },
];

const stories = await Stories.open();

// Nothing in a visit asks a sensor: one step where somebody waits and one where paper moves.
for (const fault of QUIET)
  for (const at of ["papers.place", "slip.printing"])
    test(`${fault.code} at ${at}: staff and ops are told, the visit goes on to its slip`, () =>
      goesUnnoticed(stories, fault, at));

test("a blow against the cabinet is over in a moment; ops hears of it all the same", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("papers.place");
    story.world.board.control.motion.knock(2);
    await story.staffIsTold("motion", "motion.tampered");
    story.citizenIsNotTold("motion.tampered");
    await story.to("slip.taking");
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
    await story.staffSeesReady("motion");
    await story.finish();
  }));

test("the tamper sensor's supply drops out for a moment: it is set up anew and watches again", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("form");
    const { motion } = story.world.board.control;
    motion.brownOut();
    // Longer than a look and a health question, so that it reads no weight before anybody asks why.
    await story.wait(10_000);
    await story.staffSeesReady("motion");
    motion.tilt(40);
    await story.staffIsTold("motion", "motion.tampered");
    motion.tilt(0);
    await story.staffSeesReady("motion");
    await story.to("slip.taking");
    await story.finish();
  }));

test.run();
