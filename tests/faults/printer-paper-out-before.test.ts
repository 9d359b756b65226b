// No paper before the job: nothing is sent, nothing comes out later by itself, and the next job is whole.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { clock } from "../contract/bench.js";
import { codeOf, openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";

for (const model of ["epson", "generic"] as const)
  test(`${model}: not printed for want of paper; after the refill no old job comes out`, async () => {
    const { printer, sim } = await openBench({ model });
    sim.control.setPaper("out");
    const first = testPage(120, 1);
    for (const jobId of [1, 2, 3]) {
      const outcome = await printer.print({ jobId, page: first });
      assert.is(outcome.result, "notPrinted");
      assert.is(saidOf(outcome), "printer.paperOut");
    }
    assert.is(codeOf(await printer.health()), "printer.paperOut");
    sim.control.setPaper("enough");
    await clock.sleep(100);
    assert.is(await printer.health(), null);
    assert.is(sim.control.slips.length, 0, "the three refused jobs stay away");
    const second = testPage(90, 2);
    assert.is((await printer.print({ jobId: 4, page: second })).result, "printed");
    assert.is(sim.control.slips.length, 1);
    assert.ok(shows(sim.control.slips[0], second));
    await printer.close();
  });

test.run();
