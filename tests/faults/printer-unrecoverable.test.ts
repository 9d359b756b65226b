// The printer's board or supply fails: only switching it off and on helps. At every moment of a print.
import { test } from "uvu";
import { atEveryMoment } from "./printer-phases.js";

for (const model of ["epson", "generic"] as const)
  atEveryMoment({
    model,
    code: "printer.unrecoverable",
    set: (sim) => sim.setBroken(true),
    clear: (sim) => {
      sim.powerCycle();
      sim.setBroken(false);
    },
  });

test.run();
