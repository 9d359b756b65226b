// After a visit, however it ends: can anything personal still be reached in the runtime's memory?
//
// Sentinels are planted where personal values go and searched for in a real V8 heap snapshot, which holds
// every string that anything can still reach. They exist as bytes outside the heap only while they are searched.

import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString, writeHeapSnapshot } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import { FaultError } from "../../src/core/faults.js";
import { Pii } from "../../src/core/pii.js";
import type { Identity } from "../../src/flows/citizen.js";
import type { CapturedPage } from "../../src/flows/paper.js";
import type { Catalogue } from "../../src/procedures/procedure.js";
import { fieldOf, Kiosk, theSlip } from "./house.js";
import { offered } from "./offered.js";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const PLACES = [
  "qr",
  "number",
  "name",
  "address",
  "typed",
  "paperText",
  "paperField",
  "corrected",
  "lookup",
  "paperWord",
  "mended",
  "check",
  "copyCode",
  "copyTitle",
] as const;
type Place = (typeof PLACES)[number];

/** Bytes, not strings: a heap snapshot does not show the content of a buffer. */
type Sentinels = Readonly<Record<Place, Buffer>>;

/** Names take letters only. */
const letter = (byte: number): number => 97 + (byte % 26);

const plant = (): Sentinels =>
  Object.fromEntries(
    PLACES.map((place) => [place, Buffer.concat([Buffer.from(place), randomBytes(12).map(letter)])]),
  ) as Record<Place, Buffer>;

const spell = (bytes: Buffer): string => bytes.toString("latin1");

const folder = mkdtempSync(join(tmpdir(), "motcua-heap-"));

const inHeap = (sentinels: Sentinels): readonly Place[] => {
  gc();
  const path = writeHeapSnapshot(join(folder, "heap.heapsnapshot"));
  const heap = readFileSync(path);
  rmSync(path);
  return PLACES.filter((place) => heap.includes(sentinels[place]));
};

const LOOKS = 8;

/** A thread of V8's that compiles holds what its function last saw until it is done: what is left stays for good. */
const found = async (sentinels: Sentinels): Promise<readonly Place[]> => {
  let left = inHeap(sentinels);
  for (let look = 1; look < LOOKS && left.length > 0; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    left = inHeap(sentinels);
  }
  return left;
};

const identity = (s: Sentinels): Identity => ({
  level: "chipRead",
  source: "chip",
  citizen: new Pii({
    number: "036060000123",
    fullName: `Nguyễn ${spell(s.name)}`,
    placeOfResidence: spell(s.address),
    birthDate: "1960-05-19",
    sex: "Nam",
    nationality: "Việt Nam",
  }),
  evidence: ["BAC"],
});

const page = (s: Sentinels): CapturedPage => ({
  imageUrl: "/page/1",
  jpeg: new Pii(new Uint8Array(8)),
  widthPx: 8,
  heightPx: 8,
  dpi: null,
  text: new Pii(spell(s.paperText)),
  words: new Pii([{ text: spell(s.paperWord), box: { x: 0, y: 0, w: 1, h: 1 } }]),
  fields: new Pii([
    fieldOf("fullName", spell(s.paperField), { correction: { from: spell(s.mended), by: "lexicon" } }),
  ]),
  checks: new Pii([
    {
      id: "compare.name",
      verdict: "unsure",
      sentence: { vi: spell(s.check), en: "the same in English" },
      page: 0,
      box: null,
    },
  ]),
  advice: "none",
  paperClass: "birthCertificate",
});

const start = (s: Sentinels, catalogue = offered): Kiosk => {
  const kiosk = new Kiosk(catalogue, { stored: true });
  kiosk.effects.parse = () => ({
    key: { documentNumber: spell(s.number), birthDate: "600519", expiryDates: ["991231"] },
    citizen: new Pii({ number: spell(s.number) }),
  });
  // A page that is connected holds on to the last view only.
  let shown = kiosk.view;
  kiosk.visit.watch((view) => {
    shown = view;
  });
  void shown;
  return kiosk;
};

/** The effects of this test remember their calls; the kiosk's own forget them. */
const loosen = (kiosk: Kiosk): void => {
  kiosk.effects.calls.length = 0;
  kiosk.effects.parse = () => {
    throw new FaultError("card.badQr", "test over");
  };
};

