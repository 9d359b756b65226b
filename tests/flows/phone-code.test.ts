// Is an application confirmed by a code on the phone where that works, and by the one on the screen wherever it does not?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { DELAYS } from "../../src/flows/delays.js";
import type { Submission } from "../../src/flows/effects.js";
import type { CodeRefusal } from "../../src/flows/phone-code.js";
import { earList } from "../../src/screen/by-ear/list.js";
import { speechOf } from "../../src/screen/speech.js";
import { Kiosk, pageOf } from "./house.js";
import { offered } from "./offered.js";

const SENT = { kind: "sent", reference: "r1", secondsLeft: 300 } as const;

/** At the confirmation, with this number in the form. */
const atConfirm = async (phone = "0912345678", phoneCodes = true): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered, { phoneCodes });
  await kiosk.identified("2.000815");
  kiosk.fill({ paperTitle: "Bằng tốt nghiệp", copies: "2", resultForm: "paper" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ phone });
  kiosk.send({ type: "NEXT" }, { type: "CAPTURE" });
  await kiosk.done("capturePaper", pageOf());
  kiosk.send({ type: "NEXT" }, { type: "NEXT" });
  return kiosk;
};

const atTyping = async (): Promise<Kiosk> => {
  const kiosk = await atConfirm();
  await kiosk.done("sendCode", SENT);
  return kiosk;
};

const confirmationOf = (kiosk: Kiosk): Submission["confirmation"] =>
  (kiosk.effects.waiting("submit").args[0] as Submission).confirmation;

/** With the code on the screen, which always works. */
const confirmOnScreen = (kiosk: Kiosk): void => {
  kiosk.send({ type: "TYPE_CODE", code: kiosk.on("confirm").code });
  assert.is(confirmationOf(kiosk).method, "codeOnScreen");
};

test("sent, typed wrong, typed right: the submission says by which sending and of which field", async () => {
  const kiosk = await atConfirm();
  assert.is(kiosk.on("phoneCode").stage, "sending");
  assert.equal(kiosk.effects.waiting("sendCode").args, ["+84912345678"]);
  await kiosk.done("sendCode", SENT);
  assert.equal([kiosk.on("phoneCode").stage, kiosk.on("phoneCode").tail], ["typing", "678"]);
  kiosk.send({ type: "TYPE_CODE", code: "111111" });
  assert.is(kiosk.on("phoneCode").stage, "checking");
  assert.equal(kiosk.effects.waiting("tryCode").args, ["r1", "111111"]);
  await kiosk.done("tryCode", { kind: "wrong", triesLeft: 4 });
  assert.equal([kiosk.on("phoneCode").wrong, kiosk.on("phoneCode").triesLeft], [true, 4]);
  kiosk.send({ type: "TYPE_CODE", code: "482913" });
  await kiosk.done("tryCode", { kind: "right" });
  const { at: _, ...confirmation } = confirmationOf(kiosk);
  assert.equal(confirmation, { method: "sms", reference: "r1", field: "phone" });
  assert.is(kiosk.effects.times("sendCode"), 1);
});

test("a look back costs no second message; another number does get one", async () => {
  const kiosk = await atTyping();
  kiosk.send({ type: "BACK" }, { type: "NEXT" });
  assert.is(kiosk.on("phoneCode").stage, "typing");
  assert.is(kiosk.effects.times("sendCode"), 1);
  await kiosk.wait(40_000);
  kiosk.send({ type: "STILL_HERE" });
  for (let turn = 0; turn < 7; turn += 1) {
    await kiosk.wait(40_000);
    kiosk.send({ type: "STILL_HERE" });
  }
  kiosk.send({ type: "BACK" }, { type: "NEXT" });
  assert.is(kiosk.on("phoneCode").stage, "sending", "after its five minutes it is sent anew");
});

