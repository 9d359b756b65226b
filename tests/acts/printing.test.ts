// Is a slip printed once, whatever happens in the middle?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Printing } from "../../src/acts/printing.js";
import { type Clock, SystemClock } from "../../src/core/clock.js";
import type { FaultCode } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import type { Slip } from "../../src/flows/effects.js";
import { slipLayout, ticketLayout } from "../../src/flows/slip.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import { renderLayout } from "../../src/hal/printer/layout.js";
import type { Printer } from "../../src/hal/printer/printer.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { type SupervisedDevice, supervise } from "../../src/hal/supervisor.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { until } from "../contract/bench.js";
import { withFolder } from "../store/fixtures.js";

const KIOSK = { name: { vi: "Nhà văn hóa", en: "Cultural centre" }, phone: null };
const SLIP: Slip = {
  number: "K01-000007",
  procedureCode: "2.000815",
  procedureTitle: { vi: "Chứng thực bản sao", en: "Certified copies" },
  lookupCode: "MC1:7Q2K-9XH4-TP3M-W8DA",
  receiptNumber: null,
  appointment: null,
  submittedAt: "2026-11-22T08:05",
  clockTrusted: true,
  language: "vi",
};
const NEXT: Slip = { ...SLIP, number: "K01-000008" };
const stored = () => true;

/** A kiosk whose process can be killed: store, printer and paper stay. */
class House {
  readonly sim = new PrinterSim({ widthDots: 384, model: "epson" });
  readonly #dir: string;
  #aheadMs = 0;
  readonly clock: Clock = new SystemClock({
    floorMs: 0,
    synchronised: () => true,
    readWallMs: () => Date.now() + this.#aheadMs,
  });
  store: Store;
  printer: SupervisedDevice<Printer>;
  printing: Printing;

  constructor(dir: string) {
    this.#dir = dir;
    this.store = this.#openStore();
    this.printer = this.#supervise();
    this.printing = this.#makePrinting();
  }

  #openStore(): Store {
    return openStore({ dir: this.#dir, clock: this.clock, log: silentLog });
  }

  #supervise(): SupervisedDevice<Printer> {
    return supervise<Printer>({
      part: "printer",
      absentFault: "printer.absent",
      open: () => {
        const [near, far] = memoryPair();
        this.sim.attach(far);
        return openPrinter({ port: near, widthDots: 384, model: "epson", clock: this.clock });
      },
      clock: this.clock,
      log: silentLog,
      healthEveryMs: 100,
      retryFirstMs: 50,
      retryCapMs: 200,
    });
  }

  #makePrinting(): Printing {
    return new Printing({
      store: this.store,
      printer: this.printer,
      render: (layout, widthDots) => renderLayout(layout, widthDots),
      layoutOf: (slip) => slipLayout(slip, KIOSK, slip.language),
      clock: this.clock,
      log: silentLog,
    });
  }

  /** The process is gone, perhaps for a while; a new one opens the same store and the same printer. */
  async restart(afterMs = 0): Promise<void> {
    await this.printer.close();
    this.store.close();
    this.#aheadMs += afterMs;
    this.store = this.#openStore();
    this.printer = this.#supervise();
    this.printing = this.#makePrinting();
  }

  get openPrints(): readonly number[] {
    return this.store.journal.open("print").map((intent) => intent.id);
  }

  get slips(): number {
    return this.sim.control.slips.length;
  }

  /** A kill, as the store sees it: an intent without an outcome. */
  async killedAfterIntent(): Promise<void> {
    this.printing.keep(SLIP);
    this.store.journal.intent("print", SLIP.number, { jobId: 99, reprintOf: null });
    await this.restart();
  }

  async close(): Promise<void> {
    await this.printer.close();
    this.store.close();
  }
}

const story = (name: string, body: (house: House) => Promise<void>): void => {
  test(name, () =>
    withFolder(async (dir) => {
      const house = new House(dir);
      try {
        await body(house);
        assert.ok(house.store.journal.verify().ok);
      } finally {
        await house.close();
      }
    }),
  );
};

