// When does the kiosk think that nobody is there, how does it say so, and what does it forget?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Kiosk, QR, theSlip } from "./house.js";
import { offered } from "./offered.js";

test("45 s without a touch: warned; 20 s later: forgotten", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("1.004873");
  kiosk.fill({ fullName: "Nguyễn Thị Khác" });
  await kiosk.wait(44_999);
  assert.is(kiosk.view.idle, null);
  await kiosk.wait(1);
  assert.equal(kiosk.view.idle, { secondsLeft: 20 });
  await kiosk.wait(19_000);
  assert.equal(kiosk.view.idle, { secondsLeft: 1 });
  assert.is(kiosk.view.screen.name, "form");
  const forgotten = kiosk.effects.forgotten;
  await kiosk.wait(1_000);
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.is(kiosk.view.idle, null);
  assert.is(kiosk.effects.forgotten, forgotten + 1);
  assert.equal(kiosk.ends, ["idle"]);
  assert.not.match(JSON.stringify(kiosk.view), "Nguyễn");
  await kiosk.wait(6_000);
  assert.is(kiosk.view.screen.name, "attract");
  assert.is(kiosk.clock.pending, 0);
});

test("one touch extends the time, as often as needed, and loses nothing", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("1.004873");
  for (let i = 0; i < 5; i += 1) {
    await kiosk.wait(60_000);
    assert.equal(kiosk.view.idle, { secondsLeft: 5 });
    kiosk.send({ type: "STILL_HERE" });
    assert.is(kiosk.view.idle, null);
  }
  assert.is(kiosk.view.screen.name, "form");
  await kiosk.wait(44_000);
  kiosk.fill({ fullName: "Nguyễn Thị Khác" });
  await kiosk.wait(44_000);
  assert.is(kiosk.view.idle, null, "typing is being there");
});

test("who walks away is asked sooner; who comes back is not", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("1.004873");
  kiosk.send({ type: "PRESENCE", present: false });
  await kiosk.wait(7_000);
  kiosk.send({ type: "PRESENCE", present: true });
  await kiosk.wait(8_000);
  assert.is(kiosk.view.idle, null, "bending down for a paper is not leaving");
  kiosk.send({ type: "PRESENCE", present: false });
  await kiosk.wait(8_000);
  assert.equal(kiosk.view.idle, { secondsLeft: 20 });
  await kiosk.wait(20_000);
  assert.is(kiosk.view.screen.name, "goodbye");
});

test("waiting for a card is waiting for a person; reading it is not", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.toProcedures();
  kiosk.send({ type: "CHOOSE_PROCEDURE", code: "1.004873" }, { type: "CODE_SHOWN", text: QR });
  await kiosk.wait(46_000);
  assert.equal(kiosk.view.idle, { secondsLeft: 19 });
  kiosk.send({ type: "STILL_HERE" });
  (kiosk.effects.waiting("readCard").args[1] as (fraction: number) => void)(0.5);
  await kiosk.wait(59_000);
  assert.is(kiosk.view.idle, null);
  assert.is(kiosk.on("identify").stage, "reading");
});

test("after the submission, walking away loses nothing", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.toSlip();
  await kiosk.done("printSlip", { result: "printed" });
  await kiosk.wait(65_000);
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.equal(kiosk.ends, ["finished"]);
  assert.is(kiosk.effects.times("printSlip"), 1);
});

test("a slow store or printer is never cut short by the idle time", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.toCheck();
  kiosk.send({ type: "NEXT" }, { type: "TYPE_CODE", code: "1000" });
  await kiosk.wait(44_000);
  assert.is(kiosk.view.idle, null);
  await kiosk.done("submit", theSlip);
  await kiosk.wait(59_000);
  assert.is(kiosk.on("slip").stage, "printing");
  assert.is(kiosk.view.idle, null);
});

test("the empty kiosk has no idle time", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.wait(600_000);
  assert.is(kiosk.view.revision, 1);
  assert.is(kiosk.effects.forgotten, 0);
});

test("help and the officer stay what they are across steps, and are gone with the visit", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("1.004873");
  kiosk.send({ type: "HELP" }, { type: "CALL_OFFICER" }, { type: "CALL_OFFICER" });
  await kiosk.done("callOfficer");
  assert.is(kiosk.effects.times("callOfficer"), 1);
  assert.ok(kiosk.view.helpOpen && kiosk.view.officerCalled);
  kiosk.send({ type: "CLOSE_HELP" }, { type: "NEXT" });
  assert.ok(!kiosk.view.helpOpen && kiosk.view.officerCalled);
  kiosk.send({ type: "HELP" }, { type: "CANCEL" });
  assert.ok(!kiosk.view.helpOpen && !kiosk.view.officerCalled);
  kiosk.send({ type: "WAKE" }, { type: "CALL_OFFICER" });
  await kiosk.fails("callOfficer", new Error("no link"));
  assert.not.ok(kiosk.view.officerCalled, "nobody is promised who was not reached");
});

test.run();
