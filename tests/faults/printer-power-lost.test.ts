// The printer's own power or data cable goes, and nothing answers any more: at every moment of a print.
import { test } from "uvu";
import { atEveryMoment } from "./printer-phases.js";

for (const model of ["epson", "generic"] as const)
  atEveryMoment({
    model,
    code: "printer.silent",
    set: (sim) => sim.control.setPlugged(false),
    clear: (sim) => sim.control.setPlugged(true),
  });

test.run();
