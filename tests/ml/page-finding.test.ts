// How near to the real outline of the page is the one that is found, on any background?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodePage } from "../../src/ml/page/decode.js";
import { loadOpenCv, searchPage } from "../../src/ml/page/find-page.js";
import { applyHomography, distance, homography, type Quad } from "../../src/ml/page/homography.js";
import type { Rgb } from "../../src/ml/page/raster.js";
import { refineQuad } from "../../src/ml/page/refine.js";
import { BACKGROUNDS } from "../../src/ml/samples/backgrounds.js";
import { type CameraModel, LOW_LIGHT, PHONE_FRAME, photograph } from "../../src/ml/samples/camera.js";
import { KIOSK_FRAME } from "../../src/ml/samples/conditions.js";
import { layOutPaper, type SampleKind } from "../../src/ml/samples/papers.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";
import { overlap } from "./quad-overlap.js";

const { cv } = await loadOpenCv();

const decoded = async (jpeg: Uint8Array): Promise<Rgb> => (await decodePage(jpeg, 50e6)).image;

const found = (image: Rgb): Quad | null => {
  const { page, factor } = searchPage(cv, image);
  if (page === null) return null;
  return refineQuad(image, page.quad, { own: page.own, bright: page.bright, reachPx: 2.5 * factor + 2 }).quad;
};

const pages = new Map<string, Rgb>();
const pageOf = async (kind: SampleKind, seed: number): Promise<Rgb> => {
  const key = `${kind} ${seed}`;
  const page = pages.get(key) ?? (await renderPage(layOutPaper(kind, seed), 110));
  pages.set(key, page);
  return page;
};

/** Two megapixels: the finder works on half a megapixel, and the sample camera is slow. */
const SMALL: CameraModel = {
  ...PHONE_FRAME,
  widthPx: 1_224,
  heightPx: 1_632,
  blurPx: 0.6,
  light: [0.9, 0.55],
  noise: 5,
};

test("mean overlap of 0.97 and more over all backgrounds, and no page below 0.95", async () => {
  const overlaps: number[] = [];
  // Each background once, upright and lying in turn; all of both are in `npm run bench -- --only page-overlap`.
  for (const [index, background] of BACKGROUNDS.entries()) {
    const [kind, rotateDegrees, tiltDegrees] =
      index % 2 === 0 ? (["birthCertificate", -2, 3] as const) : (["diploma", 8, 14] as const);
    const upright = kind === "birthCertificate";
    const frame = await photograph(
      await pageOf(kind, 31),
      {
        ...SMALL,
        widthPx: upright ? 1_224 : 1_632,
        heightPx: upright ? 1_632 : 1_224,
        background,
        rotateDegrees,
        pose: { tiltDegrees, panDegrees: -tiltDegrees / 2, fill: 0.86 },
      },
      31,
    );
    const quad = found(await decoded(frame.jpeg));
    const share = quad === null ? 0 : overlap(quad, frame.quad);
    assert.ok(share > 0.95, `${kind} on ${background}: ${share.toFixed(3)}`);
    overlaps.push(share);
  }
  const mean = overlaps.reduce((sum, share) => sum + share, 0) / overlaps.length;
  assert.ok(mean >= 0.97, mean.toFixed(4));
});

for (const [what, change] of [
  ["in low light", { light: LOW_LIGHT.light, noise: LOW_LIGHT.noise }],
  ["askew by 17°", { rotateDegrees: 17 }],
  [
    "with a window's shadow over it",
    { shadows: [{ kind: "edge", at: [0.5, 0.5], degrees: 80, depth: 0.5, soft: 0.01 }] },
  ],
  ["with a finger over a corner", { fingers: [{ tip: [0.06, 0.95], towardsDegrees: 125, width: 0.1 }] }],
  ["with a finger over a side", { fingers: [{ tip: [0.9, 0.5], towardsDegrees: 5, width: 0.1 }] }],
] as const satisfies readonly (readonly [string, Partial<CameraModel>])[])
  test(`${what}: overlap of 0.98 and more`, async () => {
    const frame = await photograph(
      await pageOf("birthCertificate", 31),
      { ...SMALL, pose: { tiltDegrees: 5, panDegrees: 3, fill: 0.85 }, ...change },
      7,
    );
    const quad = found(await decoded(frame.jpeg));
    const share = quad === null ? 0 : overlap(quad, frame.quad);
    assert.ok(share >= 0.98, share.toFixed(4));
  });

test("a card of a thirtieth of the frame is found", async () => {
  const card = await renderPage({ ...layOutPaper("diploma", 3), widthMm: 270, heightMm: 170.3 }, 60);
  const frame = await photograph(
    card,
    { ...SMALL, background: "tray", pose: { tiltDegrees: 3, panDegrees: 1, fill: 0.24 } },
    3,
  );
  const quad = found(await decoded(frame.jpeg));
  const share = quad === null ? 0 : overlap(quad, frame.quad);
  assert.ok(share >= 0.96, share.toFixed(4));
});

test("a scan is its own page, and an empty tray, wood and tiles have none", async () => {
  const page = await pageOf("birthCertificate", 31);
  assert.is(found(await decoded(await scanJpeg(page))), null);
  for (const background of ["tray", "wood", "tiles"] as const) {
    const { jpeg } = await photograph(
      page,
      { ...SMALL, background, pose: { tiltDegrees: 0, panDegrees: 0, fill: 0.2, offset: [3, 3] } },
      4,
    );
    assert.is(found(await decoded(jpeg)), null, background);
  }
});

/** A table's pattern is painted in frame pixels: here it is as large to a sheet as under the kiosk's own camera. */
const TABLE: CameraModel = { ...KIOSK_FRAME, widthPx: 1_836, heightPx: 2_448 };

const shareOf = async (page: Rgb, model: CameraModel): Promise<number> => {
  const frame = await photograph(page, model, 31);
  const quad = found(await decoded(frame.jpeg));
  return quad === null ? 0 : overlap(quad, frame.quad);
};

for (const [background, rotateDegrees, fill] of [
  ["patterned", 4, 0.5],
  ["striped", -19, 0.66],
  ["newspaper", 15, 0.46],
] as const)
  test(`a diploma on ${background} is found at its paper's edge and not at its printed frame`, async () => {
    const share = await shareOf(await pageOf("diploma", 31), {
      ...TABLE,
      widthPx: 2_448,
      heightPx: 1_836,
      background,
      rotateDegrees,
      pose: { tiltDegrees: 6, panDegrees: -3, fill },
    });
    // Its printed frame has 0.87 of its paper.
    assert.ok(share >= 0.98, share.toFixed(4));
  });

for (const [background, rotateDegrees, fill] of [
  ["striped", -13, 0.5],
  ["tiles", 14, 0.33],
] as const)
  test(`a small sheet is found on a ${background} table`, async () => {
    const share = await shareOf(await pageOf("birthCertificate", 31), {
      ...TABLE,
      background,
      rotateDegrees,
      pose: { tiltDegrees: 5, panDegrees: 3, fill, offset: [-0.15, 0.1] },
    });
    assert.ok(share >= 0.98, share.toFixed(4));
  });

for (const seed of [5, 8])
  test(`an empty tiled table is no sheet (${seed})`, async () => {
    const { jpeg } = await photograph(
      await pageOf("birthCertificate", 31),
      { ...TABLE, background: "tiles", pose: { tiltDegrees: 0, panDegrees: 0, fill: 0.2, offset: [3, 3] } },
      seed,
    );
    assert.is(found(await decoded(jpeg)), null);
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
