// What does every printer promise, on every wire?
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Printer } from "../../src/hal/printer/printer.js";
import {
  difference,
  type Model,
  type PrinterBench,
  printerBench,
  testPage,
  type Wire,
} from "./printer-bench.js";

interface World {
  bench: PrinterBench;
  printer: Printer;
}

const contract = (model: Model, wire: Wire): void => {
  const test = suite<World>(`${model} printer over ${wire}`);
  test.before.each(async (world) => {
    world.bench = await printerBench(model, wire);
    world.printer = await world.bench.open();
  });
  test.after.each((world) => world.bench.end());

  test("says that it has paper and no fault", async ({ printer }) => {
    const status = await printer.status();
    assert.is(status.fault, null);
    assert.is(status.paper, "enough");
    assert.is(await printer.health(), null);
  });

  test("prints each page once, dot for dot, and confirms it", async ({ bench, printer }) => {
    for (const mark of [1, 2, 3]) {
      const outcome = await printer.print({ jobId: mark, page: testPage(mark) });
      assert.is(outcome.result, "printed");
      if (outcome.result === "printed" && model === "epson") assert.is(outcome.fence, "processId");
      const slip = bench.sim.control.slips.at(-1);
      assert.ok(slip?.complete);
      // The driver may change single dots that would spell a command.
      assert.ok(difference(slip.page, testPage(mark)) < 0.003);
    }
    assert.is(bench.sim.control.slips.length, 3);
  });

  test("tells of paper that runs low before it is out", async ({ bench, printer }) => {
    const seen: string[] = [];
    printer.watch((status) => seen.push(status.paper));
    bench.sim.control.setPaper("low");
    assert.is((await printer.status()).paper, "low");
    assert.is((await printer.status()).fault, null);
    assert.ok(seen.includes("low"));
    const outcome = await printer.print({ jobId: 9, page: testPage(1) });
    assert.is(outcome.result, "printed");
  });

  test("two jobs at once come out one after the other", async ({ bench, printer }) => {
    const outcomes = await Promise.all(
      [1, 2].map((mark) => printer.print({ jobId: mark, page: testPage(mark) })),
    );
    assert.equal(
      outcomes.map(({ result }) => result),
      ["printed", "printed"],
    );
    assert.is(bench.sim.control.slips.length, 2);
  });

  test("a page that is cancelled before its first byte is not printed", async ({ bench, printer }) => {
    const outcome = await printer.print(
      { jobId: 4, page: testPage(1) },
      AbortSignal.abort(new Error("gone")),
    );
    assert.is(outcome.result, "notPrinted");
    assert.is(bench.sim.control.slips.length, 0);
  });

  test("a driver that is opened again prints on", async ({ bench, printer }) => {
    await printer.print({ jobId: 1, page: testPage(1) });
    await printer.close();
    const again = await bench.open();
    assert.is((await again.print({ jobId: 2, page: testPage(2) })).result, "printed");
    assert.ok(bench.sim.control.slips.length >= 2);
  });

  test("closing twice is fine", async ({ printer }) => {
    await printer.close();
    await printer.close();
  });

  test.run();
};

contract("epson", "memory");
contract("generic", "memory");
contract("epson", "pty");
