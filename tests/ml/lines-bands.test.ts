// Is a page cut between its lines and nowhere else, and does a crash in one band leave the pool whole?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bandsOf } from "../../src/ml/lines/bands.js";
import { OcrPool } from "../../src/ml/ocr-pool.js";
import type { Gray } from "../../src/ml/page/raster.js";
import { threadCount } from "../../src/ml/paper-reader.js";
import { faultOf } from "./reader-rig.js";

const WIDTH = 900;
const HEIGHT = 1_200;

const blank = (): Gray => ({ width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT).fill(255) });

/** Rows of strokes from `top`, as letters leave them. */
const write = ({ data }: Gray, top: number, rows = 20): void => {
  for (let y = top; y < top + rows; y += 1)
    for (let x = 60; x < WIDTH - 60; x += 1) if (x % 12 < 4) data[y * WIDTH + x] = 30;
};

const lines = (tops: readonly number[]): Gray => {
  const page = blank();
  for (const top of tops) write(page, top);
  return page;
};

const even = Array.from({ length: 20 }, (_, i) => 100 + i * 50);

test("the bands are the whole page, are even, and cut no line", () => {
  const page = lines(even);
  for (const count of [1, 2, 3]) {
    const bands = bandsOf(page, count);
    assert.is(bands.length, count);
    assert.is(bands[0]?.from, 0);
    assert.is(bands.at(-1)?.to, HEIGHT);
    bands.forEach(({ from, to }, i) => {
      assert.is(from, bands[i - 1]?.to ?? 0);
      const whole = even.filter((top) => top >= from && top + 20 <= to).length;
      assert.ok(whole >= 20 / count - 2, `${whole} lines in ${from} … ${to}`);
      assert.not(even.some((top) => top < from && top + 20 > from));
    });
  }
});

test("marks are not cut off their letters, and specks of noise close no gap", () => {
  const page = blank();
  // Marks five rows above their letters; one wide gap far from the middle of the page.
  for (const top of [100, 150, 200, 250, 500, 550, 600, 650]) {
    write(page, top, 4);
    write(page, top + 9, 36);
  }
  for (let y = 0; y < HEIGHT; y += 7) page.data[y * WIDTH + ((y * 13) % WIDTH)] = 0;
  const [first] = bandsOf(page, 2);
  assert.ok(first !== undefined && first.to > 295 && first.to < 500, `${first?.to}`);
});

test("a page without a blank row over its whole width stays whole", () => {
  const ruled = lines(even);
  for (let y = 40; y < HEIGHT - 40; y += 1) ruled.data.fill(0, y * WIDTH + 30, y * WIDTH + 34);
  assert.equal(bandsOf(ruled, 3), [{ from: 0, to: HEIGHT }]);
  assert.equal(bandsOf(blank(), 3), [{ from: 0, to: HEIGHT }]);
  // All the writing in one corner: the rest is not worth a thread.
  assert.equal(bandsOf(lines([100]), 2), [{ from: 0, to: HEIGHT }]);
});

test("a picture that ends a thread fails with a clear fault, and the pool reads on", async () => {
  const pool = new OcrPool(2);
  const torn = { width: WIDTH, height: HEIGHT, data: new Uint8Array(10) };
  const [fault, others] = await Promise.all([
    faultOf(pool.recognise(torn, { layout: "block" })),
    Promise.all([pool.recognise(blank()), pool.recognise(blank(), { layout: "line" })]),
  ]);
  assert.is(fault.code, "paper.unreadable");
  assert.match(fault.detail, /text recogniser failed/);
  assert.is(others.length, 2);
  const after = await Promise.all([pool.recognise(blank()), pool.recognise(blank())]);
  assert.ok(after.every((lines) => lines.flat().every(({ text }) => text.trim() === "")));
  await pool.end();
});

test("threads are as many as the cores and the free memory bear", () => {
  const megabytes = (count: number): number => count * 2 ** 20;
  assert.is(threadCount(1, 4, megabytes(2_000)), 3);
  assert.is(threadCount(2, 4, megabytes(2_000)), 2, "two pages at a time share the cores");
  assert.is(threadCount(1, 2, megabytes(2_000)), 2);
  assert.is(threadCount(1, 1, megabytes(2_000)), 1);
  assert.is(threadCount(1, 4, megabytes(450)), 1, "little memory");
  assert.is(threadCount(1, 4, megabytes(50)), 1, "never none");
  assert.is(threadCount(5, 4, megabytes(2_000)), 1);
});

test.run();
