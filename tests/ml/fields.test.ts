// Do labels and values survive every text that a recogniser might give?
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { extractFields } from "../../src/ml/fields/extract.js";
import { editDistance, findLabel, fold } from "../../src/ml/fields/match.js";
import { PAPERS } from "../../src/ml/fields/papers.js";
import * as values from "../../src/ml/fields/values.js";
import { mergeLines } from "../../src/ml/merge-lines.js";
import type { Word } from "../../src/ml/reader.js";

const VALIDATORS: readonly (readonly [string, values.Validator])[] = Object.entries(values);

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
        const { paperClass, fields } = extractFields({ text: "", words, meanConfidence: 0.5 });
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
  const labels = PAPERS.flatMap(({ fields }) => fields.flatMap(({ anchors }) => anchors)).filter(
    (a) => a !== ",",
  );
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

const VALUES: readonly (readonly [values.Validator, string, string | null])[] = [
  [values.date, "12/05/2003", "2003-05-12"],
  [values.date, "l2/O5/2003", "2003-05-12"],
  [values.date, "ngày 5 tháng 8 năm 2021", "2021-08-05"],
  [values.date, "31/02/2003", null],
  [values.date, "12/13/2003", null],
  [values.date, "29/02/2000", "2000-02-29"],
  [values.personalNumber, "048 212 363 760", "048212363760"],
  [values.personalNumber, "04821236376", null],
  [values.sex, "Nữ Dân tộc: Kinh", "Nữ"],
  [values.sex, "Namibia", null],
  [values.name, ": NGUYỄN THỊ MỸ PHƯỢNG .", "NGUYỄN THỊ MỸ PHƯỢNG"],
  [values.name, "12345", null],
  [values.year, "1968 Dân", "1968"],
  [values.year, "3068", null],
  [values.documentNumber, "127 / GXN-UBND ngày", "127 / GXN-UBND"],
  [values.documentNumber, "406/2021-THPT ăn Dũng", "406/2021-THPT"],
  [values.documentNumber, "B 3971857", "B 3971857"],
  [values.documentNumber, "không có", null],
];

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
