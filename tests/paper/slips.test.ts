// Is what the printer burns onto paper what a person and a phone must read?
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Layout } from "../../src/core/layout.js";
import { silentLog } from "../../src/core/log.js";
import { readCode } from "../../src/dock/paper.js";
import type { Slip } from "../../src/flows/effects.js";
import { slipLayout, ticketLayout } from "../../src/flows/slip.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { bitmapToPng } from "../../src/hal/printer/bitmap.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import { renderLayout } from "../../src/hal/printer/layout.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { packageRoot } from "../../src/package-root.js";
import { clock } from "../contract/printer-bench.js";

const SLIP: Slip = {
  number: "VH01-000123",
  procedureCode: "1.004873",
  procedureTitle: { vi: "Xác nhận tình trạng hôn nhân", en: "Confirmation of marital status" },
  lookupCode: "MC1:7K2M-9QXT-4HRD-W8ZN",
  receiptNumber: "000.00.00.X00-261122-0001",
  appointment: "2026-11-25T08:30",
  submittedAt: "2026-11-22T09:15",
  clockTrusted: true,
  language: "vi",
};
const PLACE = {
  name: { vi: "Nhà văn hóa thôn Đoài", en: "Doai village cultural centre" },
  phone: "0123 456 789",
};
const folder = mkdtempSync(join(tmpdir(), "motcua-paper-"));
const test = suite("paper");
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Through the driver, over the wire, onto the simulated paper, and back as a PNG with a phone's margin. */
const burnt = async (layout: Layout, widthDots: 384 | 576): Promise<Uint8Array> => {
  const sim = new PrinterSim({ widthDots, model: "epson" });
  const [near, far] = memoryPair();
  sim.attach(far);
  const printer = await openPrinter({ port: near, widthDots, model: "epson", clock, log: silentLog });
  const outcome = await printer.print({ jobId: 1, page: await renderLayout(layout, widthDots) });
  await printer.close();
  assert.is(outcome.result, "printed");
  const slip = sim.control.slips[0];
  if (slip === undefined) throw new Error("no paper came out");
  const png = await bitmapToPng(slip.page);
  return new Uint8Array(
    await sharp(png)
      .extend({ top: 40, bottom: 40, left: 40, right: 40, background: "#fff" })
      .png()
      .toBuffer(),
  );
};

const keep = (name: string, png: Uint8Array): string => {
  const file = join(folder, `${name}.png`);
  writeFileSync(file, png);
  if (process.env["MOTCUA_ARTEFACTS"] !== undefined) {
    const artefacts = join(packageRoot(), "var", "artefacts");
    mkdirSync(artefacts, { recursive: true });
    writeFileSync(join(artefacts, `${name}.png`), png);
  }
  return file;
};

const CASES = [
  ["appointment", SLIP],
  ["offline", { ...SLIP, receiptNumber: null, appointment: null }],
  ["clock-in-doubt", { ...SLIP, clockTrusted: false }],
] as const;

for (const widthDots of [384, 576] as const) {
  for (const language of ["vi", "en"] as const) {
    for (const [name, slip] of CASES) {
      test(`${name}, ${language}, ${widthDots} dots: two readers of QR codes read its look-up code`, async () => {
        const png = await burnt(slipLayout({ ...slip, language }, PLACE, language), widthDots);
        const file = keep(`slip-${name}-${language}-${widthDots}`, png);
        assert.is(await readCode(png), SLIP.lookupCode);
        const zbar = execFileSync("zbarimg", ["--quiet", "--raw", file], { encoding: "utf8" }).trim();
        assert.is(zbar, SLIP.lookupCode);
      });
    }
  }
}

test("another reader of print reads number, heading and appointment off the paper", async () => {
  const file = keep("slip-ocr", await burnt(slipLayout(SLIP, PLACE, "vi"), 576));
  const text = execFileSync("tesseract", [file, "-", "-l", "vie", "--psm", "4", "--dpi", "203"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  assert.match(text, /VH01-000123/);
  assert.match(text, /GIẤY TIẾP NHẬN HỒ SƠ/);
  assert.match(text, /25\/11\/2026/);
});

test("nothing is cut off: the outermost dots at both sides are white", async () => {
  for (const widthDots of [384, 576] as const) {
    const long = {
      ...SLIP,
      procedureTitle: {
        vi: "Đăng ký tạm trú cho công dân và con chưa thành niên đi cùng theo hộ gia đình",
        en: "x",
      },
    };
    const page = await renderLayout(slipLayout(long, PLACE, "vi"), widthDots);
    const rowBytes = Math.ceil(widthDots / 8);
    for (let y = 0; y < page.heightDots; y += 1) {
      assert.is((page.bits[y * rowBytes] ?? 0) & 0xc0, 0, `left edge, row ${y}`);
      assert.is((page.bits[y * rowBytes + rowBytes - 1] ?? 0) & 0x03, 0, `right edge, row ${y}`);
    }
  }
});

test("a queue ticket is one big number", async () => {
  const ticket = { number: "017", issuedAt: "2026-11-22T09:15", clockTrusted: true };
  const file = keep("ticket", await burnt(ticketLayout(ticket, PLACE, "vi"), 576));
  const text = execFileSync("tesseract", [file, "-", "-l", "vie", "--psm", "4", "--dpi", "203"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  assert.match(text, /017/);
});

test.run();
