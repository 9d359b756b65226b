// What does a citizen see when the card, its reader or its QR gives trouble?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { identityOf, Kiosk, NUMBER, QR } from "./house.js";
import { offered } from "./offered.js";

const MARRIAGE = "1.004873";
const COPY = "2.000815";

const atCard = (code: string): Kiosk => {
  const kiosk = new Kiosk(offered);
  kiosk.toProcedures();
  kiosk.send({ type: "CHOOSE_PROCEDURE", code }, { type: "CODE_SHOWN", text: QR });
  return kiosk;
};

const report = (kiosk: Kiosk, fraction: number): void => {
  (kiosk.effects.waiting("readCard").args[1] as (fraction: number) => void)(fraction);
};

test("a QR that is no card's is named, and the right one still works", () => {
  const kiosk = new Kiosk(offered);
  kiosk.toProcedures();
  kiosk.send(
    { type: "CHOOSE_PROCEDURE", code: MARRIAGE },
    { type: "CODE_SHOWN", text: "https://example.org" },
  );
  assert.is(kiosk.on("identify").stage, "showQr");
  assert.is(kiosk.on("identify").fault, "card.badQr");
  kiosk.send({ type: "CODE_SHOWN", text: QR });
  assert.is(kiosk.on("identify").stage, "layCard");
  assert.is(kiosk.on("identify").fault, null);
  assert.not.ok(kiosk.on("identify").canSkipChip, "marital status wants the chip");
  kiosk.send({ type: "SKIP_CHIP" });
  assert.is(kiosk.view.screen.name, "identify");
});

test("a card that slips is asked for again and read on; after three times a person decides", async () => {
  const kiosk = atCard(MARRIAGE);
  report(kiosk, 0.4);
  assert.is(kiosk.on("identify").stage, "reading");
  assert.is(kiosk.on("identify").percent, 40);
  for (let loss = 1; loss <= 3; loss += 1) {
    await kiosk.fails("readCard", new FaultError("card.lost", "field off"));
    assert.is(kiosk.on("identify").stage, "layCard");
    assert.is(kiosk.on("identify").fault, "card.lost");
  }
  assert.is(kiosk.effects.times("readCard"), 4, "the reading resumes by itself");
  await kiosk.fails("readCard", new FaultError("card.lost", "field off"));
  assert.is(kiosk.on("identify").stage, "failed");
  kiosk.send({ type: "RETRY" });
  await kiosk.done("readCard", identityOf("chipRead"));
  assert.is(kiosk.view.screen.name, "form");
});

test("progress of a reading that was left is not shown in the next one", async () => {
  const kiosk = atCard(MARRIAGE);
  const late = kiosk.effects.waiting("readCard").args[1] as (fraction: number) => void;
  kiosk.send({ type: "BACK" });
  assert.ok(kiosk.effects.waiting("readCard").signal?.aborted, "leaving the step ends the reading");
  kiosk.send({ type: "CODE_SHOWN", text: QR });
  late(0.9);
  assert.is(kiosk.on("identify").stage, "layCard");
});

test("a key that the chip refuses goes to typing, with what was typed still there", async () => {
  const kiosk = atCard(MARRIAGE);
  await kiosk.fails("readCard", new FaultError("card.wrongKey", "6300"));
  assert.is(kiosk.on("identify").stage, "typed");
  assert.is(kiosk.on("identify").fault, "card.wrongKey");
  const typed = { number: NUMBER, birthDate: "1960-05-19", expiryDate: "2030-01-01" };
  kiosk.send({ type: "SUBMIT_TYPED", ...typed, number: "12" });
  assert.is(kiosk.on("identify").fault, "card.wrongKey");
  assert.equal(kiosk.on("identify").typed, { ...typed, number: "12" });
  kiosk.send({ type: "SUBMIT_TYPED", ...typed });
  assert.is(kiosk.on("identify").stage, "layCard");
  await kiosk.done("readCard", identityOf("chipRead"));
  assert.is(kiosk.view.screen.name, "form");
});

test("without a reader a certified copy goes on by the QR alone, marital status calls a person", async () => {
  const copy = atCard(COPY);
  await copy.fails("readCard", new FaultError("chipReader.absent", "ENOENT"));
  assert.is(copy.on("identify").stage, "failed");
  assert.is(copy.on("identify").fault, "chipReader.absent");
  assert.ok(copy.on("identify").canSkipChip);
  copy.send({ type: "SKIP_CHIP" });
  assert.is(copy.view.screen.name, "form");

  const marriage = atCard(MARRIAGE);
  await marriage.fails("readCard", new FaultError("chipReader.absent", "ENOENT"));
  assert.not.ok(marriage.on("identify").canSkipChip);
  marriage.send({ type: "CALL_OFFICER" });
  assert.not.ok(marriage.view.officerCalled, "nobody is promised before the call went out");
  await marriage.done("callOfficer");
  assert.ok(marriage.view.officerCalled);
  assert.equal(marriage.effects.calls.at(-1)?.args, ["identify.failed"]);
});

for (const code of ["card.unreadable", "card.notCitizen", "card.mismatch", "chipReader.silent"] as const) {
  test(`${code} is told, with a way on`, async () => {
    const kiosk = atCard(MARRIAGE);
    await kiosk.fails("readCard", new FaultError(code, "detail"));
    assert.is(kiosk.on("identify").stage, "failed");
    assert.is(kiosk.on("identify").fault, code);
    assert.ok(kiosk.view.can.back && kiosk.view.can.cancel);
    kiosk.send({ type: "BACK" });
    assert.is(kiosk.on("identify").stage, "showQr");
    assert.is(kiosk.on("identify").fault, null);
  });
}

test("an identity below the procedure's level does not pass", async () => {
  const kiosk = atCard(MARRIAGE);
  await kiosk.done("readCard", identityOf("claimed"));
  assert.is(kiosk.on("identify").stage, "failed");
  assert.is(kiosk.on("identify").fault, "card.levelTooLow");
});

test("a reading that never ends is ended after its time, and aborted", async () => {
  const kiosk = atCard(MARRIAGE);
  report(kiosk, 0.1);
  await kiosk.wait(30_000);
  report(kiosk, 0.2);
  await kiosk.wait(30_000);
  assert.is(kiosk.on("identify").stage, "failed");
  assert.is(kiosk.on("identify").fault, "chipReader.silent");
  assert.ok(kiosk.effects.waiting("readCard").signal?.aborted);
});

test("an error that nobody foresaw is a screen with a way back in, and its words stay out of the log", async () => {
  const kiosk = atCard(MARRIAGE);
  await kiosk.fails("readCard", new TypeError("cannot read Nguyễn Văn Mẫu"));
  assert.is(kiosk.on("trouble").fault, "runtime.internal");
  assert.not.match(JSON.stringify(kiosk.logged), "Nguyễn");
  kiosk.send({ type: "RETRY" });
  assert.is(kiosk.on("identify").stage, "layCard");
  await kiosk.fails("readCard", new FaultError("store.unwritable", "EROFS"));
  kiosk.send({ type: "CANCEL" });
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.equal(kiosk.ends, ["trouble"]);
});

test.run();
