// Is a picture taken once of each page that lies still, and of nothing else?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Quad } from "../../src/ml/page/homography.js";
import { type SteadyAnswer, type SteadyLook, SteadyWatch } from "../../src/ml/page/steady.js";

const quadAt = (x: number): Quad => [
  { x, y: 0.1 },
  { x: x + 0.6, y: 0.1 },
  { x: x + 0.6, y: 0.9 },
  { x, y: 0.9 },
];
const printOf = (ink: number): Uint8Array =>
  Uint8Array.from({ length: 60 }, (_, i) => (i % ink === 0 ? 90 : 250));

const lying = (x = 0.2, ink = 3): SteadyLook => ({ advice: "none", quad: quadAt(x), print: printOf(ink) });
const EMPTY: SteadyLook = { advice: "noPage", quad: null, print: new Uint8Array(0) };

/** Every 100 ms one look, from `fromMs` on. */
const feed = (watch: SteadyWatch, looks: readonly SteadyLook[], fromMs: number): readonly SteadyAnswer[] =>
  looks.map((look, i) => watch.look(look, fromMs + 100 * i));
const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);
const taken = (answers: readonly SteadyAnswer[]): number => answers.filter(({ takeNow }) => takeNow).length;

test("a page that lies still is taken once, after eight tenths of a second", () => {
  const answers = feed(new SteadyWatch(), times(40, lying()), 5_000);
  assert.is(taken(answers), 1);
  assert.is(
    answers.findIndex(({ takeNow }) => takeNow),
    8,
  );
  assert.ok(answers.slice(0, 8).every(({ advice }) => advice === "holdStill"));
  assert.ok(answers.slice(9).every(({ advice }) => advice === "none"));
});

test("a page that moves is not taken until it rests", () => {
  const moving = Array.from({ length: 20 }, (_, i) => lying(0.1 + 0.02 * i));
  const watch = new SteadyWatch();
  assert.is(taken(feed(watch, moving, 0)), 0);
  assert.is(taken(feed(watch, times(12, lying(0.5)), 2_000)), 1);
});

test("small trembling of the outline is no movement", () => {
  const trembling = Array.from({ length: 12 }, (_, i) => lying(0.2 + (i % 2) * 0.004));
  assert.is(taken(feed(new SteadyWatch(), trembling, 0)), 1);
});

test("a page of poor quality is not taken, and its advice is passed on", () => {
  const answers = feed(new SteadyWatch(), times(20, { ...lying(), advice: "glare" as const }), 0);
  assert.is(taken(answers), 0);
  assert.ok(answers.every(({ advice }) => advice === "glare"));
});

test("the next page is taken once the first has left", () => {
  const watch = new SteadyWatch();
  assert.is(taken(feed(watch, times(20, lying()), 0)), 1);
  feed(watch, times(6, EMPTY), 2_000);
  assert.is(taken(feed(watch, times(20, lying()), 2_600)), 1);
});

test("one look without a page is no leaving", () => {
  const watch = new SteadyWatch();
  const looks = [...times(10, lying()), EMPTY, ...times(30, lying())];
  assert.is(taken(feed(watch, looks, 0)), 1);
});

test("another page laid in the same place is taken, the same one pushed aside is not", () => {
  const watch = new SteadyWatch();
  assert.is(taken(feed(watch, times(12, lying()), 0)), 1);
  assert.is(taken(feed(watch, times(30, lying(0.3)), 1_200)), 0);
  assert.is(taken(feed(watch, times(20, lying(0.3, 2)), 4_200)), 1);
});

test("a page is taken again when its picture was of no use", () => {
  const watch = new SteadyWatch();
  assert.is(taken(feed(watch, times(12, lying()), 0)), 1);
  watch.again();
  assert.is(taken(feed(watch, times(12, lying()), 1_200)), 1);
});

test("looks that come late or after a long pause do not count as lying still", () => {
  const watch = new SteadyWatch();
  watch.look(lying(), 10_000);
  assert.is(watch.look(lying(), 9_000).takeNow, false);
  assert.is(watch.look(lying(), 60_000).takeNow, false);
});

test.run();
