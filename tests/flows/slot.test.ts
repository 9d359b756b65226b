// How do papers go through the slot, what becomes of a batch that is cut, and does everybody get the originals back?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS, FaultError } from "../../src/core/faults.js";
import { speechOf } from "../../src/screen/speech.js";
import { Kiosk, pageOf, turn } from "./house.js";
import { offered } from "./offered.js";

/** At the first paper of a certified copy (required, up to ten pages), the slot not asked yet. */
const atPapers = async (): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered, { slot: true });
  await kiosk.identified("2.000815");
  kiosk.fill({ paperTitle: "Bằng tốt nghiệp", copies: "2", resultForm: "paper" });
  kiosk.send({ type: "NEXT" }, { type: "NEXT" });
  return kiosk;
};

const atSlot = async (): Promise<Kiosk> => {
  const kiosk = await atPapers();
  await kiosk.done("slotServes", true);
  return kiosk;
};

const sheet = (name: string) => ({ ...pageOf(), imageUrl: `/page/${name}` });
const sheets = (...names: readonly string[]) => names.map(sheet);
const said = (kiosk: Kiosk): string =>
  speechOf({ ...kiosk.view, language: "en" })
    .map(({ text }) => text)
    .join(" ");

test("where the slot serves it is offered first and the tray is the other way; BACK from the tray comes to it again", async () => {
  const kiosk = await atPapers();
  assert.is(kiosk.on("papers").stage, "asking");
  assert.is(said(kiosk), "", "nothing is said before it is known");
  await kiosk.done("slotServes", true);
  assert.is(kiosk.on("papers").stage, "slot");
  assert.is(kiosk.effects.place, "none", "the tray's lamp would show the wrong place");
  assert.match(said(kiosk), /into the slot/);
  kiosk.send({ type: "USE_TRAY" });
  assert.is(kiosk.on("papers").stage, "place");
  assert.is(kiosk.effects.place, "tray");
  kiosk.send({ type: "BACK" });
  await kiosk.done("slotServes", true);
  assert.is(kiosk.on("papers").stage, "slot");
});

for (const [how, settle] of [
  ["says no", (kiosk: Kiosk) => kiosk.done("slotServes", false)],
  ["fails", (kiosk: Kiosk) => kiosk.fails("slotServes", new FaultError("scanner.absent", "gone"))],
  ["says nothing", (kiosk: Kiosk) => kiosk.wait(1_500)],
] as const) {
  test(`a scanner that ${how} sends to the tray`, async () => {
    const kiosk = await atPapers();
    await settle(kiosk);
    assert.is(kiosk.on("papers").stage, "place");
    kiosk.send({ type: "FEED" });
    assert.is(kiosk.effects.times("feedPapers"), 0);
    kiosk.send({ type: "CAPTURE" });
    assert.is(kiosk.effects.times("capturePaper"), 1);
  });
}

test("every sheet is a page to be checked, one after the other, after the originals were taken back", async () => {
  const kiosk = await atSlot();
  kiosk.send({ type: "FEED" });
  const report = kiosk.effects.waiting("feedPapers").args[1] as (...args: unknown[]) => void;
  report(2, "reading", 0.4);
  assert.equal(
    [kiosk.on("papers").stage, kiosk.on("papers").feed?.sheet, kiosk.on("papers").percent],
    ["feeding", 2, 40],
  );
  await kiosk.done("feedPapers", { pages: sheets("a", "b", "c"), fault: null });
  assert.is(kiosk.on("papers").stage, "takeBack");
  assert.match(said(kiosk), /Take your papers back/);
  kiosk.send({ type: "NEXT" });
  const seen: unknown[] = [];
  while (kiosk.view.screen.name === "papers") {
    const { imageUrl, pages } = kiosk.on("papers");
    seen.push([imageUrl, pages?.shown]);
    kiosk.send({ type: "NEXT" });
  }
  assert.equal(seen, [
    ["/page/a", 1],
    ["/page/b", 2],
    ["/page/c", 3],
  ]);
  assert.is(kiosk.on("check").papers.length, 3);
});

for (const code of ["scanner.jam", "scanner.doubleFeed", "scanner.coverOpen"] as const) {
  test(`${code} cuts a batch: its pages are kept, the sentence is told, the rest is fed behind them`, async () => {
    const kiosk = await atSlot();
    kiosk.send({ type: "FEED" });
    await kiosk.done("feedPapers", { pages: sheets("a", "b"), fault: { code, detail: "after 2 sheets" } });
    const cut = kiosk.on("papers");
    assert.equal([cut.stage, cut.fault, cut.pages?.taken], ["stopped", code, 2]);
    assert.ok(said(kiosk).includes(FAULTS[code].citizen.en));
    assert.match(said(kiosk), /Take your papers back/);
    assert.ok(
      kiosk.logged.some(
        ({ event, fields }) => event === "visit.fault" && JSON.stringify(fields).includes(code),
      ),
      "ops hears of it",
    );
    kiosk.send({ type: "FEED" });
    await kiosk.done("feedPapers", { pages: sheets("c"), fault: null });
    kiosk.send({ type: "NEXT" });
    assert.equal(kiosk.on("papers").pages, { taken: 3, max: 10, shown: 3 });
  });
}

