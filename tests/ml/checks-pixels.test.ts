// Do the checks see what was done to a page, and nothing on a page that nobody touched?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckId } from "../../src/ml/checks/catalogue.js";
import { isCheckId } from "../../src/ml/checks/catalogue.js";
import type { Check } from "../../src/ml/checks/check.js";
import { checkFile } from "../../src/ml/checks/file-checks.js";
import { checkPage, type PageInput } from "../../src/ml/checks/page-checks.js";
import { checkGrounds } from "../../src/ml/checks/paste.js";
import { planesOf } from "../../src/ml/checks/planes.js";
import { checkSeals } from "../../src/ml/checks/seal-checks.js";
import { checkSheets, sheetOf } from "../../src/ml/checks/sheets.js";
import { emptyRgb } from "../../src/ml/page/homography.js";
import type { Rgb } from "../../src/ml/page/raster.js";
import { PHONE_FRAME, photograph } from "../../src/ml/samples/camera.js";
import { type Forged, type ForgeryKind, forge, pageToForge } from "../../src/ml/samples/forgeries.js";
import { inkSeal, scannedPage } from "../../src/ml/samples/ink.js";
import { layOutPaper, type SampleKind, type SamplePaper } from "../../src/ml/samples/papers.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { scanDpi } from "../../src/ml/samples/render.js";
import { perfectlyRead } from "./laid-words.js";

const DPI = 180;
/** Enough where no letter is looked at. */
const COARSE_DPI = 130;

const failed = (checks: readonly Check[]): readonly Check[] =>
  checks.filter(({ verdict }) => verdict === "fail");
const told = (checks: readonly Check[]): string =>
  failed(checks)
    .map(({ id, sentence }) => `${id}: ${sentence.en}`)
    .join("; ");

interface Made {
  readonly paper: SamplePaper;
  readonly page: Rgb;
  readonly changes: readonly Forged[];
}

const saved = async (page: Rgb, quality: number): Promise<Uint8Array> => {
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  return new Uint8Array(await sharp(page.data, { raw }).jpeg({ quality }).toBuffer());
};

const opened = async (file: Uint8Array, like: Rgb): Promise<Rgb> => ({
  ...like,
  data: new Uint8Array(await sharp(file).removeAlpha().raw().toBuffer()),
});

/** Forged on the paper, one change after the other, then scanned. */
const make = async (
  kinds: readonly ForgeryKind[],
  sample: SampleKind,
  seed: number,
  dpi = DPI,
): Promise<Made> => {
  const paper = layOutPaper(sample, seed);
  let page = await pageToForge(kinds.includes("seal drawn") ? "seal drawn" : "none", paper, {
    dpi,
    seed,
  });
  if (page === null) throw new Error(`${sample} can not be made`);
  const changes: Forged[] = [];
  for (const kind of kinds) {
    const forged: Forged | null = await forge(kind, page, paper, seed);
    if (forged === null) throw new Error(`${kind} has nothing to work on`);
    changes.push(forged);
    page = forged.page;
  }
  return { paper, page: await scannedPage(page, seed), changes };
};

const covers = ({ paper, page }: Omit<Made, "changes">, { area }: Forged, { box }: Check): boolean => {
  if (area === null || box === null) return false;
  const scale = page.width / paper.widthMm;
  const { x, y, w, h } = area;
  return (
    box.x < (x + w) * scale &&
    box.x + box.w > x * scale &&
    box.y < (y + h) * scale &&
    box.y + box.h > y * scale
  );
};

/** One page that nobody touched serves several tests: drawing it takes longer than judging it. */
const UNTOUCHED = make([], "birthCertificate", 21);
const SEEN = UNTOUCHED.then(({ paper, page }) => perfectlyRead(paper, page));

test("nothing is held against a page that nobody touched", async () => {
  const checks = checkPage(await SEEN);
  assert.is(told(checks), "");
  assert.ok(checks.some(({ id, verdict }) => id === "seal.present" && verdict === "pass"));
  assert.ok(checks.every(({ id }) => isCheckId(id)));
});

