// Does what is known of a field decide between readings, without inventing what is not written?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ALPHABET } from "../../src/ml/handwriting/alphabet.js";
import { type HandKind, heldBy, openKinds } from "../../src/ml/handwriting/kinds.js";
import type { Logits } from "../../src/ml/handwriting/network.js";
import { readLogits } from "../../src/ml/handwriting/read-logits.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { FIELD_KINDS, writtenText } from "../../src/ml/training/handwriting/text.js";

const LETTERS = [...ALPHABET];
const CLASSES = LETTERS.length + 1;
const kinds = openKinds();

/** A network that sees, in each place, characters with the strength given; between them blanks. */
const seeing = (places: readonly (readonly (readonly [letter: string, strength: number])[])[]): Logits => {
  const data = new Float32Array(places.length * 2 * CLASSES);
  places.forEach((place, i) => {
    for (const [letter, strength] of place) data[2 * i * CLASSES + 1 + LETTERS.indexOf(letter)] = strength;
    data[(2 * i + 1) * CLASSES] = 12;
  });
  return { data, steps: places.length * 2, classes: CLASSES };
};

/** `doubts`: what a place may be as well, and by how much stronger. */
const writing = (
  text: string,
  doubts: Readonly<Record<number, readonly (readonly [string, number])[]>> = {},
): Logits => seeing([...text].map((letter, i) => [[letter, 12], ...(doubts[i] ?? [])]));

const read = (logits: Logits, kind: HandKind): string =>
  readLogits(logits, kind, { alphabet: ALPHABET, threshold: 0.9, kinds }).text;

test("a name's syllable wins over one that nobody is called, unless the strokes are plain", () => {
  assert.is(read(writing("Nguyẽn Văn An", { 4: [["ễ", 11.5]] }), "name"), "Nguyễn Văn An");
  assert.is(read(writing("Nguyẽn Văn An", { 4: [["ễ", 4]] }), "name"), "Nguyẽn Văn An");
  assert.is(read(writing("Lò Vàng Xjk"), "name"), "Lò Vàng Xjk", "what no list has is not forbidden");
});

test("letters become digits where only digits can stand, and a date is one that exists", () => {
  const doubt: readonly [string, number][] = [
    ["O", 13],
    ["0", 12],
  ];
  assert.is(
    read(
      seeing([doubt, ..."01086012345".split("").map((d): [string, number][] => [[d, 12]])]),
      "citizenNumber",
    ),
    "001086012345",
  );
  assert.is(read(writing("31/12/1975", { 0: [["8", 13]] }), "date"), "31/12/1975");
  assert.is(read(writing("15/13/1975", { 4: [["2", 11]] }), "date"), "15/12/1975");
  assert.is(
    read(writing("ngày 7 tháng 11 năm 2001", { 20: [["Z", 13]] }), "date"),
    "ngày 7 tháng 11 năm 2001",
  );
});

test("a field of digits holds nothing where words are written: it is left to the citizen", () => {
  const reading = readLogits(writing("Không"), "citizenNumber", {
    alphabet: ALPHABET,
    threshold: 0.9,
    kinds,
  });
  assert.equal(reading, { text: "", confidence: 0, letters: [], sure: false });
});

test("a citizen's number begins with a province where the strokes leave it open, and stays wrong where it is plain", () => {
  assert.is(
    read(writing("093186012345", { 1: [["7", 12.5]] }), "personalNumber"),
    "093186012345",
    "no province is 073",
  );
  assert.is(
    read(writing("001986012345", { 3: [["1", 10]] }), "citizenNumber"),
    "001186012345",
    "nobody is of 2400",
  );
  assert.is(read(writing("003186012345", { 2: [["4", 4]] }), "personalNumber"), "003186012345");
  assert.is(read(writing("214086012345"), "citizenNumber"), "214086012345", "a country's code");
  assert.is(read(writing("009 186 012 345", { 2: [["1", 11]] }), "personalNumber"), "001186012345");
  assert.is(
    read(writing("073456789", { 1: [["4", 11.5]] }), "citizenNumber"),
    "073456789",
    "the old nine have no province",
  );
});

