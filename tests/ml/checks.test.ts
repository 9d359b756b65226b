// Do papers that contradict themselves, the card, the form or each other come before a person, and no others?
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCheckId } from "../../src/ml/checks/catalogue.js";
import type { Check } from "../../src/ml/checks/check.js";
import { type ComparedPaper, type Comparison, comparePapers } from "../../src/ml/checks/compare.js";
import { dateFromWords } from "../../src/ml/checks/date-words.js";
import { compareNames } from "../../src/ml/checks/names.js";
import { checkPage, type PageInput } from "../../src/ml/checks/page-checks.js";
import { comparePlaces } from "../../src/ml/checks/places.js";
import type { ReadField, TextLine, Word } from "../../src/ml/reader.js";
import { dateInWords } from "../../src/ml/samples/people.js";

const NAMES: readonly (readonly [string, string, "same" | "variant" | "different", RegExp?])[] = [
  ["Nguyễn Văn Hoà", "NGUYỄN VĂN HÒA", "same"],
  ["Nguyễn Thị Thuý", "Nguyễn Thị Thúy", "same"],
  ["H'Hen Niê", "H’HEN NIÊ", "same"],
  ["Trần Văn Tuấn", "TRẦN VĂN  TUẤN", "same"],
  ["Lý Thị Quý", "Lí Thị Quí", "variant", /i for y/],
  ["Đặng Văn Đức", "Dặng Văn Đức", "variant", /Đ or D/],
  ["Huỳnh Văn An", "Hoàng Văn An", "variant", /regional/],
  ["Võ Thị Lan", "Vũ Thị Lan", "variant", /regional/],
  ["Nguyen Van Hung", "Nguyễn Văn Hùng", "variant", /without marks/],
  ["Nguyễn Tuấn", "Nguyễn Văn Tuấn", "variant", /middle name/],
  ["Tuấn Nguyễn Văn", "Nguyễn Văn Tuấn", "variant", /order/],
  ["Trần Nguyễn Thị Lan", "Nguyễn Thị Lan", "variant", /marriage/],
  ["N.V. Tuấn", "Nguyễn Văn Tuấn", "variant", /initials/],
  ["Nguyễn Văn Hùng", "Nguyễn Văn Hưng", "different", /mark or a letter/],
  ["Nguyễn Văn Tuấn", "Trần Văn Tuấn", "different"],
  ["Nguyễn Thị Thúy", "Nguyễn Thị Thúi", "different"],
];

test("names as people write them", () => {
  for (const [a, b, result, why] of NAMES) {
    const found = compareNames(a, b);
    assert.is(found.result, result, `${a} | ${b}`);
    if (why !== undefined) assert.match(found.reason?.en ?? "", why);
    assert.equal(compareNames(b, a).result, result, "the order does not matter");
  }
});

const PLACES: readonly (readonly [string, string, "same" | "variant" | "different", boolean?])[] = [
  ["Bình Phú, Thăng Bình, Quảng Nam", "xã Bình Phú, huyện Thăng Bình, tỉnh Quảng Nam", "same"],
  ["TP. HCM", "thành phố Hồ Chí Minh", "same"],
  [
    "xã Bình Phú, huyện Thăng Bình, tỉnh Quảng Nam",
    "xã Bình Phú, huyện Thăng Bình, thành phố Đà Nẵng",
    "variant",
    true,
  ],
  ["Hà Tây", "Hà Nội", "variant", true],
  ["Hưng Hà, Thái Bình", "xã Hòa Tiến, huyện Hưng Hà, tỉnh Hưng Yên", "variant", true],
  ["xã Thăng Phú, thành phố Đà Nẵng", "xã Bình Phú, huyện Thăng Bình, tỉnh Quảng Nam", "variant", false],
  ["phường 1, quận 3, TP.HCM", "phường 1, quận 4, thành phố Hồ Chí Minh", "different"],
  ["Bình Phú, Quảng Nam", "Tân Lập, Hà Nội", "different"],
];

test("places before and after the merger of 2025", () => {
  for (const [a, b, result, explained] of PLACES) {
    const found = comparePlaces(a, b);
    assert.is(found.result, result, `${a} | ${b}`);
    if (explained !== undefined) assert.is(found.explained, explained, `${a} | ${b}`);
    assert.is(comparePlaces(b, a).result, result);
  }
});

