// Are the tables and the codes of a page found where they are, and none where there is none?
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { madeUpPerson, mrzLines } from "../../src/chip/sim/people.js";
import { GlyphFont, notoSansFile } from "../../src/ml/glyphs.js";
import { loadOpenCv } from "../../src/ml/page/find-page.js";
import { flattenLight } from "../../src/ml/page/flatten.js";
import { type Gray, toGray } from "../../src/ml/page/raster.js";
import type { Table, Word } from "../../src/ml/reader.js";
import { cardBack } from "../../src/ml/samples/card-back.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderPage, renderSamplePaper } from "../../src/ml/samples/render.js";
import { inReadingOrder, openCodeReading } from "../../src/ml/text/codes.js";
import { findTables } from "../../src/ml/text/tables.js";
import { newReader } from "./reader-rig.js";

const reader = newReader();
test.after(() => reader.close());

const { cv } = await loadOpenCv();
const font = new GlyphFont(notoSansFile("regular"));

interface Drawn {
  readonly page: Gray;
  readonly words: readonly Word[];
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

const WIDTH = 1_654;
const HEIGHT = 2_339;
const SIZE = 34;

/** A page of words at given places with `drawing` under them; turned by `degrees` as a residue of deskewing. */
const draw = async (cells: readonly Cell[], drawing: string, degrees = 0): Promise<Drawn> => {
  const words = cells.flatMap(({ x, y, text }): Word[] => {
    let at = x;
    return text.split(" ").map((part) => {
      const w = font.width(part, SIZE);
      const box = { x: Math.round(at), y: y - 26, w: Math.round(w), h: 32 };
      at += w + font.width(" ", SIZE);
      return { text: part, confidence: 0.9, box };
    });
  });
  const text = cells.map((cell) => font.draw(cell.text, cell.x, cell.y, { size: SIZE, colour: "#111" }));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="100%" height="100%" fill="#fff"/><g transform="rotate(${degrees} ${WIDTH / 2} ${HEIGHT / 2})">${drawing}${text.join("")}</g></svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: "#fff" })
    .blur(0.7)
    .jpeg({ quality: 75 })
    .toBuffer()
    .then((jpeg) => sharp(jpeg).greyscale().raw().toBuffer({ resolveWithObject: true }));
  assert.is(info.channels, 1);
  return { page: { width: info.width, height: info.height, data: new Uint8Array(data) }, words };
};

