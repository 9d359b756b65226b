// Does a citizen get from the first screen to a slip and leave nothing behind?

import { test } from "uvu";
import * as assert from "uvu/assert";
import { SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import type { Submission } from "../../src/flows/effects.js";
import { fieldOf, Kiosk, pageOf, QR, theSlip } from "./house.js";
import { offered } from "./offered.js";

test("a certified copy, from touch to goodbye", async () => {
  const kiosk = new Kiosk(offered);
  assert.is(kiosk.view.screen.name, "attract");
  kiosk.send({ type: "WAKE" });
  assert.is(kiosk.view.screen.name, "language");
  kiosk.send({ type: "CHOOSE_LANGUAGE", language: "en" });
  assert.is(kiosk.view.language, "en");
  assert.is(kiosk.on("procedure").procedures[0]?.code, "2.000815");
  kiosk.send({ type: "CHOOSE_PROCEDURE", code: "2.000815" });
  assert.is(kiosk.on("identify").stage, "showQr");
  assert.equal(kiosk.view.progress, { step: 1, of: 6, minutesLeft: 4 });

  kiosk.send({ type: "CODE_SHOWN", text: QR });
  assert.is(kiosk.on("identify").stage, "layCard");
  assert.is(kiosk.effects.place, "card");
  assert.ok(kiosk.on("identify").canSkipChip, "a certified copy needs no chip");
  kiosk.send({ type: "SKIP_CHIP" });

  const first = kiosk.on("form");
  assert.is(first.page, 1);
  assert.is(first.pages, 2);
  kiosk.send({ type: "NEXT" });
  assert.ok(kiosk.on("form").fields.every((field) => field.error !== null));
  kiosk.fill({ paperTitle: "Bằng tốt nghiệp", copies: "0", resultForm: "paper" });
  kiosk.send({ type: "NEXT" });
  const errors = kiosk.on("form").fields.filter((field) => field.error !== null);
  assert.equal(
    errors.map(({ key }) => key),
    ["copies"],
  );
  assert.is(kiosk.on("form").fields[0]?.value, "Bằng tốt nghiệp", "an error loses nothing typed");
  kiosk.fill({ copies: "2" });
  kiosk.send({ type: "NEXT" });
  const person = kiosk.on("form").fields[0];
  assert.is(person?.value, "Nguyễn Văn Mẫu");
  assert.is(person?.source, "card");
  kiosk.send({ type: "NEXT" });

  assert.is(kiosk.on("papers").stage, "place");
  assert.is(kiosk.effects.place, "tray");
  kiosk.send({ type: "CAPTURE" });
  assert.is(kiosk.on("papers").stage, "taking");
  const report = kiosk.effects.waiting("capturePaper").args[1] as (stage: "reading", part: number) => void;
  report("reading", 0.5);
  assert.is(kiosk.on("papers").stage, "reading");
  assert.is(kiosk.on("papers").percent, 50);
  const label = { vi: "Họ và tên", en: "Full name" };
  await kiosk.done(
    "capturePaper",
    pageOf([fieldOf("fullName", "NGUYÊN VĂN MẪU", { label, confidence: 0.6 })], "diploma"),
  );
  assert.ok(kiosk.on("papers").fields[0]?.doubtful);
  kiosk.send({ type: "SET_PAPER_FIELD", key: "fullName", value: "NGUYỄN VĂN MẪU" });
  assert.not.ok(kiosk.on("papers").fields[0]?.doubtful);
  kiosk.send({ type: "NEXT" });

  const check = kiosk.on("check");
  assert.is(check.rows.find(({ label: { en } }) => en === "Name on the paper")?.value, "NGUYỄN VĂN MẪU");
  assert.is(check.papers.length, 1);
  kiosk.send({ type: "NEXT" });
  kiosk.send({ type: "TYPE_CODE", code: "0000" });
  assert.ok(kiosk.on("confirm").wrong);
  kiosk.send({ type: "TYPE_CODE", code: kiosk.on("confirm").code });
  assert.is(kiosk.view.screen.name, "submitting");

  const submission = kiosk.effects.waiting("submit").args[0] as Submission;
  assert.match(submission.id, /^[0-9a-f-]{36}$/);
  assert.is(submission.identity.level, "claimed");
  const { copies } = submission.form.reveal();
  assert.is(copies, "2");
  assert.equal(submission.papers[0]?.corrected.reveal(), { fullName: "NGUYỄN VĂN MẪU" });
  await kiosk.done("submit", theSlip);
  assert.ok(submission.form.dropped, "the form is gone once it is sealed");
  assert.ok(submission.papers[0]?.pages[0]?.jpeg.dropped);

  assert.is(kiosk.on("slip").stage, "printing");
  await kiosk.done("printSlip", { result: "printed" });
  assert.is(kiosk.on("slip").number, "K01-000001");
  assert.is(kiosk.effects.place, "slip");
  kiosk.send({ type: "SLIP_TAKEN" }, { type: "RATE", stars: 5 });
  await kiosk.done("rate");
  assert.equal(kiosk.effects.calls.at(-1)?.args, [5, "2.000815"]);
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.ok(kiosk.effects.forgotten >= 1);
  await kiosk.wait(6_000);
  assert.is(kiosk.view.screen.name, "attract");
  assert.is(kiosk.view.language, "vi", "the next person starts in Vietnamese");
  assert.equal(kiosk.ends, ["finished"]);
  assert.is(kiosk.clock.pending, 0, "an empty kiosk has no timer running");
});

test("what the card says is prefilled, what the citizen types wins, also after going back", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("1.004873");
  assert.is(kiosk.on("form").fields[0]?.value, "Nguyễn Văn Mẫu");
  kiosk.fill({ fullName: "Nguyễn Văn Mẫu Hai" });
  assert.is(kiosk.on("form").fields[0]?.source, "typed");
  kiosk.send({ type: "NEXT" }, { type: "BACK" });
  assert.is(kiosk.on("form").fields[0]?.value, "Nguyễn Văn Mẫu Hai");
  kiosk.send({ type: "BACK" });
  assert.is(kiosk.view.screen.name, "procedure");
  kiosk.send({ type: "CHOOSE_PROCEDURE", code: "1.004873" });
  assert.is(
    kiosk.on("form").fields[0]?.value,
    "Nguyễn Văn Mẫu Hai",
    "the same procedure keeps what was typed",
  );
  kiosk.send({ type: "BACK" }, { type: "CHOOSE_PROCEDURE", code: "2.000815" });
  assert.is(kiosk.on("form").fields[0]?.value, "", "another procedure is another form");
});

