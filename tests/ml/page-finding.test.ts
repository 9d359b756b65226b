// How near to the real corners of the page are those that are found?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { findPage, loadOpenCv } from "../../src/ml/page/find-page.js";
import { applyHomography, distance, homography, type Quad } from "../../src/ml/page/homography.js";
import { type Gray, toGray } from "../../src/ml/page/raster.js";
import { LOW_LIGHT, PHONE_FRAME, photograph } from "../../src/ml/samples/camera.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";

const { cv } = await loadOpenCv();

const grayOf = async (jpeg: Uint8Array): Promise<Gray> => {
  const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return toGray({ width: info.width, height: info.height, data });
};

/** Mean distance in frame pixels; corners may be named from any of the four. */
const cornerError = (found: Quad, truth: Quad): number =>
  Math.min(
    ...[0, 1, 2, 3].map(
      (shift) =>
        truth.reduce((sum, corner, i) => sum + distance(corner, found[((i + shift) % 4) as 0] ?? corner), 0) /
        4,
    ),
  );

const CASES = [
  ["on wood", PHONE_FRAME],
  ["on cloth", { ...PHONE_FRAME, background: "cloth" }],
  ["on the tray", { ...PHONE_FRAME, background: "tray" }],
  ["in low light", LOW_LIGHT],
  ["askew by 7°", { ...PHONE_FRAME, rotateDegrees: 7, perspective: 0.02 }],
] as const;

for (const [what, model] of CASES)
  test(`${what}: corners within half a percent of the frame`, async () => {
    for (const [kind, seed] of [
      ["birthCertificate", 21],
      ["diploma", 22],
    ] as const) {
      const page = await renderPage(layOutPaper(kind, seed), 150);
      const frame = await photograph(page, model, seed);
      const found = findPage(cv, await grayOf(frame.jpeg));
      assert.ok(found !== null, `${kind}: no page`);
      const error = found === null ? Number.POSITIVE_INFINITY : cornerError(found, frame.quad);
      assert.ok(error < 0.005 * model.heightPx, `${kind}: ${error.toFixed(1)} px`);
    }
  });

test("a scan is its own page, and an empty tray has none", async () => {
  const page = await renderPage(layOutPaper("birthCertificate", 23), 150);
  assert.is(findPage(cv, await grayOf(await scanJpeg(page))), null);
  const empty = sharp({ create: { width: 1_200, height: 1_600, channels: 3, background: "#34363a" } });
  assert.is(findPage(cv, await grayOf(await empty.jpeg().toBuffer())), null);
});

test("a homography takes its four points where it should; points on one line give none", () => {
  const from: Quad = [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
    { x: 100, y: 140 },
    { x: 0, y: 140 },
  ];
  const to: Quad = [
    { x: 12, y: 7 },
    { x: 131, y: 19 },
    { x: 118, y: 171 },
    { x: 3, y: 150 },
  ];
  const h = homography(from, to);
  assert.ok(h !== null);
  from.forEach((corner, i) => {
    assert.ok(h !== null && distance(applyHomography(h, corner), to[i as 0]) < 1e-6);
  });
  const line: Quad = [from[0], from[1], from[0], from[1]];
  assert.is(homography(line, to), null);
});

test.run();
