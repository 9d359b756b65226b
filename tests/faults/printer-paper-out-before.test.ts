// No paper before the job: nothing is sent, nothing comes out later by itself, and the next job is whole.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
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

test("it opens without paper and with a full buffer that takes little more than questions", async () => {
  const sim = new PrinterSim({ widthDots: 384, model: "epson" });
  const [near, far] = memoryPair();
  sim.attach(far);
  sim.control.setPaper("out");
  let leftBytes = 64;
  const port: BytePort = {
    write: (bytes) => {
      leftBytes -= bytes.length;
      return leftBytes < 0 ? new Promise<never>(() => {}) : near.write(bytes);
    },
    onData: (listener) => near.onData(listener),
    onClose: (listener) => near.onClose(listener),
    setBaudRate: (baudRate) => near.setBaudRate(baudRate),
    close: () => near.close(),
  };
  const printer = await openPrinter({ port, widthDots: 384, model: "epson", clock });
  assert.is(codeOf(await printer.health()), "printer.paperOut");
  await printer.close();
});

test.run();
