// The cover is opened before, in the middle of and after a page.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { clock } from "../contract/bench.js";
import { codeOf, openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";
import { atEveryMoment } from "./printer-phases.js";

for (const model of ["epson", "generic"] as const) {
  test(`${model}: open before the job: not printed, and fine when closed`, async () => {
    const { printer, sim } = await openBench({ model });
    sim.control.setCover(true);
    const page = testPage(100, 1);
    const refused = await printer.print({ jobId: 1, page });
    assert.is(refused.result, "notPrinted");
    assert.is(saidOf(refused), "printer.coverOpen");
    sim.control.setCover(false);
    assert.is((await printer.print({ jobId: 2, page })).result, "printed");
    assert.is(sim.control.slips.length, 1);
    assert.ok(shows(sim.control.slips[0], page));
    await printer.close();
  });

  test(`${model}: opened in the middle: in doubt; closed again, the rest comes out and is cut off first`, async () => {
    const { printer, sim } = await openBench({ model });
    await printer.print({ jobId: 1, page: testPage(10, 1) });
    sim.control.clearSlips();
    sim.control.afterRows(60, () => sim.control.setCover(true));
    const page = testPage(200, 2);
    const outcome = await printer.print({ jobId: 2, page });
    assert.is(outcome.result, "inDoubt");
    assert.is(saidOf(outcome), "printer.coverOpen");
    assert.is(codeOf(await printer.health()), "printer.coverOpen");
    sim.control.setCover(false);
    await clock.sleep(50);
    assert.is(sim.control.slips.length, 0, "nothing is cut off by itself");
    const next = testPage(70, 3);
    assert.is((await printer.print({ jobId: 3, page: next })).result, "printed");
    assert.is(sim.control.slips.length, 2, "the torn piece, then the next slip");
    assert.not.ok(sim.control.slips[0]?.complete);
    assert.ok(sim.control.slips[1]?.complete);
    assert.ok(shows(sim.control.slips[1], next));
    await printer.close();
  });
}

for (const model of ["epson", "generic"] as const)
  atEveryMoment({
    model,
    code: "printer.coverOpen",
    set: (sim) => sim.control.setCover(true),
    clear: (sim) => sim.control.setCover(false),
  });

test.run();
