// Is what the kiosk makes of a scan a PDF that every reader reads, the paper untouched, and honest on each page?
import { execFileSync } from "node:child_process";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { readCode } from "../../src/dock/paper.js";
import { buildCms } from "../../src/documents/cms.js";
import { sRgbProfile } from "../../src/documents/pdf/srgb.js";
import type { Scan } from "../../src/documents/scan.js";
import { makeScanPdf } from "../../src/documents/scan-pdf.js";
import { pagesToPdf } from "../../src/documents/searchable-pdf.js";
import { prepareSignature } from "../../src/documents/sign.js";
import { makeFolder, put, removeFolder, run, tryRun } from "./folder.js";
import { makeHouse } from "./keys.js";
import { PdfA } from "./pdfa.js";
import { LINES, SCANNED_AT_MS, samplePage, sampleScan } from "./scans.js";
import { STATEMENT } from "./statements.js";

const folder = makeFolder();
test.after(() => removeFolder(folder));

const house = await makeHouse();
const scan = await sampleScan(2);
const NOTICE = "Bản quét tại máy – chưa được chứng thực".normalize("NFC");
const squeezed = (text: string): string => text.normalize("NFC").replaceAll(/\s+/g, " ");

const certified = async (pdf: Uint8Array): Promise<Uint8Array> => {
  const prepared = prepareSignature(pdf, {
    fieldName: "Officer",
    signer: "Trần Văn Bình",
    reason: "Chứng thực bản sao",
    signedAtMs: SCANNED_AT_MS + 60_000,
    statement: STATEMENT,
  });
  return prepared.finish((await buildCms(prepared.digest, house.officer)).cms);
};

/** With a picture of the signature, on the stamp's own ground. */
const signedByAgency = async (pdf: Uint8Array): Promise<Uint8Array> => {
  const prepared = prepareSignature(pdf, {
    fieldName: "Agency",
    signer: "UBND phường Đông",
    reason: "Cơ quan chứng thực",
    signedAtMs: SCANNED_AT_MS + 90_000,
    appearance: { page: 1, rect: [440, 33, 580, 52], lines: ["Ký số", "UBND phường Đông (bịa)"] },
  });
  return prepared.finish((await buildCms(prepared.digest, house.agency)).cms);
};

const unsealedBytes = await makeScanPdf(scan, null);
const sealedBytes = await makeScanPdf(scan, house.seal);
const certifiedBytes = await certified(sealedBytes);
const agencyBytes = await signedByAgency(certifiedBytes);
const STATES = {
  "unsealed.pdf": unsealedBytes,
  "sealed.pdf": sealedBytes,
  "certified.pdf": certifiedBytes,
  "agency.pdf": agencyBytes,
  "plain.pdf": await pagesToPdf(scan.pages),
};

for (const [name, bytes] of Object.entries(STATES)) {
  const file = put(folder, name, bytes);

  test(`${name}: qpdf, poppler and mupdf read it without a complaint`, () => {
    const qpdf = tryRun("qpdf", "--check", file);
    assert.is(qpdf.code, 0, qpdf.output);
    assert.match(run("pdfinfo", file), /Pages:\s+2\n/);
    const drawn = tryRun("mutool", "draw", "-q", "-r", "20", "-o", `${folder}/mu-%d.png`, file);
    assert.is(drawn.code, 0);
    assert.not.match(drawn.output, /error|warning: (?!ICC)/i);
    assert.is(tryRun("pdftoppm", "-r", "20", "-png", file, `${folder}/pop`).output, "");
  });

  test(`${name}: it keeps the rules of PDF/A-2b that can be checked here`, () => {
    assert.equal(new PdfA(file, bytes).check(), []);
  });

  test(`${name}: the text comes out in reading order, every mark of it`, () => {
    const text = squeezed(run("pdftotext", "-f", "1", "-l", "1", file, "-"));
    assert.ok(text.startsWith(squeezed(LINES.join(" "))), text);
  });
}

test("the checker of PDF/A sees what is wrong", () => {
  const harm = (from: string, to: string): readonly string[] => {
    const bytes = Buffer.from(sealedBytes);
    const at = bytes.lastIndexOf(from, undefined, "latin1");
    assert.ok(at > 0, from);
    bytes.write(to, at, "latin1");
    return new PdfA(put(folder, "harmed.pdf", bytes), bytes).check();
  };
  assert.match(harm("/F 708", "/F 706").join(), /6\.3\.2/);
  assert.match(harm("/S /GTS_PDFA1", "/S /GTS_PDFX1").join(), /6\.2\.3/);
  assert.match(harm("<pdfaid:part>2", "<pdfaid:part>3").join(), /6\.6\.4/);
  assert.match(harm("/CIDToGIDMap", "/CIDToGIDMop").join(), /6\.2\.11/);
});

