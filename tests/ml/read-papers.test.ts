import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ReadPage } from "../../src/ml/reader.js";
import { layOutPaper, type SampleKind } from "../../src/ml/samples/papers.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { readingTruths } from "../bench/reading-truths.js";
import { characterErrorRate } from "./character-errors.js";
import { newReader } from "./reader-rig.js";

const reader = newReader();
test.after(() => reader.close());

const PAPERS: readonly (readonly [SampleKind, number])[] = [
  ["birthCertificate", 11],
  ["diploma", 17],
  ["birthCertificate", 13],
  ["diploma", 14],
];

/** One field a page may be misread, as long as the citizen is asked to look at it. */
const MOST_WRONG = 1;
const TRUSTED = 0.8;
/** Percent; diplomas lose a name under the seal in some frames. */
const MOST_CER = 6;

const fieldsOf = (page: ReadPage): Record<string, string> =>
  Object.fromEntries(page.fields.map(({ key, value }) => [key, value]));

for (const [kind, seed] of PAPERS) {
  const paper = layOutPaper(kind, seed);
  for (const camera of [false, true])
    test(`${kind} ${seed}, ${camera ? "under a camera" : "scanned"}: fields as printed, and what is not is not trusted`, async () => {
      const page = await reader.read({ image: await renderSamplePaper(kind, seed, { camera }) });
      assert.is(page.paperClass, kind);
      const read = fieldsOf(page);
      const wrong = Object.entries(paper.fields).filter(([key, value]) => read[key] !== value);
      assert.ok(wrong.length <= MOST_WRONG, JSON.stringify({ wrong, read }));
      for (const { key, value, confidence } of page.fields)
        assert.ok(confidence < TRUSTED || paper.fields[key] === value, `${key}: ${value} (${confidence})`);
      if (!camera) assert.is(page.quality.verdict, "good");
      assert.ok(
        page.fields.every(({ box }) => box !== null && box.x >= 0 && box.x + box.w <= page.widthPx),
        "each field's place is on the page",
      );
      const rates = readingTruths(paper).map((truth) => characterErrorRate(truth, page.text));
      assert.ok(Math.min(...rates) < MOST_CER, `${rates}`);
    });
}

test.run();