const fillIn = async (kiosk: Kiosk, s: Sentinels): Promise<void> => {
  kiosk.toProcedures();
  kiosk.send({ type: "LOOK_UP" }, { type: "SUBMIT_LOOKUP", code: spell(s.lookup) });
  await kiosk.done("lookUp", { found: false });
  kiosk.send({ type: "BACK" }, { type: "BACK" }, { type: "CHOOSE_PROCEDURE", code: "1.004873" });
  kiosk.send({ type: "CODE_SHOWN", text: `id12|${spell(s.qr)}` });
  await kiosk.done("readCard", identity(s));
  kiosk.send({ type: "NEXT" }, { type: "NEXT" });
  kiosk.fill({ phone: spell(s.typed) });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ phone: "0912345678" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ maritalStatus: "widowed", statusDetail: spell(s.typed) });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ purpose: "loan" });
  kiosk.send({ type: "NEXT" });
  kiosk.fill({ signature: SIGNS_AT_DESK });
  kiosk.send({ type: "NEXT" }, { type: "CAPTURE" });
  await kiosk.done("capturePaper", page(s));
  // The second paper is a stored copy; back to the first.
  kiosk.send(
    { type: "NEXT" },
    { type: "USE_STORED" },
    { type: "CODE_SHOWN", text: `MC1:${spell(s.copyCode)}` },
  );
  await kiosk.done("findStored", {
    result: "found",
    copy: { copy: "c1", title: { vi: spell(s.copyTitle), en: "copy" }, date: "2026-01-02" },
  });
  kiosk.send({ type: "NEXT" }, { type: "BACK" }, { type: "BACK" });
  assert.is(kiosk.on("papers").stage, "review");
  kiosk.send({ type: "SET_PAPER_FIELD", key: "fullName", value: spell(s.corrected) });
};

const toSubmission = async (kiosk: Kiosk): Promise<void> => {
  kiosk.send({ type: "NEXT" }, { type: "NEXT" }, { type: "NEXT" });
  kiosk.send({ type: "TYPE_CODE", code: kiosk.on("confirm").code });
};

test("the search itself finds what a running visit holds", async () => {
  const s = plant();
  const kiosk = start(s);
  await fillIn(kiosk, s);
  kiosk.effects.calls.length = 0;
  const here = await found(s);
  for (const place of [
    "number",
    "name",
    "address",
    "typed",
    "paperText",
    "paperField",
    "corrected",
    "paperWord",
    "mended",
    "check",
    "copyCode",
    "copyTitle",
  ] as const) {
    assert.ok(here.includes(place), `${place} is held during the visit`);
  }
  kiosk.visit.close();
});

const endings: Readonly<Record<string, (kiosk: Kiosk) => Promise<void>>> = {
  "finished, with stars": async (kiosk) => {
    await toSubmission(kiosk);
    await kiosk.done("submit", theSlip);
    await kiosk.done("printSlip", { result: "printed" });
    kiosk.send({ type: "SLIP_TAKEN" }, { type: "RATE", stars: 5 });
    await kiosk.done("rate");
  },
  "cancelled at the papers": async (kiosk) => {
    kiosk.send({ type: "CANCEL" });
  },
  "left alone": async (kiosk) => {
    await kiosk.wait(65_000);
  },
  "trouble in the store": async (kiosk) => {
    await toSubmission(kiosk);
    await kiosk.fails("submit", new FaultError("store.full", "0 bytes left"));
    kiosk.send({ type: "CANCEL" });
  },
  "left during a capture that hangs": async (kiosk) => {
    kiosk.send({ type: "CAPTURE" });
    await kiosk.wait(60_000);
    kiosk.send({ type: "CANCEL" });
  },
};

for (const [how, end] of Object.entries(endings)) {
  test(`nothing personal is left: ${how}`, async () => {
    const s = plant();
    const kiosk = start(s);
    await fillIn(kiosk, s);
    await end(kiosk);
    assert.is(kiosk.view.screen.name, "goodbye");
    loosen(kiosk);
    assert.equal(await found(s), [], "on the last screen already");
    await kiosk.wait(6_000);
    assert.is(kiosk.view.screen.name, "attract");
    kiosk.visit.close();
  });
}

test("nothing personal is left once it is sealed, while the slip prints", async () => {
  const s = plant();
  const kiosk = start(s);
  await fillIn(kiosk, s);
  await toSubmission(kiosk);
  await kiosk.done("submit", theSlip);
  assert.is(kiosk.on("slip").stage, "printing");
  const print = kiosk.effects.waiting("printSlip");
  loosen(kiosk);
  kiosk.effects.calls.push(print);
  assert.equal(await found(s), []);
  kiosk.visit.close();
});

test("nothing personal is left: the statechart dies", async () => {
  let broken = false;
  const catalogue: Catalogue = {
    ...offered,
    check: (code, values, pageIndex) => {
      if (broken) throw new Error(`can not check ${Object.values(values).join()}`);
      return offered.check(code, values, pageIndex);
    },
  };
  const s = plant();
  const kiosk = start(s, catalogue);
  await fillIn(kiosk, s);
  broken = true;
  kiosk.send({ type: "NEXT" }, { type: "NEXT" });
  assert.is(kiosk.view.screen.name, "attract");
  loosen(kiosk);
  assert.equal(await found(s), []);
  kiosk.visit.close();
});

test("nothing personal is left: the runtime closes in the middle of a visit", async () => {
  const s = plant();
  const kiosk = start(s);
  await fillIn(kiosk, s);
  kiosk.visit.close();
  loosen(kiosk);
  assert.equal(await found(s), []);
  assert.is(kiosk.clock.pending, 0);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
