// Does the test slip say what a technician asks of it, on both widths of paper?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readCode, slipPng } from "../../src/dock/paper.js";
import { isBlack } from "../../src/hal/printer/bitmap.js";
import type { DotBitmap } from "../../src/hal/printer/printer.js";
import { testSlip } from "../../src/hal/printer/test-slip.js";
import { openBench, shows } from "../contract/printer-bench.js";
import { keep, scanned, tesseract, zbar } from "./reading.js";

/** 15:04:05 in Vietnam. */
const ABOUT = { kioskId: "BINHPHU-01", atMs: Date.UTC(2026, 10, 22, 8, 4, 5) };
const CODE = "BINHPHU-01 2026-11-22T08:04:05.000Z";
const FRAME_DOTS = 2;
/** The dashes below the frame: eight white rows, two of ink. */
const CUT_ROWS = 10;
/** Ruler, slant and two rows of fields: the only blocks that reach the edges. */
const FULL_WIDTH_ROWS = 28 + 24 + 80;
/** Text keeps this far from the edge, because mechanisms are off by up to a millimetre. */
const MARGIN_DOTS = 8;

const pages = new Map<number, Promise<DotBitmap>>();
const pageOf = (widthDots: number): Promise<DotBitmap> => {
  const page = pages.get(widthDots) ?? testSlip(widthDots, ABOUT);
  pages.set(widthDots, page);
  return page;
};

const rows = (page: DotBitmap): number[] => Array.from({ length: page.heightDots }, (_, y) => y);
const columns = (page: DotBitmap): number[] => Array.from({ length: page.widthDots }, (_, x) => x);

for (const widthDots of [384, 576] as const) {
  test(`${widthDots} dots: the frame is black at both edges of the paper in every row down to the cut`, async () => {
    const page = await pageOf(widthDots);
    assert.is(page.widthDots, widthDots);
    assert.ok(page.heightDots < 8 * 260, `${page.heightDots} rows is a long slip`);
    for (const y of rows(page).slice(0, -CUT_ROWS))
      for (let x = 0; x < FRAME_DOTS; x++) {
        assert.ok(isBlack(page, x, y), `left ${x}, row ${y}`);
        assert.ok(isBlack(page, widthDots - 1 - x, y), `right ${x}, row ${y}`);
      }
    for (const y of [0, 1, page.heightDots - CUT_ROWS - 1])
      for (const x of columns(page)) assert.ok(isBlack(page, x, y), `column ${x}, row ${y}`);
    assert.ok(
      columns(page).some((x) => isBlack(page, x, page.heightDots - 1)),
      "ends with its dashes",
    );
  });

  test(`${widthDots} dots: nothing but the blocks for the head comes near the edge`, async () => {
    const page = await pageOf(widthDots);
    const near = rows(page).filter((y) => {
      for (let x = FRAME_DOTS; x < MARGIN_DOTS - 1; x++)
        if (isBlack(page, x, y) || isBlack(page, widthDots - 1 - x, y)) return true;
      return false;
    });
    const inside = near.filter((y) => y >= FRAME_DOTS && y < page.heightDots - CUT_ROWS - FRAME_DOTS);
    const [first = 0] = inside;
    const last = inside.at(-1) ?? 0;
    assert.ok(inside.length > FULL_WIDTH_ROWS / 2, `${inside.length} rows`);
    assert.ok(last - first < FULL_WIDTH_ROWS, `rows ${first} … ${last}: more than the blocks`);
  });

  test(`${widthDots} dots: every dot of the head is burnt somewhere in the slant, alone in its column`, async () => {
    const page = await pageOf(widthDots);
    // The slant's rows: those of the blocks that lie above the black field.
    const black = rows(page).find(
      (y) =>
        y > FRAME_DOTS &&
        isBlack(page, 3, y) &&
        isBlack(page, 4, y) &&
        isBlack(page, 40, y) &&
        isBlack(page, 41, y) &&
        isBlack(page, 42, y) &&
        isBlack(page, 60, y) &&
        isBlack(page, 61, y),
    );
    assert.ok(black !== undefined);
    const top = (black ?? 0) - 24;
    for (const x of columns(page).slice(FRAME_DOTS, -FRAME_DOTS)) {
      const inked = Array.from({ length: 24 }, (_, at) => top + at).filter((y) => isBlack(page, x, y));
      assert.is(inked.length, 1, `column ${x}`);
    }
  });

  test(`${widthDots} dots: it comes out dot for dot, and both code readers and OCR read it`, async () => {
    const { printer, sim } = await openBench({ widthDots });
    try {
      const page = await pageOf(widthDots);
      assert.is((await printer.print({ jobId: 1, page })).result, "printed");
      const [slip] = sim.control.slips;
      if (slip === undefined) throw new Error("no slip came out");
      assert.ok(slip.complete);
      assert.ok(shows(slip, page));
      const png = await slipPng(slip);
      keep(`test-slip-${widthDots}`, png);
      assert.is(await readCode(png), CODE);
      assert.is(zbar(png), CODE);
      const text = tesseract(await scanned(png));
      for (const wanted of [
        "IN THỬ",
        "Printer test",
        "BINHPHU-01",
        "22/11/2026",
        "15:04:05",
        `${widthDots} (`,
      ])
        assert.ok(text.includes(wanted), `"${wanted}" in:\n${text}`);
    } finally {
      await printer.close();
    }
  });
}

test.run();