test("pictures stand in the file byte for byte", () => {
  for (const bytes of Object.values(STATES))
    for (const { jpeg } of scan.pages) assert.ok(Buffer.from(bytes).includes(Buffer.from(jpeg)));
});

test("the paper has its true size; the band lies under it", async () => {
  const card: Scan = {
    ...scan,
    pages: [{ ...(await samplePage(11, 100)), dpi: 300, words: [] }],
  };
  const info = run("pdfinfo", "-box", put(folder, "card.pdf", await makeScanPdf(card, null)));
  const trim = /TrimBox:\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)/.exec(info)?.slice(1).map(Number) ?? [];
  const [left = 0, bottom = 0, right = 0, top = 0] = trim;
  assert.ok(Math.abs(right - left - (card.pages[0]?.widthPx ?? 0) * (72 / 300)) < 0.02, info);
  assert.ok(Math.abs(top - bottom - (card.pages[0]?.heightPx ?? 0) * (72 / 300)) < 0.02);
  assert.ok(bottom > 60, "the band is not on the paper");
});

test("a page without known size is put on A4", async () => {
  const page = { ...(await samplePage()), dpi: null };
  const info = run("pdfinfo", put(folder, "a4.pdf", await pagesToPdf([page])));
  assert.match(info, /Page size:\s+595\.\d+ x 841\.89 pts \(A4\)/);
});

test("every page says that it is not certified, until an officer's statement takes that place", () => {
  for (const page of ["1", "2"]) {
    const text = (name: string): string =>
      squeezed(run("pdftotext", "-f", page, "-l", page, `${folder}/${name}`, "-"));
    for (const name of ["unsealed.pdf", "sealed.pdf"]) assert.ok(text(name).includes(NOTICE), name);
    for (const name of ["certified.pdf", "agency.pdf"]) {
      assert.not.ok(text(name).includes(NOTICE), name);
      assert.ok(text(name).includes("CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH".normalize("NFC")), name);
      assert.ok(
        text(name).includes("Số chứng thực: 1234. Quyển số: 01-SCT/BS. Ngày: 22/11/2026."),
        text(name),
      );
      assert.ok(text(name).includes("Trần Văn Bình, Phó Chủ tịch".normalize("NFC")), name);
    }
    assert.ok(text("sealed.pdf").includes(`Page ${page} of 2`));
    assert.ok(text("sealed.pdf").includes("22/11/2026 16:05"));
  }
});

test("two renderers draw the notice in red, and the statement in its place", async () => {
  for (const [name, file] of [
    ["poppler", "pop"],
    ["mupdf", "mup"],
  ] as const) {
    for (const state of ["sealed.pdf", "certified.pdf"]) {
      const path = `${folder}/${file}-${state}.png`;
      if (name === "poppler")
        run(
          "pdftoppm",
          "-r",
          "72",
          "-f",
          "1",
          "-singlefile",
          "-png",
          `${folder}/${state}`,
          path.slice(0, -4),
        );
      else run("mutool", "draw", "-q", "-r", "72", "-o", path, `${folder}/${state}`, "1");
      const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      let red = 0;
      for (let y = info.height - 84; y < info.height - 25; y++)
        for (let x = 80; x < info.width; x++) {
          const at = (y * info.width + x) * info.channels;
          if ((data[at] ?? 0) > 120 && (data[at + 1] ?? 255) < 90 && (data[at + 2] ?? 255) < 100) red += 1;
        }
      assert.ok(red > 300, `${name} ${state}: ${red} red dots`);
    }
  }
});

test("the code on the page is read by a reader of codes", async () => {
  run("pdftoppm", "-r", "150", "-f", "2", "-singlefile", "-png", `${folder}/agency.pdf`, `${folder}/code`);
  const band = await sharp(`${folder}/code.png`).metadata();
  const cut = { left: 0, top: (band.height ?? 0) - 180, width: 180, height: 180 };
  assert.is(await readCode(await sharp(`${folder}/code.png`).extract(cut).png().toBuffer()), scan.lookupCode);
});

test("a clock that was not confirmed is told", async () => {
  const doubtful = { ...scan, scannedAt: { epochMs: SCANNED_AT_MS, trust: "floor" } };
  const file = put(folder, "clock.pdf", await makeScanPdf(doubtful, null));
  assert.match(run("pdftotext", file, "-"), /clock not confirmed/);
});

