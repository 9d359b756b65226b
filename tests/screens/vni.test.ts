// Do the keys of the VNI method give the words that people mean?
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { telex } from "../../src/screen/telex.js";
import { vni } from "../../src/screen/vni.js";
import { PLACES } from "./words.js";

const type = (keys: string): string => [...keys].reduce((text, key) => vni(text, key), "");

const WORDS: readonly (readonly [keys: string, text: string])[] = [
  ["Nguye6n4 Va8n Du7o7ng2", "Nguyễn Văn Dường"],
  ["Nguyen64 Van8 Duong72", "Nguyễn Văn Dường"],
  ["Tra6n2 Thi5 Hoa2", "Trần Thị Hòa"],
  ["Hoang2 Quoc61 Viet65", "Hoàng Quốc Việt"],
  ["xa4 Binh2 Phu1", "xã Bình Phú"],
  ["d9uoc75", "được"],
  ["D9a2 Na8ng4", "Đà Nẵng"],
  ["thuo73 giay61 khoe3", "thuở giấy khỏe"],
  ["huou7 nguoi72 ruou75", "hươu người rượu"],
  ["hoan2 tuan6 quyen63", "hoàn tuân quyển"],
  ["khuyu3 ngoan82", "khuỷu ngoằn"],
  ["mua7 sua73", "mưa sửa"],
  ["so61 12A1", "số 12A1"],
  ["to63 5 thon6 7", "tổ 5 thôn 7"],
  ["QL1A K3", "QL1A K3"],
];

test("names, places and the words of forms", () => {
  for (const [keys, text] of WORDS) assert.is(type(keys), text, keys);
});

test("a mark or a tone set twice is taken back and gives the digit; 0 takes a tone off", () => {
  assert.is(type("a11"), "a1");
  assert.is(type("a66"), "a6");
  assert.is(type("a88"), "a8");
  assert.is(type("o77"), "o7");
  assert.is(type("d99"), "d9");
  assert.is(type("a10"), "a");
  assert.is(type("a0"), "a0");
  assert.is(type("a7"), "a7");
  assert.is(type("e8"), "e8");
});

test("a mark takes the place of another; capitals stay; letters of Telex are letters", () => {
  assert.is(type("a68"), "ă");
  assert.is(type("o67"), "ơ");
  assert.is(type("o76"), "ô");
  assert.is(type("D9UO7NG2"), "ĐƯỜNG");
  assert.is(type("aa ow dd as"), "aa ow dd as");
});

const MARK_KEYS: Readonly<Record<string, string>> = { "\u0302": "6", "\u0306": "8", "\u031b": "7" };
const TONE_KEYS: Readonly<Record<string, string>> = {
  "\u0301": "1",
  "\u0300": "2",
  "\u0309": "3",
  "\u0303": "4",
  "\u0323": "5",
};

/** The mark behind its letter, or all of them behind the word; the tone last. */
const keysOf = (word: string, behindWord: boolean): string => {
  let keys = "";
  let marks = "";
  let tone = "";
  for (const character of word) {
    const [letter = "", ...signs] = [...character.replace("đ", "d\u0335").normalize("NFD")];
    keys += letter;
    for (const sign of signs) {
      tone = TONE_KEYS[sign] ?? tone;
      const mark = sign === "\u0335" ? "9" : MARK_KEYS[sign];
      if (mark === undefined) continue;
      if (behindWord && !marks.includes(mark)) marks += mark;
      if (!behindWord) keys += mark;
    }
  }
  return keys + marks + tone;
};

test("every word of the provinces and of the procedures can be typed, marks at once or at the end", () => {
  for (const word of PLACES.split(" "))
    for (const behindWord of [false, true]) {
      const keys = keysOf(word, behindWord);
      assert.is(type(keys), word, `${keys} for ${word}`);
    }
});

test("any keys at all give text, never an error, and never lose a character before the last word", () => {
  const keys = fc.oneof(fc.string({ maxLength: 3 }), fc.stringMatching(/^[aeiouydwn0-9]{1,6}$/));
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), keys, (before, typed) => {
      let text = before.normalize("NFC");
      for (const key of typed) text = vni(text, key);
      const head = before.normalize("NFC").replace(/[\p{L}\p{M}]+$/u, "");
      assert.ok(text.startsWith(head));
    }),
    { numRuns: 3_000 },
  );
});

test("whatever syllable Telex can make, VNI can: base letters and signs are the same two alphabets", () => {
  const syllable = fc.tuple(
    fc.constantFrom("", "b", "c", "d", "g", "gi", "h", "kh", "ng", "ngh", "ph", "qu", "th", "tr"),
    fc.constantFrom("a", "e", "i", "o", "u", "y", "ai", "ao", "au", "ie", "oa", "ua", "uo", "uoi", "uye"),
    fc.constantFrom("", "c", "m", "n", "ng", "nh", "t"),
    fc.constantFrom("s", "f", "r", "x", "j"),
  );
  const digitOf: Readonly<Record<string, string>> = { s: "1", f: "2", r: "3", x: "4", j: "5" };
  fc.assert(
    fc.property(syllable, ([initial, vowels, final, tone]) => {
      const word = initial + vowels + final;
      const byTelex = [...tone].reduce((text, key) => telex(text, key), word);
      assert.is(vni(word, digitOf[tone] ?? ""), byTelex.endsWith(tone) ? word + digitOf[tone] : byTelex);
    }),
    { numRuns: 1_000 },
  );
});

test.run();
