// Is a page read whichever way up it lies, in bad light, and when it is of a kind that nobody knows?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ReadPage } from "../../src/ml/reader.js";
import { LOW_LIGHT, PHONE_FRAME, photograph } from "../../src/ml/samples/camera.js";
import { layOutPaper, paperText } from "../../src/ml/samples/papers.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";
import { characterErrorRate } from "./character-errors.js";
import { newReader } from "./reader-rig.js";

const reader = newReader();
test.after(() => reader.close());

const fieldsOf = (page: ReadPage): Record<string, string> =>
  Object.fromEntries(page.fields.map(({ key, value }) => [key, value]));

const certificate = layOutPaper("birthCertificate", 11);
const flat = await renderPage(certificate, 200);

for (const degrees of [180, 90])
  test(`a page turned by ${degrees}° is set upright and read`, async () => {
    const image = new Uint8Array(
      await sharp(await scanJpeg(flat))
        .rotate(degrees)
        .jpeg()
        .toBuffer(),
    );
    const page = await reader.read({ image });
    assert.equal(fieldsOf(page), certificate.fields);
    assert.ok(page.heightPx > page.widthPx);
    const { width, height } = await sharp(page.jpeg).metadata();
    assert.equal([width, height], [page.widthPx, page.heightPx]);
    assert.is(page.jpeg.buffer.byteLength, page.jpeg.length, "holds no more memory than its own");
  });

test("in low light fewer than two letters in a hundred are wrong, and progress is told stage by stage", async () => {
  const { jpeg } = await photograph(flat, LOW_LIGHT, 11);
  const stages: string[] = [];
  const page = await reader.read({
    image: jpeg,
    onProgress: (stage, fraction) => {
      assert.ok(fraction >= 0 && fraction <= 1);
      if (stages.at(-1) !== stage) stages.push(stage);
    },
  });
  const rate = characterErrorRate(paperText(certificate), page.text);
  assert.ok(rate <= 2, `${rate.toFixed(2)} %`);
  assert.equal(stages, ["decoding", "reading", "extracting"]);
});

test("a paper of another kind is read, and said to be unknown", async () => {
  const letter = {
    ...certificate,
    drawing: "",
    items: certificate.items.filter(({ text }) => !/KHAI SINH/i.test(text)),
  };
  const page = await reader.read({ image: await scanJpeg(await renderPage(letter, 200)) });
  assert.is(page.paperClass, "unknown");
  assert.equal(page.fields, []);
  assert.match(page.text, /Độc lập - Tự do - Hạnh phúc/);
});

test("a frame out of focus is called poor", async () => {
  const { jpeg } = await photograph(flat, { ...PHONE_FRAME, blurPx: 9 }, 11);
  const outcome = await reader.read({ image: jpeg }).then(
    ({ quality }) => quality.verdict,
    (error: unknown) => (error as { code?: string }).code,
  );
  assert.ok(outcome === "poor" || outcome === "paper.absent", String(outcome));
});

test.run();
