// Does the citizen leave with one slip, or with its number, whatever the printer does?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { Kiosk, theSlip } from "./house.js";
import { offered } from "./offered.js";

const atSlip = async (): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered);
  await kiosk.toSlip();
  return kiosk;
};

const inDoubt = { result: "inDoubt", intent: 7 } as const;

test("no paper: the number stands on the screen, with the reason", async () => {
  const kiosk = await atSlip();
  const fault = { code: "printer.paperOut", detail: "sensor" };
  await kiosk.done("printSlip", { result: "notPrinted", fault });
  const { stage, number, fault: shown, lookupCode } = kiosk.on("slip");
  assert.equal(
    [stage, number, shown, lookupCode],
    ["noPaper", "K01-000001", "printer.paperOut", "MC1:abcdef"],
  );
  kiosk.send({ type: "RETRY" }, { type: "SLIP_CAME_OUT", yes: false });
  assert.is(kiosk.effects.times("printSlip"), 1, "nobody prints again unasked");
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.view.screen.name, "rate");
});

test("a printer that throws is the same: the number stands on the screen", async () => {
  const kiosk = await atSlip();
  await kiosk.fails("printSlip", new FaultError("printer.absent", "ENOENT"));
  assert.is(kiosk.on("slip").stage, "noPaper");
  assert.is(kiosk.on("slip").fault, "printer.absent");
});

test("a printer that never answers is left after its time", async () => {
  const kiosk = await atSlip();
  await kiosk.wait(60_000);
  assert.is(kiosk.on("slip").stage, "noPaper");
  assert.is(kiosk.on("slip").fault, "printer.silent");
});

test("in doubt and it came out: one print", async () => {
  const kiosk = await atSlip();
  await kiosk.done("printSlip", inDoubt);
  assert.is(kiosk.on("slip").stage, "inDoubt");
  kiosk.send({ type: "SLIP_CAME_OUT", yes: true });
  assert.equal(kiosk.effects.waiting("settlePrint").args, [7, true]);
  await kiosk.done("settlePrint");
  assert.is(kiosk.view.screen.name, "rate");
  assert.is(kiosk.effects.times("printSlip"), 1);
});

test("in doubt and it did not come out: printed once more, as a reprint, and never a third time", async () => {
  const kiosk = await atSlip();
  await kiosk.done("printSlip", inDoubt);
  kiosk.send({ type: "SLIP_CAME_OUT", yes: false });
  await kiosk.done("settlePrint");
  assert.equal(kiosk.effects.waiting("printSlip").args, [theSlip, 7]);
  await kiosk.done("printSlip", { result: "inDoubt", intent: 8 });
  kiosk.send({ type: "SLIP_CAME_OUT", yes: false });
  assert.equal(kiosk.effects.waiting("settlePrint").args, [8, false]);
  await kiosk.done("settlePrint");
  assert.is(kiosk.on("slip").stage, "noPaper");
  assert.is(kiosk.on("slip").number, "K01-000001");
  assert.is(kiosk.effects.times("printSlip"), 2);
});

test("a denial that could not be written down allows no second print", async () => {
  const kiosk = await atSlip();
  await kiosk.done("printSlip", inDoubt);
  kiosk.send({ type: "SLIP_CAME_OUT", yes: false });
  await kiosk.fails("settlePrint", new FaultError("store.unwritable", "EROFS"));
  assert.is(kiosk.on("slip").stage, "noPaper");
  assert.is(kiosk.effects.times("printSlip"), 1);
});

test("a question that nobody answers stays open, and the visit ends as finished", async () => {
  const kiosk = await atSlip();
  await kiosk.done("printSlip", inDoubt);
  await kiosk.wait(89_000);
  assert.is(kiosk.on("slip").stage, "inDoubt");
  await kiosk.wait(1_000);
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.equal(kiosk.visit.state.unansweredPrints, [7]);
  assert.equal(kiosk.ends, ["finished"]);
  assert.is(kiosk.effects.times("settlePrint"), 0);
});

