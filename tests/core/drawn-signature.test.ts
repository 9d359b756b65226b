// Does a drawing survive being text, and is nothing else taken for one?
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  isSigned,
  type Point,
  parseSignature,
  SIGNATURE_BOX,
  SIGNS_AT_DESK,
  type Stroke,
  signatureText,
} from "../../src/core/drawn-signature.js";

/** Mulberry32: the same scrawls on every run. */
const dice = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

/** A hand that turns slowly and sometimes leaves the box. */
const scrawl = (random: () => number, points: number): Stroke => {
  let [x, y, heading] = [random() * 1000, random() * 400, random() * 6];
  return Array.from({ length: points }, (): Point => {
    heading += random() - 0.5;
    x += 9 * Math.cos(heading);
    y += 9 * Math.sin(heading);
    return [x, y];
  });
};

const nearest = ([x, y]: Point, strokes: readonly Stroke[]): number => {
  let best = Number.POSITIVE_INFINITY;
  for (const stroke of strokes)
    for (const [index, [bx, by]] of stroke.entries()) {
      const [ax, ay] = stroke[index - 1] ?? [bx, by];
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const along = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
      const t = Math.min(1, Math.max(0, along));
      best = Math.min(best, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
    }
  return best;
};

test("what comes back lies on what was drawn, and always fits into one value", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = dice(seed);
    const drawn = Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
      scrawl(random, 1 + Math.floor(random() * 120)),
    );
    const text = signatureText(drawn);
    assert.ok(text.length <= 2_000, `${text.length} characters`);
    const back = parseSignature(text);
    assert.ok(back, text);
    assert.is(back.length, drawn.length);
    for (const [x, y] of drawn.flat()) {
      const inside: Point = [
        Math.min(Math.max(x, 0), SIGNATURE_BOX.width),
        Math.min(Math.max(y, 0), SIGNATURE_BOX.height),
      ];
      assert.ok(nearest(inside, back) < 60, `${nearest(inside, back)} off in ${seed}`);
    }
  }
});

test("a short one keeps to less than two units", () => {
  const drawn = [scrawl(dice(7), 60)];
  const back = parseSignature(signatureText(drawn)) ?? [];
  for (const point of drawn.flat().filter(([x, y]) => x >= 0 && x <= 1000 && y >= 0 && y <= 400))
    assert.ok(nearest(point, back) < 2);
});

test("thousands of strokes still fit, and nothing is nothing", () => {
  const dots = Array.from({ length: 4_000 }, (_, index): Stroke => [[index % 1000, index % 400]]);
  assert.ok(parseSignature(signatureText(dots)));
  assert.is(signatureText([]), "");
  assert.is(signatureText([[]]), "");
});

test("a dot by accident signs nothing; a line does, and so does the desk", () => {
  assert.is(isSigned(""), false);
  assert.is(isSigned(signatureText([[[500, 200]]])), false);
  assert.is(isSigned("M100 100l150 0"), false);
  assert.is(isSigned("M100 100l250 0"), true);
  assert.is(isSigned(SIGNS_AT_DESK), true);
});

test("nothing but such a drawing is one", () => {
  const whole = "M100 100l250 0 10 -20M5 5l1 1";
  assert.ok(parseSignature(whole));
  for (const bad of [
    "",
    " ",
    "M100 100",
    "M100 100l250",
    "M100 100l250 0z",
    "M100 100L250 0",
    "M1001 10l0 0",
    "M100 100l950 0",
    "M100 100l0 -101",
    `${whole} `,
    `${whole}"/><script>`,
    "M100 100l1e3 0",
    "M100 100l 1 0",
    "M1 1l1 1".repeat(300),
  ])
    assert.is(parseSignature(bad), null, bad.slice(0, 40));
  const random = dice(3);
  for (let turn = 0; turn < 3_000; turn += 1) {
    const at = Math.floor(random() * whole.length);
    const sign = String.fromCharCode(32 + Math.floor(random() * 95));
    const broken = whole.slice(0, at) + sign + whole.slice(at + 1);
    const strokes = parseSignature(broken);
    if (strokes !== null)
      assert.match(broken, /^(M\d+ \d+l(-?\d+ -?\d+ ?)+)+$/, "only ever the few signs of the grammar");
  }
});

test.run();
