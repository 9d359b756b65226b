// Can a visit be tried from end to end, and does nothing at all come of it?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { NO_WISHES } from "../../src/flows/events.js";
import { type TriedVisit, withPractice } from "../../src/flows/practice.js";
import type { Screen } from "../../src/flows/view.js";
import { Kiosk } from "./house.js";
import { offered } from "./offered.js";

const open = (): { readonly kiosk: Kiosk; readonly tried: TriedVisit; readonly name: () => string } => {
  const kiosk = new Kiosk(offered);
  const tried = withPractice({ visit: kiosk.visit, catalogue: offered, clock: kiosk.clock, speech: "on" });
  return { kiosk, tried, name: () => tried.view.screen.name };
};

const [first] = offered.procedures;

test("from the first screen's help to the thanks in less than two minutes, and nothing was done", async () => {
  const { kiosk, tried, name } = open();
  const started = kiosk.clock.monotonicMs();
  tried.send({ type: "HELP" });
  tried.send({ type: "PRACTISE" });
  assert.is(name(), "procedure");
  assert.is(tried.view.practice, true);
  assert.is(tried.view.helpOpen, false);
  tried.send({ type: "CHOOSE_PROCEDURE", code: first?.code ?? "" });
  assert.is(name(), "identify");
  await kiosk.wait(12_000);
  assert.is(name(), "form");
  tried.send({ type: "NEXT" });
  const { screen } = tried.view;
  assert.ok(
    screen.name === "form" && screen.fields.some(({ error }) => error !== null),
    "an error is shown too",
  );
  tried.send({ type: "SET_FIELD", key: "practiceResult", value: "paper" });
  tried.send({ type: "NEXT" });
  assert.is(name(), "check");
  tried.send({ type: "NEXT" });
  const confirm = tried.view.screen;
  if (confirm.name !== "confirm") throw new Error(confirm.name);
  tried.send({ type: "TYPE_CODE", code: "1111" });
  tried.send({ type: "TYPE_CODE", code: confirm.code });
  assert.is(name(), "submitting");
  await kiosk.wait(2_500);
  const shown = (): Screen => tried.view.screen;
  const pay = shown();
  assert.ok(pay.name === "pay" && pay.stage === "code" && pay.amountVnd > 0);
  await kiosk.wait(12_000);
  const paid = shown();
  assert.ok(paid.name === "pay" && paid.stage === "paid", "by itself: nobody can pay it");
  await kiosk.wait(5_000);
  const slip = shown();
  assert.ok(slip.name === "slip" && slip.fee?.paid === true);
  assert.ok(kiosk.clock.monotonicMs() - started < 120_000);
  tried.send({ type: "SLIP_TAKEN" });
  await kiosk.wait(6_000);
  assert.is(name(), "attract");
  assert.is(tried.view.practice, undefined);
  assert.equal(kiosk.effects.calls, [], "no effect was asked for");
  assert.is(kiosk.visit.state.open, false);
  assert.equal(
    kiosk.logged.filter(({ event }) => event.startsWith("visit.")),
    [],
    "no visit was begun or counted",
  );
  await kiosk.wait(60_000);
  assert.is(kiosk.clock.pending, 0);
});

test("a fee can also be left for the desk", async () => {
  const { kiosk, tried, name } = open();
  tried.send({ type: "PRACTISE" });
  tried.send({ type: "CHOOSE_PROCEDURE", code: first?.code ?? "" });
  await kiosk.wait(12_000);
  tried.send({ type: "SET_FIELD", key: "practiceResult", value: "paper" });
  tried.send({ type: "NEXT" });
  tried.send({ type: "NEXT" });
  tried.send({ type: "TYPE_CODE", code: "2468" });
  await kiosk.wait(2_500);
  tried.send({ type: "NEXT" });
  assert.is(name(), "slip");
  assert.ok(tried.view.screen.name === "slip" && tried.view.screen.fee?.paid === false);
  tried.close();
});

test("who walks off leaves the first screen, with its plain letters", async () => {
  const { kiosk, tried, name } = open();
  tried.send({ type: "PRACTISE" });
  tried.send({ type: "SET_WISHES", wishes: { ...NO_WISHES, size: "largest" } });
  assert.is(tried.view.wishes.size, "largest");
  await kiosk.wait(59_999);
  assert.is(name(), "procedure");
  await kiosk.wait(1);
  assert.is(name(), "attract");
  assert.equal(tried.view.wishes, NO_WISHES);
});

test("what is real ends what is tried: a slip's code, a fault; and a real visit can not be tried over", async () => {
  const { kiosk, tried, name } = open();
  tried.send({ type: "PRACTISE" });
  kiosk.send({ type: "CODE_SHOWN", text: "MC1:abc" });
  assert.is(name(), "lookup");
  assert.is(tried.view.practice, undefined);
  tried.send({ type: "PRACTISE" });
  assert.is(name(), "lookup");
});

test("every view has a number of its own, through practice and back", () => {
  const { tried } = open();
  const seen: number[] = [];
  tried.watch((view) => seen.push(view.revision));
  tried.send({ type: "PRACTISE" });
  tried.send({ type: "CHOOSE_LANGUAGE", language: "en" });
  tried.send({ type: "CANCEL" });
  tried.send({ type: "WAKE" });
  assert.ok(
    seen.every((revision, index) => index === 0 || revision > (seen[index - 1] ?? 0)),
    seen.join(),
  );
});

test.run();
