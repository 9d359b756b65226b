// What does a citizen see when the tray, its camera or the paper on it gives trouble?

import { test } from "uvu";
import * as assert from "uvu/assert";
import { SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import { FaultError } from "../../src/core/faults.js";
import { Kiosk, pageOf } from "./house.js";
import { offered } from "./offered.js";

/** At the first paper of a certified copy, which is required. */
const atRequired = async (): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("2.000815");
  kiosk.fill({ paperTitle: "Bằng tốt nghiệp", copies: "2", resultForm: "paper" });
  kiosk.send({ type: "NEXT" }, { type: "NEXT" });
  return kiosk;
};

/** At the first paper of marital status, which is optional. */
const atOptional = async (): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("1.004873");
  kiosk.send({ type: "NEXT" }, { type: "NEXT" }, { type: "NEXT" });
  kiosk.fill({ maritalStatus: "neverMarried" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ purpose: "loan" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ signature: SIGNS_AT_DESK });
  kiosk.send({ type: "NEXT" });
  return kiosk;
};

for (const code of ["paper.absent", "paper.poorPicture", "paper.unreadable", "paper.tooLarge"] as const) {
  test(`${code} is told and taken again`, async () => {
    const kiosk = await atRequired();
    kiosk.send({ type: "CAPTURE" });
    await kiosk.fails("capturePaper", new FaultError(code, "detail"));
    assert.is(kiosk.on("papers").stage, "failed");
    assert.is(kiosk.on("papers").fault, code);
    kiosk.send({ type: "RETRY" });
    assert.is(kiosk.on("papers").fault, null);
    await kiosk.done("capturePaper", pageOf());
    assert.is(kiosk.on("papers").stage, "review");
  });
}

test("without a camera an optional paper is skipped, a required one needs a person", async () => {
  const optional = await atOptional();
  assert.ok(optional.on("papers").optional);
  optional.send({ type: "CAPTURE" });
  await optional.fails("capturePaper", new FaultError("documentCamera.absent", "no camera"));
  optional.send({ type: "SKIP_PAPER" });
  assert.is(optional.on("papers").index, 2);
  optional.send({ type: "SKIP_PAPER" });
  assert.is(optional.view.screen.name, "check");

  const required = await atRequired();
  required.send({ type: "CAPTURE" });
  await required.fails("capturePaper", new FaultError("documentCamera.absent", "no camera"));
  required.send({ type: "SKIP_PAPER" });
  assert.is(required.on("papers").stage, "failed");
  required.send({ type: "CALL_OFFICER" });
  await required.done("callOfficer");
  assert.ok(required.view.officerCalled);
});

test("a failed retake keeps the picture that was there", async () => {
  const kiosk = await atRequired();
  kiosk.send({ type: "CAPTURE" });
  await kiosk.done("capturePaper", { ...pageOf(), imageUrl: "/page/first" });
  kiosk.send({ type: "RETAKE" });
  await kiosk.fails("capturePaper", new FaultError("paper.absent", "empty tray"));
  kiosk.send({ type: "BACK" });
  assert.is(kiosk.on("papers").imageUrl, "/page/first");
  kiosk.send({ type: "RETAKE" });
  await kiosk.done("capturePaper", { ...pageOf(), imageUrl: "/page/second" });
  assert.equal(kiosk.on("papers").pages, { taken: 1, max: 10, shown: 1 });
  assert.is(kiosk.on("papers").imageUrl, "/page/second");
});

test("a paper of several pages is taken page by page, up to its limit", async () => {
  const kiosk = await atOptional();
  for (let page = 0; page < 2; page += 1) {
    kiosk.send({ type: "CAPTURE" });
    await kiosk.done("capturePaper", pageOf());
  }
  assert.equal(kiosk.on("papers").pages, { taken: 2, max: 2, shown: 2 });
  kiosk.send({ type: "CAPTURE" });
  assert.is(kiosk.on("papers").stage, "review", "there is no third page");
  assert.not.ok(kiosk.on("papers").recognised, "not read as a birth certificate, and not refused");
});

test("a capture that never ends is ended after its time", async () => {
  const kiosk = await atRequired();
  kiosk.send({ type: "CAPTURE" });
  await kiosk.wait(60_000);
  assert.is(kiosk.on("papers").fault, "documentCamera.stalled");
  assert.ok(kiosk.effects.waiting("capturePaper").signal?.aborted);
});

test("a reading that goes on is not cut short, however slow the board; silence is the reading's, not the camera's", async () => {
  const kiosk = await atRequired();
  kiosk.send({ type: "CAPTURE" });
  const report = kiosk.effects.waiting("capturePaper").args[1] as (stage: string, fraction: number) => void;
  for (let each = 1; each <= 5; each += 1) {
    await kiosk.wait(50_000);
    report("reading", each / 10);
    assert.is(kiosk.on("papers").stage, "reading");
  }
  await kiosk.wait(60_000);
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").fault], ["failed", "paper.unreadable"]);
  assert.ok(kiosk.effects.waiting("capturePaper").signal?.aborted);
});

test("BACK during a capture ends it and the tray waits again", async () => {
  const kiosk = await atRequired();
  kiosk.send({ type: "CAPTURE" }, { type: "BACK" });
  assert.is(kiosk.on("papers").stage, "place");
  assert.ok(kiosk.effects.waiting("capturePaper").signal?.aborted);
});

test("a reader worker that dies is trouble, and the papers are still there afterwards", async () => {
  const kiosk = await atRequired();
  kiosk.send({ type: "CAPTURE" });
  await kiosk.fails("capturePaper", new Error("worker exited"));
  assert.is(kiosk.on("trouble").fault, "runtime.internal");
  kiosk.send({ type: "RETRY" });
  assert.is(kiosk.on("papers").stage, "place");
});

test.run();
