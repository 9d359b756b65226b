// Are the shipped procedures whole, is a broken file refused with its place and rule, is an error a sentence?

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import { CatalogueError, loadCatalogue } from "../../src/procedures/catalogue.js";
import type { Procedure } from "../../src/procedures/procedure.js";

const SHIPPED = join(dirname(fileURLToPath(import.meta.url)), "../../src/procedures/data");
const shipped = loadCatalogue([SHIPPED]);

const COPY = "2.000815";
const MARRIAGE = "1.004873";
const RESIDENCE = "1.004194";

const whole: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [COPY]: {
    fullName: "Nguyễn Văn Mẫu",
    idNumber: "036060000123",
    paperTitle: "Bằng tốt nghiệp",
    copies: "2",
    resultForm: "paper",
  },
  [MARRIAGE]: {
    fullName: "Nguyễn Văn Mẫu",
    birthDate: "1960-05-19",
    sex: "Nam",
    nationality: "Việt Nam",
    idNumber: "036060000123",
    residence: "Thôn Đông, xã Bình Phú",
    maritalStatus: "neverMarried",
    purpose: "loan",
    signature: SIGNS_AT_DESK,
  },
  [RESIDENCE]: {
    fullName: "Nguyễn Văn Mẫu",
    birthDate: "1960-05-19",
    sex: "Nam",
    idNumber: "036060000123",
    phone: "0912345678",
    permanentAddress: "Thôn Đông, xã Bình Phú",
    stayAddress: "12 Lê Lợi, Phường Tam Kỳ, Thành phố Đà Nẵng",
    stayFrom: "2026-03-02",
    stayMonths: "12",
    hostName: "Trần Thị Mẫu",
    hostRelation: "guest",
    signature: "M100 100l250 0 10 -20",
  },
};

const keys = (code: string, change: Readonly<Record<string, string>>, page?: number): readonly string[] =>
  shipped.check(code, { ...whole[code], ...change }, page).map(({ key }) => key);

const message = (code: string, key: string, value: string): string =>
  shipped.check(code, { ...whole[code], [key]: value }).find((error) => error.key === key)?.message.vi ??
  "no error";

test("three procedures, the certified copy first, each with its level", () => {
  assert.equal(
    shipped.procedures.map(({ code, identityLevel }) => [code, identityLevel]),
    [
      [COPY, "claimed"],
      [MARRIAGE, "chipRead"],
      [RESIDENCE, "chipRead"],
    ],
  );
  assert.is(shipped.find("0.000000"), undefined);
  assert.throws(() => shipped.check("0.000000", {}), /unknown procedure/);
});

test("no procedure claims a check that nobody did", () => {
  for (const { source } of shipped.procedures) assert.is(source.checked, "unchecked");
});

test("a form that is filled in right has no errors, an empty one names what is missing", () => {
  for (const { code, schema } of shipped.procedures) {
    assert.equal(keys(code, {}), [], code);
    const { required } = schema as { required?: readonly string[] };
    const missing = shipped.check(code, {}).map(({ key }) => key);
    assert.equal([...missing].sort(), [...(required ?? [])].sort(), code);
  }
});

test("a page is checked for itself", () => {
  assert.equal(keys(COPY, { paperTitle: "", fullName: "" }, 0), ["paperTitle"]);
  assert.equal(keys(COPY, { paperTitle: "", fullName: "" }, 2), ["fullName"]);
  assert.equal(keys(COPY, { paperTitle: "", fullName: "" }, 9), []);
});

test("what depends on another answer is asked for only then", () => {
  assert.equal(keys(MARRIAGE, { maritalStatus: "widowed" }), ["statusDetail"]);
  assert.equal(keys(MARRIAGE, { maritalStatus: "widowed", statusDetail: "Số 12" }), []);
  assert.equal(keys(MARRIAGE, { purpose: "other" }), ["purposeDetail"]);
  assert.equal(keys(RESIDENCE, { childName: "Nguyễn Thị Mẫu" }), ["childBirthDate"]);
});

test("a signature is a drawing with some ink, or the desk", () => {
  for (const value of ["", "M100 100l9 0", "tôi", "M100 100l250 0<b>"])
    assert.is(message(MARRIAGE, "signature", value), "Xin ký vào khung, hoặc chọn ký tại quầy.", value);
});

test("errors are sentences that say what would be right", () => {
  assert.is(message(COPY, "paperTitle", " "), "Xin điền ô này.");
  assert.is(message(COPY, "paperTitle", "x"), "Cần ít nhất 2 chữ.");
  assert.is(message(COPY, "copies", "51"), "Ô này chưa đúng. Nhập một số từ 1 đến 50.");
  assert.is(message(COPY, "phone", "123"), "Số điện thoại có 10 chữ số, bắt đầu bằng số 0.");
  assert.is(message(COPY, "resultForm", "fax"), "Xin chọn một mục.");
  assert.is(
    message(MARRIAGE, "birthDate", "1960-02-30"),
    "Ngày này chưa đúng. Xin chọn lại ngày, tháng, năm.",
  );
  assert.is(message(MARRIAGE, "birthDate", "1860-02-03"), "Ngày phải từ 01/01/1900 trở đi.");
  assert.is(message(MARRIAGE, "fullName", "Mẫu 2"), "Ô này chưa đúng. Xin xem lại.");
  assert.is(message(MARRIAGE, "statusDetail", "x".repeat(501)), "Chỉ được nhiều nhất 500 chữ.");
});

