// What becomes of a page with handwriting when its model is sure, is not sure, or is refused?
//
// The network has random weights and reads nonsense by the same way as a trained one; how sure it is, its calibration
// says, so that both ways can be walked.
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { explainPage } from "../../src/ml/explain.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import type { ReadPage } from "../../src/ml/reader.js";
import { fillByHand } from "../../src/ml/samples/handwritten-form.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";
import { pageText } from "../../src/read-output.js";
import { MAX_MEGAPIXELS } from "./reader-rig.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-hand-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const NETWORK = new URL("./handwriting/tiny-network.bin", import.meta.url);
copyFileSync(NETWORK, join(folder, "network.bin"));
const SHA256 = createHash("sha256").update(readFileSync(NETWORK)).digest("hex");

const manifestWith = (name: string, bias: number, sha256 = SHA256): URL => {
  const entry = {
    ...{ name: "tiny", purpose: "reads nonsense", licence: "Apache-2.0", source: "made for a test" },
    ...{ folder: ".", files: [{ name: "network.bin", sha256 }], threshold: 0.9 },
    handwriting: {
      ...{ network: "steps", language: "vi", measured: "on nothing at all" },
      calibration: {
        temperature: 1,
        letter: [
          [0, 0],
          [1, 1],
        ],
        line: [0, 0, 0, 0, 0, bias],
        fittedOn: "nothing at all",
      },
    },
  };
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ models: [entry] }));
  return pathToFileURL(file);
};

const form = fillByHand(layOutPaper("birthCertificate", 302), seededRandom(302), 0.6);
const image = await scanJpeg(await renderPage(form.paper, 200));

const readWith = async (handwritingManifest: URL): Promise<ReadPage> => {
  const reader = createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: MAX_MEGAPIXELS, workers: 1, handwritingManifest },
  });
  try {
    return await reader.read({ image });
  } finally {
    await reader.close();
  }
};

const handLines = ({ lines }: ReadPage) => lines.filter(({ script }) => script === "hand");
const handFields = ({ fields }: ReadPage) => fields.filter(({ source }) => source === "hand");

test("a model that is sure: each line has its text and how sure it is; fields say that they are from a hand", async () => {
  const page = await readWith(manifestWith("sure", 6));
  const lines = handLines(page);
  assert.ok(lines.length >= 3);
  for (const { hand, from } of lines) {
    assert.ok(hand !== undefined && (hand.text === "" || hand.sure), "a model looked at every line");
    assert.is(page.words[from]?.text, hand.text);
    assert.is(hand.letters.length, hand.text.length);
  }
  assert.ok(lines.some(({ hand }) => hand?.sure === true && hand.confidence > 0.99));
  assert.ok(handFields(page).length > 0);
  assert.ok(page.checks.every(({ id }) => id !== "writing.model"));
  const text = pageText({ file: "form.jpg", page: 1, pages: 1, read: page });
  assert.match(text, /^ {2}handwriting at \d+, \d+: \S.* {2}\(100 %\)$/m);
  assert.ok((await explainPage(page)).length > 10_000);
});

test("a model that is not sure: no guess is passed on, the citizen types", async () => {
  const page = await readWith(manifestWith("unsure", -6));
  assert.ok(handLines(page).length >= 3);
  for (const { hand, from } of handLines(page)) {
    assert.equal([hand?.text, hand?.sure, hand?.letters], ["", false, []]);
    assert.equal([page.words[from]?.text, page.words[from]?.confidence], ["", 0]);
  }
  assert.ok(handFields(page).length > 0);
  for (const { value, confidence, box } of handFields(page)) {
    assert.equal([value, confidence], ["", 0]);
    assert.ok(box !== null, "the officer and the citizen see the place");
  }
  const text = pageText({ file: "form.jpg", page: 1, pages: 1, read: page });
  assert.match(text, /^ {2}handwriting at \d+, \d+: to be typed {2}\(only 0 % sure\)$/m);
});

test("a model that is refused costs its own lines, and the officer reads why", async () => {
  const page = await readWith(manifestWith("refused", 6, "0".repeat(64)));
  assert.is(page.paperClass, "birthCertificate");
  assert.ok(page.fields.some(({ source, value }) => source === "print" && value !== ""));
  assert.ok(handLines(page).every(({ hand }) => hand === undefined));
  const check = page.checks.find(({ id }) => id === "writing.model");
  assert.is(check?.verdict, "unsure");
  assert.match(check?.sentence.en ?? "", /tiny: network\.bin .*sha256 differs/);
});

test.run();