test("a digit on a card gives reason to look, and its coloured ground is no second paper", async () => {
  const card = await make(["digit in another size"], "drivingLicence", 22, 400);
  const checks = checkPage(perfectlyRead(card.paper, card.page)).filter(({ verdict }) => verdict !== "pass");
  const [change] = card.changes;
  assert.ok(
    checks.some((check) => check.id === "word.font" && change !== undefined && covers(card, change, check)),
    told(checks),
  );
  for (const { id, verdict } of checks) {
    assert.is.not(id, "word.pasted");
    assert.ok(id !== "word.font" || verdict === "unsure");
  }
});

type Change = readonly [ForgeryKind, CheckId];

const CHANGED: readonly Change[] = [
  ["digit in another size", "word.font"],
  ["name on a strip", "word.pasted"],
  ["seal twice", "seal.twin"],
];
const DRAWN: readonly Change[] = [
  ["seal drawn", "seal.flat"],
  ["digit moved from elsewhere", "word.font"],
];
const made = (sample: SampleKind, seed: number, changes: readonly Change[]): Promise<Made> =>
  make(
    changes.map(([kind]) => kind),
    sample,
    seed,
  );
const DRAWN_PAGE = made("decision", 34, DRAWN);

const FORGED = [
  { page: made("confirmationLetter", 33, CHANGED), changes: CHANGED },
  { page: DRAWN_PAGE, changes: DRAWN },
];

for (const { page, changes } of FORGED)
  test(`${changes.map(([kind]) => kind).join(", ")}: each is told, with its place, and nothing else`, async () => {
    const made = await page;
    const checks = failed(checkPage(perfectlyRead(made.paper, made.page)));
    for (const [index, [kind, id]] of changes.entries()) {
      const change = made.changes[index];
      const found = checks.find(
        (check) => check.id === id && change !== undefined && covers(made, change, check),
      );
      assert.ok(found, `${kind}: ${told(checks) || "nothing was found"}`);
      assert.ok((found?.sentence.vi.split(" ").length ?? 99) <= 20);
    }
    const elsewhere = checks.filter((check) => !made.changes.some((change) => covers(made, change, check)));
    assert.is(told(elsewhere), "");
  });

test("a printed emblem, where nobody signs, is no stamp", async () => {
  const { paper, page } = await DRAWN_PAGE;
  const input = perfectlyRead(paper, page);
  const planes = planesOf(input);
  const flats = (change: Partial<PageInput>): readonly string[] =>
    checkSeals({ ...input, ...change }, planes).flatMap(({ id, verdict }) =>
      id === "seal.flat" ? verdict : [],
    );
  assert.equal(flats({}), ["fail"]);
  assert.equal(flats({ lines: [] }), ["unsure"], "a paper that needs a stamp, and nobody knows where");
  assert.equal(flats({ lines: [], paperClass: "landUseCertificate" }), []);
});

test("a shade that is nothing under one word is told under three words side by side", async () => {
  const input = await SEEN;
  const line = input.lines.find(({ from, to }) =>
    [0, 1, 2].every((place) => from + place < to && (input.words[from + place]?.text.length ?? 0) > 2),
  );
  const words = input.words.slice(line?.from, (line?.from ?? 0) + 3);
  const random = seededRandom(21);
  const shaded = (count: number, steps = 2): readonly Check[] => {
    const { width, height } = input.page;
    const page = { width, height, data: input.page.data.slice() };
    for (const { box } of words.slice(0, count))
      for (let y = box.y - 2; y < box.y + box.h + 2; y += 1)
        for (let i = (y * width + box.x) * 3; i < (y * width + box.x + box.w) * 3; i += 1)
          page.data[i] = Math.max(0, (page.data[i] ?? 0) - Math.floor(steps + random.next()));
    return checkGrounds(planesOf({ ...input, page }), input.words);
  };
  assert.ok(shaded(1).every(({ verdict }) => verdict === "pass"));
  const [found] = shaded(3).filter(({ verdict }) => verdict !== "pass");
  assert.is(found?.id, "word.pasted");
  for (const { text } of words) assert.ok(found?.sentence.vi.includes(text), found?.sentence.vi);
  const faint = shaded(3, 1.25).filter(({ verdict }) => verdict !== "pass");
  assert.equal(
    faint.map(({ id, verdict }) => [id, verdict]),
    [["word.pasted", "unsure"]],
    "a step and a quarter is seen, and no more than seen",
  );
  assert.ok(shaded(3, 0.4).every(({ verdict }) => verdict === "pass"));
});

