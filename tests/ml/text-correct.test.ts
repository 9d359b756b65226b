// Are slips of the recogniser mended, each one marked, and is no word turned into another person's or another thing?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Word } from "../../src/ml/reader.js";
import { type CorrectOptions, correctWords, textOfLines } from "../../src/ml/text/correct.js";
import { makeLexicon } from "../../src/ml/text/lexicon/lexicon.js";
import { ETHNIC_GROUPS } from "../../src/ml/text/lexicon/peoples.js";
import { PROVINCES_BEFORE_2025, PROVINCES_SINCE_2025 } from "../../src/ml/text/lexicon/places.js";
import { likeness } from "../../src/ml/text/likeness.js";
import { isSyllable } from "../../src/ml/text/syllable.js";

const lexicon = makeLexicon();

/** "Bùi~0.4" is a word read with 40 %; without a figure it is read with 96 %. Rows are lines. */
const pageOf = (text: string) => {
  const words: Word[] = [];
  const lines: { from: number; to: number }[] = [];
  for (const [row, line] of text.split("\n").entries()) {
    const from = words.length;
    let x = 40;
    for (const part of line.split(" ")) {
      const [letters = "", confidence = "0.96"] = part.split("~");
      const w = letters.length * 14;
      if (Number.isNaN(Number(confidence))) throw new Error(`"${part}" has no figure after ~`);
      words.push({ text: letters, confidence: Number(confidence), box: { x, y: row * 50, w, h: 30 } });
      x += w + 12;
    }
    lines.push({ from, to: words.length });
  }
  return { words, lines };
};

const corrected = (text: string, options: Partial<CorrectOptions> = {}) => {
  const { words, lines } = pageOf(text);
  const out = correctWords(words, lines, { lexicon, ...options });
  return { words: out, text: textOfLines(out, lines) };
};

