// Nobody answers, or only noise, or only late: what a wrong speed, a dead printer and a slow bridge look like.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { clock, thrownBy, until } from "../contract/bench.js";
import { codeOf, openFault, saidOf, shows, testPage } from "../contract/printer-bench.js";

const openOn = (port: BytePort) => openPrinter({ port, widthDots: 384, model: "epson", clock });

const delegate = (port: BytePort): BytePort => ({
  write: (bytes) => port.write(bytes),
  onData: (listener) => port.onData(listener),
  onClose: (listener) => port.onClose(listener),
  setBaudRate: (baudRate) => port.setBaudRate(baudRate),
  close: () => port.close(),
});

test("an open on a dead line ends with printer.silent, in bounded time, and lets the port go", async () => {
  const [near, far] = memoryPair();
  let closed = false;
  far.onClose(() => {
    closed = true;
  });
  const started = clock.monotonicMs();
  assert.is(await openFault(openOn(near)), "printer.silent");
  // The supervisor gives up on an opening after this.
  assert.ok(clock.monotonicMs() - started < 15_000);
  await until("port closed", () => closed);
});

test("noise instead of answers: the detail points at the speed", async () => {
  const [near, far] = memoryPair();
  far.onData(() => void far.write(Uint8Array.of(0xfe, 0x80, 0xff, 0xf8)));
  const thrown = await thrownBy(openOn(near));
  assert.match(String((thrown as Error).message), /wrong serial speed/);
});

test("a printer that confirms nothing: in doubt after its time, not printed twice", async () => {
  const [near, far] = memoryPair();
  const sim = new PrinterSim({ widthDots: 384, model: "epson" });
  sim.attach(far);
  let losesIds = false;
  const lossy: BytePort = {
    ...delegate(near),
    onData: (listener) =>
      near.onData((chunk) => {
        if (!losesIds || chunk[0] !== 0x37) listener(chunk);
      }),
  };
  const printer = await openOn(lossy);
  await printer.print({ jobId: 1, page: testPage(10, 1) });
  sim.control.clearSlips();
  losesIds = true;
  const outcome = await printer.print({ jobId: 2, page: testPage(40, 2) });
  assert.is(outcome.result, "inDoubt");
  assert.is(saidOf(outcome), "printer.inDoubt");
  assert.is(sim.control.slips.length, 1, "it did come out, once: only a person can know");
  await printer.close();
});

test("an answer that comes too late is not taken for the next question's", async () => {
  const [near, far] = memoryPair();
  const sim = new PrinterSim({ widthDots: 384, model: "generic" });
  const [simNear, simFar] = memoryPair();
  sim.attach(simFar);
  let delayMs = 0;
  far.onData((bytes) => void simNear.write(bytes));
  simNear.onData((bytes) => {
    setTimeout(() => void far.write(bytes).catch(() => {}), delayMs);
  });
  const printer = await openPrinter({ port: near, widthDots: 384, model: "generic", clock });
  sim.control.setCover(true);
  delayMs = 1_100;
  assert.is(codeOf(await printer.health()), "printer.silent");
  delayMs = 0;
  assert.is(codeOf(await printer.health()), "printer.coverOpen");
  sim.control.setCover(false);
  assert.is(await printer.health(), null);
  const page = testPage(30, 3);
  assert.is((await printer.print({ jobId: 1, page })).result, "printed");
  assert.ok(shows(sim.control.slips.at(-1), page));
  await printer.close();
});

test("a wire that takes no bytes is printer.offline, in bounded time", async () => {
  const [near, far] = memoryPair();
  const sim = new PrinterSim({ widthDots: 384, model: "epson" });
  sim.attach(far);
  let blocked = false;
  const held: BytePort = {
    ...delegate(near),
    write: (bytes) => (blocked ? new Promise<never>(() => {}) : near.write(bytes)),
  };
  const printer = await openOn(held);
  blocked = true;
  const started = clock.monotonicMs();
  assert.is(codeOf(await printer.health()), "printer.offline");
  assert.ok(clock.monotonicMs() - started < 32_500);
  await printer.close();
});

test.run();
