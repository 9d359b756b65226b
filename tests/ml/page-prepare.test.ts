// Is the page that comes out of a frame straight, in its true shape, white, and coloured where it was?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeFrame } from "../../src/ml/page/decode.js";
import { loadOpenCv } from "../../src/ml/page/find-page.js";
import { recogniseSize } from "../../src/ml/page/paper-size.js";
import { preparePage } from "../../src/ml/page/prepare.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { scanJpeg } from "../../src/ml/samples/render.js";
import { samplePage, smallFrame } from "./page-frames.js";

const { cv } = await loadOpenCv();
const page = await samplePage("birthCertificate", 43);
const { seal } = layOutPaper("birthCertificate", 43);
const prepare = (file: Uint8Array) => preparePage(cv, file, { maxPixels: 50e6, turn: 0 });

/** Median colour of the part of a page in 0…1 of it. */
const colourAt = async (jpeg: Uint8Array, x: number, y: number, size: number): Promise<readonly number[]> => {
  const { width = 0, height = 0 } = await sharp(jpeg).metadata();
  const left = Math.round((x - size / 2) * width);
  const top = Math.round((y - size / 2) * height);
  const region = { left, top, width: Math.round(size * width), height: Math.round(size * height) };
  const { data } = await sharp(jpeg).extract(region).raw().toBuffer({ resolveWithObject: true });
  return [0, 1, 2].map((k) => {
    const values = data.filter((_, i) => i % 3 === k).sort();
    return values[values.length >> 1] ?? 0;
  });
};

for (const name of ["strong perspective", "askew by 14°", "barrel distortion"])
  test(`${name}: the page has the shape of A4, and its size is told`, async () => {
    const { jpeg } = await smallFrame(page, name, 43);
    const { widthPx, heightPx, dpi, quality } = await prepare(jpeg);
    assert.ok(Math.abs(heightPx / widthPx / Math.SQRT2 - 1) < 0.015, String(heightPx / widthPx));
    assert.ok(dpi !== null && Math.abs((dpi * 297) / 25.4 / heightPx - 1) < 0.02, `${dpi} dpi`);
    assert.ok(Math.abs(quality.skewDegrees) < 0.4, String(quality.skewDegrees));
  });

test("paper comes out white and the seal red, under a yellow lamp and across a window's shadow", async () => {
  assert.ok(seal !== null);
  for (const name of ["lamp light, yellow", "shadow of a window's edge"]) {
    const { jpeg } = await smallFrame(page, name, 43);
    const picture = await (await prepare(jpeg)).forPeople();
    // Bare paper on both sides of the shadow, and the middle of the seal's star.
    for (const [x, y] of [
      [0.04, 0.3],
      [0.96, 0.3],
      [0.2, 0.95],
    ] as const) {
      const paper = await colourAt(picture, x, y, 0.02);
      assert.ok(Math.min(...paper) > 232, `${name}, paper at ${x}, ${y}: ${paper.join(" ")}`);
    }
    const [r = 0, g = 0, b = 0] = await colourAt(picture, seal.x / 210, seal.y / 297, 0.012);
    assert.ok(r > g + 60 && r > b + 60, `${name}, seal: ${r} ${g} ${b}`);
  }
});

test("scans rotated by 5° and 7.5° come out straight", async () => {
  for (const degrees of [5, -7.5]) {
    const first = await prepare(await scanJpeg(page, degrees));
    assert.ok(Math.abs(Math.abs(first.quality.skewDegrees) - Math.abs(degrees)) < 0.3);
    const again = await prepare(await first.forPeople());
    assert.ok(Math.abs(again.quality.skewDegrees) < 0.3, String(again.quality.skewDegrees));
  }
});

test("a scan keeps the resolution that its file states; a file that states none has none", async () => {
  const scan = await scanJpeg(page);
  assert.is((await prepare(scan)).dpi, null);
  const stated = await sharp(scan).withMetadata({ density: 200 }).jpeg().toBuffer();
  const { dpi, widthPx } = await prepare(new Uint8Array(stated));
  assert.is(Math.round((widthPx / page.width) * 200), dpi);
});

test("grey pictures and ones with transparency are looked at like any other", async () => {
  const { jpeg } = await smallFrame(page, "kiosk camera", 43);
  const grey = await sharp(jpeg).grayscale().png().toBuffer();
  const clear = await sharp(jpeg).ensureAlpha(0.7).png().toBuffer();
  for (const file of [grey, clear]) assert.is((await decodeFrame(new Uint8Array(file))).data.length % 3, 0);
  assert.is((await prepare(new Uint8Array(grey))).quality.advice, "none");
});

test("sizes are told by shape and, among the A sizes, by their letters", () => {
  assert.is(recogniseSize(85.6 / 53.98, null)?.name, "ID-1");
  assert.is(recogniseSize(210 / 297, null)?.name, "A4");
  assert.is(recogniseSize(148 / 210, 3.2 / 210)?.name, "A5");
  assert.is(recogniseSize(297 / 420, 3.2 / 420)?.name, "A3");
  assert.is(recogniseSize(1, null), null);
});

test.run();
