// A USB line printer opened as a file: it takes nothing for a while, or goes away in the middle of a page.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { openPort } from "../../src/hal/port/open.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import type { Printer } from "../../src/hal/printer/printer.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { clock, pattern, until } from "../contract/bench.js";
import { codeOf, saidOf, shows, testPage } from "../contract/printer-bench.js";
import { openPtyPair, type PtyPair } from "../wire/pty.js";

interface Plugged {
  readonly pair: PtyPair;
  readonly far: BytePort;
  readonly near: BytePort;
}

const plug = async (): Promise<Plugged> => {
  const pair = await openPtyPair();
  const far = await openPort(`serial:${pair.b}:115200`);
  return { pair, far, near: await openPort(`file:${pair.a}`) };
};

const openOn = (sim: PrinterSim, { near, far }: Plugged): Promise<Printer> => {
  sim.attach(far);
  return openPrinter({ port: near, widthDots: 576, model: "epson", clock });
};

const unplug = async ({ pair, far }: Plugged): Promise<void> => {
  await pair.close();
  await far.close();
};

test("it takes part of a write and then nothing (EAGAIN) for a second: every byte arrives, in order, once", async () => {
  const device = await plug();
  const got: Uint8Array[] = [];
  device.far.onData((chunk) => got.push(chunk));
  const bytes = pattern(300_000);
  device.pair.hold(true);
  let done = false;
  const writing = device.near.write(bytes).then(() => {
    done = true;
  });
  await clock.sleep(1_000);
  assert.not.ok(done, "the kernel's buffer is smaller than that");
  device.pair.hold(false);
  await writing;
  await until("arrived", () => got.reduce((sum, chunk) => sum + chunk.length, 0) >= bytes.length);
  assert.ok(Buffer.concat(got).equals(Buffer.from(bytes)));
  await device.near.close();
  await unplug(device);
});

test("it is stopped for most of a second in the middle of a page: the page comes out whole", async () => {
  const device = await plug();
  const sim = new PrinterSim({ widthDots: 576, model: "epson" });
  const printer = await openOn(sim, device);
  sim.control.afterRows(50, () => {
    device.pair.hold(true);
    setTimeout(() => device.pair.hold(false), 800);
  });
  const page = testPage(300, 2, 576);
  assert.is((await printer.print({ jobId: 1, page })).result, "printed");
  assert.is(sim.control.slips.length, 1);
  assert.ok(shows(sim.control.slips[0], page));
  await printer.close();
  await unplug(device);
});

test("it is unplugged in the middle of a page: in doubt; plugged in again, the next slip is clean", async () => {
  const device = await plug();
  const sim = new PrinterSim({ widthDots: 576, model: "epson" });
  const printer = await openOn(sim, device);
  await printer.print({ jobId: 1, page: testPage(20, 1, 576) });
  sim.control.clearSlips();
  sim.control.afterRows(60, () => void unplug(device));
  const outcome = await printer.print({ jobId: 2, page: testPage(300, 2, 576) });
  assert.is(outcome.result, "inDoubt");
  assert.match(saidOf(outcome), /^printer\.(absent|silent)$/);
  assert.is(codeOf(await printer.health()), "printer.absent");
  await printer.close();
  const again = await plug();
  const back = await openOn(sim, again);
  const next = testPage(70, 3, 576);
  assert.is((await back.print({ jobId: 3, page: next })).result, "printed");
  const last = sim.control.slips.at(-1);
  assert.ok(last?.complete && shows(last, next));
  assert.ok(sim.control.slips.length <= 2);
  await back.close();
  await unplug(again);
});

test.run();
