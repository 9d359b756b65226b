// Is what was read shown as what it is, typed where nothing can read it, and are pages kept in their order?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Submission } from "../../src/flows/effects.js";
import type { CapturedPage, CaptureWish } from "../../src/flows/paper.js";
import { fieldOf, Kiosk, pageOf, theCitizen } from "./house.js";
import { offered } from "./offered.js";

const atPaper = async (): Promise<Kiosk> => {
  const kiosk = new Kiosk(offered);
  await kiosk.identified("2.000815");
  kiosk.fill({ paperTitle: "Bằng tốt nghiệp", copies: "2", resultForm: "paper" });
  kiosk.send({ type: "NEXT" }, { type: "NEXT" });
  return kiosk;
};

const take = async (kiosk: Kiosk, page: CapturedPage): Promise<void> => {
  kiosk.send({ type: "CAPTURE" });
  await kiosk.done("capturePaper", page);
};

const named = (name: string, ...fields: Parameters<typeof pageOf>): CapturedPage => ({
  ...pageOf(...fields),
  imageUrl: `/page/${name}`,
});

const submitted = async (kiosk: Kiosk): Promise<Submission> => {
  while (kiosk.view.screen.name !== "check") kiosk.send({ type: "NEXT" });
  kiosk.send({ type: "NEXT" });
  kiosk.send({ type: "TYPE_CODE", code: kiosk.on("confirm").code });
  return kiosk.effects.waiting("submit").args[0] as Submission;
};

const BOX = { x: 10, y: 20, w: 300, h: 40 };

test("handwriting that nothing can read is an empty box beside its place; it is never guessed, and typed it is the citizen's", async () => {
  const kiosk = await atPaper();
  const hand = fieldOf("fullName", "", { source: "hand", confidence: 0, box: BOX });
  await take(kiosk, pageOf([hand, fieldOf("serialNumber", "B 12")]));
  const [name] = kiosk.on("papers").fields;
  assert.equal([name?.value, name?.source, name?.unread, name?.box], ["", "empty", true, BOX]);
  assert.not.ok(name?.doubtful, "there is nothing to doubt");
  assert.equal(kiosk.on("papers").picture, { widthPx: 2480, heightPx: 3508 });
  kiosk.send({ type: "SET_PAPER_FIELD", key: "fullName", value: "Trần Thị Mẫu" });
  const [typed] = kiosk.on("papers").fields;
  assert.equal([typed?.value, typed?.source, typed?.unread], ["Trần Thị Mẫu", "typed", undefined]);
  const { papers } = await submitted(kiosk);
  assert.is(papers[0]?.corrected.reveal()["fullName"], "Trần Thị Mẫu");
  assert.is(papers[0]?.pages[0]?.fields.reveal()[0]?.value, "", "what was read stays what was read");
});

test("what was read of handwriting is asked about beside its place until the citizen says yes or types another", async () => {
  const kiosk = await atPaper();
  const hand = (key: string, value: string) =>
    fieldOf(key, value, { source: "hand", confidence: 0.97, box: BOX });
  await take(kiosk, pageOf([hand("fullName", "Trần Thị Mẫu"), hand("serialNumber", "12")]));
  const [name, number] = kiosk.on("papers").fields;
  assert.equal([name?.value, name?.source, name?.fromHand, name?.box], ["Trần Thị Mẫu", "paper", true, BOX]);
  kiosk.send({ type: "SET_PAPER_FIELD", key: "fullName", value: "Trần Thị Mẫu" });
  kiosk.send({ type: "SET_PAPER_FIELD", key: "serialNumber", value: "72" });
  const [yes, typed] = kiosk.on("papers").fields;
  assert.equal([yes?.value, yes?.fromHand], ["Trần Thị Mẫu", undefined]);
  assert.equal([number?.fromHand, typed?.value, typed?.fromHand], [true, "72", undefined]);
});

test("what the machine mended says so until the citizen types over it", async () => {
  const kiosk = await atPaper();
  const correction = { from: "Nguyên Vân Mâu", by: "lexicon" };
  await take(kiosk, pageOf([fieldOf("fullName", "Nguyễn Văn Mẫu", { correction })]));
  assert.is(kiosk.on("papers").fields[0]?.mendedFrom, "Nguyên Vân Mâu");
  kiosk.send({ type: "SET_PAPER_FIELD", key: "fullName", value: "Nguyên Vân Mâu" });
  assert.is(kiosk.on("papers").fields[0]?.mendedFrom, undefined);
});

test("the reading knows what the chip says, for as long as it reads; what was only claimed it does not know", async () => {
  const kiosk = await atPaper();
  kiosk.send({ type: "CAPTURE" });
  const { known, paperClass } = kiosk.effects.waiting("capturePaper").args[0] as CaptureWish;
  assert.equal([known?.reveal(), paperClass], [{ ...theCitizen }, "any"]);
  await kiosk.done("capturePaper", pageOf());
  assert.ok(known?.dropped);

  const claimed = new Kiosk(offered);
  claimed.toProcedures();
  claimed.send(
    { type: "CHOOSE_PROCEDURE", code: "2.000815" },
    { type: "CODE_SHOWN", text: "id12|1" },
    { type: "SKIP_CHIP" },
  );
  claimed.fill({ paperTitle: "Bằng", copies: "2", resultForm: "paper" });
  claimed.send({ type: "NEXT" }, { type: "NEXT" }, { type: "CAPTURE" });
  assert.is((claimed.effects.waiting("capturePaper").args[0] as CaptureWish).known, null);
});

