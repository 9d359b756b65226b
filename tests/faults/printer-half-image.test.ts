// The kiosk's process ends inside an image: the next process finds a printer that takes everything for dots.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { memoryPair } from "../../src/hal/port/memory.js";
import { FEED_AND_CUT, rasterImage, STRIP_ROWS, stripsOf } from "../../src/hal/printer/commands.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";

const page = testPage(STRIP_ROWS * 2, 11);

const strip = (): Uint8Array => {
  const [first] = stripsOf(page);
  if (first === undefined) throw new Error("a page has strips");
  return rasterImage(first);
};

const leftWith = async (model: "epson" | "generic", bytes: Uint8Array): Promise<PrinterSim> => {
  const sim = new PrinterSim({ widthDots: 384, model });
  const [near, far] = memoryPair();
  sim.attach(far);
  await near.write(bytes);
  await near.close();
  return sim;
};

for (const model of ["epson", "generic"] as const)
  test(`${model}: cut at any place of a strip, the next slip is clean`, async () => {
    const whole = strip();
    for (const at of [1, 2, 3, 4, 5, 6, 7, 8, 9, 48, 55, 56, 57, 600, whole.length - 1, whole.length]) {
      const sim = await leftWith(model, whole.slice(0, at));
      const { printer } = await openBench({ sim, model });
      const next = testPage(50, at);
      const outcome = await printer.print({ jobId: at, page: next });
      assert.is(outcome.result, "printed", `cut after ${at} bytes: ${saidOf(outcome)}`);
      assert.ok(shows(sim.control.slips.at(-1), next), `cut after ${at} bytes`);
      assert.ok(sim.control.slips.at(-1)?.complete);
      assert.ok(sim.control.slips.length <= 2);
      await printer.close();
    }
  });

test("half an image and no paper: clean once there is paper", async () => {
  const whole = strip();
  const sim = await leftWith("epson", whole.slice(0, 700));
  sim.control.setPaper("out");
  const { printer } = await openBench({ sim });
  assert.is(saidOf(await printer.print({ jobId: 1, page })), "printer.paperOut");
  sim.control.setPaper("enough");
  const next = testPage(50, 2);
  assert.is((await printer.print({ jobId: 2, page: next })).result, "printed");
  assert.ok(shows(sim.control.slips.at(-1), next));
  await printer.close();
});

test("without the padding the next slip would be eaten: the simulator does have the bad habit", async () => {
  const whole = strip();
  const sim = await leftWith("epson", whole.slice(0, 700));
  const [near, far] = memoryPair();
  sim.attach(far);
  const next = testPage(STRIP_ROWS, 3);
  const [only] = stripsOf(next);
  if (only === undefined) throw new Error("a page has strips");
  await near.write(rasterImage(only));
  await near.write(FEED_AND_CUT);
  await near.write(FEED_AND_CUT);
  assert.not.ok(sim.control.slips.some((slip) => shows(slip, next)));
});

test.run();
