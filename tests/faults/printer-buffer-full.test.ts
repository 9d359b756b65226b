// The printer is slower than the wire and its buffer is full: nothing is lost, and one that takes nothing more is found out.
import { createServer, type Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Clock } from "../../src/core/clock.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPort } from "../../src/hal/port/open.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import type { Printer } from "../../src/hal/printer/printer.js";
import { PrinterSim, type PrinterSimOptions, type SimBuffer } from "../../src/hal/sim/printer-sim.js";
import { clock, until } from "../contract/bench.js";
import { hurriedClock } from "../contract/hurried-clock.js";
import { codeOf, type Model, saidOf, shows, testPage } from "../contract/printer-bench.js";
import { feedFrom, listen, valve } from "../contract/printer-wires.js";
import { openPtyPair } from "../wire/pty.js";

/** 37 mm in 21 kB, at the 50 mm a second of a slow printer. */
const ROWS = 300;
const ROWS_PER_SECOND = 400;
const BUFFER_BYTES = 4_096;

const hurried = hurriedClock(5);

const simOf = (model: Model, flow: SimBuffer["flow"], given: Partial<PrinterSimOptions> = {}): PrinterSim =>
  new PrinterSim({
    widthDots: 576,
    model,
    rowsPerSecond: ROWS_PER_SECOND,
    clock: hurried,
    buffer: { bytes: BUFFER_BYTES, flow },
    ...given,
  });

const openOn = (port: BytePort, model: Model, time: Clock = hurried): Promise<Printer> =>
  openPrinter({ port, widthDots: 576, model, clock: time, paperLeftBehind: false });

const straight = (sim: PrinterSim): BytePort => {
  const [near, far] = memoryPair();
  sim.attach(far);
  return near;
};

const WIRES = [
  ["xonxoff", straight],
  ["line", valve],
] as const;

const printsWhole = async (printer: Printer, sim: PrinterSim): Promise<void> => {
  const page = testPage(ROWS, 3, 576);
  assert.is((await printer.print({ jobId: 1, page })).result, "printed");
  assert.is(sim.lostBytes, 0);
  assert.is(sim.control.slips.length, 1);
  assert.ok(sim.control.slips[0]?.complete);
  assert.ok(shows(sim.control.slips[0], page));
};

for (const model of ["epson", "generic"] as const)
  for (const [flow, wire] of WIRES) {
    test(`${model}, ${flow}: five times its buffer is printed whole`, async () => {
      const sim = simOf(model, flow);
      const printer = await openOn(wire(sim), model);
      await printsWhole(printer, sim);
      await printer.close();
      sim.dispose();
    });

    test(`${model}, ${flow}: it stops for good: in doubt with printer.offline in bounded time, nothing more is queued`, async () => {
      const sim = simOf(model, flow);
      const printer = await openOn(wire(sim), model);
      sim.control.afterRows(100, () => sim.stall(true));
      const started = hurried.monotonicMs();
      const outcome = await printer.print({ jobId: 2, page: testPage(ROWS, 4, 576) });
      assert.is(outcome.result, "inDoubt");
      assert.is(saidOf(outcome), "printer.offline");
      assert.ok(hurried.monotonicMs() - started < 60_000);
      assert.is(sim.control.slips.length, 0);
      sim.stall(false);
      await until("drained", () => sim.freeBytes === BUFFER_BYTES, 10_000);
      assert.is(await printer.health(), null);
      const next = testPage(60, 5, 576);
      assert.is((await printer.print({ jobId: 3, page: next })).result, "printed");
      assert.is(sim.control.slips.length, 2, "the torn piece, then the next slip: nothing twice");
      assert.not.ok(sim.control.slips[0]?.complete && shows(sim.control.slips[0], next));
      assert.ok(shows(sim.control.slips[1], next));
      assert.is(sim.lostBytes, 0);
      await printer.close();
      sim.dispose();
    });
  }