test("whoever leaves while a page is read takes along what the reading knew, although it hangs", async () => {
  const kiosk = await atPaper();
  kiosk.send({ type: "CAPTURE" });
  const { known } = kiosk.effects.waiting("capturePaper").args[0] as CaptureWish;
  kiosk.send({ type: "CANCEL" });
  assert.ok(known?.dropped);
});

test("pages change places and leave; what was typed for a page that left is gone with it", async () => {
  const kiosk = await atPaper();
  const pages = [
    named("a", [fieldOf("fullName", "A")]),
    named("b", [fieldOf("serialNumber", "B 1")]),
    named("c"),
  ];
  for (const page of pages) await take(kiosk, page);
  kiosk.send({ type: "BACK" }, { type: "SET_PAPER_FIELD", key: "serialNumber", value: "B 2" });
  kiosk.send({ type: "ARRANGE" });
  assert.equal(kiosk.on("papers").thumbs, ["/page/a", "/page/b", "/page/c"]);
  kiosk.send({ type: "MOVE_PAGE", page: 2, by: -1 }, { type: "MOVE_PAGE", page: 0, by: -1 });
  assert.equal(kiosk.on("papers").thumbs, ["/page/a", "/page/c", "/page/b"]);
  kiosk.send({ type: "REMOVE_PAGE", page: 2 }, { type: "REMOVE_PAGE", page: 7 });
  assert.equal(kiosk.on("papers").thumbs, ["/page/a", "/page/c"]);
  assert.equal(
    pages.map(({ jpeg, fields, words, checks }) =>
      [jpeg, fields, words, checks].every(({ dropped }) => dropped),
    ),
    [false, true, false],
  );
  kiosk.send({ type: "NEXT" });
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").pages?.shown], ["review", 1]);
  const { papers } = await submitted(kiosk);
  assert.equal(
    papers[0]?.pages.map(({ imageUrl }) => imageUrl),
    ["/page/a", "/page/c"],
  );
  assert.equal(papers[0]?.corrected.reveal(), {});
});

test("the last page but one leaves: one is looked at again; there is nothing to arrange in one", async () => {
  const kiosk = await atPaper();
  for (const name of ["a", "b"]) await take(kiosk, named(name));
  kiosk.send({ type: "ARRANGE" }, { type: "REMOVE_PAGE", page: 0 });
  assert.equal([kiosk.on("papers").stage, kiosk.on("papers").imageUrl], ["review", "/page/b"]);
  kiosk.send({ type: "ARRANGE" });
  assert.is(kiosk.on("papers").stage, "review");
});

test("a page that was taken again is dropped with all that was read of it, and not before the new one is there", async () => {
  const kiosk = await atPaper();
  const old = pageOf([fieldOf("fullName", "A")]);
  await take(kiosk, old);
  kiosk.send({ type: "RETAKE" });
  assert.not.ok(old.jpeg.dropped);
  await kiosk.done("capturePaper", named("new"));
  assert.ok([old.jpeg, old.text, old.words, old.fields, old.checks].every(({ dropped }) => dropped));
  assert.is(kiosk.on("papers").imageUrl, "/page/new");
});

test("a slip of the fingers is a friendly remark on the check, with the way to mend it; whoever says it is right goes on", async () => {
  const kiosk = await atPaper();
  kiosk.effects.differs = [
    { where: "form", key: "fullName" },
    { where: "paper", paperId: "original" },
  ];
  await take(kiosk, pageOf());
  kiosk.send({ type: "NEXT" });
  const [form, paper] = kiosk.on("check").hints ?? [];
  assert.equal([form?.card, form?.given, paper?.where], [theCitizen.fullName, theCitizen.fullName, "paper"]);
  kiosk.send({ type: "MEND", hint: 0 });
  assert.ok(kiosk.on("form").fields.some(({ key }) => key === "fullName"));
  kiosk.fill({ fullName: "Nguyễn Văn Mẫu" });
  kiosk.effects.differs = [{ where: "paper", paperId: "original" }];
  kiosk.send({ type: "NEXT" });
  assert.is(kiosk.on("check").hints?.length, 1, "looked at anew");
  kiosk.send({ type: "MEND", hint: 5 });
  assert.is(kiosk.view.screen.name, "check");
  kiosk.send({ type: "MEND", hint: 0 });
  assert.is(kiosk.on("papers").stage, "review");
  kiosk.send({ type: "NEXT" }, { type: "NEXT" });
  assert.is(kiosk.view.screen.name, "confirm", "nothing is refused by a remark");
});

test.run();