test("a photocopy is told from an original", async () => {
  const made = await make(["photocopy"], "decision", 36, COARSE_DPI);
  const ids = failed(checkPage(perfectlyRead(made.paper, made.page))).map(({ id }) => id);
  assert.ok(ids.includes("page.photocopy"), ids.join());
});

/** A phone's frame of fewer pixels: the lattice shows in it as well. */
const CLOSE = { ...PHONE_FRAME, widthPx: 1_224, heightPx: 1_632 };

test("a display is told from paper, and nothing else is said of what it shows", async () => {
  const paper = layOutPaper("decision", 37);
  const page = await pageToForge("screen", paper, { dpi: COARSE_DPI, seed: 37 });
  const shown = page === null ? null : await forge("screen", page, paper, 37);
  if (page === null || shown === null) throw new Error("nothing is shown");
  const framed = async (held: Rgb): Promise<Rgb> => {
    const { jpeg } = await photograph(held, CLOSE, 37);
    return opened(jpeg, { ...held, width: CLOSE.widthPx, height: CLOSE.heightPx });
  };
  const seen = perfectlyRead(paper, page, "camera");
  const checks = checkPage({ ...seen, frame: await framed(shown.page) });
  assert.ok(failed(checks).some(({ id }) => id === "page.screen"));
  assert.not.ok(checks.some(({ id }) => id.startsWith("seal.")));
  const held = checkPage({ ...seen, frame: await framed(page) });
  assert.ok(held.some(({ id, verdict }) => id === "page.screen" && verdict === "pass"));
});

test("a seal that was stamped twice by hand is no copy of itself", async () => {
  const paper = layOutPaper("marriageCertificate", 35);
  const { seal } = paper;
  if (seal === null) throw new Error("the sample has no seal");
  const flat = await pageToForge("none", { ...paper, seal: null }, { dpi: DPI, seed: 35 });
  const twice = flat === null ? null : await forge("seal twice", flat, paper, 35);
  if (twice?.area == null) throw new Error("there is no room for a second seal");
  const pxPerMm = twice.page.width / paper.widthMm;
  const stamp = (x: number, y: number) => ({
    x: x * pxPerMm,
    y: y * pxPerMm,
    radius: seal.radius * pxPerMm,
    pxPerMm,
  });
  const once = inkSeal(twice.page, stamp(seal.x, seal.y), 1);
  const both = inkSeal(once, stamp(twice.area.x + seal.radius, twice.area.y + seal.radius), 2);
  const checks = checkPage(perfectlyRead(paper, await scannedPage(both, 35)));
  assert.not.ok(checks.some(({ id, verdict }) => id === "seal.twin" && verdict !== "pass"));
});

test("a page without writing is blank", async () => {
  const page = emptyRgb(1_240, 1_754);
  page.data.fill(244);
  const checks = checkPage({ ...(await SEEN), page, words: [], lines: [], fields: [] });
  assert.ok(failed(checks).some(({ id }) => id === "page.blank"));
});

