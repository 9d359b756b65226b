// By what could print and handwriting be told apart on forms that have both? (What fit.py learns from.)
//
//   node dist/src/ml/training/scripts/collect.js FONTS ROLE FORMS OUT.csv
//
// FONTS is what handwriting/fetch-fonts.js filled; ROLE says whose families fill in the forms. Each form is read as a
// flat scan and as two camera frames, by the reader that the kiosk has. A line of OUT is a word: its form, 1 for a
// hand's and 0 for print, and its features in their order.
import { createWriteStream, existsSync } from "node:fs";
import type { PageLook } from "../../lines/script-features.js";
import { FEATURES, featuresOf } from "../../lines/script-features.js";
import { OcrPool } from "../../ocr-pool.js";
import { loadOpenCv } from "../../page/find-page.js";
import { readPage } from "../../read-page.js";
import type { Box, Word } from "../../reader.js";
import { CONDITIONS, photographUnder } from "../../samples/conditions.js";
import { fillByHand, type HandwrittenForm } from "../../samples/handwritten-form.js";
import { layOutPaper, type SampleKind } from "../../samples/papers.js";
import { type Random, seededRandom } from "../../samples/random.js";
import { renderPage, scanJpeg } from "../../samples/render.js";
import { openUnderstanding } from "../../understand.js";
import { type Face, loadFaces, type Role } from "../handwriting/fonts.js";
import { fillByFont, printedPlaces } from "./filled-form.js";

/** Papers with labelled values come oftener. */
const KINDS: readonly SampleKind[] = [
  "birthCertificate",
  "confirmationLetter",
  "marriageCertificate",
  "householdConfirmation",
];
const OTHER_KINDS: readonly SampleKind[] = ["landUseCertificate", "decision", "drivingLicence", "diploma"];
const SEEDS: Readonly<Record<Role, number>> = { train: 210_000, validation: 310_000, unseen: 410_000 };
const FILLED = 0.6;
const SCAN_DPI = 200;
const MAX_PIXELS = 50e6;

/** One form in six is of another kind; one in eight is filled in by the imitated hand of the samples. */
const formOf = (index: number, seed: number, faces: readonly Face[], random: Random): HandwrittenForm => {
  const kind =
    index % 6 === 5
      ? (OTHER_KINDS[Math.floor(index / 6) % OTHER_KINDS.length] as SampleKind)
      : (KINDS[index % KINDS.length] as SampleKind);
  const paper = layOutPaper(kind, seed);
  return index % 8 === 7 ? fillByHand(paper, random, FILLED) : fillByFont(paper, faces, random, FILLED);
};

const overlap = (a: Box, b: Box): number => {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w <= 0 || h <= 0 ? 0 : w * h;
};

/** 1, 0, or null where it can not be said: under a seal, half in one and half in the other. */
const labelOf = ({ box }: Word, hand: readonly Box[], print: readonly Box[]): 0 | 1 | null => {
  const most = (boxes: readonly Box[]): number =>
    Math.max(0, ...boxes.map((each) => overlap(each, box) / (box.w * box.h)));
  const byHand = most(hand);
  if (byHand > 0.5) return 1;
  return byHand < 0.1 && most(print) > 0.3 ? 0 : null;
};

interface Read {
  readonly words: readonly Word[];
  readonly look: PageLook;
}

const rowsOf = (
  { words, look }: Read,
  { paper, hand }: HandwrittenForm,
  index: number,
): readonly string[] => {
  const [across, down] = [look.page.width / paper.widthMm, look.page.height / paper.heightMm];
  const onPage = ({ x, y, w, h }: Box): Box => ({ x: x * across, y: y * down, w: w * across, h: h * down });
  const hands = hand.map(onPage);
  const prints = printedPlaces(paper).map(onPage);
  return words.flatMap((word) => {
    const label = labelOf(word, hands, prints);
    const features = featuresOf(word, look).map((value) => value.toFixed(5));
    return label === null ? [] : [[index, label, ...features].join(",")];
  });
};

const [fonts = "", role = "", forms = "", file = ""] = process.argv.slice(2);
if (!existsSync(fonts) || !(role in SEEDS) || !(Number(forms) > 0) || file === "") {
  process.stderr.write("collect.js FONTS train|validation|unseen FORMS OUT.csv\n");
  process.exit(2);
}
const faces = loadFaces(fonts, role as Role);
const conditions = CONDITIONS.filter(({ readable, picture }) => readable && "blurPx" in picture);
const { cv } = await loadOpenCv();
let last: Read | null = null;
const parts = {
  cv,
  ocr: new OcrPool(1),
  understanding: await openUnderstanding(cv),
  handwriting: null,
  onLook: (lines: readonly (readonly Word[])[], look: PageLook): void => {
    last = { words: lines.flat(), look };
  },
};
const lastRead = (): Read | null => last;
const out = createWriteStream(file);
out.write(`form,hand,${FEATURES.join(",")}\n`);
for (let index = 0; index < Number(forms); index += 1) {
  const seed = SEEDS[role as Role] + index;
  const random = seededRandom(seed);
  const form = formOf(index, seed, faces, random);
  const page = await renderPage(form.paper, SCAN_DPI);
  const pictures = [
    await scanJpeg(page),
    (await photographUnder(page, random.pick(conditions), seed)).jpeg,
    (await photographUnder(page, random.pick(conditions), seed + 500)).jpeg,
  ];
  for (const picture of pictures) {
    last = null;
    // A picture that is refused teaches nothing: the citizen takes another.
    await readPage(parts, { file: picture, maxPixels: MAX_PIXELS }, () => undefined).catch(() => undefined);
    const read = lastRead();
    if (read !== null) for (const row of rowsOf(read, form, index)) out.write(`${row}\n`);
  }
  process.stdout.write(`${index + 1} of ${forms} forms\n`);
}
await new Promise((resolve) => out.end(resolve));
process.exit(0);