test("CANCEL while it prints does nothing, and afterwards loses nothing", async () => {
  const kiosk = await atSlip();
  assert.not.ok(kiosk.view.can.cancel);
  kiosk.send({ type: "CANCEL" }, { type: "BACK" });
  assert.is(kiosk.on("slip").stage, "printing");
  await kiosk.done("printSlip", { result: "printed" });
  kiosk.send({ type: "CANCEL" });
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.equal(kiosk.ends, ["finished"]);
});

test("a slip left lying is pointed at again", async () => {
  const kiosk = await atSlip();
  await kiosk.done("printSlip", { result: "printed" });
  assert.not.ok(kiosk.on("slip").reminder);
  kiosk.effects.place = "none";
  await kiosk.wait(15_000);
  assert.ok(kiosk.on("slip").reminder);
  assert.is(kiosk.effects.place, "slip");
});

test("a queue number without paper is shown and never taken twice", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.toProcedures();
  kiosk.send({ type: "TAKE_NUMBER" });
  await kiosk.done("takeNumber", { number: "018", print: { result: "inDoubt", intent: 3 } });
  assert.is(kiosk.on("ticket").stage, "inDoubt");
  kiosk.send({ type: "SLIP_CAME_OUT", yes: false });
  await kiosk.done("settlePrint");
  assert.equal(kiosk.on("ticket"), { name: "ticket", stage: "noPaper", number: "018" });
  assert.is(kiosk.effects.times("takeNumber"), 1);
});

test("after a restart the first screen asks about a slip; no answer leaves it open", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "PRINT_IN_DOUBT", intent: 5, slipNumber: "K01-000009" });
  assert.equal(kiosk.on("slipInDoubt"), { name: "slipInDoubt", slipNumber: "K01-000009", stage: "ask" });
  await kiosk.wait(90_000);
  assert.is(kiosk.view.screen.name, "attract");
  assert.equal(kiosk.visit.state.unansweredPrints, [5]);
  assert.is(kiosk.effects.times("settlePrint"), 0);
});

test("after a restart: it came out", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "PRINT_IN_DOUBT", intent: 5, slipNumber: "K01-000009" });
  kiosk.send({ type: "SLIP_CAME_OUT", yes: true });
  await kiosk.done("settlePrint");
  assert.is(kiosk.on("slipInDoubt").stage, "done");
  await kiosk.wait(8_000);
  assert.is(kiosk.view.screen.name, "attract");
  assert.is(kiosk.effects.times("printSlip"), 0);
});

test("after a restart: it did not come out, so it is printed, once", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "PRINT_IN_DOUBT", intent: 5, slipNumber: "K01-000009" });
  kiosk.send({ type: "SLIP_CAME_OUT", yes: false });
  await kiosk.done("settlePrint");
  assert.is(kiosk.on("slipInDoubt").stage, "printing");
  assert.equal(kiosk.effects.waiting("printSlip").args, [theSlip, 5]);
  await kiosk.done("printSlip", { result: "inDoubt", intent: 6 });
  assert.is(kiosk.on("slipInDoubt").stage, "ask");
  kiosk.send({ type: "SLIP_CAME_OUT", yes: false });
  await kiosk.done("settlePrint");
  assert.is(kiosk.on("slipInDoubt").stage, "done");
  assert.is(kiosk.effects.times("printSlip"), 1);
});

test("a doubt that is told during a visit waits for the first screen; two are asked one after the other", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.toProcedures();
  kiosk.send({ type: "PRINT_IN_DOUBT", intent: 5, slipNumber: "K01-000009" });
  kiosk.send({ type: "PRINT_IN_DOUBT", intent: 6, slipNumber: "K01-000010" });
  kiosk.send({ type: "PRINT_IN_DOUBT", intent: 6, slipNumber: "K01-000010" });
  assert.is(kiosk.view.screen.name, "procedure");
  kiosk.send({ type: "CANCEL" });
  await kiosk.wait(6_000);
  assert.is(kiosk.on("slipInDoubt").slipNumber, "K01-000009");
  kiosk.send({ type: "CANCEL" });
  assert.is(kiosk.on("slipInDoubt").slipNumber, "K01-000010");
  kiosk.send({ type: "CANCEL" });
  assert.is(kiosk.view.screen.name, "attract");
});

test.run();
