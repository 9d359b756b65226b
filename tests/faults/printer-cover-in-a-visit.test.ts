// Somebody opens the printer: what does each of the four hear of it, at each step that prints?
import { test } from "uvu";
import {
  cameInTheMiddle,
  type PrinterFault,
  powerCutWhileItStands,
  queueNumber,
  stoodBefore,
  wasMendedInTime,
} from "./printer-in-a-visit.js";
import { Stories } from "./visit-story.js";

const fault: PrinterFault = {
  code: "printer.coverOpen",
  begin: ({ board }) => board.control.printer.setCover(true),
  end: ({ board }) => board.control.printer.setCover(false),
};

const stories = await Stories.open();

test("before the print: the number on the screen instead of paper", () => stoodBefore(stories, fault));
test("in the middle of the page, and it stays: the person is asked, nothing comes twice", () =>
  cameInTheMiddle(stories, fault));
test("in the middle of the page, mended meanwhile: one slip", () => wasMendedInTime(stories, fault));
test("a queue number is valid without paper", () => queueNumber(stories, fault));
test("the power goes in the middle of it: asked after the start, printed once", () =>
  powerCutWhileItStands(stories, fault));
test.run();