test("letters that the font lacks are still copied, and no control gets in", async () => {
  const words = ["漢字", "a\u0000b", "\ud800", "😀", ""].map((text, index) => ({
    text,
    box: { x: 100 + 150 * index, y: 100, w: 90, h: 26 },
  }));
  const bytes = await makeScanPdf({ ...scan, pages: [{ ...(await samplePage()), words }] }, null);
  const file = put(folder, "strange.pdf", bytes);
  assert.equal(new PdfA(file, bytes).check(), []);
  // In the order of the file: readers that guess columns put words so far apart into three of them.
  const text = run("pdftotext", "-raw", file, "-");
  assert.ok(squeezed(text).startsWith("漢字 ab 😀"), text);
});

test("the band under the paper is seen, and the words over the picture are not", async () => {
  const file = put(folder, "band.pdf", await makeScanPdf(scan, null));
  const png = execFileSync("pdftoppm", ["-r", "100", "-f", "1", "-l", "1", "-png", file], {
    maxBuffer: 1 << 26,
  });
  const { width = 0, height = 0 } = await sharp(png).metadata();
  // The two lines of kiosk, time and page: the lower third of the band, right of the code.
  const region = {
    left: Math.round(width * 0.15),
    top: height - 40,
    width: Math.round(width * 0.6),
    height: 36,
  };
  const { data } = await sharp(png).extract(region).greyscale().raw().toBuffer({ resolveWithObject: true });
  assert.ok(data.filter((value) => value < 140).length > 100, "no line of text is drawn in the band");
});

test("the same scan gives the same bytes", async () => {
  assert.is(Buffer.compare(await makeScanPdf(scan, null), unsealedBytes), 0);
});

/** A PNG whose dots are said to be in the colours of `profile`. */
const pngTagged = async (values: readonly number[], profile: Uint8Array): Promise<Buffer> => {
  const raw = { width: values.length / 3, height: 1, channels: 3 as const };
  const png = await sharp(Uint8Array.from(values), { raw }).png().toBuffer();
  const body = Buffer.concat([Buffer.from("iCCPp\0\0", "latin1"), deflateSync(profile)]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length - 4, 0);
  frame.writeUInt32BE(crc32(body), 4);
  // Behind the signature (8 bytes) and IHDR (25).
  return Buffer.concat([
    png.subarray(0, 33),
    frame.subarray(0, 4),
    body,
    frame.subarray(4),
    png.subarray(33),
  ]);
};

test("the profile is sRGB to a colour engine", async () => {
  const values = [0, 1, 40, 90, 128, 200, 254, 255].flatMap((a) => [a, 255 - a, (a * 7) % 256]);
  const farthest = async (profile: Uint8Array): Promise<number> => {
    const seen = await sharp(await pngTagged(values, profile))
      .toColourspace("srgb")
      .raw()
      .toBuffer();
    return Math.max(...values.map((value, index) => Math.abs((seen[index] ?? -99) - value)));
  };
  const profile = Buffer.from(sRgbProfile());
  assert.ok((await farthest(profile)) <= 1);
  // The last primary twice as bright: the engine does look at it.
  const blue = profile.lastIndexOf("XYZ ", undefined, "latin1") + 8;
  profile.writeInt32BE(2 * profile.readInt32BE(blue), blue);
  assert.ok((await farthest(profile)) > 3);
});

test("pictures that can not stand in a PDF are refused in a sentence", async () => {
  const page = await samplePage();
  const cmyk = await sharp(page.jpeg).toColourspace("cmyk").jpeg().toBuffer();
  const png = await sharp(page.jpeg).png().toBuffer();
  const refused: Readonly<Record<string, Uint8Array>> = {
    "cut off": page.jpeg.subarray(0, page.jpeg.length / 2),
    "no JPEG": png,
    "4 colour components": cmyk,
    "is no JPEG": new Uint8Array(0),
    "without a frame": Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
  };
  for (const [why, jpeg] of Object.entries(refused))
    try {
      await makeScanPdf({ ...scan, pages: [{ ...page, jpeg }] }, null);
      assert.unreachable(why);
    } catch (error) {
      assert.ok(
        error instanceof FaultError && error.code === "document.notMade" && error.detail.includes(why),
        String(error),
      );
    }
  const grey = new Uint8Array(
    await sharp(page.jpeg).toColourspace("b-w").jpeg({ progressive: true }).toBuffer(),
  );
  const bytes = await makeScanPdf({ ...scan, pages: [{ ...page, jpeg: grey }] }, null);
  assert.equal(new PdfA(put(folder, "grey.pdf", bytes), bytes).check(), []);
});

test.run();
