// Does a slip with a logo, two sizes of text and a code come out as it should, on both widths of paper?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Layout } from "../../src/core/layout.js";
import { slipPng } from "../../src/dock/paper.js";
import { isBlack } from "../../src/hal/printer/bitmap.js";
import { renderLayout, StripCache } from "../../src/hal/printer/layout.js";
import { pictureBitmap } from "../../src/hal/printer/picture.js";
import type { DotBitmap } from "../../src/hal/printer/printer.js";
import { thrownBy } from "../contract/bench.js";
import { openBench, shows } from "../contract/printer-bench.js";
import { keep, scanned, tesseract, zbar } from "./reading.js";

const CODE = "MC1:7Q2K-9XH4-TP3M-W8DA";

const grey = (level: number, width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: level, g: level, b: level } } });

const png = async (level: number, width = 200, height = 100): Promise<Uint8Array> =>
  grey(level, width, height).png().toBuffer();

/** A black ring on nothing. */
const LOGO = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><circle cx="200" cy="200" r="150" fill="none" stroke="#000" stroke-width="60"/></svg>',
);

const inkOf = (bitmap: DotBitmap): number => {
  let ink = 0;
  for (let y = 0; y < bitmap.heightDots; y++)
    for (let x = 0; x < bitmap.widthDots; x++) if (isBlack(bitmap, x, y)) ink += 1;
  return ink / (bitmap.widthDots * bitmap.heightDots);
};

test("white is white, black is black, and greys are as many dots as they are dark", async () => {
  assert.is(inkOf(await pictureBitmap(await png(255), 200)), 0);
  assert.is(inkOf(await pictureBitmap(await png(0), 200)), 1);
  let last = 1;
  for (const level of [40, 90, 128, 170, 220]) {
    const ink = inkOf(await pictureBitmap(await png(level), 200));
    // Less than the grey itself, because dots run.
    const wanted = 1 - (level / 255) ** (1 / 1.4);
    assert.ok(Math.abs(ink - wanted) < 0.02, `${level}: ${ink}, ${wanted} wanted`);
    assert.ok(ink < last);
    last = ink;
  }
});

test("a grey is spread evenly: no square of it is much darker than another", async () => {
  const bitmap = await pictureBitmap(await png(128, 64, 64), 64);
  const squares: number[] = [];
  for (let top = 8; top < 56; top += 8)
    for (let left = 8; left < 56; left += 8) {
      let ink = 0;
      for (let y = top; y < top + 8; y++)
        for (let x = left; x < left + 8; x++) if (isBlack(bitmap, x, y)) ink += 1;
      squares.push(ink);
    }
  assert.ok(Math.max(...squares) - Math.min(...squares) <= 6, squares.join());
});

test("line art keeps its form, transparency is white, and the size is the one that was asked for", async () => {
  const bitmap = await pictureBitmap(LOGO, 160);
  assert.is(bitmap.widthDots, 160);
  assert.is(bitmap.heightDots, 160);
  assert.not.ok(isBlack(bitmap, 80, 80), "the middle");
  assert.not.ok(isBlack(bitmap, 2, 2), "the corner");
  for (const [x, y] of [
    [80, 20],
    [80, 140],
    [20, 80],
    [140, 80],
  ] as const)
    assert.ok(isBlack(bitmap, x, y), `the ring at ${x}, ${y}`);
});

test("what is no picture is refused", async () => {
  assert.instance(await thrownBy(pictureBitmap(Uint8Array.of(1, 2, 3), 100)), Error);
});

test("a picture wider than the paper is the caller's mistake", async () => {
  const picture = await pictureBitmap(await png(0, 400, 4), 400);
  assert.instance(await thrownBy(renderLayout([{ kind: "picture", picture }], 384)), RangeError);
});

for (const widthDots of [384, 576] as const)
  test(`${widthDots} dots: logo, two sizes, code and cut`, async () => {
    const picture = await pictureBitmap(LOGO, 160);
    const layout: Layout = [
      { kind: "picture", picture },
      { kind: "text", text: "Ủy ban nhân dân", size: "large", align: "centre", bold: true },
      { kind: "text", text: "Giấy tiếp nhận hồ sơ", size: "normal", align: "centre", bold: false },
      { kind: "qr", text: CODE, widthFraction: 0.5 },
    ];
    const cache = new StripCache();
    const page = await renderLayout(layout, widthDots, cache);
    assert.is(cache.size, layout.length - 1, "the picture needs no copy");
    const left = (widthDots - 160) / 2;
    for (let y = 0; y < 160; y++)
      for (let x = 0; x < 160; x++)
        assert.is(isBlack(page, left + x, y), isBlack(picture, x, y), `dot ${x}, ${y}`);
    const { printer, sim } = await openBench({ widthDots });
    assert.is((await printer.print({ jobId: 1, page })).result, "printed");
    const [slip] = sim.control.slips;
    if (slip === undefined) throw new Error("no slip came out");
    assert.ok(slip.complete && shows(slip, page));
    const paper = await slipPng(slip);
    keep(`logo-${widthDots}`, paper);
    assert.is(zbar(paper), CODE);
    const text = tesseract(await scanned(paper));
    for (const wanted of ["Ủy ban nhân dân", "Giấy tiếp nhận hồ sơ"])
      assert.ok(text.includes(wanted), `"${wanted}" in:\n${text}`);
    await printer.close();
  });

test.run();
