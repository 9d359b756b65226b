// The speed in kiosk.toml is not the printer's: the technician is told the right one.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError, technicianRemedy } from "../../src/core/faults.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { clock, thrownBy } from "../contract/bench.js";
import { shows, testPage } from "../contract/printer-bench.js";
import { uartPair } from "../wire/uart.js";

const WRONG = [
  [115_200, 9_600],
  [9_600, 115_200],
  [19_200, 38_400],
  [38_400, 19_200],
] as const;

for (const [written, real] of WRONG)
  test(`${written} in kiosk.toml, ${real} at the printer: the fault names ${real}`, async () => {
    const sim = new PrinterSim({ widthDots: 384, model: "epson" });
    const [near, far] = uartPair(written, real);
    sim.attach(far);
    const address = `serial:/dev/ttyUSB0:${written}`;
    const started = clock.monotonicMs();
    const thrown = await thrownBy(
      openPrinter({ port: near, widthDots: 384, model: "epson", clock, address }),
    );
    assert.instance(thrown, FaultError);
    const fault = thrown as FaultError;
    assert.is(fault.code, "printer.silent");
    assert.match(fault.detail, new RegExp(`it answers at ${real} bit/s`));
    assert.equal(fault.why, { kind: "wrongSpeed", at: address });
    assert.match(technicianRemedy(fault).en, /board\.printer\.port/);
    assert.ok(clock.monotonicMs() - started < 15_000, "before the supervisor gives the opening up");
    // The technician writes it down; what the search left in the printer is not on the next slip.
    const [again, farAgain] = uartPair(real, real);
    sim.attach(farAgain);
    const printer = await openPrinter({ port: again, widthDots: 384, model: "epson", clock, address });
    const page = testPage(60, 1);
    assert.is((await printer.print({ jobId: 1, page })).result, "printed");
    assert.ok(shows(sim.control.slips.at(-1), page));
    await printer.close();
  });

test("a wire without a speed is not searched", async () => {
  const [near] = uartPair(115_200, 9_600);
  let set = 0;
  near.setBaudRate = async () => {
    set += 1;
  };
  const address = "tcp:192.0.2.7:9100";
  const thrown = await thrownBy(openPrinter({ port: near, widthDots: 384, model: "epson", clock, address }));
  assert.match(String(thrown), /nothing came back/);
  assert.is(set, 0);
});

test.run();
