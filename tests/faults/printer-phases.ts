// At which moments of a print can a fault come, and what must hold at each of them?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { FaultCode } from "../../src/core/faults.js";
import type { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { hurriedClock } from "../contract/hurried-clock.js";
import { codeOf, type Model, openBench, saidOf, shows, testPage } from "../contract/printer-bench.js";

const ROWS = 200;

/** How a fault is brought about at a moment of the next page. */
const MOMENTS: Readonly<Record<string, (sim: PrinterSim, act: () => void) => void>> = {
  "before the first byte": (_, act) => act(),
  "in the first strip": (sim, act) => sim.control.afterRows(5, act),
  "in the middle of a strip": (sim, act) => sim.control.afterRows(100, act),
  "after the last strip": (sim, act) => sim.control.afterRows(ROWS, act),
  "as the knife comes down": (sim, act) => sim.atCut("before", act),
  "after the cut, before the confirmation": (sim, act) => sim.atCut("after", act),
};

export interface FaultStory {
  readonly model: Model;
  readonly code: FaultCode;
  set(sim: PrinterSim): void;
  /** A person mends it. */
  clear(sim: PrinterSim): void;
}

/**
 * Before the first byte nothing is printed; at any later moment the page is in doubt. It never comes out a
 * second time by itself, and once the fault is mended the next page is whole and alone on its slip.
 */
export const atEveryMoment = ({ model, code, set, clear }: FaultStory): void => {
  for (const [moment, arm] of Object.entries(MOMENTS))
    test(`${model}: ${code} ${moment}`, async () => {
      const { printer, sim } = await openBench({ model, paperLeftBehind: false, clock: hurriedClock(5) });
      assert.is((await printer.print({ jobId: 1, page: testPage(10, 1) })).result, "printed");
      sim.control.clearSlips();
      let happened = false;
      arm(sim, () => {
        happened = true;
        set(sim);
      });
      const page = testPage(ROWS, 2);
      const outcome = await printer.print({ jobId: 2, page });
      assert.ok(happened);
      assert.is(outcome.result, moment === "before the first byte" ? "notPrinted" : "inDoubt");
      assert.is(saidOf(outcome), code);
      assert.is(codeOf(await printer.health()), code);
      clear(sim);
      assert.is(await printer.health(), null);
      const next = testPage(70, 3);
      assert.is((await printer.print({ jobId: 3, page: next })).result, "printed");
      const came = sim.control.slips.filter((slip) => shows(slip, page)).length;
      assert.ok(came <= (moment === "before the first byte" ? 0 : 1), `the page came out ${came} times`);
      const last = sim.control.slips.at(-1);
      assert.ok(last?.complete && shows(last, next), "the next page, whole and alone");
      await printer.close();
      sim.dispose();
    });
};