test("dates in words, as registrars write them", () => {
  for (let year = 1900; year < 2030; year += 1)
    for (const [month, day] of [
      [1, 1],
      [4, 15],
      [5, 5],
      [10, 21],
      [12, 31],
    ] as const) {
      const iso = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
      assert.is(dateFromWords(`ghi bằng chữ: ${dateInWords({ year, month, day })} Giới tính: Nam`), iso);
    }
  assert.is(dateFromWords("ngày mồng ba tháng giêng năm hai nghìn lẻ tám"), "2008-01-03");
  assert.is(dateFromWords("ngày ba tháng hai năm hai nghìn không trăm"), null, "the year breaks off");
  assert.is(dateFromWords("ngày ba mươi tháng hai năm hai nghìn lẻ tám"), null, "no such day");
});

const field = (key: string, value: string, confidence = 0.95): ReadField => ({
  key,
  label: { vi: key, en: key },
  value,
  confidence,
  box: { x: 10, y: 10, w: 100, h: 20 },
  source: "print",
  correction: null,
});

const paper = (
  paperId: string,
  fields: readonly ReadField[],
  paperClass: ComparedPaper["paperClass"] = "birthCertificate",
): ComparedPaper => ({
  paperId,
  title: { vi: paperId, en: paperId },
  paperClass,
  fields,
  checks: [],
});

const CITIZEN = {
  fullName: "Nguyễn Văn Hòa",
  number: "049090001234",
  birthDate: "1990-05-12",
  sex: "Nam",
  placeOfOrigin: "xã Bình Phú, huyện Thăng Bình, tỉnh Quảng Nam",
};

const visit = (change: Partial<Comparison>): Comparison => ({
  citizen: CITIZEN,
  identityLevel: "notCloned",
  values: {},
  fields: [],
  papers: [],
  today: "2026-07-01",
  ...change,
});

const doubts = (checks: readonly Check[]): readonly string[] =>
  checks.filter(({ verdict }) => verdict !== "pass").map(({ id, verdict }) => `${id} ${verdict}`);

test("a paper that says what the card says passes, however it is written", () => {
  const own = paper("birth", [
    field("fullName", "NGUYỄN VĂN HOÀ"),
    field("birthDate", "1990-05-12"),
    field("personalNumber", "049090001234"),
    field("placeOfOrigin", "xã Bình Phú, huyện Thăng Bình, thành phố Đà Nẵng"),
  ]);
  const checks = comparePapers(visit({ papers: [own] }));
  assert.equal(doubts(checks), []);
  assert.is(checks.length, 4);
});

test("a birth date that differs is told as fail by a chip, and as a doubt by a claim or a poor reading", () => {
  const wrong = (confidence: number) =>
    paper("birth", [field("personalNumber", "049090001234"), field("birthDate", "1991-06-12", confidence)]);
  assert.equal(doubts(comparePapers(visit({ papers: [wrong(0.95)] }))), ["compare.date fail"]);
  assert.equal(doubts(comparePapers(visit({ papers: [wrong(0.5)] }))), ["compare.date unsure"]);
  assert.equal(doubts(comparePapers(visit({ papers: [wrong(0.95)], identityLevel: "claimed" }))), [
    "compare.date unsure",
  ]);
});

test("a child's certificate is the child's: the parent is looked for on it", () => {
  const child = paper("birth", [
    field("fullName", "NGUYỄN THỊ MAI"),
    field("birthDate", "2015-01-02"),
    field("fatherName", "Nguyễn Văn Hòa"),
    field("fatherBirthYear", "1990"),
  ]);
  assert.equal(doubts(comparePapers(visit({ papers: [child] }))), []);
  const stranger = paper("birth", [field("fullName", "TRẦN THỊ MAI"), field("birthDate", "2015-01-02")]);
  assert.equal(doubts(comparePapers(visit({ papers: [stranger] }))), ["compare.name unsure"]);
});

test("the form is held against card and paper", () => {
  const checks = comparePapers(
    visit({
      values: { hoTen: "Nguyễn Văn Hòa", soGiay: "12/2016" },
      fields: [
        { key: "hoTen", kind: "text", label: { vi: "Họ tên", en: "Name" }, fromCard: "fullName" },
        { key: "soGiay", kind: "text", label: { vi: "Số", en: "Number" }, fromPaper: "birth.number" },
      ],
      papers: [paper("birth", [field("number", "127/2016")])],
    }),
  );
  assert.equal(doubts(checks), ["compare.number fail"]);
  const [found] = checks.filter(({ verdict }) => verdict === "fail");
  assert.match(found?.sentence.vi ?? "", /127\/2016.*12\/2016/);
  assert.is(found?.paperId, "birth");
  assert.is(found?.formKey, "soGiay");
});

