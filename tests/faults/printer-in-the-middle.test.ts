// Something happens to the printer, before or in the middle of a slip: what is certain, what is in doubt, and is
// anything printed twice by itself?
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Printer, PrintOutcome } from "../../src/hal/printer/printer.js";
import type { SimControl } from "../../src/hal/sim/far-ends.js";
import { difference, type PrinterBench, printerBench, testPage } from "../contract/printer-bench.js";

interface World {
  bench: PrinterBench;
  printer: Printer;
  control: SimControl["printer"];
}

const test = suite<World>("printer faults");
test.before.each(async (world) => {
  world.bench = await printerBench("epson");
  world.printer = await world.bench.open();
  world.control = world.bench.sim.control;
});
test.after.each((world) => world.bench.end());

const faultOf = (outcome: PrintOutcome): string | null =>
  outcome.result === "printed" ? null : outcome.fault.code;
const whole = ({ control }: World): number => control.slips.filter(({ complete }) => complete).length;

const BEFORE = [
  [
    "paper out",
    "printer.paperOut",
    (control: SimControl["printer"]) => control.setPaper("out"),
    (control: SimControl["printer"]) => control.setPaper("enough"),
  ],
  [
    "cover open",
    "printer.coverOpen",
    (control: SimControl["printer"]) => control.setCover(true),
    (control: SimControl["printer"]) => control.setCover(false),
  ],
  [
    "overheated",
    "printer.overheated",
    (control: SimControl["printer"]) => control.overheat(true),
    (control: SimControl["printer"]) => control.overheat(false),
  ],
] as const;

for (const [name, code, begin, end] of BEFORE) {
  test(`${name} before: certain that nothing came out, and the next slip comes when it is mended`, async (world) => {
    begin(world.control);
    const outcome = await world.printer.print({ jobId: 1, page: testPage(1) });
    assert.is(outcome.result, "notPrinted");
    assert.is(faultOf(outcome), code);
    assert.is((await world.printer.health())?.code, code);
    assert.is(whole(world), 0);
    end(world.control);
    assert.is((await world.printer.print({ jobId: 2, page: testPage(2) })).result, "printed");
    assert.is(whole(world), 1);
  });
}

const MIDDLE = [
  [
    "paper out",
    (control: SimControl["printer"]) => control.setPaper("out"),
    (control: SimControl["printer"]) => control.setPaper("enough"),
  ],
  [
    "cover opened",
    (control: SimControl["printer"]) => control.setCover(true),
    (control: SimControl["printer"]) => control.setCover(false),
  ],
  [
    "unplugged",
    (control: SimControl["printer"]) => control.setPlugged(false),
    (control: SimControl["printer"]) => control.setPlugged(true),
  ],
  [
    "jam at the cutter",
    (control: SimControl["printer"]) => control.jam(true),
    (control: SimControl["printer"]) => control.jam(false),
  ],
] as const;

for (const [name, begin, end] of MIDDLE) {
  test(`${name} in the middle: in doubt, and nothing prints again by itself`, async (world) => {
    world.control.afterRows(200, () => begin(world.control));
    const outcome = await world.printer.print({ jobId: 1, page: testPage(1) });
    assert.is(outcome.result, "inDoubt", name);
    const before = whole(world);
    end(world.control);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.ok(whole(world) - before <= 1, "at most the rest of the same slip comes out");

    // The driver is opened again, as the supervisor does, and the next slip is clean.
    await world.printer.close();
    const again = await world.bench.open();
    let next = await again.print({ jobId: 2, page: testPage(5) });
    for (let tries = 0; next.result === "notPrinted" && tries < 5; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      next = await again.print({ jobId: 2, page: testPage(5) });
    }
    assert.is(next.result, "printed");
    const slip = world.control.slips.at(-1);
    assert.ok(slip?.complete);
    assert.ok(difference(slip.page, testPage(5)) < 0.001, "no dot of the broken slip is on the next one");
    assert.is(
      world.control.slips.filter(({ page, complete }) => complete && difference(page, testPage(5)) < 0.001)
        .length,
      1,
    );
  });
}

test("a head that gets hot in the middle is waited for", async (world) => {
  world.control.afterRows(100, () => {
    world.control.overheat(true);
    setTimeout(() => world.control.overheat(false), 300);
  });
  assert.is((await world.printer.print({ jobId: 1, page: testPage(1) })).result, "printed");
  assert.is(whole(world), 1);
});

test("a printer that is silent from the start is said to be", async (world) => {
  await world.printer.close();
  world.control.setPlugged(false);
  await world.bench.open().then(
    () => assert.unreachable("opened a silent printer"),
    (error: { code?: string }) => assert.match(error.code ?? "", /^printer\.(silent|absent)$/),
  );
});

test.run();