const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="#222" stroke-width="2.5"/>`;

const XS = [150, 250, 700, 1_000, 1_500] as const;
const YS = [400, 470, 540, 610, 680] as const;
const HOUSEHOLD = [
  ["STT", "Họ và tên", "Ngày sinh", "Quan hệ"],
  ["1", "Nguyễn Văn Tuấn", "01/02/1970", "Chủ hộ"],
  ["2", "Trần Thị Hằng", "03/04/1972", "Vợ"],
  ["3", "Nguyễn Thu Yến", "05/06/2001", "Con"],
] as const;

const cellsOf = (rows: readonly (readonly string[])[]): readonly Cell[] =>
  rows.flatMap((row, r) =>
    row
      .map((text, c) => ({ x: (XS[c] ?? 0) + 14, y: (YS[r] ?? 0) + 46, text }))
      .filter(({ text }) => text !== ""),
  );

const GRID = [...XS.map((x) => line(x, YS[0], x, YS[4])), ...YS.map((y) => line(XS[0], y, XS[4], y))].join(
  "",
);

const TITLE: readonly Cell[] = [
  { x: 420, y: 200, text: "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ" },
  { x: 150, y: 300, text: "Họ và tên chủ hộ: Nguyễn Văn Tuấn" },
];

const only = (tables: readonly Table[]): Table => {
  assert.is(tables.length, 1);
  return tables[0] as Table;
};

for (const degrees of [0, 0.3, -0.3])
  test(`a ruled table, turned by ${degrees}°: each cell in its row and column`, async () => {
    const { page, words } = await draw([...TITLE, ...cellsOf(HOUSEHOLD)], GRID, degrees);
    const { rows, box } = only(findTables(page, words));
    assert.equal(rows, HOUSEHOLD);
    assert.ok(Math.abs(box.x - XS[0]) < 12 && Math.abs(box.y - YS[0]) < 12, JSON.stringify(box));
    assert.ok(Math.abs(box.w - 1_350) < 20 && Math.abs(box.h - 280) < 20, JSON.stringify(box));
  });

test("cells that span: the text in the first place, nothing in the others", async () => {
  const drawing = [
    ...YS.map((y) => line(y === YS[3] ? XS[2] : XS[0], y, XS[4], y)),
    line(XS[0], YS[0], XS[0], YS[4]),
    line(XS[1], YS[1], XS[1], YS[4]),
    line(XS[2], YS[1], XS[2], YS[4]),
    line(XS[3], YS[1], XS[3], YS[4]),
    line(XS[4], YS[0], XS[4], YS[4]),
  ].join("");
  const rows = [
    ["Thành viên của hộ", "", "", ""],
    ["1", "Nguyễn Văn Tuấn", "01/02/1970", "Chủ hộ"],
    ["2", "Trần Thị Hằng", "03/04/1972", "Vợ"],
    ["", "", "05/06/2001", "Con"],
  ];
  const { page, words } = await draw(cellsOf(rows), drawing);
  assert.equal(only(findTables(page, words)).rows, rows);
});

test("a table without lines, and two columns of text that are none", async () => {
  const { page, words } = await draw(cellsOf(HOUSEHOLD), "");
  assert.equal(only(findTables(page, words)).rows, HOUSEHOLD);
  const head = [
    ["", "ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI"],
    ["", "XÃ BÌNH PHÚ", "Độc lập - Tự do"],
    ["", "Số: 12/GXN-UBND", "Bình Phú, ngày 5"],
  ];
  const blocks = await draw(cellsOf(head), "");
  assert.equal(findTables(blocks.page, blocks.words), []);
});

test("frames, underlines and body text are no tables", async () => {
  const border = `<rect x="60" y="60" width="1530" height="2200" fill="none" stroke="#b98a2f" stroke-width="8"/><rect x="80" y="80" width="1490" height="2160" fill="none" stroke="#b98a2f" stroke-width="3"/><rect x="200" y="900" width="240" height="320" fill="none" stroke="#777" stroke-width="2"/>`;
  const { page, words } = await draw(TITLE, border + line(500, 220, 1_100, 220));
  assert.equal(findTables(page, words), []);
  // Ten seconds of one core a page with its picture: the suite reads one.
  const more = process.env["MOTCUA_LONG"] === "1" ? ([["birthCertificate", true]] as const) : [];
  for (const [kind, camera] of [...more, ["diploma", false] as const]) {
    const read = await reader.read({ image: await renderSamplePaper(kind, 41, { camera }) });
    assert.ok(read.words.length > 60);
    const { data, info } = await sharp(read.jpeg).greyscale().raw().toBuffer({ resolveWithObject: true });
    const gray = { width: info.width, height: info.height, data: new Uint8Array(data) };
    assert.equal(findTables(flattenLight(gray), read.words), []);
  }
});

const writerWasm = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
await prepareZXingModule({
  overrides: { wasmBinary: new Uint8Array(readFileSync(writerWasm)).buffer },
  fireImmediately: true,
});
const codes = await openCodeReading(cv);

const codePng = async (text: string, format: "QRCode" | "Code128", scale: number): Promise<Buffer> => {
  const { image } = await writeBarcode(text, { format, scale });
  if (image === null) throw new Error("the code was not drawn");
  return Buffer.from(await image.arrayBuffer());
};

test("a QR, bars and a page of print: each code with its text and its place", async () => {
  const paper = await renderPage(layOutPaper("birthCertificate", 42), 224);
  const text = "Nguyễn Văn Tuấn|01022001|Nam";
  const { data, info } = await sharp(paper.data, {
    raw: { width: paper.width, height: paper.height, channels: 3 },
  })
    .composite([
      { input: await codePng(text, "QRCode", 3), left: 1_500, top: 120 },
      {
        input: await sharp(await codePng("VN-2026-000127", "Code128", 3))
          .rotate(90)
          .toBuffer(),
        left: 40,
        top: 1_200,
      },
    ])
    .blur(1)
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const symbols = await codes.readSymbols({
    width: info.width,
    height: info.height,
    data: new Uint8Array(data),
  });
  const found = [...symbols].sort(inReadingOrder);
  assert.equal(
    found.map(({ kind, text: read }) => [kind, read]),
    [
      ["qr", text],
      ["barcode", "VN-2026-000127"],
    ],
  );
  const [qr, bars] = found;
  assert.ok(qr?.box !== null && qr !== undefined && qr.box.x > 1_490 && qr.box.y > 110 && qr.box.w > 60);
  assert.ok(bars?.box !== null && bars !== undefined && bars.box.x < 200 && bars.box.y > 1_150);
});

test("a card's machine-readable rows, letter by letter; a page of print has none", async () => {
  const rows = mrzLines(madeUpPerson(21));
  const gray = toGray(await cardBack(rows, { dpi: 500, seed: 21 }));
  // What the recogniser makes of such rows: garbled, but rows of capitals and fillers.
  const words = rows.map(
    (_, index): Word => ({
      text: "IDVNM3009999911022300999991<<9",
      confidence: 0.5,
      box: { x: 80, y: 765 + index * 100, w: 1_500, h: 52 },
    }),
  );
  const lines = words.map(({ box }, index) => ({ box, from: index, to: index + 1 }));
  const found = codes.readZone(gray, words, lines, () => gray);
  assert.equal(
    found.map(({ kind, text }) => [kind, text]),
    [["mrz", rows.join("\n")]],
  );
  const [{ box } = { box: null }] = found;
  assert.ok(box !== null && box.y > 650 && box.h > 200 && box.h < 400 && box.x < 120, JSON.stringify(box));
  const page = toGray(await renderPage(layOutPaper("birthCertificate", 43), 224));
  // All that was made of a small card askew is one row; and the page that was cut out has lost its zone.
  const lone = [
    { text: "HUYNH<<@UANG<DUN6<<<<<<<<<<<<<", confidence: 0.4, box: { x: 80, y: 900, w: 700, h: 40 } },
  ];
  const line = [{ box: lone[0]?.box ?? { x: 0, y: 0, w: 0, h: 0 }, from: 0, to: 1 }];
  assert.equal(
    codes.readZone(page, lone, line, () => gray),
    [{ kind: "mrz", text: rows.join("\n"), box: null }],
  );
  const quotes = [{ ...(lone[0] as Word), text: "«CONG HOA XA HOI CHU NGHIA»" }];
  assert.equal(
    codes.readZone(page, quotes, line, () => gray),
    [],
    "two guillemets are print",
  );
  assert.equal(await codes.readSymbols(page), []);
  assert.equal(
    codes.readZone(page, [], [], () => page),
    [],
  );
});

test.run();
