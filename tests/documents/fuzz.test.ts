// Does a stranger's file always end in a report: no exception, no loop, no file called certified that is not?
import { deflateSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildCms } from "../../src/documents/cms.js";
import { CmsError, readCms } from "../../src/documents/cms-parts.js";
import { makeScanPdf } from "../../src/documents/scan-pdf.js";
import { prepareSignature } from "../../src/documents/sign.js";
import type { VerifyReport } from "../../src/documents/verdict.js";
import { verifyPdf } from "../../src/documents/verify.js";
import { makeHouse } from "./keys.js";
import { SCANNED_AT_MS, samplePage, sampleScan } from "./scans.js";
import { STATEMENT } from "./statements.js";

/** Mulberry32: the same numbers each time. */
const randomOf = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const house = await makeHouse();
const page = { ...(await samplePage(11, 40)), words: [] };
const scan = { ...(await sampleScan(1)), pages: [page] };
const sealed = await makeScanPdf(scan, house.seal);
const prepared = prepareSignature(sealed, {
  fieldName: "Officer",
  signer: "Trần Văn Bình",
  reason: "Chứng thực bản sao",
  signedAtMs: SCANNED_AT_MS + 60_000,
  statement: STATEMENT,
});
const cms = (await buildCms(prepared.digest, house.officer)).cms;
const good = prepared.finish(cms);
const judge = (pdf: Uint8Array): Promise<VerifyReport> =>
  verifyPdf(pdf, { trust: house.trust, atMs: SCANNED_AT_MS + 3_600_000 });

test("the file that is mutated here is certified before", async () => {
  assert.ok((await judge(good)).holds);
});

test("cut off at 120 places", async () => {
  for (let index = 0; index < 120; index++) {
    const report = await judge(good.subarray(0, Math.floor((index * good.length) / 120)));
    assert.not.ok(report.holds);
  }
});

test("random bytes, with and without a PDF's beginning and end", async () => {
  const random = randomOf(7);
  for (let index = 0; index < 150; index++) {
    const body = Uint8Array.from({ length: Math.floor(random() * 3_000) }, () => Math.floor(random() * 256));
    const end = `\nstartxref\n${Math.floor(random() * 3_000)}\n%%EOF\n`;
    const dressed =
      index % 2 === 0 ? body : Buffer.concat([Buffer.from("%PDF-1.7\n"), body, Buffer.from(end)]);
    assert.is((await judge(dressed)).verdict, "unreadable");
  }
});

/** Where a change meets syntax: everything but the picture's data. */
const outsideOfPicture = (random: () => number): number => {
  const from = Buffer.from(good).indexOf(Buffer.from(page.jpeg));
  const at = Math.floor(random() * (good.length - page.jpeg.length));
  return at < from ? at : at + page.jpeg.length;
};

test("400 mutations of its structure: bytes, digits, tokens put in, pieces taken out or doubled", async () => {
  const random = randomOf(11);
  const tokens = [
    "<<",
    ">>",
    "[",
    "]",
    "(",
    ")",
    "0 0 R",
    "1 0 R",
    "22 0 R",
    "/Prev 0",
    "/Kids",
    "-1",
    "99999999999",
    "%",
    "null",
  ];
  for (let index = 0; index < 400; index++) {
    const at = outsideOfPicture(random);
    const length = Math.floor(random() * 40);
    const token = Buffer.from(tokens[Math.floor(random() * tokens.length)] ?? "");
    const kinds = [
      () => Buffer.from(good).fill(Math.floor(random() * 256), at, at + 1 + (length % 4)),
      () => Buffer.concat([good.subarray(0, at), token, good.subarray(at + token.length)]),
      () => Buffer.concat([good.subarray(0, at), token, good.subarray(at)]),
      () => Buffer.concat([good.subarray(0, at), good.subarray(at + length)]),
      () => Buffer.concat([good.subarray(0, at + length), good.subarray(at)]),
    ];
    const mutated = kinds[index % kinds.length]?.() ?? good;
    const report = await judge(mutated);
    const same = Buffer.compare(mutated, good) === 0;
    const lower = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1").toLowerCase();
    assert.not.ok(report.holds && !same && lower(mutated) !== lower(good), `mutation ${index} at ${at}`);
  }
});

const wrap = (objects: readonly string[], trailer: string): Buffer => {
  let text = "%PDF-1.7\n";
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const at = text.length;
  const lines = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines.join("")}trailer\n${trailer}\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
};