test("BACK leads from the check through every step to the first screen", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.toCheck();
  const seen: string[] = [];
  for (let i = 0; i < 12 && kiosk.view.screen.name !== "attract"; i += 1) {
    assert.ok(kiosk.view.can.back, kiosk.view.screen.name);
    kiosk.send({ type: "BACK" });
    seen.push(kiosk.view.screen.name);
  }
  assert.equal(seen, ["papers", "form", "form", "procedure", "language", "attract"]);
  assert.equal(kiosk.ends, ["cancelled"]);
});

test("a paper fills the fields that wait for it, and what is then missing is asked", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("1.004194");
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ phone: "0912345678" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ stayAddress: "12 Lê Lợi, Phường Tam Kỳ, Thành phố Đà Nẵng" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ stayFrom: "2026-03-02", stayMonths: "12" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ hostName: "Trần Thị Mẫu", hostRelation: "guest" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ signature: SIGNS_AT_DESK });
  kiosk.send({ type: "NEXT" }, { type: "CAPTURE" });
  await kiosk.done("capturePaper", pageOf());
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.on("papers").index, 2);
  assert.ok(kiosk.on("papers").optional);
  kiosk.send({ type: "CAPTURE" });
  const label = { vi: "Họ tên", en: "Name" };
  await kiosk.done(
    "capturePaper",
    pageOf([fieldOf("fullName", "NGUYỄN THỊ MẪU", { label, confidence: 0.9 })], "birthCertificate"),
  );
  assert.ok(kiosk.on("papers").recognised);
  kiosk.send({ type: "NEXT" });
  const page = kiosk.on("form");
  assert.equal(
    page.fields.map(({ key, value, error }) => [key, value, error !== null]),
    [
      ["childName", "NGUYỄN THỊ MẪU", false],
      ["childBirthDate", "", true],
    ],
  );
  kiosk.fill({ childBirthDate: "2020-01-02" });
  kiosk.send({ type: "NEXT" });
  const row = kiosk.on("check").rows.find(({ label: { en } }) => en === "Child's date of birth");
  assert.is(row?.value, "02/01/2020");
});