test("numbers have their digits, whatever parts them; a citizen's twelve or nine", () => {
  for (const text of ["012345678", "0 0 1 0 8 6 0 1 2 3 4 5", "0010 8601 2345", "001.086.012.345"])
    assert.is(read(writing(text), "citizenNumber"), heldBy("citizenNumber", text));
  assert.is(read(writing("1 1 22"), "digits"), "1122", "a blank parts two equal digits");
  assert.is(read(writing("00108601234"), "personalNumber"), "", "eleven are none");
  assert.is(read(writing("012345678"), "personalNumber"), "", "where twelve are asked for nine are none");
});

test("a sum has its thousands apart and a unit behind them, and no letters among its digits", () => {
  for (const text of ["850.000", "1,250,000 đ", "45.000.000đ/tháng", "5 000 000 đồng", "120000 VNĐ", "7"])
    assert.is(read(writing(text), "money"), text);
  assert.is(
    read(writing("850.ooo đ", { 4: [["0", 9]], 5: [["0", 9]], 6: [["0", 9]] }), "money"),
    "850.000 đ",
  );
  assert.is(
    read(writing("1.50.000", { 1: [["5", 0]] }), "money"),
    "150.000",
    "a sign that parts no thousands",
  );
});

test("a telephone number has the digits that one can call, by any grouping", () => {
  for (const text of ["0912345678", "0912.345.678", "(024) 3825 1234", "+84 912345678", "0236 3 821 123"])
    assert.is(read(writing(text), "phone"), text);
  assert.is(read(writing("0412345678", { 1: [["9", 11]] }), "phone"), "0912345678");
  assert.is(read(writing("19001234"), "phone"), "19001234", "a hotline, plainly written");
});

test("numbers in words, sexes and closed lists", () => {
  assert.is(
    read(writing("Hai mươi lắm triệu đồng", { 10: [["ă", 11]] }), "words"),
    "Hai mươi lăm triệu đồng",
  );
  assert.is(read(writing("Nư", { 1: [["ữ", 10]] }), "sex"), "Nữ");
  assert.is(read(writing("Tàv", { 2: [["y", 11]] }), { oneOf: ["Kinh", "Tày", "Thái"] }), "Tày");
});

test("an address that ends in a province is likelier than one that ends in none", () => {
  assert.is(read(writing("xã Hòa An, Đẳk Lắk", { 12: [["ắ", 11.2]] }), "place"), "xã Hòa An, Đắk Lắk");
  assert.is(read(writing("xã Hòa An, Đẳk Lắk", { 12: [["ắ", 9]] }), "place"), "xã Hòa An, Đẳk Lắk");
});

test("a place that is written over is less sure, and so is a blank that could be a letter", () => {
  // Of what is seen of a line, its doubt alone.
  const letter: [number, number][] = [
    [0, 0],
    [1, 1],
  ];
  const calibration = { temperature: 1, letter, line: [0, 0, 0, -1, 0, 0], fittedOn: "nothing" };
  const confidence = (logits: Logits): number =>
    readLogits(logits, "name", { alphabet: ALPHABET, threshold: 0.9, kinds, calibration }).confidence;
  const plain = confidence(writing("Lò Văn Ún"));
  const over = confidence(writing("Lò Văn Ún", { 1: [["ó", 11]] }));
  const between = writing("Lò Văn Ún");
  between.data[CLASSES + 1 + LETTERS.indexOf("i")] = 11;
  assert.ok(over < plain - 0.05, `${over} of ${plain}`);
  assert.ok(confidence(between) < plain - 0.05, `${confidence(between)} of ${plain}`);
});

test("what a field holds: numbers without what parts them, and no blanks beside signs", () => {
  assert.is(heldBy("citizenNumber", "001 086.012 345"), "001086012345");
  assert.is(heldBy("date", "3 / 1 / 2033"), "3/1/2033");
  assert.is(heldBy("place", "xóm 7, xã Hòa An - Đà Nẵng"), "xóm 7,xã Hòa An-Đà Nẵng");
  assert.is(heldBy("date", "25 09 2011"), "25 09 2011", "there the blank is the sign");
});

test("whatever the training lines say, its field's kind can hold it", () => {
  const random = seededRandom(12);
  let refused = 0;
  for (let i = 0; i < 600; i += 1) {
    const { kind, text } = writtenText(random);
    const field = FIELD_KINDS[kind];
    if (heldBy(field, read(writing(text), field)) !== heldBy(field, text)) refused += 1;
  }
  // Days such as 31/2 are told by no form; whole words in odd capitals cost.
  assert.ok(refused <= 12, `${refused} of 600 lines are read as something else although plainly written`);
});

test.run();
