// The printer is unplugged in the middle of a page: in doubt, reopened by its supervisor, and the next slip is clean.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPort } from "../../src/hal/port/open.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import type { Printer } from "../../src/hal/printer/printer.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { supervise } from "../../src/hal/supervisor.js";
import { clock, until } from "../contract/bench.js";
import { openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";
import { openPtyPair } from "../wire/pty.js";

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

const QUICK = { clock, log: silentLog, healthEveryMs: 100, retryFirstMs: 50, retryCapMs: 200 };

const supervisePrinter = (open: () => Promise<BytePort>, model: "epson" | "generic") =>
  supervise<Printer>({
    ...QUICK,
    part: "printer",
    absentFault: "printer.absent",
    open: async () => openPrinter({ port: await open(), widthDots: 384, model, clock }),
  });

for (const model of ["epson", "generic"] as const) {
  test(`${model}: it falls silent in the middle, comes back, and prints a clean slip`, async () => {
    const { printer, sim } = await openBench({ model });
    await printer.print({ jobId: 1, page: testPage(10, 1) });
    sim.control.clearSlips();
    sim.control.afterRows(50, () => sim.control.setPlugged(false));
    const outcome = await printer.print({ jobId: 2, page: testPage(200, 2) });
    assert.is(outcome.result, "inDoubt");
    assert.is(saidOf(outcome), "printer.silent");
    assert.is((await printer.health())?.code, "printer.silent");
    const refused = await printer.print({ jobId: 3, page: testPage(20, 3) });
    assert.is(refused.result, "notPrinted", "a silent printer gets nothing");
    sim.control.setPlugged(true);
    const next = testPage(80, 4);
    assert.is((await printer.print({ jobId: 4, page: next })).result, "printed");
    assert.is(sim.control.slips.length, 2, "the torn piece, then the next slip");
    assert.not.ok(sim.control.slips[0]?.complete);
    assert.ok(shows(sim.control.slips[1], next));
    await printer.close();
  });

  test(`${model}: its cable is pulled in the middle: in doubt at once, back by itself`, async () => {
    const sim = new PrinterSim({ widthDots: 384, model });
    const fars: BytePort[] = [];
    const printer = supervisePrinter(async () => {
      const [near, far] = memoryPair();
      fars.push(far);
      sim.attach(far);
      return near;
    }, model);
    await until("ready", () => printer.status.state === "ready");
    await printer.use((device) => device.print({ jobId: 1, page: testPage(10, 1) }));
    sim.control.clearSlips();
    sim.control.afterRows(60, () => void fars.at(-1)?.close());
    const started = clock.monotonicMs();
    const outcome = await printer.use((device) => device.print({ jobId: 2, page: testPage(200, 2) }));
    assert.is(outcome.result, "inDoubt");
    assert.is(saidOf(outcome), "printer.absent");
    assert.ok(clock.monotonicMs() - started < 5_000);
    await until("back", () => fars.length === 2 && printer.status.state === "ready");
    const next = testPage(70, 3);
    const after = await printer.use((device) => device.print({ jobId: 3, page: next }));
    assert.is(after.result, "printed");
    assert.is(sim.control.slips.filter((slip) => slip.complete).length, 1);
    assert.ok(shows(sim.control.slips.at(-1), next));
    await printer.close();
  });
}

test("a serial line that is pulled and comes back as another one", async () => {
  const sim = new PrinterSim({ widthDots: 384, model: "epson", rowsPerSecond: 400 });
  const plug = async () => {
    const pair = await openPtyPair();
    const far = await openPort(`serial:${pair.b}:115200`);
    sim.attach(far);
    return { pair, far };
  };
  let line = await plug();
  const printer = supervisePrinter(() => openPort(`serial:${line.pair.a}:115200`), "epson");
  await until("ready", () => printer.status.state === "ready");
  const printing = printer.use((device) => device.print({ jobId: 1, page: testPage(600, 1) }));
  await clock.sleep(700);
  await line.pair.close();
  await line.far.close();
  const outcome = await printing;
  assert.is(outcome.result, "inDoubt");
  await until("absent", () => printer.status.state === "absent");
  line = await plug();
  await until("ready again", () => printer.status.state === "ready", 8_000);
  const next = testPage(60, 2);
  assert.is((await printer.use((device) => device.print({ jobId: 2, page: next }))).result, "printed");
  assert.ok(shows(sim.control.slips.at(-1), next));
  await printer.close();
  sim.dispose();
  await line.far.close();
  await line.pair.close();
});

test("no rejection went unobserved", () => assert.equal(unhandled, []));

test.run();
