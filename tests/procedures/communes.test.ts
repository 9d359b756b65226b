// Is a list of communes taken whole or refused line by line, and is the old one kept meanwhile?
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bare, PLACES, placeNamed, placesLike } from "../../src/core/places.js";
import { CommuneList, LARGEST_CSV_BYTES, readCommunes } from "../../src/procedures/communes.js";
import { startCommand } from "../wire/command.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-communes-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = "province_code,commune_code,commune_name";
const GOOD = `${HEAD}\n01,00004,Phường Ba Đình\n48,20333,"Xã Bình Phú"\n`;
const read = (text: string) => readCommunes(Buffer.from(text));
const remediesOf = (text: string): string[] => {
  const result = read(text);
  if (result.ok) throw new Error("it was taken");
  return result.problems.map(({ line, column, remedy }) => `${line} ${column} ${remedy}`);
};

test("34 provinces, each with a code of its own, found without marks", () => {
  assert.is(PLACES.length, 34);
  assert.is(new Set(PLACES.map(({ code }) => code)).size, 34);
  assert.ok(PLACES.every(({ code, name }) => /^\d\d$/.test(code) && /^(Thành phố|Tỉnh) /.test(name)));
  const first = (typed: string) => placesLike(PLACES, typed, 3)[0]?.name;
  assert.is(first("ha noi"), "Thành phố Hà Nội");
  assert.is(first("HANOI".slice(0, 2)), "Thành phố Hà Nội");
  assert.is(first("dak lak"), "Tỉnh Đắk Lắk");
  assert.is(first("minh"), "Thành phố Hồ Chí Minh");
  assert.is(first("hcm"), "Thành phố Hồ Chí Minh");
  assert.is(first("tinh gia"), "Tỉnh Gia Lai");
  assert.is(first("binh phuoc"), undefined);
  assert.is(placeNamed(PLACES, "tp ha noi")?.code, "01");
  for (const place of PLACES) assert.is(first(bare(place.name)), place.name);
});

test("a spreadsheet's file is taken: byte order mark, CRLF, semicolons, quotes, columns in another order", () => {
  const communes = [
    { province: "01", code: "00004", name: "Phường Ba Đình" },
    { province: "48", code: "20333", name: "Xã Bình Phú" },
  ];
  for (const text of [
    GOOD,
    `\ufeff${GOOD.replaceAll("\n", "\r\n")}`,
    GOOD.replaceAll(",", ";"),
    `commune_name,province_code,commune_code\nPhường Ba Đình,01,00004\n"Xã  Bình Phú",48,20333`,
    GOOD.normalize("NFD"),
    GOOD.replace("Xã", "xã").replace("Phường", "PHƯỜNG"),
  ])
    assert.equal(read(text), { ok: true, communes });
});

test("every line that is wrong is told, with what is wrong and what would be right", () => {
  assert.equal(remediesOf(""), [`1  the file is empty; its first line should be ${HEAD}`]);
  assert.equal(remediesOf("a,b\n1,2\n").length, 3);
  assert.equal(remediesOf(`${HEAD}\n`), ["1  there is no commune below the first line"]);
  const text = `${HEAD}\n01,00004,Phường Ba Đình\n1,00005,Xã A\n03,00006,Xã B\n01,7,Thị trấn C\n01,00008\n\n01,00004,Xã D\n`;
  assert.equal(remediesOf(text), [
    "3 province_code should be the two-digit code of one of the 34 provinces, e.g. 48 for Thành phố Đà Nẵng",
    "4 province_code should be the two-digit code of one of the 34 provinces, e.g. 48 for Thành phố Đà Nẵng",
    "5 commune_code should be five digits, with leading zeros, e.g. 00004",
    "5 commune_name should begin with Xã, Phường or Đặc khu, e.g. Xã Bình Phú (districts and towns ended in July 2025)",
    "6  should have 3 cells like the first line, and has 2",
    "8 commune_code should be unique; line 2 has it too",
  ]);
  const latin = readCommunes(Buffer.from(`${HEAD}\n01,00004,X\u00e3 A\n`, "latin1"));
  assert.match(latin.ok ? "" : (latin.problems[0]?.remedy ?? ""), /UTF-8/);
  assert.not.ok(readCommunes(new Uint8Array(LARGEST_CSV_BYTES + 1)).ok);
});

test("any bytes at all are a list or problems, never an error", () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom("01", "00004", "Xã A", '"', "\n", ",", ";"));
  fc.assert(
    fc.property(fc.array(cell), fc.boolean(), (cells, headed) => {
      const result = read((headed ? `${HEAD}\n` : "") + cells.join(","));
      assert.ok(result.ok ? result.communes.length > 0 : result.problems.length > 0);
    }),
    { numRuns: 1_000 },
  );
});

const run = async (file: string, ...more: string[]) => {
  const command = startCommand(["data", "import", file, "--state", join(folder, "var"), ...more]);
  const { code, stdout, stderr } = await command.ended;
  return { code, stdout, stderr };
};

test("motcua data import: refused line by line, the old list stays; a running kiosk sees the new one", async () => {
  const file = join(folder, "communes.csv");
  const list = new CommuneList(join(folder, "var"));
  assert.equal(list.of("48"), []);
  writeFileSync(file, GOOD);
  const taken = await run(file);
  assert.is(taken.code, 0, taken.stderr);
  assert.match(taken.stdout, /2 communes of 2 provinces/);
  assert.equal(
    list.of("48").map(({ name }) => name),
    ["Xã Bình Phú"],
  );
  writeFileSync(file, GOOD.replace("00004", "4"));
  const refused = await run(file);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /communes\.csv:2: commune_code = "4": should be five digits/);
  assert.match(refused.stderr, /nothing was imported/);
  assert.is(list.of("01").length, 1, "the old list serves on");
  const json = await run(file, "--json");
  assert.is(json.code, 1);
  assert.equal(JSON.parse(json.stdout).problems[0].line, 2);
  writeFileSync(file, `${HEAD}\n48,20333,Xã Bình Phú\n48,20334,Xã Mẫu\n`);
  assert.is((await run(file, "--json")).code, 0);
  assert.is(list.of("48").length, 2);
  assert.equal(list.of("01"), []);
  assert.equal(readdirSync(join(folder, "var", "places")), ["communes.json"], "no half file is left");
  writeFileSync(join(folder, "var", "places", "communes.json"), readFileSync(file).subarray(0, 9));
  assert.equal(list.of("48"), [], "a damaged list is no list: the commune is typed");
  const gone = await run(join(folder, "none.csv"));
  assert.is(gone.code, 1);
  assert.match(gone.stderr, /none\.csv can not be read: no such file/);
});

test.run();
