// What becomes of a visit whose procedure wants the person of the card, and whom the kiosk can not recognise?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS, FaultError } from "../../src/core/faults.js";
import type { Identity } from "../../src/flows/citizen.js";
import { DELAYS } from "../../src/flows/delays.js";
import type { FaceOutcome } from "../../src/flows/effects.js";
import { identityOf, Kiosk, QR, SAME_FACE, withPortrait } from "./house.js";
import { small } from "./small-catalogue.js";

const PRESENT = "3.000003";

const atFace = async (identity: Identity = withPortrait()): Promise<Kiosk> => {
  const kiosk = new Kiosk(small);
  kiosk.toProcedures();
  kiosk.send({ type: "CHOOSE_PROCEDURE", code: PRESENT }, { type: "CODE_SHOWN", text: QR });
  await kiosk.done("readCard", identity);
  return kiosk;
};

const DIFFERENT: FaceOutcome = { ...SAME_FACE, match: "different" };

test("a living person whose face is the card's goes on as the holder, and the portrait is gone", async () => {
  const identity = withPortrait();
  const kiosk = await atFace(identity);
  assert.is(kiosk.on("identify").stage, "face");
  await kiosk.done("verifyFace", SAME_FACE);
  assert.ok(identity.portrait?.dropped);
  assert.is(kiosk.view.screen.name, "check");
  kiosk.send({ type: "NEXT" }, { type: "TYPE_CODE", code: "1000" });
  const [submission] = kiosk.effects.waiting("submit").args as [{ identity: Identity }];
  assert.is(submission.identity.level, "holderPresent");
  assert.equal(submission.identity.evidence, ["BAC", SAME_FACE.evidence]);
  assert.is(submission.identity.portrait, undefined);
});

test("one thing to do is shown at a time, with how far it is", async () => {
  const kiosk = await atFace();
  const report = kiosk.effects.waiting("verifyFace").args[1] as (coach: string, fraction: number) => void;
  assert.equal(kiosk.on("identify").face, { coach: "centre", slow: false });
  report("comeCloser", 0);
  assert.is(kiosk.on("identify").face?.coach, "comeCloser");
  report("turnLeft", 0.44);
  assert.is(kiosk.on("identify").face?.coach, "turnLeft");
  assert.is(kiosk.on("identify").percent, 44);
});

for (const [what, outcome] of [
  ["another face", DIFFERENT],
  ["an unsure one", { ...SAME_FACE, match: "unsure" }],
  ["the right face that does not live", { ...SAME_FACE, live: false }],
] as const) {
  test(`${what} is told the same kind words, may try three times, and never passes`, async () => {
    const kiosk = await atFace();
    for (const last of [false, false, true]) {
      await kiosk.done("verifyFace", outcome);
      const screen = kiosk.on("identify");
      assert.equal([screen.stage, screen.fault, screen.canRetryFace], ["faceFailed", "face.notSure", !last]);
      kiosk.send({ type: "RETRY" });
      assert.is(kiosk.on("identify").stage, last ? "faceFailed" : "face");
    }
    assert.is(kiosk.effects.times("verifyFace"), 3);
    kiosk.send({ type: "CALL_OFFICER" });
    await kiosk.done("callOfficer");
    assert.ok(kiosk.view.officerCalled);
    assert.equal(kiosk.effects.calls.at(-1)?.args, ["identify.faceFailed"]);
  });
}

test("reading the card again gives no further tries", async () => {
  const kiosk = await atFace();
  for (let tries = 0; tries < 3; tries += 1) {
    await kiosk.done("verifyFace", DIFFERENT);
    kiosk.send({ type: "RETRY" });
  }
  kiosk.send({ type: "BACK" }, { type: "CODE_SHOWN", text: QR });
  await kiosk.done("readCard", withPortrait());
  assert.is(kiosk.on("identify").stage, "faceFailed");
  assert.is(kiosk.effects.times("verifyFace"), 3);
});

for (const code of [
  "faceCamera.absent",
  "faceCamera.stalled",
  "model.unusable",
  "face.noPortrait",
] as const) {
  test(`${code}: an officer helps, and nothing is said against the person`, async () => {
    const kiosk = await atFace();
    await kiosk.fails("verifyFace", new FaultError(code, "detail"));
    assert.is(kiosk.on("identify").stage, "faceFailed");
    assert.is(kiosk.on("identify").fault, code);
  });
}

test("a card without a portrait is for an officer at once", async () => {
  const kiosk = await atFace(identityOf("notCloned"));
  assert.is(kiosk.on("identify").stage, "faceFailed");
  assert.is(kiosk.on("identify").fault, "face.noPortrait");
  assert.is(kiosk.on("identify").canRetryFace, false);
  assert.is(kiosk.effects.times("verifyFace"), 0);
});

test("the end of the time is announced and can be put off, again and again", async () => {
  const kiosk = await atFace();
  for (let more = 0; more < 10; more += 1) {
    await kiosk.wait(DELAYS.faceWarning);
    assert.is(kiosk.on("identify").face?.slow, true);
    await kiosk.wait(DELAYS.faceGrace - 1_000);
    kiosk.send({ type: "STILL_HERE" });
    assert.is(kiosk.on("identify").face?.slow, false);
  }
  assert.is(kiosk.effects.times("verifyFace"), 1, "the frames go on meanwhile");
  await kiosk.wait(DELAYS.faceWarning);
  await kiosk.wait(DELAYS.faceGrace);
  assert.is(kiosk.on("identify").fault, "face.tooLong");
  assert.ok(kiosk.effects.calls.find(({ name }) => name === "verifyFace")?.signal?.aborted);
});

test("a chip that is not proven never comes to the face; a procedure that needs less skips it", async () => {
  const low = await atFace(identityOf("genuine"));
  assert.is(low.on("identify").fault, "card.levelTooLow");
  const kiosk = new Kiosk(small);
  const identity = withPortrait();
  kiosk.toProcedures();
  kiosk.send({ type: "CHOOSE_PROCEDURE", code: "1.004873" }, { type: "CODE_SHOWN", text: QR });
  await kiosk.done("readCard", identity);
  assert.is(kiosk.view.screen.name, "check");
  assert.ok(identity.portrait?.dropped, "and its picture is not kept");
});

test("leaving the step, by whichever way, ends the camera and drops the portrait", async () => {
  for (const event of ["BACK", "CANCEL"] as const) {
    const identity = withPortrait();
    const kiosk = await atFace(identity);
    kiosk.send({ type: event });
    assert.ok(kiosk.effects.calls.find(({ name }) => name === "verifyFace")?.signal?.aborted, event);
    assert.ok(identity.portrait?.dropped, event);
  }
});

test("no word of these faults accuses", () => {
  for (const code of ["face.notSure", "face.tooLong", "face.noPortrait"] as const)
    for (const text of Object.values(FAULTS[code].citizen))
      assert.not.match(text, /giả|sai|không phải|không khớp|fraud|wrong|not you|false|fail|mismatch/i);
});

test.run();
