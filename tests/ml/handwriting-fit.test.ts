// Do the fitted numbers say the truth about networks whose truth is known, and are lines counted as people would?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chancesOf, greedy, logChances } from "../../src/ml/handwriting/decode.js";
import { alongCurve, chanceBy } from "../../src/ml/handwriting/line-chance.js";
import type { Logits } from "../../src/ml/handwriting/network.js";
import { characterErrors, rightCharacters, tallyOf } from "../../src/ml/handwriting/tally.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import {
  fitCurve,
  fitTemperature,
  fitWeights,
  mostWrong,
  spellingChance,
  thresholdFor,
  thresholdForEach,
} from "../../src/ml/training/handwriting/fit.js";

const CLASSES = 4;

const invented = (seed: number, steps: number, spread = 2): Logits => {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: steps * CLASSES }, () => spread * random.normal());
  return { data, steps, classes: CLASSES };
};

const collapse = (path: readonly number[]): readonly number[] =>
  path.filter((c, t) => c !== 0 && c !== path[t - 1]);

const paths = (steps: number): number[][] =>
  steps === 0
    ? [[]]
    : paths(steps - 1).flatMap((path) => Array.from({ length: CLASSES }, (_, c) => [...path, c]));

test("the chance of a text is that of all paths that spell it, and of the best one's columns", () => {
  for (let seed = 0; seed < 30; seed += 1) {
    const logits = invented(seed, 5);
    const logs = logChances(logits);
    const chanceOf = (path: readonly number[]): number =>
      Math.exp(path.reduce((sum, c, t) => sum + (logs[t * CLASSES + c] as number), 0));
    const all = paths(5);
    for (const spelt of [[1], [1, 1], [2, 3], [3, 1, 2], []]) {
      const spelling = all.filter((path) => collapse(path).join() === spelt.join());
      const wanted = spelling.reduce((sum, path) => sum + chanceOf(path), 0);
      assert.ok(Math.abs(Math.exp(spellingChance(logs, CLASSES, spelt)) - wanted) < 1e-9);
      const best = spelling.reduce((a, b) => (chanceOf(b) > chanceOf(a) ? b : a));
      const text = spelt.map((c) => "abc"[c - 1]).join("");
      const chances = chancesOf(text, logs, { classes: CLASSES, alphabet: "abc" }) ?? [];
      let letter = -1;
      const expected: number[] = [];
      best.forEach((c, t) => {
        if (c === 0) return;
        if (c !== best[t - 1]) letter += 1;
        expected[letter] = Math.max(expected[letter] ?? 0, Math.exp(logs[t * CLASSES + c] as number));
      });
      assert.is(chances.length, expected.length);
      chances.forEach((chance, i) => {
        assert.ok(Math.abs(chance - (expected[i] ?? -1)) < 1e-9, `${text} ${i}`);
      });
    }
    assert.is(chancesOf("d", logs, { classes: CLASSES, alphabet: "abc" }), null);
    assert.is(
      chancesOf("abcabc", logs, { classes: CLASSES, alphabet: "abc" }),
      null,
      "no room for six letters",
    );
  }
});

test("a network that says everything twice as loudly as is true gets a temperature of two", () => {
  const random = seededRandom(4);
  const lines = Array.from({ length: 500 }, (_, seed) => {
    const honest = invented(1000 + seed, 6, 1.5);
    const logs = logChances(honest);
    const path = Array.from({ length: honest.steps }, (_, t) => {
      let rest = random.next();
      for (let c = 0; c < CLASSES; c += 1) {
        rest -= Math.exp(logs[t * CLASSES + c] as number);
        if (rest < 0) return c;
      }
      return CLASSES - 1;
    });
    return { logits: { ...honest, data: honest.data.map((v) => 2 * v) }, spelt: collapse(path) };
  });
  const temperature = fitTemperature(lines);
  assert.ok(Math.abs(temperature - 2) < 0.25, `${temperature}`);
});

test("the curve rises, and comes near what is true", () => {
  const random = seededRandom(6);
  const answers = Array.from({ length: 6000 }, (): [number, boolean] => {
    const said = random.next();
    return [said, random.next() < said ** 2];
  });
  const curve = fitCurve(answers);
  curve.forEach(([said, right], i) => {
    const [before = -1, rightBefore = -1] = curve[i - 1] ?? [];
    assert.ok(said > before && right >= rightBefore);
  });
  for (const said of [0.1, 0.3, 0.5, 0.7, 0.9])
    assert.ok(Math.abs(alongCurve(curve, said) - said ** 2) < 0.07, `${said}: ${alongCurve(curve, said)}`);
  assert.is(alongCurve(curve, 0), curve[0]?.[1]);
  assert.is(alongCurve(curve, 1), curve.at(-1)?.[1]);
  assert.ok(fitCurve(Array.from({ length: 5 }, () => [0.9, true])).length >= 2, "too few for a curve");
});