test("a page whose lines run into its edge was cut", async () => {
  const input = await SEEN;
  const { page } = input;
  const width = Math.round(page.width * 0.55);
  const data = new Uint8Array(width * page.height * 3);
  for (let y = 0; y < page.height; y += 1)
    data.set(page.data.subarray(y * page.width * 3, (y * page.width + width) * 3), y * width * 3);
  const seen = input.words.map((word) => ({
    ...word,
    box: { ...word.box, w: Math.max(1, Math.min(word.box.w, width - word.box.x)) },
    confidence: word.box.x < width ? 0.9 : 0,
  }));
  const checks = checkPage({ ...input, page: { width, height: page.height, data }, words: seen });
  assert.ok(
    failed(checks).some(({ id }) => id === "page.cut"),
    told(checks),
  );
});

test("a page whose margin was cut off has a format that such papers do not have", async () => {
  const input = await SEEN;
  const { page } = input;
  const left = Math.round(page.width * 0.09);
  const width = page.width - 2 * left;
  const data = new Uint8Array(width * page.height * 3);
  for (let y = 0; y < page.height; y += 1) {
    const from = (y * page.width + left) * 3;
    data.set(page.data.subarray(from, from + width * 3), y * width * 3);
  }
  const words = input.words.map((word) => ({
    ...word,
    box: { ...word.box, x: Math.max(40, word.box.x - left) },
  }));
  const cut = checkPage({ ...input, page: { width, height: page.height, data }, words });
  assert.is(cut.find(({ id }) => id === "page.cut")?.verdict, "unsure", told(cut));
  assert.is(checkPage(input).find(({ id }) => id === "page.cut")?.verdict, "pass");
});

test("pages of one paper are of one size and one white", async () => {
  const { page } = await UNTOUCHED;
  const sheet = sheetOf(page, DPI);
  assert.is(sheet.widthMm, 210);
  assert.is(sheet.heightMm, 297);
  assert.equal(checkSheets("p", [sheet, { ...sheet, page: 1 }]), []);
  const [small] = checkSheets("p", [sheet, { ...sheet, page: 1, heightMm: 210, widthMm: 148 }]);
  assert.is(small?.id, "pages.alike");
  const [blue] = checkSheets("p", [sheet, { ...sheet, page: 1, white: [200, 220, 250] }]);
  assert.is(blue?.verdict, "unsure");
});

test("what was put into a file between two savings is told, and a file that was saved twice whole is not", async () => {
  const paper = layOutPaper("birthCertificate", 41);
  const drawn = await pageToForge("none", paper, { dpi: DPI, seed: 41 });
  if (drawn === null) throw new Error("nothing was drawn");
  const scan = await opened(await saved(await scannedPage(drawn, 41), 80), drawn);
  assert.equal(await checkFile(await saved(scan, 92), scan), []);
  const forged = await forge("name typed over", scan, paper, 41);
  if (forged === null) throw new Error("there is no name");
  const [found, ...others] = await checkFile(await saved(forged.page, 92), scan);
  assert.is(found?.id, "file.edited");
  assert.is(found?.verdict, "fail");
  assert.ok(found !== undefined && covers({ paper, page: scan }, forged, found));
  assert.is(others.length, 0);
});

test("coloured print and tinted cards that were saved twice whole stand on the first lattice, too", async () => {
  const paper = layOutPaper("diploma", 8_403);
  const drawn = await pageToForge("none", paper, { dpi: scanDpi(paper), seed: 8_403 });
  if (drawn === null) throw new Error("nothing was drawn");
  assert.equal(await checkFile(await saved(await scannedPage(drawn, 8_403), 92)), []);
});

test("a file says which editor it went through; what is no JPEG says nothing", async () => {
  const page = emptyRgb(320, 320);
  const raw = { width: 320, height: 320, channels: 3 as const };
  const edited = await sharp(page.data, { raw })
    .withExif({ IFD0: { Software: "Adobe Photoshop 25.1" } })
    .jpeg()
    .toBuffer();
  const [check] = await checkFile(new Uint8Array(edited));
  assert.is(check?.verdict, "unsure");
  assert.match(check?.sentence.en ?? "", /Photoshop/);
  for (const file of [new Uint8Array(0), Uint8Array.of(0xff, 0xd8), new Uint8Array(edited.subarray(0, 300))])
    assert.equal(await checkFile(file), []);
});

test.run();
