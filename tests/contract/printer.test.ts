// Does the printer do what its interface says, on every wire and for both kinds of model?
//
// With `--bench ADDRESS [--width 384|576] [--model epson|generic]` (as in [board] printer.port) the same
// printer is asked on real hardware, by hand.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openPrinter } from "../../src/hal/printer/driver.js";
import type { Printer, PrinterStatus } from "../../src/hal/printer/printer.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { clock, memoryWire, ptyWire, type TestWire, until } from "./bench.js";
import {
  codeOf,
  differingDots,
  type Model,
  saidOf,
  shows,
  testPage,
  treacherousPage,
} from "./printer-bench.js";
import { hardwareSuite, printerHardware } from "./printer-hardware.js";
import { deviceWire, tcpWire } from "./printer-wires.js";

interface Subject {
  readonly printer: Printer;
  readonly sim: PrinterSim;
  /** The kiosk ends and starts again; the printer stays as it is. */
  reopen(): Promise<Printer>;
  close(): Promise<void>;
}

interface Place {
  readonly name: string;
  readonly model: Model;
  open(): Promise<Subject>;
}

const place = (model: Model, widthDots: 384 | 576, makeWire: () => Promise<TestWire>, on: string): Place => ({
  name: `${model}, ${widthDots} dots, ${on}`,
  model,
  open: async () => {
    const wire = await makeWire();
    const sim = new PrinterSim({ widthDots, model });
    const opened: Printer[] = [];
    const reopen = async () => {
      await opened.at(-1)?.close();
      const [near, far] = await wire.open();
      sim.attach(far);
      const printer = await openPrinter({ port: near, widthDots, model, clock });
      opened.push(printer);
      return printer;
    };
    const printer = await reopen();
    const close = async () => {
      await opened.at(-1)?.close();
      sim.dispose();
      await wire.close();
    };
    return { printer, sim, reopen, close };
  },
});

const memory = async () => memoryWire();
const pty = () => ptyWire(115_200);

const PLACES: readonly Place[] = [
  place("epson", 384, memory, "memory wire"),
  place("epson", 576, memory, "memory wire"),
  place("generic", 384, memory, "memory wire"),
  place("epson", 576, pty, "real PTY"),
  place("generic", 384, pty, "real PTY"),
  place("epson", 576, tcpWire, "real TCP socket"),
  place("generic", 576, tcpWire, "real TCP socket"),
  place("epson", 576, deviceWire, "device file"),
  place("generic", 384, deviceWire, "device file"),
];