test("the weights give back the chances that the answers were drawn with", () => {
  const random = seededRandom(8);
  const truth = [1.2, -0.8, 0.3];
  const answers = Array.from({ length: 4000 }, (): [number[], boolean] => {
    const features = [random.normal(), random.normal()];
    return [features, random.next() < chanceBy(truth, features)];
  });
  const weights = fitWeights(answers);
  truth.forEach((weight, i) => {
    assert.ok(Math.abs((weights[i] ?? 0) - weight) < 0.15, `${weights}`);
  });
  const apart = fitWeights([
    [[-1, 0], false],
    [[1, 0], true],
  ]);
  assert.ok(apart.every(Number.isFinite), "lines that are told apart for sure drive nothing to infinity");
});

test("so many may be wrong that the rate is below the bound with 95 %", () => {
  assert.is(mostWrong(298, 0.01), -1);
  assert.is(mostWrong(299, 0.01), 0);
  assert.is(mostWrong(472, 0.01), 0);
  assert.is(mostWrong(473, 0.01), 1);
  assert.is(mostWrong(1000, 0.01), 4);
});

test("the threshold lies just above the first wrong line too many, and is one where nothing can be promised", () => {
  const answers = Array.from({ length: 100 }, (_, i): [number, boolean] => [i / 100, i % 10 !== 5]);
  assert.ok(Math.abs(thresholdFor(answers, 1) - 0.8501) < 1e-3, `${thresholdFor(answers, 1)}`);
  const shown = (most: number) =>
    answers.filter(([confidence, right]) => !right && confidence >= thresholdFor(answers, most)).length;
  assert.equal([shown(0), shown(1), shown(3)], [0, 1, 3]);
  assert.is(thresholdFor(answers, -1), 1);
  assert.is(thresholdFor(answers, 50), 0.5, "a line that is as likely wrong as right is not shown");
});

test("characters, whole lines, confident errors and those left to a person are counted", () => {
  assert.is(characterErrors("Nguyễn  Văn", "Nguyên Văn"), 1);
  assert.is(characterErrors("Nguyễn".normalize("NFD"), "Nguyễn"), 0);
  assert.equal(rightCharacters("axcd", "abcde"), [true, false, true, true]);
  assert.equal(rightCharacters("abXc", "abc"), [true, true, false, true]);
  const tally = tallyOf([
    { meant: "abcd", said: "abcd", sure: true },
    { meant: "abcd", said: "abce", sure: true },
    { meant: "abcd", said: "", sure: false },
    { meant: "abcd", said: "abcd", sure: false },
  ]);
  assert.equal(tally, {
    ...{ lines: 4, characters: 16, cer: 5 / 16 },
    ...{ whole: 0.5, confidentlyWrong: 0.25, toPerson: 0.5 },
  });
  assert.is(tallyOf([]).cer, 0);
});

test("along the greedy text, each character's chance is the one that greedy reading gives", () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const logits = invented(seed + 300, 9, 4);
    const { text, chances } = greedy(logits, "abc", 1.3);
    const again = chancesOf(text, logChances(logits, 1.3), { classes: CLASSES, alphabet: "abc" });
    assert.ok(again?.every((chance, i) => Math.abs(chance - (chances[i] ?? 0)) < 1e-9));
  }
});

test("the hand that is read worst decides, and one that wrote too few lines promises nothing", () => {
  const hand = (wrongBelow: number): [number, boolean][] =>
    Array.from({ length: 500 }, (_, i) => [i / 500, i / 500 >= wrongBelow]);
  const [easy, hard] = [hand(0.6), hand(0.9)];
  assert.is(thresholdForEach([easy, hard], 0.01), thresholdFor(hard, mostWrong(500, 0.01)));
  assert.ok(thresholdForEach([easy], 0.01) < 0.7 && thresholdForEach([hard], 0.01) > 0.85);
  assert.is(thresholdForEach([easy, hard.slice(0, 100)], 0.01), 1);
});

test.run();
