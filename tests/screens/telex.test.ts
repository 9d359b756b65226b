// Do the keys of the Telex method give the words that people mean?
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { setTone } from "../../src/screen/syllable.js";
import { telex } from "../../src/screen/telex.js";
import { PLACES } from "./words.js";

const type = (keys: string): string => [...keys].reduce((text, key) => telex(text, key), "");

const WORDS: readonly (readonly [keys: string, text: string])[] = [
  ["Nguyeenx Vawn Duwowngf", "Nguyễn Văn Dường"],
  ["Trần Thij Hoaf", "Trần Thị Hòa"],
  ["Hoangf Quoocs Vieetj", "Hoàng Quốc Việt"],
  ["xax Binhf Phus", "xã Bình Phú"],
  ["thuowngf tru", "thường tru"],
  ["dduwowcj", "được"],
  ["dduwocj", "được"],
  ["duowcj", "dược"],
  ["thuowr", "thuở"],
  ["giaays khai sinh", "giấy khai sinh"],
  ["Giaf Gif", "Già Gì"],
  ["quyeenr Quys quar", "quyển Quý quả"],
  ["khoer", "khỏe"],
  ["hoafn", "hoàn"],
  ["Huees DDaf Nawngx", "Huế Đà Nẵng"],
  ["DDawsk Lawsk", "Đắk Lắk"],
  ["muaw suwar nguwowif", "mưa sửa người"],
  ["nguoiwf huowu ruowuj", "người hươu rượu"],
  ["nghieengj ngoawnf ngoeo", "nghiệng ngoằn ngoeo"],
  ["khuyur khuya", "khuỷu khuya"],
  ["tieengs tiengse", "tiếng tiếng"],
  ["ass aaa www dddi", "as aa uww ddi"],
  ["caanf canaf", "cần cần"],
  ["uwowcs nhw", "ước như"],
  ["Krông Paws k", "Krông Pắ k"],
  ["H'Bel Y Bloo", "H'Bel Y Blô"],
];

test("names, places and the words of forms", () => {
  for (const [keys, text] of WORDS) assert.is(type(keys), text, keys);
});

test("a tone moves to where it belongs while the word grows", () => {
  assert.is(type("hof"), "hò");
  assert.is(type("hofa"), "hòa");
  assert.is(type("hofan"), "hoàn");
  assert.is(type("thuyr"), "thủy");
  assert.is(type("thuyrn"), "thuỷn");
});

test("capital letters stay", () => {
  assert.is(type("DDUWOWNGF"), "ĐƯỜNG");
  assert.is(type("AA OW"), "Â Ơ");
});

test("words of other languages keep their letters", () => {
  assert.is(type("xyz"), "xyz");
  assert.is(type("12a5"), "12a5");
});

test("the tone keys of the screen set, change and take off a tone", () => {
  assert.is(setTone("Trân", "grave"), "Trần");
  assert.is(setTone("Trần", "acute"), "Trấn");
  assert.is(setTone("Trần", "grave"), "Trân");
  assert.is(setTone("xa Binh", "grave"), "xa Bình");
  assert.is(setTone("", "acute"), "");
  assert.is(setTone("tr", "acute"), "tr");
});

const MARK_KEYS: Readonly<Record<string, string>> = {
  "\u0302": "same",
  "\u0306": "w",
  "\u031b": "w",
};
const TONE_KEYS: Readonly<Record<string, string>> = {
  "\u0301": "s",
  "\u0300": "f",
  "\u0309": "r",
  "\u0303": "x",
  "\u0323": "j",
};

/** How a typist writes a word: the mark after its letter, the tone after the word. */
const keysOf = (word: string): string => {
  let keys = "";
  let tone = "";
  for (const character of word) {
    if (character === "đ") {
      keys += "dd";
      continue;
    }
    const [letter = "", ...signs] = [...character.normalize("NFD")];
    keys += letter;
    for (const sign of signs) {
      const mark = MARK_KEYS[sign];
      if (mark !== undefined) keys += mark === "same" ? letter : mark;
      tone = TONE_KEYS[sign] ?? tone;
    }
  }
  return keys + tone;
};

test("every word of the provinces and of the procedures can be typed", () => {
  for (const word of PLACES.split(" ")) assert.is(type(keysOf(word)), word, `${keysOf(word)} for ${word}`);
});

test("any keys at all give text, never an error, and never lose a character before the last word", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 3 }), (before, keys) => {
      let text = before.normalize("NFC");
      for (const key of keys) text = telex(text, key);
      const head = before.normalize("NFC").replace(/[\p{L}\p{M}]+$/u, "");
      assert.ok(text.startsWith(head));
    }),
    { numRuns: 2_000 },
  );
});

test.run();