for (const [flow, wire] of WIRES) {
  test(`epson, ${flow}: hot with a full buffer: it waits, and one whole slip comes out`, async () => {
    const sim = simOf("epson", flow);
    const printer = await openOn(wire(sim), "epson");
    sim.control.afterRows(100, () => {
      sim.control.overheat(true);
      hurried.setTimeout(() => sim.control.overheat(false), 8_000);
    });
    await printsWhole(printer, sim);
    await printer.close();
    sim.dispose();
  });

  test(`epson, ${flow}: paper ends with a full buffer: that is the fault, and soon`, async () => {
    const sim = simOf("epson", flow);
    const printer = await openOn(wire(sim), "epson");
    sim.control.afterRows(100, () => sim.control.setPaper("out"));
    const started = hurried.monotonicMs();
    const outcome = await printer.print({ jobId: 2, page: testPage(ROWS, 6, 576) });
    assert.is(outcome.result, "inDoubt");
    assert.is(saidOf(outcome), "printer.paperOut");
    assert.ok(hurried.monotonicMs() - started < 20_000);
    assert.is(codeOf(await printer.health()), "printer.paperOut");
    await printer.close();
    sim.dispose();
  });
}

test("generic, XON/XOFF: hot with a full buffer: it waits as well, asked past the XOFF", async () => {
  const sim = simOf("generic", "xonxoff");
  const printer = await openOn(straight(sim), "generic");
  sim.control.afterRows(100, () => {
    sim.control.overheat(true);
    hurried.setTimeout(() => sim.control.overheat(false), 8_000);
  });
  await printsWhole(printer, sim);
  await printer.close();
  sim.dispose();
});

test("a stray XOFF costs no more than one job", async () => {
  const [near, far] = memoryPair();
  const sim = new PrinterSim({ widthDots: 576, model: "epson" });
  sim.attach(far);
  const printer = await openOn(near, "epson");
  await far.write(Uint8Array.of(0x13));
  const outcome = await printer.print({ jobId: 1, page: testPage(30, 1, 576) });
  assert.is(saidOf(outcome), "printer.offline");
  assert.is(outcome.result, "notPrinted", "not one byte of it went out");
  assert.is((await printer.print({ jobId: 2, page: testPage(30, 2, 576) })).result, "printed");
  assert.is(sim.control.slips.length, 1);
  await printer.close();
});

test("without flow control bytes are lost, and it is not called printed: the simulator has the bad habit", async () => {
  const sim = simOf("epson", "none");
  const printer = await openOn(straight(sim), "epson");
  const outcome = await printer.print({ jobId: 1, page: testPage(ROWS, 7, 576) });
  assert.ok(sim.lostBytes > 0);
  assert.is(outcome.result, "inDoubt");
  await printer.close();
  sim.dispose();
});

test("TCP: the printer's window closes, the kiosk waits, nothing is lost", async () => {
  const sim = simOf("epson", "line", { clock, rowsPerSecond: 1_600 });
  const sockets: Socket[] = [];
  const server = createServer({ highWaterMark: 1_024 }, (socket) => {
    sockets.push(socket);
    feedFrom(socket, sim);
  });
  const port = await listen(server);
  const printer = await openOn(await openPort(`tcp:127.0.0.1:${port}`), "epson", clock);
  await printsWhole(printer, sim);
  await printer.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  sim.dispose();
});

test("a real serial line with XON/XOFF: the kernel obeys, the driver sees none of it, nothing is lost", async () => {
  // What is under way in two PTYs and the program between them is more than in a cable.
  const sim = simOf("epson", "xonxoff", {
    buffer: { bytes: 32_768, flow: "xonxoff" },
    clock,
    rowsPerSecond: 400,
  });
  const pair = await openPtyPair();
  const far = await openPort(`serial:${pair.b}:115200`);
  sim.attach(far);
  const near = await openPort(`serial:${pair.a}:115200:xonxoff`);
  let heard = 0;
  near.onData((chunk) => {
    heard += chunk.filter((byte) => byte === 0x11 || byte === 0x13).length;
  });
  let told = 0;
  const say = far.write.bind(far);
  far.write = (bytes) => {
    told += bytes.filter((byte) => byte === 0x13).length;
    return say(bytes);
  };
  const printer = await openOn(near, "epson", clock);
  const page = testPage(900, 9, 576);
  assert.is((await printer.print({ jobId: 1, page })).result, "printed");
  assert.ok(told > 0, "it did say XOFF");
  assert.is(heard, 0, "and the kernel kept it");
  assert.is(sim.lostBytes, 0);
  assert.ok(shows(sim.control.slips[0], page));
  await printer.close();
  sim.dispose();
  await far.close();
  await pair.close();
});

test.run();
