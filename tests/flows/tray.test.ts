// Does the tray that the kiosk sees coach the citizen, take a page by itself once, and never stand in the way?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import type { PageCoach } from "../../src/flows/events.js";
import type { TraySight } from "../../src/flows/sight.js";
import { speechOf } from "../../src/screen/speech.js";
import { CATALOGUES } from "../../src/screen/texts/texts.js";
import { Kiosk, pageOf, poorPage, turn } from "./house.js";
import { offered } from "./offered.js";

/** At the tray for the first paper of a certified copy. */
const atTray = async (slot = false): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered, { eyes: true, slot });
  await kiosk.identified("2.000815");
  kiosk.fill({ paperTitle: "Bằng tốt nghiệp", copies: "2", resultForm: "paper" });
  kiosk.send({ type: "NEXT" }, { type: "NEXT" });
  return kiosk;
};

const see = (kiosk: Kiosk, coach: PageCoach, frameUrl = "/paper/1"): void => {
  const report = kiosk.effects.waiting("watchTray").args[1] as (sight: TraySight) => void;
  report({ frameUrl, coach, quad: null });
};

const wishOf = (kiosk: Kiosk): unknown => kiosk.effects.waiting("watchTray").args[0];

test("one instruction at a time stands on the screen and is said; a page that lies still is taken by itself", async () => {
  const kiosk = await atTray();
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").sight], ["place", null]);
  const placed = speechOf(kiosk.view);
  see(kiosk, "noPage");
  assert.equal(speechOf(kiosk.view), placed, "an empty tray says nothing new");
  for (const coach of ["cutOff", "glare", "holdStill"] as const) {
    see(kiosk, coach, `/paper/${coach}`);
    assert.is(kiosk.on("papers").sight?.coach, coach);
    assert.equal(
      speechOf(kiosk.view).map(({ text }) => text),
      [CATALOGUES.vi.papers[`coach_${coach}`].text],
    );
  }
  assert.is(wishOf(kiosk), "first");
  await kiosk.done("watchTray");
  assert.is(kiosk.on("papers").stage, "taking");
  await kiosk.done("capturePaper", pageOf());
  assert.is(kiosk.on("papers").stage, "review");
  assert.is(kiosk.on("papers").sight, undefined);
});

test("the button takes the picture at any time, and ends the watch", async () => {
  const kiosk = await atTray();
  see(kiosk, "glare");
  const watch = kiosk.effects.waiting("watchTray");
  kiosk.send({ type: "CAPTURE" });
  assert.ok(watch.signal?.aborted);
  assert.is(kiosk.on("papers").stage, "taking");
  const report = watch.args[1] as (sight: TraySight) => void;
  report({ frameUrl: "/paper/late", coach: "noPage", quad: null });
  watch.resolve(undefined);
  await turn();
  assert.is(kiosk.effects.times("capturePaper"), 1, "a watch that ends late takes nothing");
});

test("a camera that shows nothing moving leaves the old way: the button", async () => {
  const kiosk = await atTray();
  await kiosk.fails("watchTray", new FaultError("documentCamera.stalled", "no frame"));
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").fault], ["place", null]);
  assert.ok(
    kiosk.logged.some(({ event }) => event === "visit.fault"),
    "ops hears of it",
  );
  kiosk.send({ type: "CAPTURE" });
  await kiosk.done("capturePaper", pageOf());
  assert.is(kiosk.on("papers").stage, "review");
});

test("another page, or the same one again: what was taken is told apart from what is waited for", async () => {
  const kiosk = await atTray();
  await kiosk.done("watchTray");
  await kiosk.done("capturePaper", pageOf());
  kiosk.send({ type: "CAPTURE" });
  assert.equal([kiosk.on("papers").stage, wishOf(kiosk)], ["place", "next"]);
  kiosk.send({ type: "BACK" }, { type: "RETAKE" });
  assert.equal([kiosk.on("papers").stage, wishOf(kiosk)], ["place", "again"]);
  await kiosk.done("watchTray");
  await kiosk.fails("capturePaper", new FaultError("paper.absent", "nothing there"));
  kiosk.send({ type: "RETAKE" });
  assert.equal([kiosk.on("papers").stage, wishOf(kiosk)], ["place", "again"]);
  await kiosk.done("watchTray");
  await kiosk.done("capturePaper", { ...pageOf(), imageUrl: "/page/new" });
  assert.equal([kiosk.on("papers").imageUrl, kiosk.on("papers").pages?.taken], ["/page/new", 1]);
});

test("whoever leaves the tray alone is asked whether they are still there, frames or not; then nothing is watched", async () => {
  const kiosk = await atTray();
  const watch = kiosk.effects.waiting("watchTray");
  for (let seconds = 0; seconds < 46; seconds += 1) {
    see(kiosk, "noPage", `/paper/${seconds}`);
    await kiosk.wait(1_000);
  }
  assert.ok(kiosk.view.idle !== null, "a picture that moves is nobody's touch");
  await kiosk.wait(20_000);
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.ok(watch.signal?.aborted);
});

test("a poor picture is told with one instruction; the citizen takes it again, or decides that it will do", async () => {
  const kiosk = await atTray();
  await kiosk.done("watchTray");
  await kiosk.done("capturePaper", poorPage("glare"));
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").advice], ["poor", "glare"]);
  assert.ok(speechOf(kiosk.view).some(({ text }) => text === CATALOGUES.vi.papers.coach_glare.text));
  kiosk.send({ type: "RETAKE" });
  assert.is(wishOf(kiosk), "again");
  await kiosk.done("watchTray");
  await kiosk.done("capturePaper", poorPage("blurred"));
  assert.is(kiosk.on("papers").advice, "blurred");
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.on("papers").stage, "review");
  kiosk.send({ type: "NEXT" }, { type: "BACK" });
  assert.is(kiosk.on("papers").stage, "review", "it is not asked again");
});

test("sheets from the slot are judged, too, each where it is looked at", async () => {
  const kiosk = await atTray(true);
  await kiosk.done("slotServes", true);
  kiosk.send({ type: "FEED" });
  await kiosk.done("feedPapers", { pages: [pageOf(), poorPage("cutOff"), pageOf()], fault: null });
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.on("papers").stage, "review");
  kiosk.send({ type: "NEXT" });
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").pages?.shown], ["poor", 2]);
  kiosk.send({ type: "BACK" });
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").pages?.shown], ["review", 1]);
});

test.run();
