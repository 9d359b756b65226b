// Do the decoders find what summing over every single path finds, and only what a field may say?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { anyText, type Constraint, madeOf, oneOf, patterned } from "../../src/ml/handwriting/constraints.js";
import { beamSearch, greedy, logChances } from "../../src/ml/handwriting/decode.js";
import type { Logits } from "../../src/ml/handwriting/network.js";
import { seededRandom } from "../../src/ml/samples/random.js";

const ALPHABET = "ab1";

const invented = (seed: number, steps: number, classes: number, sharp = 2): Logits => {
  const random = seededRandom(seed);
  return {
    data: Float32Array.from({ length: steps * classes }, () => sharp * random.normal()),
    steps,
    classes,
  };
};

const collapse = (path: readonly number[]): string =>
  path.map((c, i) => (c === 0 || c === path[i - 1] ? "" : (ALPHABET[c - 1] ?? ""))).join("");

/** Every path there is: text and the sum of its chances. */
const byExhaustion = (logits: Logits): ReadonlyMap<string, number> => {
  const logs = logChances(logits);
  const { steps, classes } = logits;
  const sums = new Map<string, number>();
  for (let n = 0; n < classes ** steps; n += 1) {
    const path = Array.from({ length: steps }, (_, t) => Math.floor(n / classes ** t) % classes);
    const chance = Math.exp(path.reduce((sum, c, t) => sum + (logs[t * classes + c] as number), 0));
    const text = collapse(path);
    sums.set(text, (sums.get(text) ?? 0) + chance);
  }
  return sums;
};

const accepts = <State>({ start, next, ends }: Constraint<State>, text: string): boolean => {
  let state: State | null = start;
  for (const letter of text) {
    if (state === null) return false;
    state = next(state, letter);
  }
  return state !== null && ends(state);
};

const check = <State>(logits: Logits, constraint: Constraint<State>): void => {
  const wanted = [...byExhaustion(logits)]
    .filter(([text]) => accepts(constraint, text))
    .sort((a, b) => b[1] - a[1]);
  const found = beamSearch(logits, { alphabet: ALPHABET, constraint, width: 5000 });
  assert.is(found.length, wanted.length);
  const chances = new Map(wanted);
  for (const { text, logChance } of found)
    assert.ok(Math.abs(Math.exp(logChance) - (chances.get(text) ?? -1)) < 1e-9, text);
  if (wanted[0] !== undefined) assert.is(found[0]?.text, wanted[0][0]);
};

test("a wide beam finds every text with exactly the chance of all its paths, free and constrained", () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const logits = invented(seed, 5, 4);
    check(logits, anyText);
    check(logits, madeOf("1"));
    check(logits, patterned(["##", "a#", "#"]));
    check(logits, oneOf(["ab", "aa", "b1b", "bb1"]));
  }
});

test("a narrow beam never says more than is true, and never what the field forbids", () => {
  for (let seed = 100; seed < 140; seed += 1) {
    const logits = invented(seed, 6, 4);
    const truth = byExhaustion(logits);
    for (const width of [1, 2, 8])
      for (const { text, logChance } of beamSearch(logits, {
        alphabet: ALPHABET,
        constraint: patterned(["##", "###"]),
        width,
      })) {
        assert.match(text, /^1{2,3}$/);
        assert.ok(Math.exp(logChance) <= (truth.get(text) ?? 0) + 1e-9, text);
      }
  }
});

test("leaving out unlikely classes loses no text that is likely", () => {
  for (let seed = 200; seed < 260; seed += 1) {
    const logits = invented(seed, 6, 4, 6);
    const search = { alphabet: ALPHABET, constraint: anyText, width: 5000 };
    const [all, few] = [beamSearch(logits, search), beamSearch(logits, { ...search, least: -9 })];
    assert.is(few[0]?.text, all[0]?.text);
    assert.ok((few[0]?.logChance ?? 0) <= (all[0]?.logChance ?? 0) + 1e-9);
    assert.ok((all[0]?.logChance ?? 0) - (few[0]?.logChance ?? 0) < 0.02);
  }
  const none = beamSearch(invented(1, 4, 4), { alphabet: ALPHABET, constraint: anyText, width: 9, least: 1 });
  assert.equal(
    none.map(({ text }) => text),
    [""],
    "with no class followed only blanks are left",
  );
});

test("the greedy text is the likeliest path's, one chance a character", () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const logits = invented(seed, 12, 4, 4);
    const path = Array.from({ length: logits.steps }, (_, t) => {
      const row = [...logits.data.subarray(t * 4, t * 4 + 4)];
      return row.indexOf(Math.max(...row));
    });
    const { text, chances } = greedy(logits, ALPHABET);
    assert.is(text, collapse(path));
    assert.is(chances.length, text.length);
    for (const chance of chances) assert.ok(chance > 0.25 - 1e-9 && chance <= 1 + 1e-9);
  }
});

test("twelve digits come out of a citizen's number field although letters looked likelier", () => {
  const digits = "0123456789";
  const alphabet = `${digits}OIl`;
  const meant = "001186012345";
  const classes = alphabet.length + 1;
  const data = new Float32Array(meant.length * 2 * classes);
  [...meant].forEach((digit, i) => {
    const row = 2 * i * classes;
    data[row + 1 + alphabet.indexOf(digit)] = 5;
    if (digit === "0") data[row + 1 + alphabet.indexOf("O")] = 6;
    if (digit === "1") data[row + 1 + alphabet.indexOf("l")] = 6;
    data[row + classes] = 8;
  });
  const logits = { data, steps: meant.length * 2, classes };
  assert.is(greedy(logits, alphabet).text, "OOll86Ol2345");
  const [best] = beamSearch(logits, { alphabet, constraint: patterned(["############"]), width: 12 });
  assert.is(best?.text, meant);
});

test("nothing is found where the field lets nothing end, and an empty picture is an empty text", () => {
  const logits = invented(1, 3, 4);
  assert.equal(
    beamSearch(logits, { alphabet: ALPHABET, constraint: patterned(["#########"]), width: 50 }),
    [],
  );
  assert.equal(greedy({ data: new Float32Array(0), steps: 0, classes: 4 }, ALPHABET), {
    text: "",
    chances: [],
  });
});

test.run();