test("after a cut the tray takes the rest, or what came is enough", async () => {
  const kiosk = await atSlot();
  kiosk.send({ type: "FEED" });
  await kiosk.done("feedPapers", { pages: sheets("a"), fault: { code: "scanner.jam", detail: "" } });
  kiosk.send({ type: "USE_TRAY" }, { type: "CAPTURE" });
  await kiosk.done("capturePaper", sheet("tray"));
  assert.equal(kiosk.on("papers").pages, { taken: 2, max: 10, shown: 2 });
  assert.is(kiosk.on("papers").imageUrl, "/page/tray");

  const other = await atSlot();
  other.send({ type: "FEED" });
  await other.done("feedPapers", { pages: sheets("a"), fault: { code: "scanner.jam", detail: "" } });
  other.send({ type: "NEXT" });
  assert.is(other.on("papers").stage, "review");
  assert.is(other.on("papers").fault, null);
});

test("an empty slot is said where papers are put in; a slot that failed says so and goes on by the tray", async () => {
  const kiosk = await atSlot();
  kiosk.send({ type: "FEED" });
  await kiosk.fails("feedPapers", new FaultError("scanner.feederEmpty", "out of documents"));
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").fault], ["slot", "scanner.feederEmpty"]);
  kiosk.send({ type: "FEED" });
  assert.is(kiosk.on("papers").fault, null);
  await kiosk.fails("feedPapers", new FaultError("scanner.absent", "unplugged"));
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").fault], ["stopped", "scanner.absent"]);
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.on("papers").stage, "stopped", "there is no page to look at");
  kiosk.send({ type: "USE_TRAY" });
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").fault], ["place", null]);
});

test("BACK stops the feeding and says to take the papers; silence does too, a long batch that moves does not", async () => {
  const kiosk = await atSlot();
  kiosk.send({ type: "FEED" }, { type: "BACK" });
  assert.ok(kiosk.effects.waiting("feedPapers").signal?.aborted);
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").fault], ["stopped", null]);
  assert.match(said(kiosk), /Take your papers back/);

  kiosk.send({ type: "FEED" });
  const report = kiosk.effects.waiting("feedPapers").args[1] as (...args: unknown[]) => void;
  for (let each = 1; each <= 5; each += 1) {
    await kiosk.wait(70_000);
    report(each, "taking", 0);
    assert.is(kiosk.on("papers").stage, "feeding");
    assert.is(kiosk.view.idle, null, "the machine works, nobody is asked whether they are still here");
  }
  await kiosk.wait(75_000);
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").fault], ["stopped", "scanner.stalled"]);
});

test("sheets over the paper's limit are dropped at once, and the citizen is told", async () => {
  const kiosk = await atSlot();
  kiosk.send({ type: "FEED" });
  const fed = sheets(..."abcdefghijkl");
  await kiosk.done("feedPapers", { pages: fed, fault: null });
  assert.equal([kiosk.on("papers").pages?.taken, kiosk.on("papers").feed?.surplus], [10, 2]);
  assert.match(said(kiosk), /not kept: 2/);
  assert.equal(
    fed.map(({ jpeg, text, fields }) => jpeg.dropped && text.dropped && fields.dropped),
    fed.map((_, index) => index >= 10),
  );
});

test("a page that is not clear is fed again into its own place; one from the tray is taken where it lies", async () => {
  const kiosk = await atSlot();
  kiosk.send({ type: "FEED" });
  await kiosk.done("feedPapers", { pages: sheets("a", "b", "c"), fault: null });
  kiosk.send({ type: "NEXT" }, { type: "NEXT" }, { type: "RETAKE" });
  await kiosk.done("slotServes", true);
  kiosk.send({ type: "BACK" });
  assert.is(kiosk.on("papers").imageUrl, "/page/b", "a retake that is not wanted after all");
  kiosk.send({ type: "RETAKE" });
  await kiosk.done("slotServes", true);
  kiosk.send({ type: "FEED" });
  await kiosk.done("feedPapers", { pages: sheets("B"), fault: null });
  kiosk.send({ type: "NEXT" });
  assert.equal(
    [kiosk.on("papers").imageUrl, kiosk.on("papers").pages],
    ["/page/B", { taken: 3, max: 10, shown: 2 }],
  );
  kiosk.send({ type: "BACK" });
  assert.is(kiosk.on("papers").imageUrl, "/page/a");
  kiosk.send({ type: "RETAKE" });
  await kiosk.done("slotServes", false);
  kiosk.send({ type: "CAPTURE" });
  await kiosk.done("capturePaper", sheet("A"));
  assert.is(kiosk.on("papers").imageUrl, "/page/A");
  kiosk.send({ type: "RETAKE" });
  assert.is(kiosk.on("papers").stage, "taking", "the paper still lies on the tray");
});

test("whoever leaves while papers are fed: the feeding ends and every page is dropped", async () => {
  const kiosk = await atSlot();
  kiosk.send({ type: "FEED" });
  const fed = sheets("a", "b");
  await kiosk.done("feedPapers", { pages: fed, fault: null });
  kiosk.send({ type: "NEXT" }, { type: "CAPTURE" });
  await kiosk.done("slotServes", true);
  kiosk.send({ type: "FEED" }, { type: "CANCEL" });
  assert.is(kiosk.view.screen.name, "goodbye");
  assert.ok(kiosk.effects.waiting("feedPapers").signal?.aborted);
  await turn();
  assert.ok(fed.every(({ jpeg, text, fields }) => jpeg.dropped && text.dropped && fields.dropped));
  assert.ok(kiosk.effects.forgotten > 0);
});

test.run();
