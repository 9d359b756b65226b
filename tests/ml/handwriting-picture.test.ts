// Is a line cut out of a page with all its own ink and nothing of its neighbours, and scaled as a picture library would?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inkBox, linePicture } from "../../src/ml/handwriting/line-picture.js";
import { scaledLine } from "../../src/ml/handwriting/scale-line.js";
import { wholeStretch } from "../../src/ml/lines/hand-reach.js";
import type { Gray } from "../../src/ml/page/raster.js";
import type { Box } from "../../src/ml/reader.js";
import { seededRandom } from "../../src/ml/samples/random.js";

const paper = (width: number, height: number): Gray => ({
  width,
  height,
  data: new Uint8Array(width * height).fill(250),
});

const draw = (page: Gray, { x, y, w, h }: Box, grey: number): void => {
  for (let row = y; row < y + h; row += 1)
    page.data.fill(grey, row * page.width + x, row * page.width + x + w);
};

const has = (picture: Gray, grey: number): boolean => picture.data.includes(grey);

/** Three lines 60 px apart; the middle one has a mark above and a tail below its box. */
const [ABOVE, BODY, MARK, TAIL, BELOW] = [20, 40, 60, 80, 100] as const;
const page = paper(600, 400);
draw(page, { x: 100, y: 90, w: 300, h: 24 }, ABOVE);
for (let x = 100; x < 400; x += 20) draw(page, { x, y: 150, w: 10, h: 24 }, BODY);
draw(page, { x: 200, y: 141, w: 8, h: 5 }, MARK);
draw(page, { x: 300, y: 174, w: 6, h: 8 }, TAIL);
draw(page, { x: 100, y: 210, w: 300, h: 24 }, BELOW);
const box = { x: 98, y: 150, w: 304, h: 24 };

test("marks above and tails below come along, the lines above and below do not", () => {
  const picture = linePicture(page, box);
  for (const own of [BODY, MARK, TAIL]) assert.ok(has(picture, own), `${own} is missing`);
  for (const other of [ABOVE, BELOW]) assert.not.ok(has(picture, other), `${other} came along`);
  const ink = inkBox(picture);
  assert.ok(
    ink !== null && ink.h / picture.height > 0.7 && ink.h / picture.height < 0.9,
    "framed as lines are learnt",
  );
  assert.ok(ink !== null && ink.x > 4 && picture.width - ink.x - ink.w > 4);
});

test("a stretch takes along the letters at its ends that no word has, and stops at print, rules and wide blanks", () => {
  const form = paper(900, 120);
  const letter = (x: number): void => draw(form, { x, y: 50, w: 16, h: 24 }, BODY);
  for (const x of [200, 240, 262, 284, 306, 328, 420]) letter(x);
  draw(form, { x: 130, y: 50, w: 40, h: 24 }, MARK);
  draw(form, { x: 345, y: 70, w: 400, h: 2 }, TAIL);
  for (let x = 350; x < 410; x += 8) draw(form, { x, y: 70, w: 3, h: 3 }, TAIL);
  const read = { x: 240, y: 48, w: 82, h: 28 };
  const label = { x: 128, y: 48, w: 44, h: 28 };
  const whole = wholeStretch(form, read, [label]);
  assert.equal(
    [whole.x, whole.x + whole.w],
    [200, 344],
    "one digit before, one behind; not what is far away",
  );
  assert.equal([whole.y, whole.h], [read.y, read.h]);
  const second = { x: 198, y: 48, w: 20, h: 28 };
  assert.is(wholeStretch(form, read, [label, second]).x, 240, "what is print stays print");
});

test("a box at the page's edge, one larger than the page, and an empty one give a picture all the same", () => {
  for (const place of [
    { x: 0, y: 0, w: 40, h: 20 },
    { x: 580, y: 390, w: 20, h: 10 },
    { x: 0, y: 0, w: 600, h: 400 },
    { x: 10, y: 300, w: 50, h: 1 },
  ]) {
    const { width, height, data } = linePicture(page, place);
    assert.ok(width >= 1 && height >= 1 && data.length === width * height);
  }
  assert.is(inkBox(paper(50, 50)), null);
});

test("scaling keeps the mean, changes nothing at its own size, and is near what libvips gives", async () => {
  const random = seededRandom(5);
  const [width, height] = [330, 90];
  const data = Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return 128 + 100 * Math.sin(x / 9) * Math.cos(y / 7) + random.integer(-20, 20);
  });
  const line = { width, height, data };
  assert.equal(scaledLine(line, width, height).data, data);
  const mean = (bytes: Uint8Array): number => bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
  for (const [toWidth, toHeight] of [
    [176, 48],
    [700, 191],
  ] as const) {
    const ours = scaledLine(line, toWidth, toHeight);
    assert.is(ours.data.length, toWidth * toHeight);
    assert.ok(Math.abs(mean(ours.data) - mean(data)) < 1.5);
    const theirs = await sharp(data, { raw: { width, height, channels: 1 } })
      .resize({ width: toWidth, height: toHeight, fit: "fill", kernel: "linear" })
      .greyscale()
      .raw()
      .toBuffer();
    const off = ours.data.reduce((sum, value, i) => sum + Math.abs(value - (theirs[i] ?? 0)), 0);
    assert.ok(off / theirs.length < 6, `off by ${off / theirs.length} a pixel at ${toWidth} × ${toHeight}`);
  }
  assert.equal([...scaledLine(paper(1, 1), 3, 2).data], Array(6).fill(250));
});

test.run();
