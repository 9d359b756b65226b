// The printer hears and says nothing: what does each of the four hear of it, at each step that prints?
import { test } from "uvu";
import {
  cameOutAnyway,
  type PrinterFault,
  powerCutWhileItStands,
  queueNumber,
  stoodBefore,
} from "./printer-in-a-visit.js";
import { Stories } from "./visit-story.js";

const fault: PrinterFault = {
  code: "printer.silent",
  begin: ({ board }) => board.trouble.printer.mute("toKiosk", true),
  end: ({ board }) => board.trouble.printer.heal(),
};

const stories = await Stories.open();

test("before the print: the number on the screen instead of paper", () => stoodBefore(stories, fault));
test("in the middle of the page: it lies in the slot, and nothing comes twice", () =>
  cameOutAnyway(stories, fault));
test("a queue number is valid without paper", () => queueNumber(stories, fault));
test("the power goes in the middle of it: asked after the start, printed once", () =>
  powerCutWhileItStands(stories, fault));
test.run();
