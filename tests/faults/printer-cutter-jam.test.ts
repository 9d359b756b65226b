// The knife jams: in doubt while the paper hangs there, refused until it is freed, then whole slips again.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codeOf, openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";

for (const model of ["epson", "generic"] as const)
  test(`${model}: jam, refusal, freed, next slip`, async () => {
    const { printer, sim } = await openBench({ model });
    await printer.print({ jobId: 1, page: testPage(10, 1) });
    sim.control.clearSlips();
    sim.control.jam(true);
    const jammed = await printer.print({ jobId: 2, page: testPage(100, 2) });
    assert.is(jammed.result, "inDoubt");
    assert.is(saidOf(jammed), "printer.cutterError");
    const refused = await printer.print({ jobId: 3, page: testPage(100, 3) });
    assert.is(refused.result, "notPrinted");
    assert.is(saidOf(refused), "printer.cutterError");
    assert.is(codeOf(await printer.health()), "printer.cutterError");
    assert.is(sim.control.slips.length, 0);
    // A technician frees the paper: with the cover, on every model.
    sim.control.setCover(true);
    sim.control.jam(false);
    sim.control.setCover(false);
    assert.is(await printer.health(), null);
    const next = testPage(90, 4);
    assert.is((await printer.print({ jobId: 4, page: next })).result, "printed");
    assert.is(sim.control.slips.length, 2, "the page that hung there, then the next");
    assert.not.ok(sim.control.slips[0]?.complete);
    assert.ok(shows(sim.control.slips[1], next));
    await printer.close();
  });

test("epson: a knife that was freed from outside goes home when it is told to, without a restart", async () => {
  const { printer, sim } = await openBench();
  sim.control.jam(true);
  const jammed = await printer.print({ jobId: 1, page: testPage(50, 1) });
  assert.is(saidOf(jammed), "printer.cutterError");
  sim.control.jam(false);
  const page = testPage(60, 2);
  assert.is((await printer.print({ jobId: 2, page })).result, "printed");
  assert.ok(shows(sim.control.slips.at(-1), page));
  await printer.close();
});

test.run();