test("three wrong codes bring a new one", async () => {
  const kiosk = new Kiosk(offered);
  await kiosk.toCheck();
  kiosk.send({ type: "NEXT" });
  const { code } = kiosk.on("confirm");
  for (let i = 0; i < 3; i += 1) {
    assert.is(kiosk.on("confirm").code, code);
    kiosk.send({ type: "TYPE_CODE", code: "9999" });
  }
  assert.is.not(kiosk.on("confirm").code, code);
  kiosk.send({ type: "TYPE_CODE", code });
  assert.is(kiosk.view.screen.name, "confirm", "the old code is worth nothing");
});

test("a queue number", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.toProcedures();
  kiosk.send({ type: "TAKE_NUMBER" });
  assert.is(kiosk.on("ticket").stage, "printing");
  await kiosk.done("takeNumber", { number: "017", print: { result: "printed" } });
  assert.equal(kiosk.on("ticket"), { name: "ticket", stage: "take", number: "017" });
  await kiosk.wait(20_000);
  assert.is(kiosk.view.screen.name, "goodbye");
});

test("the QR of a slip, shown to the first screen, looks the application up", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "CODE_SHOWN", text: "MC1:abcdef" });
  assert.is(kiosk.on("lookup").stage, "searching");
  assert.is(kiosk.effects.waiting("lookUp").args[0], "MC1:abcdef");
  const found = {
    found: true,
    number: "K01-000001",
    procedureTitle: { vi: "Chứng thực", en: "Copy" },
    state: "approved",
    appointment: null,
    asOf: "2026-03-02T08:00",
    fresh: true,
    fee: { amountVnd: 15_000, paid: false },
  };
  await kiosk.done("lookUp", found);
  assert.equal(kiosk.on("lookup").result?.fee, { amountVnd: 15_000, paid: false });
  assert.is(kiosk.on("lookup").result?.state, "approved");
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.ok(kiosk.effects.forgotten >= 1);
});

test("a card's QR is never sent out as a lookup", () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "CODE_SHOWN", text: QR });
  assert.is(kiosk.view.screen.name, "attract");
  kiosk.toProcedures();
  kiosk.send({ type: "LOOK_UP" }, { type: "CODE_SHOWN", text: QR });
  assert.is(kiosk.on("lookup").stage, "unknown");
  assert.is(kiosk.effects.times("lookUp"), 0);
});

test("views are numbered by change, and nothing from outside can play the statechart", () => {
  const kiosk = new Kiosk(offered);
  const seen: number[] = [];
  const stop = kiosk.visit.watch((view) => seen.push(view.revision));
  kiosk.send(
    { type: "WAKE" },
    { type: "NEXT" },
    { type: "SLIP_TAKEN" },
    { type: "CHOOSE_LANGUAGE", language: "vi" },
  );
  assert.equal(seen, [2, 3]);
  for (const type of ["IDLE_OUT", "VISIT_ENDED", "xstate.done.actor.submit", "nonsense"]) {
    kiosk.send({ type } as never);
  }
  assert.is(kiosk.view.screen.name, "procedure");
  stop();
  kiosk.send({ type: "BACK" });
  assert.equal(seen, [2, 3]);
});

test("a watcher that throws takes neither the visit nor the other watchers with it", () => {
  const kiosk = new Kiosk(offered);
  const seen: number[] = [];
  kiosk.visit.watch(() => {
    throw new Error("socket closed");
  });
  kiosk.visit.watch((view) => seen.push(view.revision));
  kiosk.send({ type: "WAKE" });
  assert.equal(seen, [2]);
  assert.is(kiosk.view.screen.name, "language");
});

test("after close nothing moves any more and the last view is the first screen", () => {
  const kiosk = new Kiosk(offered);
  const seen: string[] = [];
  kiosk.visit.watch((view) => seen.push(view.screen.name));
  kiosk.toProcedures();
  kiosk.visit.close();
  kiosk.visit.close();
  kiosk.send({ type: "WAKE" });
  assert.equal(seen, ["language", "procedure", "attract"]);
  assert.is(kiosk.effects.forgotten, 1);
  assert.is(kiosk.clock.pending, 0);
});

test.run();
