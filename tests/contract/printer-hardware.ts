// Does a real printer, with a person beside it, do what the interface says?
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openPort } from "../../src/hal/port/open.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import type { Printer, PrinterStatus } from "../../src/hal/printer/printer.js";
import { testSlip } from "../../src/hal/printer/test-slip.js";
import { clock, until } from "./bench.js";
import { codeOf, type Model, treacherousPage } from "./printer-bench.js";

const HAND_MS = 60_000;
const LOOK_MS = 500;

export interface PrinterHardware {
  /** As in [board] printer.port. */
  readonly address: string;
  readonly widthDots: 384 | 576;
  readonly model: Model;
}

/** `--bench ADDRESS [--width 384|576] [--model epson|generic]`, or null. */
export const printerHardware = (argv: readonly string[]): PrinterHardware | null => {
  const after = (flag: string): string | null => {
    const at = argv.indexOf(flag);
    return at < 0 ? null : (argv[at + 1] ?? null);
  };
  const address = after("--bench");
  if (address === null) return null;
  return {
    address,
    widthDots: after("--width") === "384" ? 384 : 576,
    model: after("--model") === "generic" ? "generic" : "epson",
  };
};

const ask = (what: string): void => {
  process.stdout.write(`\n>>> ${what} (${HAND_MS / 1_000} s)\n`);
};

/** Asks again and again: models without automatic status tell nothing by themselves. */
const waitFor = async (printer: Printer, what: string, holds: (status: PrinterStatus) => boolean) => {
  ask(what);
  let last: PrinterStatus | null = null;
  const timer = setInterval(() => {
    printer.status().then(
      (status) => {
        last = status;
      },
      () => {},
    );
  }, LOOK_MS);
  try {
    await until(what, () => last !== null && holds(last), HAND_MS);
  } finally {
    clearInterval(timer);
  }
};

export const hardwareSuite = ({ address, widthDots, model }: PrinterHardware): void => {
  const test = suite(`printer: ${address}`);
  const fence = model === "epson" ? "processId" : "idle";
  let printer: Printer;
  test.before(async () => {
    printer = await openPrinter({ port: await openPort(address), address, widthDots, model, clock });
  });
  test.after(async () => {
    await printer?.close();
  });

  test("is well, and prints and cuts its test slip", async () => {
    assert.is((await printer.status()).fault, null);
    const page = await testSlip(widthDots, { kioskId: "BENCH", atMs: Date.now() });
    const started = clock.monotonicMs();
    assert.equal(await printer.print({ jobId: 1, page }), { result: "printed", fence });
    process.stdout.write(`${page.heightDots} rows in ${Math.round(clock.monotonicMs() - started)} ms\n`);
    ask("look at it: both edges framed, no gap in the slanted line, the dashes at the knife");
  });

  test("dots that spell real-time commands are printed and not obeyed", async () => {
    assert.equal(await printer.print({ jobId: 2, page: treacherousPage(61, widthDots) }), {
      result: "printed",
      fence,
    });
  });

  test("knows its cover, prints nothing while it is open, and prints when it is shut", async () => {
    await waitFor(printer, "open the cover", ({ fault }) => codeOf(fault) === "printer.coverOpen");
    const page = await testSlip(widthDots, { kioskId: "BENCH", atMs: Date.now() });
    const refused = await printer.print({ jobId: 3, page });
    assert.is(refused.result, "notPrinted");
    await waitFor(printer, "close the cover", ({ fault }) => fault === null);
    assert.is((await printer.print({ jobId: 4, page })).result, "printed");
  });

  test("a cover that is opened in the middle of a page leaves it in doubt, and the next slip is clean", async () => {
    const page = treacherousPage(2_400, widthDots);
    ask("open the cover as soon as paper moves, and close it when it has stopped");
    const outcome = await printer.print({ jobId: 5, page });
    assert.is(outcome.result, "inDoubt");
    await waitFor(printer, "close the cover", ({ fault }) => fault === null);
    const next = await testSlip(widthDots, { kioskId: "BENCH", atMs: Date.now() });
    assert.is((await printer.print({ jobId: 6, page: next })).result, "printed");
    ask("look at it: the torn piece was cut off first, and the test slip is whole");
  });

  test.run();
};