const faultCodeOf = (result: { readonly result: string; readonly fault?: { readonly code: FaultCode } }) =>
  result.fault?.code;

story("the intent is on disk before the first dot, the outcome after the paper", async (house) => {
  const openAtRow: number[][] = [];
  house.sim.control.afterRows(1, () => openAtRow.push([...house.openPrints]));
  const result = await house.printing.printSlip(SLIP, null);
  assert.equal(result, { result: "printed" });
  assert.is(openAtRow[0]?.length, 1, "the intent was there when the head began");
  assert.equal(house.openPrints, []);
  assert.is(house.slips, 1);
  assert.is(house.printing.keptSlip(SLIP.number), null, "a slip on paper is kept no longer");
  assert.is(house.printing.reconcile(stored), null, "nothing to ask");
});

story("no paper: failed, not in doubt; nothing is asked later", async (house) => {
  house.sim.control.setPaper("out");
  const result = await house.printing.printSlip(SLIP, null);
  assert.is(result.result, "notPrinted");
  assert.is(faultCodeOf(result), "printer.paperOut");
  assert.equal(house.openPrints, []);
  await house.restart();
  assert.is(house.printing.reconcile(stored), null);
  assert.is(house.slips, 0);
});

story("a layout that can not be laid out sends nothing", async (house) => {
  const result = await house.printing.printTicket("x", [
    { kind: "qr", text: "x".repeat(2_500), widthFraction: 0.5 },
  ]);
  assert.is(result.result, "notPrinted");
  assert.equal(house.openPrints, []);
  assert.is(house.slips, 0);
});

story("in doubt: the slip is kept until somebody says yes", async (house) => {
  await house.printing.printSlip(NEXT, null);
  house.sim.control.afterRows(60, () => house.sim.control.setPaper("out"));
  const result = await house.printing.printSlip(SLIP, null);
  if (result.result !== "inDoubt") throw new Error(`was ${result.result}`);
  assert.equal(house.openPrints, [result.intent]);
  assert.equal(house.printing.slipOfIntent(result.intent), SLIP);
  house.printing.settle(result.intent, true);
  house.printing.settle(result.intent, true);
  assert.equal(house.openPrints, []);
  assert.is(house.printing.slipOfIntent(result.intent), null);
  await house.restart();
  assert.is(house.printing.reconcile(stored), null);
});

story("killed in the middle, asked once, 'no': printed again exactly once", async (house) => {
  await house.killedAfterIntent();
  const asked = house.printing.reconcile(stored);
  if (asked === null) throw new Error("nobody is asked");
  assert.is(asked.slipNumber, SLIP.number);
  assert.equal(house.openPrints, [asked.intent]);
  assert.is(house.slips, 0, "nothing is printed before the answer");
  const slip = house.printing.slipOfIntent(asked.intent);
  assert.equal(slip, SLIP);
  house.printing.settle(asked.intent, false);
  if (slip === null) throw new Error("the slip is gone");
  assert.equal(await house.printing.printSlip(slip, asked.intent), { result: "printed" });
  assert.is(house.slips, 1);
  assert.equal(house.openPrints, []);
  await house.restart();
  assert.is(house.printing.reconcile(stored), null, "and never asked again");
  assert.is(house.slips, 1);
});

story("killed in the middle, 'yes': closed without a second slip", async (house) => {
  await house.killedAfterIntent();
  const asked = house.printing.reconcile(stored);
  if (asked === null) throw new Error("nobody is asked");
  house.printing.settle(asked.intent, true);
  assert.equal(house.openPrints, []);
  await house.restart();
  assert.is(house.printing.reconcile(stored), null);
  assert.is(house.slips, 0);
});