test("whatever is typed, the check answers, and never repeats what was typed", () => {
  const names = shipped.procedures.flatMap(({ pages }) =>
    pages.flatMap((page) => page.fields.map(({ key }) => key)),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(COPY, MARRIAGE, RESIDENCE),
      fc.dictionary(
        fc.oneof(fc.constantFrom(...names), fc.string()),
        fc.string({ unit: "binary", maxLength: 600 }),
      ),
      (code, values) => {
        for (const error of shipped.check(code, values)) {
          assert.ok(error.message.vi.length > 0 && error.message.en.length > 0);
          const value = values[error.key] ?? "";
          if (value.length > 6) assert.not.ok(error.message.vi.includes(value));
        }
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});

test("every text is there in both languages and no sentence is long", () => {
  for (const path of ["10-certified-copy", "20-marital-status", "30-temporary-residence"]) {
    const text = readFileSync(join(SHIPPED, `${path}.json`), "utf8");
    assert.is(text, text.normalize("NFC"), "one way of writing a letter");
    for (const [, sentence = ""] of text.matchAll(/"(?:vi|en)": "([^"]+)"/g)) {
      for (const part of sentence.split(/[.;:!?]\s+/)) {
        const words = part.split(/\s+/).length;
        assert.ok(words <= 18, `${words} words: ${part}`);
      }
    }
  }
});

// Broken files

const folder = mkdtempSync(join(tmpdir(), "motcua-catalogue-"));
const good = JSON.parse(readFileSync(join(SHIPPED, "10-certified-copy.json"), "utf8")) as Procedure;

let count = 0;
const dirWith = (files: Readonly<Record<string, unknown>>): string => {
  const dir = join(folder, String(count++));
  mkdirSync(dir);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(dir, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return dir;
};

const problemsOf = (...dirs: readonly string[]): readonly string[] => {
  try {
    loadCatalogue(dirs);
  } catch (error) {
    if (error instanceof CatalogueError) return error.problems;
    throw error;
  }
  return [];
};

const refused: Readonly<Record<string, readonly [content: unknown, rule: RegExp]>> = {
  "no JSON": ["{", /JSON/],
  "empty file": ["", /JSON/],
  "not an object": [[], /expected object/],
  "a code that is none": [{ ...good, code: "abc" }, /code: a national code is written like 2\.000815/],
  "an unknown key": [{ ...good, price: 1 }, /price/],
  "a level that is none": [{ ...good, identityLevel: "sure" }, /identityLevel/],
  "one language only": [{ ...good, title: { vi: "x" } }, /title\.en/],
  "a fourth field on a page": [
    {
      ...good,
      pages: [{ ...good.pages[0], fields: [...(good.pages[0]?.fields ?? []), good.pages[1]?.fields[0]] }],
    },
    /pages\.0\.fields: a page has three fields at most/,
  ],
  "a field without schema": [
    { ...good, schema: { ...good.schema, properties: { fullName: { type: "string" } }, required: [] } },
    /schema\.properties: "copies" is asked but missing/,
  ],
  "a schema property that nobody asks": [
    { ...good, pages: good.pages.slice(0, 2) },
    /"holderName" is in schema\.properties but never asked/,
  ],
  "a field asked twice": [{ ...good, pages: [...good.pages, good.pages[0]] }, /"paperTitle" is asked twice/],
  "a paper that is not there": [{ ...good, papers: [] }, /"holderName" is read from "original\.fullName"/],
  "a required field that is none": [
    { ...good, schema: { ...good.schema, required: ["nobody"] } },
    /schema\.required: "nobody" is not in schema\.properties/,
  ],
  "a schema keyword that is none": [
    { ...good, schema: { ...good.schema, minimumm: 3 } },
    /schema: .*minimumm/,
  ],
  "a pattern that is none": [
    {
      ...good,
      schema: {
        ...good.schema,
        properties: {
          ...(good.schema as { properties: object }).properties,
          copies: { type: "string", pattern: "(" },
        },
      },
    },
    /schema: .*[Ii]nvalid regular expression/,
  ],
};

for (const [what, [content, rule]] of Object.entries(refused)) {
  test(`refused: ${what}`, () => {
    const dir = dirWith({ "broken.json": content });
    const problems = problemsOf(dir);
    assert.ok(problems.length >= 1);
    assert.ok(
      problems.every((line) => line.startsWith(join(dir, "broken.json"))),
      "the path comes first",
    );
    assert.match(problems.join("\n"), rule);
  });
}

test("all broken files and rules are named at once, good ones do not hide them", () => {
  const dir = dirWith({
    "1-good.json": good,
    "2-broken.json": { ...good, code: "x", papers: 3 },
    "3-twin.json": good,
    "4-cut.json": "{",
    "readme.txt": "not read",
  });
  const problems = problemsOf(dir, join(folder, "nowhere"));
  assert.is(problems.length, 5);
  assert.match(problems.join("\n"), /2-broken\.json: code/);
  assert.match(problems.join("\n"), /2-broken\.json: papers/);
  assert.match(problems.join("\n"), /3-twin\.json: code: 2\.000815 is already taken by .*1-good\.json/);
  assert.match(problems.join("\n"), /4-cut\.json/);
  assert.match(problems.join("\n"), /nowhere: ENOENT/);
});

test("no procedure at all is refused; a commune's folder adds to the shipped one", () => {
  assert.match(problemsOf(dirWith({})).join(), /there is no procedure file/);
  const added = dirWith({ "own.json": { ...good, code: "9.000001" } });
  assert.is(loadCatalogue([SHIPPED, added]).procedures.length, 4);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
