// Do labels and values survive every text that a recogniser might give?
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as codes from "../../src/ml/fields/codes.js";
import { extractFields } from "../../src/ml/fields/extract.js";
import { editDistance, findLabel, fold } from "../../src/ml/fields/match.js";
import { PAPERS } from "../../src/ml/fields/papers.js";
import type { Validator } from "../../src/ml/fields/value.js";
import * as values from "../../src/ml/fields/values.js";
import { mergeLines } from "../../src/ml/merge-lines.js";
import type { Word } from "../../src/ml/reader.js";

/** Those that are made from a list or a limit, with one. */
const MADE: Readonly<Record<string, Validator>> = {
  oneOf: values.oneOf(["Kinh", "Cơ Tu"]),
  wholeNumber: codes.wholeNumber(6),
};
const VALIDATORS: readonly (readonly [string, Validator])[] = Object.entries({ ...values, ...codes }).map(
  ([name, validate]) => [name, MADE[name] ?? (validate as Validator)],
);

const word = fc.record({
  text: fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 24 }),
    fc.constantFrom(
      "Họ,",
      "chữ",
      "đệm,",
      "tên:",
      "Số:",
      "Ngày",
      "sinh:",
      "GIẤY",
      "KHAI",
      "SINH",
      "12/05/2003",
    ),
  ),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  box: fc.record({ x: fc.nat(2_600), y: fc.nat(2_600), w: fc.nat(400), h: fc.nat(90) }),
  line: fc.nat(30),
});

const withinMs = (limitMs: number, act: () => void): void => {
  const started = performance.now();
  act();
  const took = performance.now() - started;
  assert.ok(took < limitMs, `${took.toFixed(0)} ms`);
};

test("no text makes a validator throw or dawdle, and what it gives is not empty", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom("0", "1", " ", "/", ".", "-", "B", "ngày ", "tháng ", "năm ", "Đ"),
      maxLength: 300,
    }),
  );
  fc.assert(
    fc.property(text, (given) => {
      for (const [name, validate] of VALIDATORS) {
        const value = validate(given);
        assert.ok(value === null || (value.value.length > 0 && value.trust > 0 && value.trust <= 1), name);
      }
    }),
    { numRuns: 3_000 },
  );
});

test("a hundred thousand characters that nearly match take no validator long", () => {
  const long = [
    "1".repeat(100_000),
    "1 ".repeat(50_000),
    "B".repeat(100_000),
    " ".repeat(100_000),
    "1/".repeat(50_000),
    "A ".repeat(50_000),
    `${".".repeat(100_000)}x`,
    "ngày 1 ".repeat(15_000),
  ];
  for (const text of long) for (const [, validate] of VALIDATORS) withinMs(500, () => validate(text));
});

test("no page of words makes the extractor throw or dawdle", () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 80 }), (words) => {
      withinMs(2_000, () => {
        const { paperClass, fields } = extractFields({ words });
        if (paperClass === "unknown") assert.equal(fields, []);
        for (const field of fields) assert.ok(field.confidence >= 0 && field.confidence <= 1);
      });
    }),
    { numRuns: 300 },
  );
});

test("edit distance is symmetric, zero for equals only, and honest up to its limit", () => {
  const short = fc.string({ maxLength: 14 });
  fc.assert(
    fc.property(short, short, (a, b) => {
      const distance = editDistance(a, b, 30);
      assert.is(distance, editDistance(b, a, 30));
      assert.is(distance === 0, a === b);
      assert.ok(distance <= Math.max(a.length, b.length));
      if (distance > 2) assert.ok(editDistance(a, b, 2) > 2);
    }),
  );
});

test("every label is found in itself, with one slip, and not in another sentence", () => {
  const labels = PAPERS.flatMap(({ fields }) => fields.flatMap(({ anchors }) => anchors ?? []));
  for (const label of labels) {
    const printed = fold(label).split(" ");
    assert.is(findLabel([...printed, "nguyen"], label)?.distance, 0, label);
    if (fold(label).length >= 12) {
      const slipped = fold(label).replace(/.$/, "x").split(" ");
      assert.is(findLabel(slipped, label)?.distance, 1, label);
    }
    assert.is(findLabel(fold("Cộng hòa xã hội chủ nghĩa Việt Nam").split(" "), label), null, label);
  }
});

