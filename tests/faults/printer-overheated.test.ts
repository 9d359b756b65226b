// The head gets too hot: a job waits for it, a new one is refused while it lasts, and nothing is printed twice.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { clock, until } from "../contract/bench.js";
import { openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";

for (const model of ["epson", "generic"] as const) {
  test(`${model}: hot in the middle, cool a second later: one whole slip`, async () => {
    const { printer, sim } = await openBench({ model });
    await printer.print({ jobId: 1, page: testPage(10, 1) });
    sim.control.clearSlips();
    let hot = false;
    sim.control.afterRows(60, () => {
      hot = true;
      sim.control.overheat(true);
    });
    const page = testPage(200, 2);
    const printing = printer.print({ jobId: 2, page });
    await until("hot", () => hot);
    await clock.sleep(800);
    sim.control.overheat(false);
    assert.is((await printing).result, "printed");
    assert.is(sim.control.slips.length, 1);
    assert.ok(sim.control.slips[0]?.complete);
    assert.ok(shows(sim.control.slips[0], page));
    await printer.close();
  });

  test(`${model}: hot before the job: refused, and printed when it is cool`, async () => {
    const { printer, sim } = await openBench({ model });
    sim.control.overheat(true);
    const page = testPage(50, 3);
    const refused = await printer.print({ jobId: 1, page });
    assert.is(refused.result, "notPrinted");
    assert.is(saidOf(refused), "printer.overheated");
    sim.control.overheat(false);
    assert.is((await printer.print({ jobId: 2, page })).result, "printed");
    assert.is(sim.control.slips.length, 1);
    await printer.close();
  });
}

test("hot, and the cover is opened meanwhile: in doubt with the worse cause", async () => {
  const { printer, sim } = await openBench();
  await printer.print({ jobId: 1, page: testPage(10, 1) });
  sim.control.afterRows(60, () => {
    sim.control.overheat(true);
    setTimeout(() => sim.control.setCover(true), 300);
  });
  const outcome = await printer.print({ jobId: 2, page: testPage(200, 2) });
  assert.is(outcome.result, "inDoubt");
  assert.is(saidOf(outcome), "printer.coverOpen");
  await printer.close();
});

test.run();
