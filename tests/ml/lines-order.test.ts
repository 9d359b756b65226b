// Are the words of a page read in the order in which a person reads them?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withoutOrnaments } from "../../src/ml/lines/ornaments.js";
import { inReadingOrder, type Line } from "../../src/ml/lines/reading-order.js";
import { seededRandom } from "../../src/ml/samples/random.js";

const LETTER = 16;
const HEIGHT = 30;

/** Words at x, with one blank between them; y is the top. */
const at = (x: number, y: number, text: string): Line => {
  let left = x;
  return text.split(" ").map((word) => {
    const w = word.length * LETTER;
    const box = { x: left, y, w, h: HEIGHT };
    left += w + LETTER;
    return { text: word, confidence: 1, box };
  });
};
const centred = (x: number, y: number, text: string): Line => at(x - (text.length * LETTER) / 2, y, text);
const right = (x: number, y: number, text: string): Line => at(x - text.length * LETTER, y, text);

const read = (lines: readonly Line[]): readonly string[] =>
  inReadingOrder(lines).map((line) => line.map(({ text }) => text).join(" "));

const shuffled = (lines: readonly Line[], seed: number): readonly Line[] => {
  const random = seededRandom(seed);
  return lines
    .map((line) => ({ line, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
};

const readsAs = (what: string, lines: readonly Line[], wanted: readonly string[]) =>
  test(what, () => {
    for (let seed = 1; seed <= 5; seed += 1)
      assert.equal(read(shuffled(lines, seed)), wanted, `order ${seed}`);
  });

readsAs(
  "the authority over a letter before the motto beside it",
  [
    centred(420, 100, "ỦY BAN NHÂN DÂN"),
    centred(420, 150, "XÃ BÌNH PHÚ"),
    centred(1150, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"),
    centred(1150, 150, "Độc lập - Tự do"),
    centred(800, 320, "GIẤY XÁC NHẬN"),
    at(200, 400, "Căn cứ đơn của ông Nguyễn Văn An về việc xác nhận nơi cư trú"),
  ],
  [
    "ỦY BAN NHÂN DÂN",
    "XÃ BÌNH PHÚ",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA",
    "Độc lập - Tự do",
    "GIẤY XÁC NHẬN",
    "Căn cứ đơn của ông Nguyễn Văn An về việc xác nhận nơi cư trú",
  ],
);

readsAs(
  "a form row by row across its wide gaps",
  [
    at(200, 100, "Giới tính: Nam"),
    at(700, 102, "Dân tộc: Kinh"),
    at(1150, 98, "Quốc tịch: Việt Nam"),
    at(200, 160, "Năm sinh: 1971"),
    at(700, 158, "Dân tộc: Mông"),
    at(1150, 162, "Quốc tịch: Việt Nam"),
  ],
  ["Giới tính: Nam Dân tộc: Kinh Quốc tịch: Việt Nam", "Năm sinh: 1971 Dân tộc: Mông Quốc tịch: Việt Nam"],
);

readsAs(
  "labels left and values right, aligned: one row each",
  [
    at(200, 100, "Số hiệu:"),
    at(800, 100, "B 3971857"),
    at(200, 160, "Ngày cấp:"),
    at(800, 160, "24/08/2021"),
    at(200, 220, "Nơi cấp:"),
    at(800, 220, "Hà Nội"),
  ],
  ["Số hiệu: B 3971857", "Ngày cấp: 24/08/2021", "Nơi cấp: Hà Nội"],
);

readsAs(
  "addressees left and the signature right: one block after the other",
  [
    at(200, 100, "Nơi nhận:"),
    at(200, 140, "- Như trên;"),
    at(200, 180, "- Lưu: VT."),
    centred(1200, 90, "TM. ỦY BAN NHÂN DÂN"),
    centred(1200, 150, "CHỦ TỊCH"),
    centred(1200, 330, "Vũ Đức Thắng"),
  ],
  ["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Vũ Đức Thắng"],
);

test("a row that climbs a little is one row", () => {
  const row = [
    at(200, 100, "Giới tính: Nam"),
    at(700, 108, "Dân tộc: Kinh"),
    at(1150, 115, "Quốc tịch: Việt Nam"),
  ];
  assert.is(read(row).length, 1);
});

test("a number at the right edge of a title's row stays on it", () => {
  assert.equal(read([centred(800, 100, "(BẢN SAO)"), right(1500, 100, "Số: 12/2021")]), [
    "(BẢN SAO) Số: 12/2021",
  ]);
});

test("nothing is lost or doubled, whatever lies where", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seededRandom(seed);
    const lines = Array.from({ length: random.integer(0, 40) }, (_, index) =>
      at(random.integer(0, 1_500), random.integer(0, 2_000), `w${index} v${index}`),
    );
    const given = lines.flat().map(({ text }) => text);
    assert.equal(
      inReadingOrder(lines)
        .flat()
        .map(({ text }) => text)
        .sort(),
      given.sort(),
    );
  }
});

test("a border that was read as letters and rules beside lines are no words; small print and unread ink are", () => {
  const page = [
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA",
    "Căn cứ đơn của ông Nguyễn Văn An",
    "về việc xác nhận nơi cư trú",
  ].map((text, row) => at(200, 200 + 60 * row, text));
  const border: Line = [{ text: "kc04C0S100Ma(S7", confidence: 0.02, box: { x: 200, y: 90, w: 900, h: 9 } }];
  const rule: Line = [
    { text: "|", confidence: 0.96, box: { x: 150, y: 180, w: 12, h: 37 } },
    ...at(200, 380, "Ông: Lương Văn Thử"),
  ];
  const small: Line = [{ text: "1)", confidence: 0.9, box: { x: 200, y: 500, w: 14, h: 10 } }];
  const unread: Line = [{ text: "", confidence: 0, box: { x: 200, y: 560, w: 300, h: 8 } }];
  assert.equal(withoutOrnaments([border, ...page, rule, small, unread]), [
    ...page,
    rule.slice(1),
    small,
    unread,
  ]);
  assert.equal(withoutOrnaments([]), []);
});

test.run();
