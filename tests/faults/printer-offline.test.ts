// The printer is off-line without an error: somebody holds its feed button. At every moment of a print.
import { test } from "uvu";
import { atEveryMoment } from "./printer-phases.js";

for (const model of ["epson", "generic"] as const)
  atEveryMoment({
    model,
    code: "printer.offline",
    set: (sim) => sim.holdFeedButton(true),
    clear: (sim) => sim.holdFeedButton(false),
  });

test.run();
