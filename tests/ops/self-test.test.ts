// What does a self-test find when somebody stands there with a card, a code and a hand on the door?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Printing } from "../../src/acts/printing.js";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { openBoard } from "../../src/hal/open-board.js";
import { renderLayout } from "../../src/hal/printer/layout.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { canServe, type SelfTestParts, selfTest, type TestedPart } from "../../src/ops/self-test.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { cardA } from "../contract/bench.js";

const clock = new SystemClock({ floorMs: 0, synchronised: () => false });

const openRig = async () => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-self-test-"));
  const sim = await createSimBoard({ dir, widthDots: 576, model: "epson" });
  const board = openBoard({ wiring: sim.wiring, clock, log: silentLog });
  const store = openStore({ dir: join(dir, "store"), clock, log: silentLog });
  const printing = new Printing({
    store,
    printer: board.printer,
    render: (layout, widthDots) => renderLayout(layout, widthDots),
    layoutOf: () => [],
    clock,
    log: silentLog,
  });
  const parts: SelfTestParts = {
    board,
    store,
    clock,
    look: async () => ({ faces: 1 }),
    testPage: (widthDots) => renderLayout([{ kind: "rule" }], widthDots),
    printTest: (page) => printing.printTest(page),
  };
  const close = async () => {
    await board.close();
    store.close();
    await sim.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { sim: sim.control, store, parts, close };
};

const rig = await openRig();
test.after(() => rig.close());

const testOne = async (part: TestedPart, attended = false) => {
  const { results } = await selfTest(rig.parts, { part, attended });
  assert.is(results.length, 1);
  const [result] = results;
  if (result === undefined) throw new Error("no result");
  return result;
};

test("a card that is laid while the technician is waited for is seen, and its number is not told", async () => {
  const waiting = testOne("chipReader", true);
  await clock.sleep(300);
  rig.sim.chipReader.layCard(cardA());
  const { result, evidence } = await waiting;
  rig.sim.chipReader.liftCard();
  assert.is(result, "passed");
  assert.match(evidence, /sees a type A card/);
});

test("a code that is shown is told by its length alone", async () => {
  const waiting = testOne("codeReader", true);
  await clock.sleep(300);
  rig.sim.codeReader.show("079199012345||Made Up|01011990");
  const { evidence } = await waiting;
  assert.match(evidence, /read a code of 30 characters/);
  assert.not.match(evidence, /0791/);
});

test("the lamps are left as they were found, also the buzzer", async () => {
  const { result } = await testOne("lines");
  assert.is(result, "look");
  assert.equal(
    Object.values(rig.sim.lines.outputs).filter((on) => on),
    [],
  );
});

test("no paper: the fault, its remedy, no slip; and the journal holds no open print", async () => {
  rig.sim.printer.setPaper("out");
  const { result, fault, remedy, evidence } = await testOne("printer");
  assert.is(result, "failed", evidence);
  assert.is(fault, "printer.paperOut");
  assert.ok((remedy?.vi ?? "").length > 5);
  rig.sim.printer.setPaper("enough");
  assert.is(rig.sim.printer.slips.length, 0);
  assert.equal(rig.store.journal.open("print"), []);
});

test("paper that ends in the middle of the test slip fails it, and asks no citizen afterwards", async () => {
  rig.sim.printer.afterRows(4, () => rig.sim.printer.setPaper("out"));
  const { result } = await testOne("printer");
  rig.sim.printer.setPaper("enough");
  assert.is(result, "failed");
  assert.equal(rig.store.journal.open("print"), []);
});

test("a corrupted store and a blind camera are the ways not to serve", async () => {
  const seen = (part: TestedPart, result: "passed" | "failed" | "notWired") =>
    ({
      part,
      result,
      evidence: "",
      fault: null,
      remedy: null,
      lookAt: null,
      picture: null,
      tookMs: 0,
    }) as const;
  assert.ok(canServe([seen("printer", "failed"), seen("store", "passed"), seen("documentCamera", "passed")]));
  assert.not(canServe([seen("store", "failed"), seen("documentCamera", "passed")]));
  assert.not(canServe([seen("store", "passed"), seen("documentCamera", "failed")]));
  assert.ok(canServe([seen("printer", "passed")]), "what was not asked about is not held against it");
});

test.run();
