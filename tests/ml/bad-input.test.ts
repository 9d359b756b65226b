// What does the reader say to files that are no picture of a paper, and does it stay whole?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderPage, renderSamplePaper } from "../../src/ml/samples/render.js";
import { faultOf, newReader } from "./reader-rig.js";

const reader = newReader();
test.after(() => reader.close());

const SECONDS = 60;
const paper = layOutPaper("birthCertificate", 11);
const flat = await renderPage(paper, 200);
const raw = { width: flat.width, height: flat.height, channels: 3 as const };
const page = () => sharp(flat.data, { raw });
const good = await renderSamplePaper("birthCertificate", 11, { camera: false });

const refuses = (what: string, make: () => Promise<Uint8Array> | Uint8Array, code: string, detail: RegExp) =>
  test(`${what}: ${code}, and says why`, async () => {
    const image = await make();
    const started = performance.now();
    const fault = await faultOf(reader.read({ image }));
    assert.is(fault.code, code, fault.detail);
    assert.match(fault.detail, detail);
    assert.not.match(fault.detail, /\n/);
    assert.ok(performance.now() - started < SECONDS * 1_000, "took too long");
  });

refuses("an empty file", () => new Uint8Array(0), "paper.unreadable", /empty/);
refuses("a text file", () => Buffer.from("Họ và tên: …\n".repeat(500)), "paper.unreadable", /no image/);
refuses("a PDF", () => Buffer.from("%PDF-1.7\n%âãÏÓ\n1 0 obj\n"), "paper.unreadable", /PDF/);
refuses(
  "a JPEG cut in half",
  () => good.subarray(0, good.length / 2),
  "paper.unreadable",
  /breaks off|damaged/,
);
refuses("a JPEG's first bytes", () => good.subarray(0, 12), "paper.unreadable", /no image/);
refuses(
  "an SVG that wants another file",
  () =>
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"><image href="file:///etc/hostname" width="9" height="9"/></svg>',
    ),
  "paper.unreadable",
  /svg is not a kind/,
);
refuses(
  "a PNG of 100 megapixels in a few kilobytes",
  () =>
    sharp({ create: { width: 10_000, height: 10_000, channels: 3, background: "#fff" } })
      .png()
      .toBuffer(),
  "paper.tooLarge",
  /100 megapixels, more than the 50/,
);
refuses(
  "a picture of 40 × 40",
  () => page().resize(40, 40, { fit: "fill" }).png().toBuffer(),
  "paper.unreadable",
  /only 40 × 40/,
);
refuses(
  "a ribbon",
  () =>
    sharp({ create: { width: 64, height: 20_000, channels: 3, background: "#fff" } })
      .png()
      .toBuffer(),
  "paper.unreadable",
  /not the shape/,
);
refuses(
  "a picture of 64 × 64",
  () => page().resize(64, 64, { fit: "fill" }).png().toBuffer(),
  "paper.absent",
  /writing|written/,
);
refuses(
  "a blank page",
  () =>
    sharp({ create: { width: 1654, height: 2339, channels: 3, background: "#fffdf6" } })
      .jpeg()
      .toBuffer(),
  "paper.absent",
  /written/,
);
refuses(
  "a black frame",
  () =>
    sharp({ create: { width: 1654, height: 2339, channels: 3, background: "#000" } })
      .jpeg()
      .toBuffer(),
  "paper.absent",
  /written|writing/,
);

const reads = (what: string, make: () => Promise<Uint8Array>) =>
  test(`${what} is read like any other`, async () => {
    const { text, paperClass, widthPx, heightPx } = await reader.read({ image: await make() });
    assert.is(paperClass, "birthCertificate");
    assert.match(text, /GIẤY KHAI SINH/);
    assert.ok(heightPx > widthPx, "upright");
  });

reads("a CMYK JPEG", () => page().toColourspace("cmyk").jpeg({ quality: 90 }).toBuffer());
reads("a 16-bit PNG", () => page().toColourspace("rgb16").png().toBuffer());
reads("a grey PNG with transparency", () => page().toColourspace("b-w").ensureAlpha(1).png().toBuffer());
reads("a JPEG that lies on its side, with an EXIF note that says so", async () =>
  sharp(await page().rotate(-90).jpeg().toBuffer())
    .withMetadata({ orientation: 6 })
    .toBuffer(),
);
const frames = async (): Promise<Buffer> => {
  const one = await page().resize({ width: 1_000 }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = one.info;
  return Buffer.concat([one.data, Buffer.alloc(width * height * 3, 255)]);
};
const animated = async () =>
  sharp(await frames(), {
    raw: {
      width: 1_000,
      height: Math.round((1_000 * flat.height) / flat.width) * 2,
      channels: 3,
      pageHeight: Math.round((1_000 * flat.height) / flat.width),
    },
  });
reads("the first picture of an animated GIF", async () => (await animated()).gif({ loop: 0 }).toBuffer());
reads("the first picture of an animated WebP", async () =>
  (await animated()).webp({ quality: 90 }).toBuffer(),
);

test("after all of that the reader reads", async () => {
  assert.is((await reader.read({ image: good })).paperClass, "birthCertificate");
});

test.run();