const MENDED: readonly (readonly [read: string, right: string])[] = [
  ["CÔNG~0.9 HÒA XÃ HỘI CHỦ NGHIA~0.8 VIỆT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
  ["Độc lập - Tự đo~0.9 - Hạnh phúc", "Độc lập - Tự do - Hạnh phúc"],
  ["Số vào số gốc cấp bằng: 113/2022-THPT", "Số vào sổ gốc cấp bằng: 113/2022-THPT"],
  ["ghỉ~0.89 bằng chữ: Ngày mười lăm", "ghi bằng chữ: Ngày mười lăm"],
  ["Dân tộc: Kính~0.86", "Dân tộc: Kinh"],
  ["Dân tộc: Mưởng~0.7 Quốc tịch: Việt Nam", "Dân tộc: Mường Quốc tịch: Việt Nam"],
  ["Nơi sinh: xã Bình Phú, tính~0.93 Quảng Nam", "Nơi sinh: xã Bình Phú, tỉnh Quảng Nam"],
  ["Họ, chữ đệm, tên: NGUYÊN~0.5 VĂN TUẤN", "Họ, chữ đệm, tên: NGUYỄN VĂN TUẤN"],
  ["Ngày sinh: O5/1O/2001~0.8", "Ngày sinh: 05/10/2001"],
  ["Số định danh cá nhân: 0490O10123l5~0.7", "Số định danh cá nhân: 049001012315"],
  ["GIAY~0.91 XAC~0.74 NHẬN~0.86", "GIẤY XÁC NHẬN"],
  ["Hạng/Class: D†~0.64", "Hạng/Class: D1"],
  ["Mã nơi đối tượng sinh sống: K†", "Mã nơi đối tượng sinh sống: K1"],
  ["Diện tích: 2.046 m?", "Diện tích: 2.046 m²"],
  ["sử dụng 622 m đất tại xã", "sử dụng 622 m² đất tại xã"],
];

for (const [read, right] of MENDED)
  test(`"${right}" is read out of "${read}"`, () => {
    const { words, text } = corrected(read);
    assert.is(text, right);
    const marked = words.filter(({ correction }) => correction !== undefined);
    assert.ok(marked.length > 0);
    const before = pageOf(read).words;
    for (const [index, word] of words.entries()) {
      const was = before[index];
      assert.ok(word.confidence <= (was?.confidence ?? 0), "never surer than the recogniser was");
      if (word.text === was?.text) assert.is(word.correction, undefined);
      else assert.is(word.correction?.from, was?.text);
    }
  });

const KEPT: readonly string[] = [
  "cách 622 m đường tại xã",
  // Names of people that differ from others, and from words of forms, by a mark.
  "Họ và tên: Nguyễn Thị Hăng~0.5",
  "Họ và tên: Trần Nam~0.6 Sinh",
  "Trần Nam~0.6 Sinh",
  "Ông Lê Văn Chiện~0.55",
  // A commune is no province.
  "Nơi cư trú: xã Yên Bài,~0.8 huyện Ba Vì, thành phố Hà Nội",
  "Nơi sinh: xã Bình Đình,~0.7 huyện Yên Phong, tỉnh Bắc Ninh",
  // Signs, codes and foreign words.
  "Số: 127/GXN-UBND~0.7 CCCD~0.6 QSDĐ~0.5 B2~0.7",
  "Nhãn hiệu: HONDA~0.8 Số loại: WINNER~0.7 X",
  "Quốc tịch: Singapore~0.9",
  // Digits.
  "Ngày sinh: 31/13/2001~0.4 Số định danh cá nhân: 04900101234~0.3",
];

for (const line of KEPT)
  test(`"${line}" stays as it was read`, () => {
    const { words } = pageOf(line);
    assert.equal(corrected(line).words, words);
  });

test("the citizen's own name mends a slip of the recogniser, and says so", () => {
  const { words, text } = corrected("Họ và tên: ĐĂNG~0.6 THỊ HẰNG", { known: { fullName: "ĐẶNG THỊ HẰNG" } });
  assert.is(text, "Họ và tên: ĐẶNG THỊ HẰNG");
  assert.equal(words[3]?.correction, { from: "ĐĂNG", by: "chip" });
  assert.ok((words[3]?.confidence ?? 1) <= 0.75);
});

test("a place of the chip mends the same place on the paper", () => {
  const { text } = corrected("Quê quán: xã Phước Mỷ,~0.6 huyện Sơn Hoà", {
    known: { placeOfOrigin: "Phước Mỹ, Sơn Trà, Đà Nẵng" },
  });
  assert.is(text, "Quê quán: xã Phước Mỹ, huyện Sơn Hoà");
});

/** Pairs of different names that a careless program takes for one. */
const NEAR: readonly (readonly [printed: string, citizen: string])[] = [
  ["Nguyễn Thị Hạnh", "Nguyễn Thị Hằng"],
  ["Nguyễn Thị Hằng", "Nguyễn Thị Hạnh"],
  ["Trần Văn Toán", "Trần Văn Toàn"],
  ["Lê Thị Thủy", "Lê Thị Thúy"],
  ["Phạm Minh Tuần", "Phạm Minh Tuấn"],
  ["Vũ Văn Nghĩa", "Võ Văn Nghĩa"],
  ["Hồ Thị Loan", "Hà Thị Loan"],
  ["Nguyễn Văn Dũng", "Nguyễn Văn Dụng"],
];

for (const [printed, citizen] of NEAR)
  test(`${printed} on the paper never becomes the citizen ${citizen}`, () => {
    // As sure as a right reading of a name under a phone was in 99 of 100 words.
    for (const confidence of [0.66, 0.8, 0.95]) {
      const line = `Họ và tên: ${printed
        .split(" ")
        .map((word) => `${word}~${confidence}`)
        .join(" ")}`;
      assert.is(corrected(line, { known: { fullName: citizen } }).text, `Họ và tên: ${printed}`);
    }
  });

test("names of the lexicon that differ by a mark never become one another, at a doubt that right readings have", () => {
  const names = [...lexicon.names].filter(isSyllable);
  let pairs = 0;
  for (const printed of names.filter((_, index) => index % 3 === 0)) {
    const near = names
      .filter(
        (name) => name !== printed && name.length === printed.length && likeness(printed, name, 0.6) <= 0.6,
      )
      .slice(0, 3);
    for (const citizen of near) {
      pairs += 1;
      const { text } = corrected(`Họ và tên: Trần Thị ${printed}~0.6`, {
        known: { fullName: `Trần Thị ${citizen}` },
      });
      assert.is(text, `Họ và tên: Trần Thị ${printed}`);
    }
  }
  assert.ok(pairs > 300, `${pairs} pairs`);
});

const LETTERS = fc.constantFrom(..."aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằếộửỵ0123456789-/.:,_'AĐÀ<«\u0301 ");
const WORD = fc.record(
  {
    text: fc.oneof(
      fc.string({ unit: LETTERS, maxLength: 14 }),
      fc.string({ unit: "binary", maxLength: 9 }),
      fc.constantFrom("Họ", "và", "tên:", "Dân", "tộc:", "Ủy", "ban", "nhân", "dan", "tỉnh", "Quang", "Nam"),
    ),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    box: fc.constant({ x: 40, y: 50, w: 90, h: 30 }),
  },
  { noNullPrototype: true },
);

test("any words: as many come out, and each that changed says from what", () => {
  fc.assert(
    fc.property(
      fc.array(WORD, { maxLength: 30 }),
      fc.array(fc.tuple(fc.nat(34), fc.nat(34)), { maxLength: 5 }),
      fc.dictionary(fc.constantFrom("fullName", "placeOfOrigin", "number"), fc.string({ unit: LETTERS })),
      (words, spans, known) => {
        const lines = spans.map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
        const before = structuredClone(words);
        const out = correctWords(words, lines, { lexicon, known });
        assert.equal(words, before, "what came in is not changed");
        assert.is(out.length, words.length);
        for (const [index, word] of out.entries()) {
          const was = words[index] as Word;
          assert.equal(word.box, was.box);
          assert.ok(word.confidence <= was.confidence);
          if (word.correction === undefined) assert.is(word.text, was.text);
          else assert.is(word.correction.from, was.text);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test("any digits: no digit becomes another or goes", () => {
  const number = fc.string({ unit: fc.constantFrom(..."0123456789OIlSBZ/.-"), minLength: 3, maxLength: 14 });
  fc.assert(
    fc.property(number, fc.double({ min: 0, max: 1, noNaN: true }), (text, confidence) => {
      const words = [{ text, confidence, box: { x: 0, y: 0, w: 90, h: 30 } }];
      const [out] = correctWords(words, [{ from: 0, to: 1 }], { lexicon });
      assert.is(out?.text.length, text.length);
      for (const [at, letter] of [...text].entries()) if (/\d/.test(letter)) assert.is(out?.text[at], letter);
    }),
    { numRuns: 2_000 },
  );
});

test("syllables: what Vietnamese writes is one, what it can not is none", () => {
  const good =
    "cộng hòa hoà xã nghĩa việt lập giấy gì gìn giếng giết giữ quý quỳnh quyết kỹ lý thuý thúy khuỷu hoài nguyễn phượng yêu uyên ơn ứng mía chứa người mười mốt huyện khoa huế thuế khuya quẩn";
  for (const word of good.split(" ")) assert.ok(isSyllable(word), word);
  for (const word of "nghia1 hạnnh căc bit ghạ ngê kạ quôn xxz nhh đươcc muà ứơc tỉnhh sinhh ê̂".split(" "))
    assert.not.ok(isSyllable(word), word);
  for (const word of lexicon.names) assert.ok(isSyllable(word) || word.length <= 6, word);
});

test("the lists are whole: 34 and 63 provinces, 54 groups", () => {
  assert.is(PROVINCES_SINCE_2025.length, 34);
  assert.is(new Set(PROVINCES_SINCE_2025).size, 34);
  // One of the 63 is there under both of its names.
  assert.is(new Set([...PROVINCES_SINCE_2025, ...PROVINCES_BEFORE_2025]).size, 63 + 1);
  const spellings = ["Khơ Me", "Hmông"];
  assert.is(new Set(ETHNIC_GROUPS.filter((name) => !spellings.includes(name))).size, 54);
});

test("an operator's communes are known like the provinces", () => {
  const own = makeLexicon({ places: ["Trà Bồng Thượng"], words: ["kazan"] });
  const { words, lines } = pageOf("Nơi sinh: xã Ba, Trà Bổng~0.6 Thượng");
  assert.is(
    textOfLines(correctWords(words, lines, { lexicon: own }), lines),
    "Nơi sinh: xã Ba, Trà Bồng Thượng",
  );
  assert.is(corrected("Nơi sinh: xã Ba, Trà Bổng~0.6 Thượng").text, "Nơi sinh: xã Ba, Trà Bổng Thượng");
});

test.run();
