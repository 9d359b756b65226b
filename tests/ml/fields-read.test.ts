// Does a real reading of one paper of each kind give its fields, and trust none that is wrong?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PAPER_CLASSES } from "../../src/core/paper-class.js";
import { layOutPaper, type SampleKind } from "../../src/ml/samples/papers.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { newReader } from "./reader-rig.js";

const reader = newReader();
test.after(() => reader.close());

const SEED = 100;
const TRUSTED = 0.8;
/** Marks on rare words are misread; the figures are the bench's affair (`npm run bench -- --only fields`). */
const MOST_WRONG = 1;

/** A page takes six seconds of one core here: the suite reads the card below, MOTCUA_LONG=1 a paper of each kind. */
const KINDS: readonly SampleKind[] = process.env["MOTCUA_LONG"] === "1" ? PAPER_CLASSES : [];

for (const kind of KINDS)
  test(`${kind}: scanned, told and read`, async () => {
    const paper = layOutPaper(kind, SEED);
    const page = await reader.read({ image: await renderSamplePaper(kind, SEED, { camera: false }) });
    assert.is(page.paperClass, kind);
    const wrong = Object.entries(paper.fields).filter(
      ([key, value]) => page.fields.find((field) => field.key === key)?.value !== value,
    );
    assert.ok(wrong.length <= MOST_WRONG, JSON.stringify(wrong));
    for (const { key, value, confidence, box } of page.fields) {
      assert.ok(confidence < TRUSTED || paper.fields[key] === value, `${key} ${value} ${confidence}`);
      assert.ok(box !== null && box.x >= 0 && box.x + box.w <= page.widthPx, key);
      assert.ok(box.y >= 0 && box.y + box.h <= page.heightPx, key);
    }
  });

test("a card under a phone is not called blurred: its large letters bear wider edges", async () => {
  const paper = layOutPaper("drivingLicence", SEED);
  const page = await reader.read({
    image: await renderSamplePaper("drivingLicence", SEED, { camera: true }),
  });
  assert.is(page.paperClass, "drivingLicence");
  assert.is(page.quality.advice, "none", JSON.stringify(page.quality));
  for (const { key, value, confidence } of page.fields)
    assert.ok(confidence < TRUSTED || paper.fields[key] === value, `${key} ${value} ${confidence}`);
});

test.run();
