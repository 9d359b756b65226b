// Is what the training lines say made of the alphabet, of every kind, often enough of every letter, and the same for a seed?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ALPHABET, MARKED_LETTERS } from "../../src/ml/handwriting/alphabet.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { fontFamilies } from "../../src/ml/training/handwriting/fonts.js";
import { KINDS, writtenText } from "../../src/ml/training/handwriting/text.js";

const LINES = 20_000;

const sample = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => writtenText(random));
};

test("the alphabet holds each character once, composed, with all 134 marked letters", () => {
  assert.is(new Set(ALPHABET).size, [...ALPHABET].length);
  assert.is(ALPHABET.normalize("NFC"), ALPHABET);
  assert.is(ALPHABET.length, [...ALPHABET].length, "one UTF-16 unit each");
  assert.is(MARKED_LETTERS.length, 134);
});

test("the same seed says the same, another seed something else", () => {
  assert.equal(sample(7, 200), sample(7, 200));
  assert.not.equal(sample(7, 200), sample(8, 200));
});

test("every line keeps to the alphabet and every character comes often enough to be learnt", () => {
  const counts = new Map<string, number>();
  const kinds = new Set<string>();
  for (const { kind, text } of sample(1, LINES)) {
    kinds.add(kind);
    assert.ok(text.length > 0 && text.length <= 90 && text === text.trim(), text);
    assert.is(text, text.normalize("NFC"));
    for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  assert.is(kinds.size, KINDS.length);
  for (const letter of counts.keys())
    assert.ok(ALPHABET.includes(letter), `"${letter}" is not of the alphabet`);
  for (const letter of ALPHABET)
    assert.ok(
      (counts.get(letter) ?? 0) >= 8,
      `"${letter}" comes ${counts.get(letter) ?? 0} times in ${LINES} lines`,
    );
});

test("no family has two roles, and at least eight stand for unseen writers with marks of their own", () => {
  const families = fontFamilies();
  assert.is(new Set(families.map(({ family }) => family)).size, families.length);
  assert.ok(families.filter(({ role, marks }) => role === "unseen" && marks === "font").length >= 8);
  assert.ok(families.some(({ role }) => role === "validation"));
});

test.run();
