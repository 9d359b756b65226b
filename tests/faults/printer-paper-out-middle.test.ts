// The paper ends in the middle of a page: in doubt, no second print by itself, and the piece left behind is
// cut off before the next page.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { clock } from "../contract/bench.js";
import { openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";
import { atEveryMoment } from "./printer-phases.js";

for (const model of ["epson", "generic"] as const)
  for (const atRow of [1, 40, 150, 299])
    test(`${model}: paper ends at row ${atRow} of 300`, async () => {
      const { printer, sim } = await openBench({ model });
      sim.control.afterRows(atRow, () => sim.control.setPaper("out"));
      const page = testPage(300, 5);
      // The first job cuts off what may have hung there: its rows are white and count too.
      const outcome = await printer.print({ jobId: 1, page });
      if (outcome.result === "notPrinted") {
        assert.is(sim.control.slips.length, 0, "not printed means not a dot");
        assert.ok(atRow <= 96, "only while the way to the knife was cleared");
      } else {
        assert.is(outcome.result, "inDoubt");
      }
      assert.is(saidOf(outcome), "printer.paperOut");
      assert.not.ok(sim.control.slips.some((slip) => slip.complete));
      sim.control.setPaper("enough");
      await clock.sleep(100);
      await printer.status();
      assert.not.ok(
        sim.control.slips.some((slip) => shows(slip, page)),
        "nobody printed it again",
      );
      const next = testPage(80, 6);
      assert.is((await printer.print({ jobId: 2, page: next })).result, "printed");
      const whole = sim.control.slips.filter((slip) => slip.complete);
      assert.ok(shows(sim.control.slips.at(-1), next), "the next slip holds nothing of the torn one");
      assert.ok(whole.length >= 1);
      await printer.close();
    });

test("paper that ends right after the last dot, before the cut, is in doubt too", async () => {
  const { printer, sim } = await openBench({ paperLeftBehind: false });
  await printer.print({ jobId: 1, page: testPage(10, 1) });
  sim.control.afterRows(100, () => sim.control.setPaper("out"));
  const outcome = await printer.print({ jobId: 2, page: testPage(100, 2) });
  assert.is(outcome.result, "inDoubt");
  assert.is(saidOf(outcome), "printer.paperOut");
  await printer.close();
});

for (const model of ["epson", "generic"] as const)
  atEveryMoment({
    model,
    code: "printer.paperOut",
    set: (sim) => sim.control.setPaper("out"),
    clear: (sim) => sim.control.setPaper("enough"),
  });

test.run();
