// Are training lines the same for a seed, wide enough to be read off, whole in their file, and drawn as the geometry says?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { notoSansFile } from "../../src/ml/glyphs.js";
import { ALPHABET, MARKED_LETTERS } from "../../src/ml/handwriting/alphabet.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { Face } from "../../src/ml/training/handwriting/fonts.js";
import { printedFace } from "../../src/ml/training/handwriting/form-paper.js";
import { shapeLine } from "../../src/ml/training/handwriting/hand.js";
import { InkPlane } from "../../src/ml/training/handwriting/ink-plane.js";
import { LINE_HEIGHT_PX, lineImage, type Makers } from "../../src/ml/training/handwriting/line-image.js";
import { readShard, writeShard } from "../../src/ml/training/handwriting/shard.js";

const makers = (): Makers => {
  const printed = printedFace();
  return { faces: [printed], printed, cleanShare: 0.3 };
};

const lines = (seed: number, count: number, made: Makers = makers()) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => lineImage(made, random));
};

const sum = (plane: InkPlane): number => plane.coverage().reduce((total, value) => total + value, 0);

test("a polygon covers its area, wherever it lies against the pixels, and only inside the plane", () => {
  const random = seededRandom(3);
  for (let i = 0; i < 200; i += 1) {
    const plane = new InkPlane(40, 30);
    const [x, y, w, h] = [
      random.between(1, 20),
      random.between(1, 15),
      random.between(0.2, 18),
      random.between(0.2, 13),
    ];
    plane.polygon([x, y, x + w, y, x + w, y + h, x, y + h]);
    assert.ok(Math.abs(sum(plane) - w * h) < 1e-3, `${w} × ${h}`);
    const tilted = new InkPlane(40, 30);
    tilted.polygon([x, y, x + w, y + h / 2, x + w / 3, y + h]);
    const area = Math.abs(w * h - (w / 3) * (h / 2)) / 2;
    assert.ok(Math.abs(sum(tilted) - area) < 1e-2, `triangle of ${area}`);
  }
  const outside = new InkPlane(10, 10);
  outside.polygon([-5, -5, 15, -5, 15, 15, -5, 15]);
  assert.ok(Math.abs(sum(outside) - 100) < 1e-3);
});

test("the same seed draws the same pixels; every line leaves the network a step for each character and more", () => {
  const made = makers();
  const [first, again] = [lines(5, 40, made), lines(5, 40, made)];
  assert.equal(first, again);
  for (const { text, width, pixels } of first) {
    assert.is(pixels.length, width * LINE_HEIGHT_PX);
    const doubled = [...text].filter((letter, i, all) => i > 0 && letter === all[i - 1]).length;
    assert.ok(Math.floor(width / 4) >= text.length + doubled, `${text} in ${width} px`);
    assert.ok(
      pixels.some((value) => value < 150),
      `${text} left no ink`,
    );
  }
});

test("a font without marks gets them drawn, and each marked letter then differs from its base", () => {
  const { family } = printedFace();
  const bare = new Face({ ...family, marks: "drawn" }, 400, [notoSansFile("regular")]);
  const still = {
    face: bare,
    lean: 0,
    stretch: 1,
    spacing: 0,
    gap: 1,
    unrest: 0,
    slope: 0,
    stray: 0,
    ownMarks: 1,
    pen: 0.05,
  };
  for (const letter of MARKED_LETTERS) {
    const drawn = shapeLine(letter, still, seededRandom(1));
    const base = letter.normalize("NFD").length - 1 || 1;
    assert.is(drawn.strokes.length, base, `${letter} has ${drawn.strokes.length} strokes`);
  }
  assert.equal(bare.missing(), []);
});

test("a file gives back what was put into it, and says so when it is cut off or foreign", () => {
  const made = lines(9, 12);
  const bytes = writeShard(made, ALPHABET);
  assert.equal(
    readShard(bytes).map((line) => ({ ...line, pixels: [...line.pixels] })),
    made.map((line) => ({ ...line, pixels: [...line.pixels] })),
  );
  assert.throws(() => readShard(bytes.subarray(0, bytes.length - 1)), /cut off/);
  assert.throws(() => readShard(new Uint8Array(20)), /no file of line images/);
});

test.run();
