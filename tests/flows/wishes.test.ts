// How long does the kiosk remember how somebody wants letters and buttons?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { NO_WISHES } from "../../src/flows/events.js";
import { Kiosk } from "./house.js";
import { offered } from "./offered.js";

const LARGE = { ...NO_WISHES, size: "largest", contrast: "dark", low: true } as const;

test("what is wished at the first screen holds through the visit and is gone at the next first screen", async () => {
  const kiosk = new Kiosk(offered);
  assert.equal(kiosk.view.wishes, NO_WISHES);
  kiosk.send({ type: "SET_WISHES", wishes: LARGE }, { type: "WAKE" });
  assert.is(kiosk.view.screen.name, "language");
  assert.equal(kiosk.view.wishes, LARGE);
  kiosk.send({ type: "CHOOSE_LANGUAGE", language: "en" }, { type: "CANCEL" });
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.equal(kiosk.view.wishes, LARGE, "the thanks are read by the same eyes");
  await kiosk.wait(6_000);
  assert.is(kiosk.view.screen.name, "attract");
  assert.equal(kiosk.view.wishes, NO_WISHES);
  assert.is(kiosk.clock.pending, 0);
});

test("idle out: forgotten with the rest", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "WAKE" }, { type: "SET_WISHES", wishes: LARGE });
  await kiosk.wait(45_000 + 20_000 + 6_000);
  assert.is(kiosk.view.screen.name, "attract");
  assert.equal(kiosk.view.wishes, NO_WISHES);
});

test("who only tries at the first screen and walks off leaves it as it was", async () => {
  const kiosk = new Kiosk(offered);
  kiosk.send({ type: "SET_WISHES", wishes: LARGE });
  await kiosk.wait(59_000);
  kiosk.send({ type: "HELP" });
  await kiosk.wait(59_000);
  assert.equal(kiosk.view.wishes, LARGE);
  assert.is(kiosk.view.helpOpen, true);
  await kiosk.wait(1_000);
  assert.equal(kiosk.view.wishes, NO_WISHES);
  assert.is(kiosk.view.helpOpen, false);
  assert.is(kiosk.clock.pending, 0);
  kiosk.send({ type: "HELP" }, { type: "WAKE" });
  assert.is(kiosk.view.helpOpen, false, "the help of the first screen does not lie over the next");
});

test.run();
