// What does an officer learn of each value, is nothing refused, and is nothing lost when no PDF can be made?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { contentOf } from "../../src/acts/application.js";
import { differencesIn } from "../../src/acts/comparing.js";
import { documentsOf, type ScanningParts } from "../../src/acts/scanning.js";
import { SystemClock } from "../../src/core/clock.js";
import { SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import type { ScanMaker } from "../../src/documents/scan-maker.js";
import { createScanMaker } from "../../src/documents/scan-maker.js";
import type { Submission } from "../../src/flows/effects.js";
import type { CapturedPage } from "../../src/flows/paper.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { contentSchema } from "../../src/sync/protocol/content.js";
import { hashHolder, hashLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { fieldOf, identityOf, NUMBER, pageOf, poorPage, theCitizen } from "../flows/house.js";
import { offered } from "../flows/offered.js";
import { withFolder } from "../store/fixtures.js";

const CODE = "MC1:7Q2K-9XH4-TP3M-W8DA";
const TODAY = "2026-11-22";
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const never = () => new AbortController().signal;
const procedure = (() => {
  const found = offered.find("1.004873");
  if (found === undefined) throw new Error("no such procedure");
  return found;
})();

const submission = (papers: Submission["papers"], form: Record<string, string> = {}): Submission => ({
  id: "0b5ad1a4-4b0a-4f6e-9a57-1c2f3c3b5a11",
  procedureCode: "1.004873",
  language: "vi",
  identity: identityOf("genuine"),
  form: new Pii({ fullName: theCitizen.fullName, ...form }),
  papers,
  feeVnd: 0,
  confirmation: { method: "codeOnScreen", at: 1_000 },
});

const paper = (
  pages: readonly CapturedPage[],
  corrected: Record<string, string> = {},
): Submission["papers"][number] => ({
  paperId: "birthCertificate",
  pages,
  corrected: new Pii(corrected),
  stored: null,
});

const content = (of: Submission, documents: readonly number[] = [1]) =>
  contentSchema.parse(
    JSON.parse(
      JSON.stringify(
        contentOf(of, {
          procedure,
          lookupCode: CODE,
          documents: new Map([["birthCertificate", documents]]),
          today: TODAY,
        }),
      ),
    ),
  );

const BOX = { x: 5, y: 6, w: 70, h: 8 };

test("print, mended, typed and handwritten: every value says how it came, and where it stands", () => {
  const read = [
    fieldOf("fullName", "Nguyễn Văn Mẫu", { correction: { from: "Nguyên Vân Mẫu", by: "chip" }, box: BOX }),
    fieldOf("number", "12/2001", { confidence: 0.55 }),
    fieldOf("birthPlace", "", { source: "hand", confidence: 0, box: BOX }),
    fieldOf("fatherName", "", { source: "hand", confidence: 0 }),
    fieldOf("motherName", "Lê Thị Mẫu", { source: "hand", confidence: 0.97, box: BOX }),
    fieldOf("bornOn", "03/04/2001", { source: "hand", confidence: 0.96, box: BOX }),
    fieldOf("note", "Không", { source: "hand", confidence: 0.95, box: BOX }),
  ];
  const typed = {
    ...{ number: "12/2002", birthPlace: "Tam Kỳ" },
    ...{ motherName: "Lê Thị Mẫu", bornOn: "08/04/2001" },
  };
  const [told] = content(submission([paper([pageOf(), pageOf(read, "birthCertificate")], typed)])).papers;
  const of = (key: string) => told?.fields.find((field) => field.key === key);
  assert.equal(of("fullName")?.correction, { from: "Nguyên Vân Mẫu", by: "chip" });
  assert.equal(of("fullName")?.box, { page: 1, ...BOX });
  assert.equal(
    [of("number")?.source, of("number")?.confidence, of("number")?.correction],
    ["typed", 1, { from: "12/2001", by: "citizen" }],
  );
  assert.equal([of("birthPlace")?.value, of("birthPlace")?.source], ["Tam Kỳ", "typed"]);
  assert.equal(
    [of("motherName")?.source, of("motherName")?.confidence, of("motherName")?.correction],
    ["hand", 0.97, null],
    "a yes changes nothing",
  );
  assert.equal(
    [of("bornOn")?.value, of("bornOn")?.source, of("bornOn")?.correction],
    ["08/04/2001", "typed", { from: "03/04/2001", by: "citizen" }],
  );
  const notes = told?.checks?.filter(({ id }) => id === "writing.hand") ?? [];
  assert.equal(
    notes.map(({ sentence, page }) => [sentence.en, page]),
    [
      ["Read: handwriting, typed by the citizen.", 1],
      ["Read: handwriting that was not read, and not typed.", 1],
      ["Read: handwriting, read by the machine and confirmed by the citizen.", 1],
      ["Read: handwriting, typed by the citizen.", 1],
      ["Read: handwriting, read by the machine.", 1],
    ],
  );
  assert.is(told?.paperClass, "birthCertificate");
});

test("a poor picture that the citizen kept, and a page's own doubts, go to the officer with their page", () => {
  const doubt = {
    id: "seal.present",
    verdict: "fail",
    sentence: { vi: "a", en: "a" },
    page: 0,
    box: BOX,
  } as const;
  const pages = [
    { ...pageOf(), checks: new Pii([doubt]) },
    { ...poorPage(), keptAnyway: true as const },
  ];
  const [told] = content(submission([paper([pageOf(), ...pages])])).papers;
  assert.equal(
    told?.checks?.map(({ id, page }) => [id, page]),
    [
      ["seal.present", 1],
      ["picture.poor", 2],
    ],
  );
});

test("a stored copy goes by the hash of its code; the copies of this application are found by code and number", () => {
  const copy = { copy: "c-7", title: { vi: "Bản sao", en: "Copy" }, date: TODAY };
  const stored = { ...paper([]), stored: new Pii({ lookupCode: "MC1:OTHER", copy }) };
  const told = content(submission([stored]), []);
  assert.equal(told.papers[0]?.stored, { lookupHash: hashLookupCode("MC1:OTHER"), copy: "c-7" });
  assert.equal(told.papers[0]?.documents, []);
  assert.is(told.holderHash, hashHolder(CODE, NUMBER));
  assert.not.match(JSON.stringify(told), /MC1/, "no code travels");
});

test("a name that differs is told to the officer, and to the citizen where it can be mended; a child's paper is no slip", () => {
  const facts = (form: Record<string, string>, name: string) => ({
    procedureCode: procedure.code,
    identity: identityOf("genuine"),
    form,
    papers: [
      {
        paperId: "birthCertificate",
        pages: [pageOf([fieldOf("fullName", name)], "birthCertificate")],
        corrected: {},
      },
    ],
  });
  const same = facts({ fullName: theCitizen.fullName }, theCitizen.fullName);
  assert.equal(differencesIn(same, procedure, TODAY), []);
  const slip = facts({ fullName: "Nguyễn Văn Mậu" }, theCitizen.fullName);
  assert.equal(differencesIn(slip, procedure, TODAY), [{ where: "form", key: "fullName" }]);
  const child = facts({ fullName: theCitizen.fullName }, "Trần Thị Bé");
  assert.equal(differencesIn(child, procedure, TODAY), []);
  const told = content(submission([], { fullName: "Nguyễn Văn Mậu" }));
  assert.ok(told.checks?.some(({ id, verdict }) => id === "compare.name" && verdict !== "pass"));
});

const jpegPage = async (): Promise<CapturedPage> => ({
  ...pageOf(),
  jpeg: new Pii(
    new Uint8Array(
      await sharp({ create: { width: 248, height: 351, channels: 3, background: "#fff" } })
        .jpeg()
        .toBuffer(),
    ),
  ),
  widthPx: 248,
  heightPx: 351,
  dpi: 30,
  words: new Pii([{ text: "chữ", box: { x: 10, y: 10, w: 40, h: 12 } }]),
});

const scanning = async (
  maker: ScanMaker,
  work: (parts: ScanningParts, journal: () => readonly string[], logged: readonly unknown[]) => Promise<void>,
) =>
  withFolder(async (dir) => {
    const store = openStore({ dir, clock, log: silentLog });
    const logged: unknown[] = [];
    const kiosk = { id: "K01", place: { vi: "Nhà văn hóa", en: "Cultural centre" } };
    const parts: ScanningParts = {
      maker,
      sealKey: () => null,
      kiosk,
      clock,
      log: (_, fields) => logged.push(fields),
      store,
    };
    await work(parts, () => store.journal.open().map(({ kind }) => kind), logged);
    await maker.close();
    store.close();
  });

const order = (pages: readonly CapturedPage[]) => ({
  submission: "s",
  paperId: "birthCertificate",
  title: { vi: "Giấy khai sinh", en: "Birth certificate" },
  pages,
  lookupCode: CODE,
});

test("a paper of two pages is one PDF; that it bears no seal is said", () =>
  scanning(createScanMaker(), async (parts, open, logged) => {
    const made = await documentsOf(parts, order([await jpegPage(), await jpegPage()]), never());
    assert.is(made.length, 1);
    const { mediaType, bytes } = made[0]?.reveal() ?? { mediaType: "", bytes: new Uint8Array() };
    assert.is(mediaType, "application/pdf");
    assert.is(Buffer.from(bytes.subarray(0, 5)).toString(), "%PDF-");
    assert.equal(
      logged.map((fields) => (fields as { made: string }).made),
      ["unsealed"],
    );
    assert.equal(open(), []);
  }));

test("a drawn signature travels as a drawing; one that is left to the desk in words", () => {
  const form = (signature: string) => content(submission([], { signature }), []).form.at(-1);
  const drawn = form("M100 100l250 0 10 -20");
  assert.equal([drawn?.key, drawn?.value, drawn?.drawn], ["signature", "M100 100l250 0 10 -20", true]);
  const desk = form(SIGNS_AT_DESK);
  assert.equal([desk?.value, desk?.drawn], ["Ký hoặc điểm chỉ tại quầy", undefined]);
});

test("when no PDF can be made the pictures go as ever: logged, journalled, settled", () => {
  const broken: ScanMaker = {
    make: async () => {
      throw new FaultError("document.notMade", "no font");
    },
    forget: async () => {},
    close: async () => {},
  };
  return scanning(broken, async (parts, open, logged) => {
    const pages = [await jpegPage(), await jpegPage()];
    const made = await documentsOf(parts, order(pages), never());
    assert.equal(
      made.map((each) => each.reveal().mediaType),
      ["image/jpeg", "image/jpeg"],
    );
    assert.match(JSON.stringify(logged), /"made":"pictures","detail":"no font"/);
    assert.equal(open(), [], "nothing is left open");
    assert.not.ok(
      pages.some(({ jpeg }) => jpeg.dropped),
      "a retry finds its pages",
    );
  });
});

test.run();
