// Can people and phones read what the printer put on paper?
//
// Every slip goes the whole way: layout, dots, driver, wire, simulated head. With MOTCUA_ARTEFACTS=1 the
// papers are kept as pictures in var/artefacts.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Layout } from "../../src/core/layout.js";
import { readCode, slipPng } from "../../src/dock/paper.js";
import type { Slip } from "../../src/flows/effects.js";
import type { Language } from "../../src/flows/events.js";
import { type SlipKiosk, slipLayout, type Ticket, ticketLayout } from "../../src/flows/slip.js";
import { blank, isBlack } from "../../src/hal/printer/bitmap.js";
import { renderLayout } from "../../src/hal/printer/layout.js";
import type { DotBitmap } from "../../src/hal/printer/printer.js";
import type { PrintedSlip } from "../../src/hal/sim/far-ends.js";
import { openBench, shows } from "../contract/printer-bench.js";
import { keep, scanned, tesseract, zbar } from "./reading.js";

const LOOKUP = "MC1:7Q2K-9XH4-TP3M-W8DA";
const KIOSK: SlipKiosk = {
  name: { vi: "Ủy ban nhân dân xã Bình Phú", en: "People's Committee of Binh Phu commune" },
  phone: "0235 3 861 234",
};
const SLIP: Slip = {
  number: "K01-000123",
  procedureCode: "2.000815",
  procedureTitle: { vi: "Chứng thực bản sao từ bản chính", en: "Certified copies of documents" },
  lookupCode: LOOKUP,
  receiptNumber: "H49.15-261122-0007",
  appointment: "2026-11-24T09:30",
  submittedAt: "2026-11-22T08:05",
  clockTrusted: true,
  language: "vi",
};
const TICKET: Ticket = { number: "007", issuedAt: "2026-11-22T08:05", clockTrusted: true };
const LINE_TICKET: Ticket = {
  ...{ number: "BA012", issuedAt: "2026-11-22T08:05", clockTrusted: true },
  service: { vi: "Đất đai, xây dựng", en: "Land and building" },
  group: { vi: "Có trẻ dưới 6 tuổi đi cùng", en: "With a child under 6" },
  wait: { before: 6, minutes: 25, asOf: "2026-11-22T07:35", fresh: false },
};

const SLIPS = {
  appointment: SLIP,
  promise: { ...SLIP, appointment: null, receiptNumber: null },
  "untrusted-clock": { ...SLIP, appointment: null, clockTrusted: false },
} as const;

const WIDTHS = [384, 576] as const;
const LANGUAGES: readonly Language[] = ["vi", "en"];
/** Cutters and mechanisms are off by up to a millimetre to the side. */
const EDGE_DOTS = 7;

interface Paper {
  readonly slip: PrintedSlip;
  readonly png: Uint8Array;
  readonly page: DotBitmap;
}

const printed = async (name: string, layout: Layout, widthDots: 384 | 576): Promise<Paper> => {
  const { printer, sim } = await openBench({ widthDots });
  try {
    const page = await renderLayout(layout, widthDots);
    const outcome = await printer.print({ jobId: 1, page });
    assert.is(outcome.result, "printed");
    const [slip] = sim.control.slips;
    if (slip === undefined) throw new Error("no slip came out");
    assert.ok(slip.complete);
    const png = await slipPng(slip);
    keep(`slip-${name}`, png);
    return { slip, png, page };
  } finally {
    await printer.close();
  }
};

const staysInside = (page: DotBitmap): void => {
  for (let y = 0; y < page.heightDots; y++)
    for (let x = 0; x < EDGE_DOTS; x++) {
      assert.not.ok(isBlack(page, x, y), `ink at the left edge, row ${y}`);
      assert.not.ok(isBlack(page, page.widthDots - 1 - x, y), `ink at the right edge, row ${y}`);
    }
};

/** Rows of ink between two white ones: the heights of the lines of text. */
const lineHeights = (page: DotBitmap): number[] => {
  const heights: number[] = [];
  let height = 0;
  for (let y = 0; y < page.heightDots; y++) {
    let ink = false;
    for (let x = 0; x < page.widthDots && !ink; x++) ink = isBlack(page, x, y);
    if (ink) height += 1;
    else if (height > 0) {
      heights.push(height);
      height = 0;
    }
  }
  return heights;
};