test("two papers of one person are held against each other, old number and new", () => {
  const one = paper("a", [
    field("fullName", "Lê Thị Mỹ"),
    field("birthDate", "1970-02-03"),
    field("sex", "Nữ"),
  ]);
  const other = paper("b", [field("fullName", "Lê Thị Mĩ"), field("birthDate", "1970"), field("sex", "Nam")]);
  const found = doubts(comparePapers(visit({ citizen: null, papers: [one, other] })));
  assert.equal(found, ["compare.name unsure", "compare.sex fail"]);
});

const lineOf = (texts: readonly string[]): { words: Word[]; lines: TextLine[] } => {
  const words: Word[] = [];
  const lines = texts.map((text, row): TextLine => {
    const from = words.length;
    let x = 100;
    for (const part of text.split(" ")) {
      words.push({ text: part, confidence: 0.96, box: { x, y: 100 + row * 60, w: part.length * 18, h: 30 } });
      x += part.length * 18 + 12;
    }
    return { box: { x: 100, y: 100 + row * 60, w: x - 100, h: 30 }, script: "print", from, to: words.length };
  });
  return { words, lines };
};

const written = (change: Partial<PageInput>, texts: readonly string[] = []): readonly string[] =>
  doubts(
    checkPage({
      // Too small to be judged by its pixels.
      page: { width: 100, height: 100, data: new Uint8Array(30_000) },
      dpi: null,
      ...lineOf(texts),
      fields: [],
      paperClass: "unknown",
      codes: [],
      source: "file",
      ...change,
    }),
  );

test("twelve digits against birth, sex and province", () => {
  const own = (number: string) => [
    field("personalNumber", number),
    field("birthDate", "1990-05-12"),
    field("sex", "Nam"),
  ];
  assert.equal(written({ fields: own("049090001234") }), []);
  assert.equal(written({ fields: own("049091001234") }), ["number.birth fail"]);
  assert.equal(written({ fields: own("049190001234") }), ["number.sex fail"]);
  assert.equal(written({ fields: own("003090001234") }), ["number.province fail"]);
});

test("the zone's check digits, and its number against the print", () => {
  // The specimen of Doc 9303-5, and the same with one digit changed.
  const zone = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
  const code = (text: string) => [{ kind: "mrz" as const, text, box: null }];
  assert.equal(written({ codes: code(zone) }), []);
  assert.equal(written({ codes: code(zone.replace("740812", "740813")) }), ["mrz.digits fail"]);
  assert.equal(written({ codes: code("I<UTO") }), []);
  const qr = [
    { kind: "qr" as const, text: "049090001234||Nguyễn Văn Hòa|12051990|Nam|Bình Phú|01012022", box: null },
  ];
  const printed = [field("personalNumber", "049090001235"), field("fullName", "NGUYỄN VĂN HOÀ")];
  assert.equal(written({ codes: qr, fields: printed }), ["code.field fail"]);
});

test("dates in order, in the past, and of people who could be parents", () => {
  const dates = (birth: string, issue: string) => [
    field("birthDate", birth),
    field("registrationDate", issue),
  ];
  assert.equal(written({ fields: dates("2016-05-04", "2016-06-01"), today: "2026-01-01" }), []);
  assert.equal(written({ fields: dates("2016-05-04", "2015-06-01") }), ["date.order fail"]);
  assert.equal(written({ fields: dates("2016-05-04", "2027-06-01"), today: "2026-01-01" }), [
    "date.future fail",
  ]);
  assert.equal(written({ fields: [field("expiryDate", "2020-01-01")], today: "2026-01-01" }), [
    "date.expired fail",
  ]);
  const born = [field("fullName", "LÊ AN"), field("birthDate", "2016-05-04"), field("motherName", "Lê Lan")];
  assert.equal(written({ fields: [...born, field("motherBirthYear", "2008")] }), ["age.parents fail"]);
  assert.equal(written({ fields: [...born, field("motherBirthYear", "1986")] }), []);
});

test("a date in words against the digits above it", () => {
  const rows = (digits: string) => [
    `Ngày, tháng, năm sinh: ${digits}`,
    `ghi bằng chữ: ${dateInWords({ year: 2016, month: 3, day: 15 })}`,
  ];
  assert.equal(written({}, rows("15/03/2016")), []);
  assert.equal(written({}, rows("16/03/2016")), ["date.words fail"]);
});