const VALUES: readonly (readonly [Validator, string, string | null])[] = [
  [values.date, "12/05/2003", "2003-05-12"],
  [values.date, "l2/O5/2003", "2003-05-12"],
  [values.date, "ngày 5 tháng 8 năm 2021", "2021-08-05"],
  [values.date, "ngày/date 05 tháng/month 08 năm/year 2021", "2021-08-05"],
  [values.dateInSentence, "ngày 23 tháng § năm 2002", "2002-08-23"],
  [values.date, "31/02/2003", null],
  [values.date, "12/13/2003", null],
  [values.date, "29/02/2000", "2000-02-29"],
  [values.dateOrEndless, "Không thời hạn", "Không thời hạn"],
  [values.sex, "Nữ Dân tộc: Kinh", "Nữ"],
  [values.sex, "Namibia", null],
  [values.name, ": NGUYỄN THỊ MỸ PHƯỢNG .", "NGUYỄN THỊ MỸ PHƯỢNG"],
  [values.name, "12345", null],
  [values.year, "1968 Dân", "1968"],
  [values.year, "3068", null],
  [values.sentence, "371 m? đất tại xã Hưng Hà.", "371 m² đất tại xã Hưng Hà"],
  [values.oneOf(["Cơ Tu", "Kinh"]), "Co Tu", "Cơ Tu"],
  [codes.personalNumber, "048 212 363 760", "048212363760"],
  [codes.personalNumber, "0 4 8 2 1 2 3 6 3 7 6 0", "048212363760"],
  [codes.personalNumber, "04821236376", null],
  [codes.personalNumber, "0482123637601", null],
  [codes.identityNumber, "205 123 456", "205123456"],
  [codes.documentNumber, "406/2021-THPT ăn Dũng", "406/2021-THPT"],
  [codes.documentNumber, "B 3971857", "B 3971857"],
  [codes.documentNumber, "không có", null],
  [codes.officialNumber, "127 / GXN-UBND ngày", "127/GXN-UBND"],
  [codes.officialNumber, "1234/QĐ - UBND", "1234/QĐ-UBND"],
  [codes.officialNumber, "127", null],
  [codes.bookNumber, "70/2009", "70/2009"],
  [codes.bookNumber, "12/05/2003", null],
  [codes.serialNumber, "QN249995", "QN249995"],
  [codes.landSerial, "AA 01234567", "AA 01234567"],
  [codes.landSerial, "AA 012345", "AA 012345"],
  [codes.landSerial, "Số AA 0123", null],
  [codes.licenceClass, "B2", "B2"],
  [codes.licenceClass, "A1, C", "A1, C"],
  [codes.licenceClass, "Bl", "B1"],
  [codes.licenceClass, "X9", null],
  [codes.plateNumber, "29A-123.45", "29A-123.45"],
  [codes.plateNumber, "92-H1 123.45", "92-H1 123.45"],
  [codes.plateNumber, "29X-1234", "29X-1234"],
  [codes.plateNumber, "không", null],
  [codes.chassisNumber, "RLHJA3912KY123456", "RLHJA3912KY123456"],
  [codes.chassisNumber, "RLHJA39I2KY123456", "RLHJA3912KY123456"],
  [codes.engineNumber, "JA39E-1234567", "JA39E1234567"],
  [codes.insuranceNumber, "GD 4 01 0123456789", "GD4010123456789"],
  [codes.insuranceNumber, "0123456789", "0123456789"],
  [codes.insuranceNumber, "012345678", null],
  [codes.area, "1.234,5 m²", "1234.5"],
  [codes.area, "120 m? (bằng chữ: ...)", "120"],
  [codes.area, "120", "120"],
  [codes.area, "số 120", null],
  [codes.money, "mức 1.500.000 đồng/tháng", "1500000"],
  [codes.hours, "14 giờ 05 phút", "14:05"],
  [codes.hours, "7h", "07:00"],
  [codes.hours, "25:10", null],
  [codes.parcelNumber, "123", "123"],
  [codes.areaCode, "K2", "K2"],
  [codes.benefitCode, "4", "4"],
];

const MENDED: readonly (readonly [Validator, string])[] = [
  [codes.area, "120"],
  [values.date, "l2/O5/2003"],
  [values.year, "l968"],
  [codes.personalNumber, "O48212363760"],
  [codes.chassisNumber, "RLHJA39I2KY123456"],
  [codes.licenceClass, "Bl"],
  [values.name, "Nguyên Thị Hằng"],
  [values.name, "NGUYỄN thị HẰNG"],
  [values.name, "Nguyễn Thị Hằmg"],
];

test("what was mended or is odd is never above what the screen trusts", () => {
  for (const [validate, text] of MENDED) assert.ok((validate(text)?.trust ?? 1) < 0.8, text);
});

test("values as they are printed", () => {
  for (const [validate, text, wanted] of VALUES) assert.is(validate(text)?.value ?? null, wanted, text);
});

test("a line that is given twice counts once, by its surer words; two lines stay two", () => {
  const at = (text: string, x: number, y: number, confidence: number): Word => ({
    text,
    confidence,
    box: { x, y, w: text.length * 20, h: 30 },
  });
  const twice = mergeLines([
    [at("Số", 0, 0, 0.9), at("hiệu:", 60, 0, 0.5), at("406/2021", 200, 0, 0.9)],
    [at("Sô", 0, 4, 0.4), at("hiệu:", 62, 2, 0.9), at("406/20", 204, 3, 0.93)],
  ]);
  assert.equal(
    twice.map((line) => line.map(({ text }) => text).join(" ")),
    ["Số hiệu: 406/2021"],
  );
  const two = [[at("Họ", 0, 0, 0.9)], [at("Họ", 0, 34, 0.9)]];
  assert.equal(mergeLines(two), two);
  const boxes = fc.array(fc.array(word, { maxLength: 8 }), { maxLength: 12 });
  fc.assert(fc.property(boxes, (lines) => assert.ok(mergeLines(lines).length <= lines.length)));
});

test.run();