for (const widthDots of WIDTHS)
  for (const language of LANGUAGES) {
    for (const [kind, slip] of Object.entries(SLIPS))
      test(`${kind}, ${language}, ${widthDots} dots: nothing is cut, both readers read the code`, async () => {
        const layout = slipLayout(slip, KIOSK, language);
        const paper = await printed(`${kind}-${language}-${widthDots}`, layout, widthDots);
        assert.ok(shows(paper.slip, paper.page), "dot for dot what was laid out");
        staysInside(paper.page);
        assert.is(await readCode(paper.png), LOOKUP);
        assert.is(zbar(paper.png), LOOKUP);
        // 8 dots a millimetre.
        assert.ok(paper.page.heightDots < 8 * 260, `${paper.page.heightDots} rows is a long slip`);
      });

    test(`queue ticket, ${language}, ${widthDots} dots: the number is read from two metres`, async () => {
      const layout = ticketLayout(TICKET, KIOSK, language);
      const paper = await printed(`ticket-${language}-${widthDots}`, layout, widthDots);
      assert.ok(shows(paper.slip, paper.page));
      staysInside(paper.page);
      // A letter of h mm is read from 0.2 h metres: 13 mm on narrow paper, 20 mm on wide.
      assert.ok(Math.max(...lineHeights(paper.page)) >= (widthDots === 384 ? 13 : 20) * 8);
    });
  }

test("native OCR finds number, service, group and wait on the ticket", async () => {
  const paper = await printed("ticket-line", ticketLayout(LINE_TICKET, KIOSK, "vi"), 576);
  staysInside(paper.page);
  const text = tesseract(await scanned(paper.png));
  for (const wanted of ["BA012", "Đất đai", "trẻ dưới 6 tuổi", "Số người trước", "25 phút", "07:35"])
    assert.ok(text.includes(wanted), `"${wanted}" in:\n${text}`);
});

test("native OCR finds the heading, the number, the appointment and the telephone on the wide slip", async () => {
  const paper = await printed("ocr", slipLayout(SLIP, KIOSK, "vi"), 576);
  const text = tesseract(await scanned(paper.png));
  for (const wanted of [
    "GIẤY TIẾP NHẬN HỒ SƠ",
    "K01-000123",
    "09 giờ 30",
    "Thứ Ba, 24/11/2026",
    "Chứng thực bản sao từ bản chính",
    "0235 3 861 234",
  ])
    assert.ok(text.includes(wanted), `"${wanted}" in:\n${text}`);
});

test("the number stays on one line and inside the paper, however long the kiosk's name in it", async () => {
  for (const widthDots of WIDTHS) {
    let last = Number.POSITIVE_INFINITY;
    for (const number of ["007", "K01-000123", "BINHPHU-01-000123"]) {
      const page = await renderLayout(
        [{ kind: "text", text: number, size: "huge", align: "centre", bold: true }],
        widthDots,
      );
      staysInside(page);
      const heights = lineHeights(page);
      assert.is(heights.length, 1, `${number} on ${widthDots} is one line`);
      const [height = 0] = heights;
      assert.ok(height <= last && height > 15, `${number}: ${height} dots`);
      last = height;
    }
  }
});

test("words longer than the paper are wrapped, not cut", async () => {
  const place = { vi: `Nhà văn hóa thôn ${"Trường".repeat(12)}`, en: "x" };
  for (const widthDots of WIDTHS) {
    const layout = slipLayout(
      { ...SLIP, procedureTitle: { vi: "Đăng ký".repeat(30), en: "x" }, receiptNumber: "H49.15.".repeat(8) },
      { name: place, phone: "+84 (235) 3.861.234-99" },
      "vi",
    );
    staysInside(await renderLayout(layout, widthDots));
  }
});

test("an edge check that sees ink at the edge fails", () => {
  const page = blank(384, 10);
  page.bits[48 * 5] = 0x40;
  let said = "nothing";
  try {
    staysInside(page);
  } catch (thrown) {
    said = String(thrown);
  }
  assert.match(said, /left edge, row 5/);
});

test.run();