test("heading and motto are there and well spelt", () => {
  const papers = { paperClass: "decision" as const };
  assert.equal(written(papers, ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]), []);
  assert.equal(written(papers, ["CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]), []);
  assert.equal(written(papers, ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phút"]), [
    "heading.motto unsure",
  ]);
  assert.equal(written(papers, ["QUYẾT ĐỊNH"]), ["heading.motto unsure"]);
});

const anyField = fc.record({
  key: fc.constantFrom(
    "fullName",
    "birthDate",
    "personalNumber",
    "sex",
    "motherName",
    "motherBirthYear",
    "issueDate",
    "number",
    "expiryDate",
    "placeOfOrigin",
    "x",
  ),
  label: fc.constant({ vi: "x", en: "x" }),
  value: fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom("", "1990-05-12", "1990", "049090001234", "Nam", "Nguyễn Văn Hòa"),
  ),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  box: fc.option(fc.record({ x: fc.nat(900), y: fc.nat(900), w: fc.nat(300), h: fc.nat(80) })),
  source: fc.constant("print" as const),
  correction: fc.constant(null),
});

test("no comparison throws, whatever was read", () => {
  const anyPaper = fc.record({
    paperId: fc.string({ maxLength: 6 }),
    title: fc.constant({ vi: "x", en: "x" }),
    paperClass: fc.constantFrom("birthCertificate" as const, "unknown" as const, "decision" as const),
    fields: fc.array(anyField, { maxLength: 8 }),
    checks: fc.constant([]),
  });
  const anyVisit = fc.record({
    citizen: fc.option(
      fc.dictionary(
        fc.constantFrom("fullName", "number", "birthDate", "oldNumber", "sex"),
        fc.string({ maxLength: 20 }),
      ),
    ),
    identityLevel: fc.constantFrom("claimed" as const, "genuine" as const, null),
    values: fc.dictionary(fc.constantFrom("a", "b"), fc.string({ maxLength: 20 })),
    fields: fc.array(
      fc.record({
        key: fc.constantFrom("a", "b"),
        kind: fc.constant("text"),
        label: fc.constant({ vi: "x", en: "x" }),
        fromCard: fc.constantFrom("fullName", "birthDate"),
        fromPaper: fc.string({ maxLength: 12 }),
      }),
      { maxLength: 4 },
    ),
    papers: fc.array(anyPaper, { maxLength: 4 }),
    today: fc.constant("2026-01-01"),
  });
  fc.assert(
    fc.property(anyVisit, (given) => {
      for (const { id, sentence } of comparePapers(given)) assert.ok(isCheckId(id) && sentence.vi !== "");
    }),
    { numRuns: 400 },
  );
});

test("no page throws or dawdles, whatever its pixels and words", () => {
  const anyWord = fc.record({
    text: fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.constantFrom("12/05/1990", "049090001234", "CHỦ TỊCH", "tháng"),
    ),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    box: fc.record({
      x: fc.integer({ min: -50, max: 900 }),
      y: fc.integer({ min: -50, max: 900 }),
      w: fc.nat(500),
      h: fc.nat(200),
    }),
  });
  const anyPage = fc.record({
    width: fc.integer({ min: 1, max: 420 }),
    height: fc.integer({ min: 1, max: 420 }),
    seed: fc.nat(),
    grain: fc.constantFrom(0, 3, 255),
    words: fc.array(anyWord, { maxLength: 20 }),
    fields: fc.array(anyField, { maxLength: 6 }),
    dpi: fc.option(fc.integer({ min: -5, max: 1_200 })),
    source: fc.constantFrom("camera" as const, "file" as const, "scanner" as const),
    paperClass: fc.constantFrom("birthCertificate" as const, "drivingLicence" as const, "unknown" as const),
  });
  fc.assert(
    fc.property(anyPage, ({ width, height, seed, grain, words, ...rest }) => {
      let state = seed >>> 0;
      const data = Uint8Array.from({ length: width * height * 3 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return grain === 255 ? state >>> 24 : 200 + ((state >>> 24) % (grain + 1));
      });
      const lines: TextLine[] = words.map((word, i) => ({
        box: word.box,
        script: "print",
        from: i,
        to: i + 1,
      }));
      const checks = checkPage({ page: { width, height, data }, words, lines, codes: [], ...rest });
      for (const { id, box } of checks)
        assert.ok(isCheckId(id) && (box === null || Number.isFinite(box.x + box.y + box.w + box.h)));
    }),
    { numRuns: 60 },
  );
});

test.run();
