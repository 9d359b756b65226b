// Does somebody get a number for the right line, with as few questions as there are to ask?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { Kiosk } from "./house.js";
import { small } from "./small-catalogue.js";
import { QUEUES } from "./walk.js";

const NUMBER = { number: "B007", print: { result: "printed" } } as const;
const WAIT = { before: 4, minutes: 20, asOf: "2026-11-23T08:05", fresh: true } as const;

const asked = (kiosk: Kiosk): unknown => kiosk.effects.waiting("takeNumber").args[0];

test("service, then group, then the number with its wait", async () => {
  const kiosk = new Kiosk(small, {}, QUEUES);
  kiosk.send({ type: "QUEUE", now: { called: [], waiting: { land: 3 }, asOf: "2026-11-23T08:00" } });
  kiosk.toProcedures();
  kiosk.send({ type: "TAKE_NUMBER" });
  const { stage, choices } = kiosk.on("ticket");
  assert.is(stage, "service");
  assert.equal(
    choices?.map(({ id, waiting }) => [id, waiting]),
    [
      ["general", undefined],
      ["land", 3],
    ],
  );
  kiosk.send({ type: "CHOOSE_SERVICE", service: "nobody's" });
  assert.is(kiosk.on("ticket").stage, "service");
  kiosk.send({ type: "CHOOSE_SERVICE", service: "land" });
  assert.is(kiosk.on("ticket").stage, "group");
  kiosk.send({ type: "BACK" }, { type: "CHOOSE_SERVICE", service: "land" });
  kiosk.send({ type: "CHOOSE_GROUP", group: "elderly" });
  assert.is(kiosk.on("ticket").stage, "printing");
  assert.equal(asked(kiosk), { language: "vi", service: "land", group: "elderly" });
  await kiosk.done("takeNumber", { ...NUMBER, wait: WAIT });
  assert.equal(kiosk.on("ticket"), { name: "ticket", stage: "take", number: "B007", wait: WAIT });
});

test("one service is not asked about; with no groups one touch gives the number", async () => {
  const one = new Kiosk(small, {}, { services: QUEUES.services.slice(0, 1), groups: QUEUES.groups });
  one.send({ type: "TAKE_NUMBER" });
  assert.is(one.on("ticket").stage, "group");
  one.send({ type: "CHOOSE_GROUP", group: null });
  assert.equal(asked(one), { language: "vi", service: null, group: null });
  const none = new Kiosk(small, {}, { services: [], groups: [] });
  none.send({ type: "TAKE_NUMBER" });
  assert.is(none.on("ticket").stage, "printing");
});

test("back leaves the questions, and the next visit begins them anew", () => {
  const kiosk = new Kiosk(small, {}, QUEUES);
  kiosk.send({ type: "TAKE_NUMBER" }, { type: "BACK" });
  assert.is(kiosk.view.screen.name, "procedure");
  kiosk.send({ type: "TAKE_NUMBER" }, { type: "CHOOSE_SERVICE", service: "land" }, { type: "CANCEL" });
  assert.is(kiosk.view.screen.name, "attract");
  kiosk.send({ type: "TAKE_NUMBER" });
  assert.is(kiosk.on("ticket").stage, "service");
});

test("a number that failed is tried again for the same line", async () => {
  const kiosk = new Kiosk(small, {}, QUEUES);
  kiosk.send({ type: "TAKE_NUMBER" }, { type: "CHOOSE_SERVICE", service: "land" });
  kiosk.send({ type: "CHOOSE_GROUP", group: "elderly" });
  await kiosk.fails("takeNumber", new FaultError("store.full", "0 bytes left"));
  kiosk.send({ type: "RETRY" });
  assert.equal(asked(kiosk), { language: "vi", service: "land", group: "elderly" });
});

test("what is called stands on the first screen as long as somebody knows it", () => {
  const kiosk = new Kiosk(small, {}, QUEUES);
  const now = { called: [{ number: "A012", counter: "3" }], waiting: {}, asOf: "2026-11-23T08:00" };
  kiosk.send({ type: "QUEUE", now });
  assert.equal(kiosk.on("attract").queue, now);
  kiosk.send({ type: "QUEUE", now: null });
  assert.is(kiosk.on("attract").queue, undefined);
});

const FOUND = {
  ...{ found: true, number: "K01-000001", procedureTitle: { vi: "Thủ tục", en: "Procedure" } },
  ...{ state: "ready", appointment: null, asOf: "2026-11-23T08:00", fresh: true, mayRate: true },
};

test("a result that is looked up can be rated once, and the code alone is told", async () => {
  const kiosk = new Kiosk(small);
  kiosk.send({ type: "CODE_SHOWN", text: "MC1:abc" });
  await kiosk.done("lookUp", FOUND);
  assert.is(kiosk.on("lookup").result?.mayRate, true);
  kiosk.send({ type: "RATE_RESULT" });
  assert.is(kiosk.on("rate").about, "result");
  kiosk.send({ type: "RATE", stars: 4 });
  assert.equal(kiosk.effects.waiting("rateResult").args, ["MC1:abc", 4]);
  await kiosk.done("rateResult", "counted");
  assert.equal([kiosk.on("lookup").result?.mayRate, kiosk.on("lookup").result?.opinion], [false, "counted"]);
  kiosk.send({ type: "RATE_RESULT" });
  assert.is(kiosk.view.screen.name, "lookup");
  kiosk.send({ type: "CODE_SHOWN", text: "MC1:def" });
  await kiosk.done("lookUp", { ...FOUND, mayRate: false });
  assert.is(kiosk.on("lookup").result?.opinion, undefined, "another application, another opinion");
  assert.is(kiosk.on("lookup").result?.fee, undefined);
  kiosk.send({ type: "RATE_RESULT" });
  assert.is(kiosk.view.screen.name, "lookup", "there is nothing to rate");
});

test("an opinion that nobody heard is said to be so", async () => {
  const kiosk = new Kiosk(small);
  kiosk.send({ type: "CODE_SHOWN", text: "MC1:abc" });
  await kiosk.done("lookUp", FOUND);
  kiosk.send({ type: "RATE_RESULT" }, { type: "RATE", stars: 2 });
  await kiosk.fails("rateResult", new FaultError("link.down", "no answer"));
  assert.is(kiosk.on("lookup").result?.opinion, "notYet");
});

test.run();
