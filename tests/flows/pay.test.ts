// Is a fee paid or not paid without anything being lost: by phone, at the desk, without a link, by nobody?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { DELAYS } from "../../src/flows/delays.js";
import type { Slip, Submission } from "../../src/flows/effects.js";
import { speechOf } from "../../src/screen/speech.js";
import { feeSlip, Kiosk, OPEN_ORDER, theSlip } from "./house.js";
import { offered } from "./offered.js";

/** Handed in; the portal is asked for an order. */
const handedIn = async (): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered);
  await kiosk.toCheck();
  kiosk.send({ type: "NEXT" }, { type: "TYPE_CODE", code: "1000" });
  await kiosk.done("submit", feeSlip);
  return kiosk;
};

const atCode = async (): Promise<Kiosk> => {
  const kiosk = await handedIn();
  await kiosk.done("askPayment", OPEN_ORDER);
  return kiosk;
};

const printed = (kiosk: Kiosk): Slip["fee"] => (kiosk.effects.waiting("printSlip").args[0] as Slip).fee;

test("what is submitted says what it costs, by the papers that were brought", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.toCheck();
  const { feeVnd } = kiosk.on("check");
  assert.is(feeVnd, 2000);
  kiosk.send({ type: "NEXT" }, { type: "TYPE_CODE", code: "1000" });
  assert.is((kiosk.effects.waiting("submit").args[0] as Submission).feeVnd, feeVnd);
});

test("paid by phone: the code is shown, the portal says so, the slip says so, and no touch was needed", async () => {
  const kiosk = await handedIn();
  assert.is(kiosk.on("pay").stage, "asking");
  await kiosk.done("askPayment", OPEN_ORDER);
  const shown = kiosk.on("pay");
  assert.equal(
    [shown.stage, shown.amountVnd, shown.payee, shown.reference, shown.secondsLeft, shown.qr?.side],
    ["code", 2000, "UBND XÃ THỬ", "MC7K3F9Q2A5T", 600, 21],
  );
  assert.equal(kiosk.view.can, { back: false, cancel: false, help: true });
  await kiosk.wait(60_000);
  assert.is(kiosk.on("pay").secondsLeft, 540);
  assert.is(kiosk.view.idle, null, "nobody is hurried while the phone is out");
  await kiosk.done("awaitPayment", "paid");
  assert.equal([kiosk.on("pay").stage, kiosk.on("pay").qr], ["paid", null]);
  await kiosk.wait(DELAYS.payShown);
  assert.equal(printed(kiosk), { amountVnd: 2000, paid: true, reference: "MC7K3F9Q2A5T" });
  await kiosk.done("printSlip", { result: "printed" });
  assert.equal(kiosk.on("slip").fee, { amountVnd: 2000, paid: true });
});

test("at the desk: one touch, the wait is given up, and the slip says unpaid with the word for it", async () => {
  const kiosk = await atCode();
  const { signal } = kiosk.effects.waiting("awaitPayment");
  kiosk.send({ type: "NEXT" });
  assert.is(signal?.aborted, true);
  assert.equal(printed(kiosk), { amountVnd: 2000, paid: false, reference: "MC7K3F9Q2A5T" });
});

test("whoever is slow is offered time, again and again; whoever walked off leaves a slip that says unpaid", async () => {
  const kiosk = await atCode();
  await kiosk.wait(DELAYS.payWarning);
  assert.is(kiosk.on("pay").stage, "slow");
  kiosk.send({ type: "STILL_HERE" });
  assert.is(kiosk.on("pay").stage, "code");
  assert.is(kiosk.effects.times("awaitPayment"), 1, "the same wait goes on");
  await kiosk.wait(DELAYS.payWarning);
  assert.is(kiosk.on("pay").stage, "slow");
  assert.ok((kiosk.on("pay").qr?.side ?? 0) > 0, "it can still be scanned");
  await kiosk.wait(DELAYS.payGrace);
  assert.is(printed(kiosk)?.paid, false);
  assert.is(kiosk.on("slip").stage, "printing");
  assert.equal(kiosk.ends, []);
});

test("the code's time is over: said, and then the slip", async () => {
  const kiosk = await handedIn();
  await kiosk.done("askPayment", { ...OPEN_ORDER, secondsLeft: 3 });
  await kiosk.wait(1000);
  await kiosk.wait(1000);
  assert.is(kiosk.on("pay").secondsLeft, 1);
  await kiosk.wait(1000);
  assert.equal([kiosk.on("pay").stage, kiosk.on("pay").why], ["desk", "expired"]);
  await kiosk.wait(DELAYS.payDeskShown);
  assert.is(printed(kiosk)?.reference, "MC7K3F9Q2A5T");
});

test("no link, a wrong amount, a fault, silence: the desk, said plainly", async () => {
  const why = async (act: (kiosk: Kiosk) => Promise<void>): Promise<string> => {
    const kiosk = await handedIn();
    await act(kiosk);
    const shown = kiosk.on("pay");
    assert.is(shown.stage, "desk");
    kiosk.send({ type: "NEXT" });
    assert.is(printed(kiosk)?.paid, false);
    return shown.why ?? "";
  };
  const desk = (reason: string) => ({ kind: "desk", reason, reference: null });
  assert.is(await why((kiosk) => kiosk.done("askPayment", desk("offline"))), "offline");
  assert.is(
    await why((kiosk) => kiosk.fails("askPayment", new FaultError("store.unwritable", "x"))),
    "offline",
  );
  assert.is(await why((kiosk) => kiosk.wait(DELAYS.payAskDeadline)), "offline");
  const wrong = async (kiosk: Kiosk) => {
    await kiosk.done("askPayment", OPEN_ORDER);
    await kiosk.done("awaitPayment", "wrongAmount");
  };
  assert.is(await why(wrong), "wrongAmount");
});

test("where no payments are taken nobody is stopped: the slip and the last screen say where to pay", async () => {
  const kiosk = await handedIn();
  await kiosk.done("askPayment", { kind: "desk", reason: "noPayments", reference: null });
  assert.equal(printed(kiosk), { amountVnd: 2000, paid: false, reference: null });
  await kiosk.done("printSlip", { result: "printed" });
  const said = speechOf(kiosk.view).map(({ text }) => text);
  assert.ok(said.includes("Xin trả lệ phí tại quầy"), said.join());
});

test("the amount is said in words; who is paid and by which word is not", async () => {
  const kiosk = await atCode();
  const said = speechOf(kiosk.view).map(({ text }) => text);
  assert.ok(said.includes("Lệ phí là hai nghìn đồng."), said.join());
  await kiosk.wait(1000);
  assert.equal(
    speechOf(kiosk.view).map(({ text }) => text),
    said,
    "nothing is said anew each second",
  );
  assert.not.match(said.join(), /MC7K|UBND/);
});

test("what costs nothing asks for nothing", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.toCheck();
  kiosk.send({ type: "NEXT" }, { type: "TYPE_CODE", code: "1000" });
  await kiosk.done("submit", theSlip);
  assert.is(kiosk.on("slip").stage, "printing");
  assert.is(kiosk.effects.times("askPayment"), 0);
});

test.run();
