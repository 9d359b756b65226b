// The roll comes to its end: low is told before out, low prints, and out in the middle is in doubt.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { until } from "../contract/bench.js";
import { codeOf, openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";

for (const model of ["epson", "generic"] as const)
  test(`${model}: low is told to staff, and the slip still comes out whole`, async () => {
    const { printer, sim } = await openBench({ model });
    sim.control.setPaper("low");
    assert.is(codeOf(await printer.health()), "printer.paperLow");
    const page = testPage(200, 1);
    assert.is((await printer.print({ jobId: 1, page })).result, "printed");
    assert.ok(sim.control.slips[0]?.complete && shows(sim.control.slips[0], page));
    sim.control.setPaper("out");
    assert.is(codeOf(await printer.health()), "printer.paperOut");
    sim.control.setPaper("enough");
    assert.is(await printer.health(), null);
    await printer.close();
  });

test("epson: in one page first low, then out: watchers hear both, in this order, and the page is in doubt", async () => {
  const { printer, sim } = await openBench();
  await printer.print({ jobId: 1, page: testPage(10, 1) });
  const heard: string[] = [];
  printer.watch((status) => heard.push(status.paper));
  sim.control.afterRows(60, () => sim.control.setPaper("low"));
  sim.control.afterRows(150, () => sim.control.setPaper("out"));
  const outcome = await printer.print({ jobId: 2, page: testPage(300, 2) });
  assert.is(outcome.result, "inDoubt");
  assert.is(saidOf(outcome), "printer.paperOut");
  await until("heard", () => heard.includes("out"));
  assert.equal(heard, ["low", "out"]);
  await printer.close();
});

test("epson: low in the middle of a page is no reason to doubt it", async () => {
  const { printer, sim } = await openBench();
  await printer.print({ jobId: 1, page: testPage(10, 1) });
  sim.control.clearSlips();
  sim.control.afterRows(60, () => sim.control.setPaper("low"));
  const page = testPage(200, 2);
  assert.is((await printer.print({ jobId: 2, page })).result, "printed");
  assert.ok(shows(sim.control.slips[0], page));
  assert.is(codeOf(await printer.health()), "printer.paperLow");
  await printer.close();
});

test.run();