for (const { name, model, open } of PLACES) {
  const test = suite(`printer: ${name}`);
  const within = (story: string, body: (subject: Subject) => Promise<void>) =>
    test(story, async () => {
      const subject = await open();
      try {
        await body(subject);
      } finally {
        await subject.close();
      }
    });
  const fence = model === "epson" ? "processId" : "idle";

  within("prints a page dot for dot, cuts it, and says by what it knows", async ({ printer, sim }) => {
    const page = testPage(250, 7, printer.widthDots);
    const outcome = await printer.print({ jobId: 1, page });
    assert.equal(outcome, { result: "printed", fence });
    assert.is(sim.control.slips.length, 1);
    assert.ok(sim.control.slips[0]?.complete);
    assert.ok(shows(sim.control.slips[0], page));
  });

  within("prints one page after the other, each on its own slip", async ({ printer, sim }) => {
    const pages = [1, 2, 3].map((seed) => testPage(60 + seed, seed, printer.widthDots));
    const outcomes = await Promise.all(pages.map((page, jobId) => printer.print({ jobId, page })));
    assert.equal(
      outcomes.map((outcome) => outcome.result),
      ["printed", "printed", "printed"],
    );
    assert.is(sim.control.slips.length, 3);
    pages.forEach((page, at) => {
      assert.ok(shows(sim.control.slips[at], page), `slip ${at}`);
    });
  });

  within("dots never act as commands, and hardly one is changed for it", async ({ printer, sim }) => {
    const page = treacherousPage(61, printer.widthDots);
    assert.is((await printer.print({ jobId: 0xffff_ffff, page })).result, "printed");
    assert.is(sim.strayRealTimeCommands, 0);
    const [slip] = sim.control.slips;
    assert.ok(slip !== undefined && slip.page.heightDots >= 61);
    const changed = slip === undefined ? Number.NaN : differingDots(slip, page);
    assert.ok(changed > 0 && changed <= page.bits.length, `${changed} dots`);
  });

  within("knows its paper and its faults, and when they are gone", async ({ printer, sim }) => {
    assert.equal(await printer.status(), { paper: "enough", fault: null });
    sim.control.setPaper("low");
    assert.equal(await printer.status(), { paper: "low", fault: null });
    assert.is(codeOf(await printer.health()), "printer.paperLow", "staff must hear of it; it still prints");
    sim.control.setPaper("out");
    const out = await printer.status();
    assert.is(out.paper, "out");
    assert.is(codeOf(out.fault), "printer.paperOut");
    sim.control.setPaper("enough");
    sim.control.setCover(true);
    const open = await printer.status();
    assert.is(open.paper, "unknown", "with the cover open the sensor looks at air");
    assert.is(codeOf(open.fault), "printer.coverOpen");
    sim.control.setCover(false);
    sim.control.overheat(true);
    assert.is(codeOf(await printer.health()), "printer.overheated");
    sim.control.overheat(false);
    assert.equal(await printer.status(), { paper: "enough", fault: null });
  });

  within("tells a watcher each change once", async ({ printer, sim }) => {
    const seen: PrinterStatus[] = [];
    const off = printer.watch((status) => seen.push(status));
    await printer.status();
    sim.control.setPaper("low");
    if (model === "generic") await printer.status();
    await until("low", () => seen.at(-1)?.paper === "low");
    await printer.status();
    sim.control.setCover(true);
    if (model === "generic") await printer.status();
    await until("open", () => codeOf(seen.at(-1)?.fault ?? null) === "printer.coverOpen");
    assert.is(seen.length, 2);
    off();
    sim.control.setCover(false);
    await printer.status();
    assert.is(seen.length, 2, "not after the unsubscribe");
  });

  within("a job that was called off before its first byte leaves nothing", async ({ printer, sim }) => {
    const leave = new AbortController();
    leave.abort(new Error("the citizen left"));
    const outcome = await printer.print({ jobId: 4, page: testPage(50, 1, printer.widthDots) }, leave.signal);
    assert.is(outcome.result, "notPrinted");
    assert.is(sim.control.slips.length, 0);
  });

  within("opens without paper, says so, and prints once there is some", async ({ sim, reopen }) => {
    sim.control.setPaper("out");
    const printer = await reopen();
    const page = testPage(50, 3, printer.widthDots);
    const refused = await printer.print({ jobId: 5, page });
    assert.is(refused.result, "notPrinted");
    assert.is(saidOf(refused), "printer.paperOut");
    sim.control.setPaper("enough");
    assert.is((await printer.print({ jobId: 6, page })).result, "printed");
    assert.is(sim.control.slips.length, 1);
    assert.ok(shows(sim.control.slips[0], page));
  });

  within("a new start of the kiosk leaves no mark on the next slip", async ({ sim, reopen }) => {
    const printer = await reopen();
    const page = testPage(70, 9, printer.widthDots);
    assert.is((await printer.print({ jobId: 7, page })).result, "printed");
    assert.is(sim.control.slips.length, 1);
    assert.ok(shows(sim.control.slips[0], page));
  });

  within("a closed printer prints nothing and says that it is absent", async ({ printer, sim }) => {
    await printer.close();
    await printer.close();
    const outcome = await printer.print({ jobId: 8, page: testPage(50, 1, printer.widthDots) });
    assert.is(outcome.result, "notPrinted");
    assert.is(saidOf(outcome), "printer.absent");
    assert.is(codeOf(await printer.health()), "printer.absent");
    assert.is(sim.control.slips.length, 0);
  });

  within("a page wider than the paper is the caller's mistake", async ({ printer }) => {
    const wide = testPage(10, 1, printer.widthDots + 8);
    let thrown: unknown = null;
    await printer.print({ jobId: 9, page: wide }).catch((error: unknown) => {
      thrown = error;
    });
    assert.instance(thrown, RangeError);
  });

  test.run();
}

const hardware = printerHardware(process.argv);
if (hardware !== null) hardwareSuite(hardware);