story("a second print closes the one in doubt that it replaces", async (house) => {
  await house.killedAfterIntent();
  const [first] = house.openPrints;
  if (first === undefined) throw new Error("no intent");
  assert.is((await house.printing.printSlip(SLIP, first)).result, "printed");
  assert.equal(house.openPrints, []);
});

story("killed between 'no' and the second print: asked again, still one slip", async (house) => {
  await house.killedAfterIntent();
  const asked = house.printing.reconcile(stored);
  if (asked === null) throw new Error("nobody is asked");
  house.printing.settle(asked.intent, false);
  await house.restart();
  const again = house.printing.reconcile(stored);
  if (again === null) throw new Error("the citizen holds nothing and is not asked");
  assert.is.not(again.intent, asked.intent);
  house.printing.settle(again.intent, false);
  assert.is((await house.printing.printSlip(SLIP, again.intent)).result, "printed");
  assert.is(house.slips, 1);
});

story(
  "killed after storing, before the print began: asked too, for the citizen holds nothing",
  async (house) => {
    house.printing.keep(SLIP);
    await house.restart();
    const asked = house.printing.reconcile(stored);
    assert.is(asked?.slipNumber, SLIP.number);
  },
);

story("killed before the submission reached the disk: nothing to print, nothing asked", async (house) => {
  house.printing.keep(SLIP);
  await house.restart();
  assert.is(
    house.printing.reconcile(() => false),
    null,
  );
  assert.is(house.printing.keptSlip(SLIP.number), null);
});

story("nobody came for a quarter of an hour: closed, not asked, not printed", async (house) => {
  house.printing.keep(SLIP);
  house.store.journal.intent("print", SLIP.number, { jobId: 99, reprintOf: null });
  await house.restart(16 * 60_000);
  assert.is(house.printing.reconcile(stored), null);
  assert.equal(house.openPrints, []);
  assert.is(house.printing.keptSlip(SLIP.number), null);
  await house.restart();
  assert.is(house.printing.reconcile(stored), null);
  assert.is(house.slips, 0);
});

story("a ticket in doubt is closed at the next start and never asked about", async (house) => {
  await house.printing.printSlip(NEXT, null);
  house.sim.control.clearSlips();
  house.sim.control.afterRows(60, () => house.sim.control.setCover(true));
  const ticket = { number: "007", issuedAt: "2026-11-22T08:05", clockTrusted: true };
  const result = await house.printing.printTicket("2026-11-22/007", ticketLayout(ticket, KIOSK, "vi"));
  if (result.result !== "inDoubt") throw new Error(`was ${result.result}`);
  assert.is(house.printing.slipOfIntent(result.intent), null);
  house.sim.control.setCover(false);
  await house.restart();
  assert.is(house.printing.reconcile(stored), null);
  assert.equal(house.openPrints, []);
});

story(
  "a real kill: the wire ends in the middle of the page, the next process asks and prints once",
  async (house) => {
    await house.printing.printSlip(NEXT, null);
    house.sim.control.clearSlips();
    let reached = false;
    house.sim.control.afterRows(200, () => {
      reached = true;
      void house.printer.close();
    });
    const printing = house.printing.printSlip(SLIP, null);
    await until("in the middle", () => reached);
    assert.is((await printing).result, "inDoubt");
    await house.restart();
    const asked = house.printing.reconcile(stored);
    if (asked === null) throw new Error("nobody is asked");
    house.printing.settle(asked.intent, false);
    const slip = house.printing.keptSlip(asked.slipNumber);
    if (slip === null) throw new Error("the slip is gone");
    assert.is((await house.printing.printSlip(slip, asked.intent)).result, "printed");
    assert.is(house.sim.control.slips.filter((paper) => paper.complete).length, 1);
  },
);

story("job ids go on over restarts", async (house) => {
  await house.printing.printSlip(SLIP, null);
  const before = Number(house.store.meta.get("print.jobId"));
  await house.restart();
  await house.printing.printSlip(NEXT, null);
  assert.is(Number(house.store.meta.get("print.jobId")), before + 1);
});

test.run();
