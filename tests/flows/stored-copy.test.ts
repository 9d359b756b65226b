// Can a copy that the portal keeps stand for a paper, for its holder alone, with and without a link?

import { test } from "uvu";
import * as assert from "uvu/assert";
import { SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import { FaultError } from "../../src/core/faults.js";
import type { StoredWish, Submission } from "../../src/flows/effects.js";
import { speechOf } from "../../src/screen/speech.js";
import { Kiosk, NUMBER, pageOf, QR } from "./house.js";
import { offered } from "./offered.js";

const CODE = "MC1:ABCD-EFGH";
const FOUND = {
  result: "found",
  copy: { copy: "c-7", title: { vi: "Giấy khai sinh", en: "Birth certificate" }, date: "2026-10-05" },
} as const;

/** At the birth certificate of marital status: optional, and a stored copy will do. */
const atPaper = async (options = { stored: true }): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered, options);
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

const at = (kiosk: Kiosk) => {
  const { stage, stored } = kiosk.on("papers");
  return [stage, stored?.stage];
};

test("the holder's copy is found, shown, taken, told on the check, and handed in by its code and name", async () => {
  const kiosk = await atPaper();
  assert.ok(kiosk.on("papers").mayUseStored);
  kiosk.send({ type: "USE_STORED" });
  assert.equal(at(kiosk), ["stored", "scan"]);
  kiosk.send({ type: "CODE_SHOWN", text: CODE });
  const wish = kiosk.effects.waiting("findStored").args[0] as StoredWish;
  assert.equal([wish.lookupCode, wish.paperClass, wish.holder.reveal()], [CODE, "birthCertificate", NUMBER]);
  await kiosk.done("findStored", FOUND);
  assert.ok(wish.holder.dropped);
  assert.equal(kiosk.on("papers").stored?.copy, { title: FOUND.copy.title, date: "2026-10-05" });
  assert.not.match(JSON.stringify(speechOf({ ...kiosk.view, language: "en" })), /Birth certificate/);
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.on("papers").index, 2);
  kiosk.send({ type: "BACK" });
  assert.equal(at(kiosk), ["stored", "kept"]);
  kiosk.send({ type: "NEXT" }, { type: "SKIP_PAPER" });
  assert.equal(kiosk.on("check").papers, [{ title: FOUND.copy.title, imageUrl: null, stored: true }]);
  kiosk.send({ type: "NEXT" });
  kiosk.send({ type: "TYPE_CODE", code: kiosk.on("confirm").code });
  const { papers } = kiosk.effects.waiting("submit").args[0] as Submission;
  assert.equal(papers[0]?.stored?.reveal(), { lookupCode: CODE, copy: FOUND.copy });
  assert.is(papers[0]?.pages.length, 0);
});

test("without a link the copy is named and looked for later, and the citizen is told so", async () => {
  const kiosk = await atPaper();
  kiosk.send({ type: "USE_STORED" }, { type: "SUBMIT_LOOKUP", code: "abcd-efgh" });
  await kiosk.done("findStored", { result: "unasked" });
  assert.equal([at(kiosk), kiosk.on("papers").stored?.copy], [["stored", "found"], null]);
  kiosk.send({ type: "NEXT" }, { type: "SKIP_PAPER" });
  assert.is(kiosk.on("check").papers.length, 1);
});

for (const [how, settle] of [
  ["fails", (kiosk: Kiosk) => kiosk.fails("findStored", new FaultError("link.down", "gone"))],
  ["says nothing", (kiosk: Kiosk) => kiosk.wait(12_000)],
] as const) {
  test(`a question that ${how} stops nobody`, async () => {
    const kiosk = await atPaper();
    kiosk.send({ type: "USE_STORED" }, { type: "CODE_SHOWN", text: CODE });
    await settle(kiosk);
    assert.equal([at(kiosk), kiosk.on("papers").stored?.copy], [["stored", "found"], null]);
  });
}

test("no copy, another person's, or one that was revoked: one clear sentence and the paper as ever", async () => {
  for (const result of ["unknown", "revoked"] as const) {
    const kiosk = await atPaper();
    kiosk.send({ type: "USE_STORED" }, { type: "CODE_SHOWN", text: CODE });
    await kiosk.done("findStored", { result });
    assert.equal(
      [at(kiosk), kiosk.on("papers").stored?.revoked],
      [["stored", "refused"], result === "revoked"],
    );
    kiosk.send({ type: "RETRY" });
    assert.equal(at(kiosk), ["stored", "scan"]);
    kiosk.send({ type: "BACK" });
    assert.is(kiosk.on("papers").stage, "place");
    kiosk.send({ type: "CAPTURE" });
    await kiosk.done("capturePaper", pageOf());
    assert.is(kiosk.on("papers").stage, "review");
    assert.not.ok(kiosk.effects.calls.some(({ name, settled }) => name === "findStored" && !settled));
  }
});

test("a card that is shown there instead of a slip does not travel", async () => {
  const kiosk = await atPaper();
  kiosk.send({ type: "USE_STORED" }, { type: "CODE_SHOWN", text: QR });
  assert.equal(at(kiosk), ["stored", "refused"]);
  assert.is(kiosk.effects.times("findStored"), 0);
});

test("the paper after all: the copy is forgotten and the tray waits", async () => {
  const kiosk = await atPaper();
  kiosk.send({ type: "USE_STORED" }, { type: "CODE_SHOWN", text: CODE });
  await kiosk.done("findStored", FOUND);
  kiosk.send({ type: "NEXT" }, { type: "BACK" }, { type: "RETAKE" });
  assert.is(kiosk.on("papers").stage, "place");
  kiosk.send({ type: "SKIP_PAPER" }, { type: "SKIP_PAPER" });
  assert.equal(kiosk.on("check").papers, []);
});

test("it is not offered where the law wants the original, where the kiosk can not ask, or to whom only a print vouches for", async () => {
  const original = new Kiosk(offered, { stored: true });
  await original.identified("2.000815");
  original.fill({ paperTitle: "Bằng", copies: "2", resultForm: "paper" });
  original.send({ type: "NEXT" }, { type: "NEXT" });
  assert.is(original.on("papers").mayUseStored, false);
  original.send({ type: "USE_STORED" });
  assert.is(original.on("papers").stage, "place");

  const mute = await atPaper({ stored: false });
  assert.is(mute.on("papers").mayUseStored, false);
});

test.run();
