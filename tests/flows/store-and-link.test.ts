// What does a citizen see when handing in does not work, and what is never lost or sent twice?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import type { Submission } from "../../src/flows/effects.js";
import type { Catalogue } from "../../src/procedures/procedure.js";
import { Kiosk, theSlip } from "./house.js";
import { offered } from "./offered.js";

const submitting = async (): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered);
  await kiosk.toCheck();
  kiosk.send({ type: "NEXT" }, { type: "TYPE_CODE", code: "1000" });
  return kiosk;
};

test("a full store is told before anything is lost, and the retry is the same submission", async () => {
  const kiosk = await submitting();
  const first = kiosk.effects.waiting("submit").args[0] as Submission;
  assert.not.ok(kiosk.view.can.cancel, "what is being stored can not be called back");
  await kiosk.fails("submit", new FaultError("store.full", "0 bytes left"));
  assert.is(kiosk.on("trouble").fault, "store.full");
  kiosk.send({ type: "RETRY" });
  const second = kiosk.effects.waiting("submit").args[0] as Submission;
  assert.is(second.id, first.id);
  const { copies } = second.form.reveal();
  assert.is(copies, "2");
  await kiosk.done("submit", theSlip);
  assert.is(kiosk.view.screen.name, "slip");
});

test("a store that never answers is trouble after its time, with the same way on", async () => {
  const kiosk = await submitting();
  await kiosk.wait(45_000);
  assert.is(kiosk.view.screen.name, "trouble");
  kiosk.send({ type: "CANCEL" });
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.equal(kiosk.ends, ["trouble"]);
});

test("the link is nowhere in a visit: without a receipt the slip says less and nothing else changes", async () => {
  const kiosk = await submitting();
  await kiosk.done("submit", { ...theSlip, receiptNumber: null, appointment: null });
  await kiosk.done("printSlip", { result: "printed" });
  assert.is(kiosk.on("slip").appointment, null);
  assert.is(kiosk.on("slip").fault, null);
});

test("a failed lookup is tried again with the same code", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "CODE_SHOWN", text: "MC1:abc" });
  await kiosk.fails("lookUp", new FaultError("store.corrupt", "malformed"));
  assert.is(kiosk.on("trouble").fault, "store.corrupt");
  kiosk.send({ type: "RETRY" });
  assert.is(kiosk.effects.waiting("lookUp").args[0], "MC1:abc");
  await kiosk.done("lookUp", { found: false });
  assert.is(kiosk.on("lookup").stage, "unknown");
});

test("a failed queue number is trouble, a failed rating is nothing", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "TAKE_NUMBER" });
  await kiosk.fails("takeNumber", new FaultError("store.full", "0 bytes left"));
  assert.is(kiosk.on("trouble").fault, "store.full");
  kiosk.send({ type: "RETRY" });
  assert.is(kiosk.on("ticket").stage, "printing");

  const rating = await submitting();
  await rating.done("submit", theSlip);
  await rating.done("printSlip", { result: "printed" });
  rating.send({ type: "SLIP_TAKEN" }, { type: "RATE", stars: 1 });
  await rating.fails("rate", new FaultError("store.unwritable", "EROFS"));
  assert.is(rating.view.screen.name, "goodbye");
});

test("out of service: the first screen says why, and a visit that has begun may end", async () => {
  const kiosk = new Kiosk(offered);
  const fault = { code: "power.batteryLow", detail: "8 %" } as const;
  kiosk.send({ type: "OUT_OF_SERVICE", fault });
  assert.is(kiosk.on("attract").outOfService, "power.batteryLow");
  kiosk.send({ type: "WAKE" }, { type: "TAKE_NUMBER" }, { type: "CODE_SHOWN", text: "MC1:abc" });
  assert.is(kiosk.view.screen.name, "attract");
  kiosk.send({ type: "IN_SERVICE" }, { type: "WAKE" });
  assert.is(kiosk.view.screen.name, "language");
  kiosk.send({ type: "OUT_OF_SERVICE", fault });
  assert.is(kiosk.view.screen.name, "attract", "nothing is typed yet: better told now than at the end");
  kiosk.send({ type: "IN_SERVICE" });
  await kiosk.toCheck();
  kiosk.send({ type: "OUT_OF_SERVICE", fault });
  assert.is(kiosk.view.screen.name, "check");
  kiosk.send({ type: "CANCEL" });
  await kiosk.wait(6_000);
  assert.is(kiosk.on("attract").outOfService, "power.batteryLow");
});

test("a program error in the statechart loses the visit, not the kiosk", async () => {
  let broken = false;
  const catalogue: Catalogue = {
    ...offered,
    check: (code, values, page) => {
      if (broken) throw new Error("Nguyễn Văn Mẫu can not be checked");
      return offered.check(code, values, page);
    },
  };
  const kiosk = new Kiosk(catalogue);
  await kiosk.toCheck();
  kiosk.send({ type: "OUT_OF_SERVICE", fault: { code: "store.full", detail: "" } });
  kiosk.send({ type: "BACK" }, { type: "BACK" });
  broken = true;
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.on("attract").outOfService, "store.full");
  assert.ok(kiosk.effects.forgotten >= 1);
  assert.ok(kiosk.logged.some(({ event }) => event === "kiosk.error"));
  assert.not.match(JSON.stringify(kiosk.logged), "Nguyễn");
  broken = false;
  kiosk.send({ type: "IN_SERVICE" });
  await kiosk.toSlip();
  assert.is(kiosk.view.screen.name, "slip");
});

test.run();