const CATALOG = "<</Type /Catalog /Pages 2 0 R>>";
const ROOT = "<</Root 1 0 R /Size 9>>";

/** Small files that would keep a careless reader busy for ever, or fill its memory. */
const BOMBS: Readonly<Record<string, () => Buffer>> = {
  "nested arrays": () => wrap([`${"[".repeat(200_000)}${"]".repeat(200_000)}`], ROOT),
  "a catalog of nested arrays": () => wrap([`<</Type /Catalog /X ${"[".repeat(5_000)}>>`, "[]"], ROOT),
  "pages in a ring": () => wrap([CATALOG, "<</Type /Pages /Kids [2 0 R]>>"], ROOT),
  "pages that share kids": () => wrap([CATALOG, "<</Kids [3 0 R 3 0 R]>>", "<</Kids [2 0 R]>>"], ROOT),
  "references in a ring": () => wrap(["2 0 R", "1 0 R"], ROOT),
  "a length in a ring": () => wrap([CATALOG, "<</Length 2 0 R>>\nstream\nx\nendstream"], ROOT),
  "fields in a ring": () =>
    wrap(
      [
        "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [3 0 R]>>>>",
        "<</Kids []>>",
        "<</Kids [3 0 R 3 0 R]>>",
      ],
      ROOT,
    ),
  "sections in a ring": () => wrap([CATALOG, "<</Kids []>>"], "<</Root 1 0 R /Prev 9>>"),
  "a table without end": () =>
    Buffer.from("%PDF-1.7\nxref\n0 999999999\ntrailer <<>>\nstartxref\n9\n%%EOF\n"),
  "no root": () => wrap([CATALOG], "<</Size 2>>"),
  encrypted: () => wrap([CATALOG, "<</Kids []>>"], "<</Root 1 0 R /Encrypt 2 0 R>>"),
  "a hybrid file": () => wrap([CATALOG, "<</Kids []>>"], "<</Root 1 0 R /XRefStm 9>>"),
  "a key twice": () => wrap(["<</Type /Catalog /Pages 2 0 R /Pages 2 0 R>>", "<</Kids []>>"], ROOT),
  "an inflated gigabyte": () => {
    const body = deflateSync(Buffer.alloc(200_000_000), { level: 9 });
    const head = `1 0 obj\n<</Type /XRef /W [1 4 2] /Size 28000000 /Root 1 0 R /Filter /FlateDecode /Length ${body.length}>>\nstream\n`;
    const parts = ["%PDF-1.7\n", head, body, "\nendstream\nendobj\nstartxref\n9\n%%EOF\n"];
    return Buffer.concat(
      parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
    );
  },
  "thousands of pages that all parse one big object": () => {
    const big = `[${"0 ".repeat(100_000)}]`;
    const text = wrap(
      [CATALOG, `<</Kids [${Array.from({ length: 2_000 }, (_, at) => `${at + 4} 0 R`).join(" ")}]>>`, big],
      ROOT,
    );
    const offset = text.indexOf("3 0 obj");
    const table = Array.from({ length: 2_000 }, () => `${String(offset).padStart(10, "0")} 00000 n \n`).join(
      "",
    );
    const from = text.length;
    const tail = `xref\n4 2000\n${table}trailer\n<</Root 1 0 R /Size 3000 /Prev ${text.lastIndexOf("xref\n0")}>>\nstartxref\n${from}\n%%EOF\n`;
    return Buffer.concat([text, Buffer.from(tail)]);
  },
};

for (const [what, make] of Object.entries(BOMBS))
  test(`${what}: refused`, async () => {
    const report = await judge(make());
    assert.ok(report.verdict === "unreadable" || report.verdict === "unsigned", report.verdict);
    assert.not.ok(report.holds);
  });

test("a CMS of a stranger ends in a sentence too", () => {
  const random = randomOf(13);
  let read = 0;
  for (let index = 0; index < 1_500; index++) {
    const mutated = Uint8Array.from(cms);
    for (let flips = 0; flips <= index % 3; flips++)
      mutated[Math.floor(random() * mutated.length)] = Math.floor(random() * 256);
    const given = index % 5 === 0 ? mutated.subarray(0, Math.floor(random() * mutated.length)) : mutated;
    try {
      readCms(given);
      read += 1;
    } catch (error) {
      assert.ok(error instanceof CmsError, String(error));
    }
  }
  assert.ok(read > 100);
  const deep = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from("3080", "hex")));
  assert.throws(
    () => readCms(deep),
    (error: unknown) => error instanceof CmsError,
  );
});

test.run();
