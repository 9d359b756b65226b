// Are two kinds of papers read as they are printed, scanned and under a camera?
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

/** A page takes ten seconds of one core with its rendering: the suite reads one, MOTCUA_LONG=1 all. */
const LONG: readonly (readonly [SampleKind, number, camera: boolean])[] = [
  ["birthCertificate", 11, true],
  ["birthCertificate", 13, false],
  ["birthCertificate", 13, true],
  ["diploma", 14, false],
  ["diploma", 14, true],
  ["diploma", 17, false],
  ["diploma", 17, true],
];
const PAPERS: typeof LONG = [
  ["birthCertificate", 11, false],
  ...(process.env["MOTCUA_LONG"] === "1" ? LONG : []),
];

/** Percent; diplomas lose a name under the seal in some frames. */
const MOST_CER = 3;

const fieldsOf = (page: ReadPage): Record<string, string> =>
  Object.fromEntries(page.fields.map(({ key, value }) => [key, value]));

for (const [kind, seed, camera] of PAPERS)
  test(`${kind} ${seed}, ${camera ? "under a camera" : "scanned"}: as printed, each field on its place`, async () => {
    const paper = layOutPaper(kind, seed);
    const page = await reader.read({ image: await renderSamplePaper(kind, seed, { camera }) });
    assert.is(page.paperClass, kind);
    assert.equal(fieldsOf(page), paper.fields);
    for (const { key, box } of page.fields)
      assert.ok(box !== null && box.x >= 0 && box.x + box.w <= page.widthPx, `${key} lies on the page`);
    assert.is(page.quality.verdict, "good");
    const rates = readingTruths(paper).map((truth) => characterErrorRate(truth, page.text));
    assert.ok(Math.min(...rates) < MOST_CER, `${rates}`);
  });

test.run();