test("another one can be asked for after a minute, and not before", async () => {
  const kiosk = await atTyping();
  kiosk.send({ type: "RETRY" });
  assert.equal([kiosk.on("phoneCode").stage, kiosk.on("phoneCode").mayResend], ["typing", false]);
  await kiosk.wait(DELAYS.codeAgain / 2);
  kiosk.send({ type: "STILL_HERE" });
  await kiosk.wait(DELAYS.codeAgain / 2);
  assert.is(kiosk.on("phoneCode").mayResend, true);
  kiosk.send({ type: "RETRY" });
  assert.is(kiosk.on("phoneCode").stage, "sending");
  await kiosk.done("sendCode", { ...SENT, reference: "r2" });
  kiosk.send({ type: "TYPE_CODE", code: "482913" });
  assert.is(kiosk.effects.waiting("tryCode").args[0], "r2");
});

test("while the message is on its way nobody is asked whether they are there; afterwards they are", async () => {
  const kiosk = await atTyping();
  await kiosk.wait(DELAYS.codeAgain - 1_000);
  assert.is(kiosk.view.idle, null);
  kiosk.send({ type: "TYPE_CODE", code: "111111" });
  await kiosk.done("tryCode", { kind: "wrong", triesLeft: 4 });
  await kiosk.wait(DELAYS.codeAgain - 1_000);
  assert.is(kiosk.view.idle, null);
  await kiosk.wait(1_000 + DELAYS.idleWarning);
  assert.ok(kiosk.view.idle !== null);
});

test("whatever keeps it from being sent, the code on the screen is there at once and says why", async () => {
  const whys: readonly CodeRefusal[] = ["offline", "noGateway", "gatewayDown", "tooMany", "badNumber"];
  for (const why of whys) {
    const kiosk = await atConfirm();
    await kiosk.done("sendCode", { kind: "no", why });
    assert.is(kiosk.on("confirm").why, why);
    confirmOnScreen(kiosk);
  }
  const failed = await atConfirm();
  await failed.fails("sendCode", new FaultError("keys.unusable", "test"));
  assert.is(failed.on("confirm").why, "offline");
  const hung = await atConfirm();
  await hung.wait(DELAYS.codeDeadline);
  assert.is(hung.on("confirm").why, "offline");
  assert.ok(hung.effects.calls.find(({ name }) => name === "sendCode")?.signal?.aborted, "given up");
});

test("no code came, it expired, or the link went in between: the code on the screen, and it stays that", async () => {
  const none = await atTyping();
  none.send({ type: "NO_CODE" });
  assert.is(none.on("confirm").why, "gotNothing");
  none.send({ type: "BACK" }, { type: "NEXT" });
  assert.is(none.on("confirm").why, "gotNothing");
  confirmOnScreen(none);
  for (const why of ["expired", "offline"] as const) {
    const kiosk = await atTyping();
    kiosk.send({ type: "TYPE_CODE", code: "111111" });
    await kiosk.done("tryCode", { kind: "no", why });
    assert.is(kiosk.on("confirm").why, why);
    confirmOnScreen(kiosk);
  }
});

test("without a mobile number, or on a kiosk that was not told to, nothing is sent and nothing is said of it", async () => {
  for (const kiosk of [
    await atConfirm(""),
    await atConfirm("0243825678"),
    await atConfirm(undefined, false),
  ]) {
    assert.is(kiosk.on("confirm").why, undefined);
    assert.is(kiosk.effects.times("sendCode"), 0);
  }
});

test("no part of the number and no code is spoken unasked, logged, or left when the visit is over", async () => {
  const kiosk = await atTyping();
  const said = (["vi", "en"] as const).flatMap((language) =>
    speechOf({ ...kiosk.view, language }).map(({ text }) => text),
  );
  assert.not.ok(said.join(" ").includes("678"));
  const [tail] = earList(kiosk.view, null, { drafts: {}, communes: () => [] }).filter(
    ({ id }) => id === "tail",
  );
  assert.not.ok(
    JSON.stringify(tail?.says.flatMap((say) => say("vi"))).includes("678"),
    "own: only to headphones",
  );
  kiosk.send({ type: "TYPE_CODE", code: "482913" });
  kiosk.send({ type: "CANCEL" });
  for (const secret of ["912345678", "482913"])
    assert.not.ok(JSON.stringify([kiosk.logged, kiosk.view]).includes(secret), secret);
});

test.run();
