// Do a word's features say what they are named after, and does the network have a weight for each?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FEATURES, featuresOf, lookOf } from "../../src/ml/lines/script-features.js";
import { HIDDEN, MEANS, OUT, SPREADS } from "../../src/ml/lines/script-weights.js";
import type { Gray, Rgb } from "../../src/ml/page/raster.js";
import type { Word } from "../../src/ml/reader.js";

const WIDTH = 900;
const HEIGHT = 700;

/** Five strokes a word, as a pen or a press draws them. */
interface Strokes {
  /** Pixels that the top lies to the right of the foot. */
  readonly lean: number;
  readonly grey: number;
  readonly px: number;
  readonly blue?: number;
}

const PRINT: Strokes = { lean: 0, grey: 20, px: 5 };

class Page {
  readonly page: Gray = { width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT).fill(250) };
  readonly colour: Rgb = {
    width: WIDTH,
    height: HEIGHT,
    data: new Uint8Array(WIDTH * HEIGHT * 3).fill(250),
  };
  readonly words: Word[] = [];

  word(x: number, y: number, { lean, grey, px, blue = grey }: Strokes): Word {
    for (let stroke = 0; stroke < 5; stroke += 1)
      for (let row = 0; row < 30; row += 1)
        for (let across = 0; across < px; across += 1) {
          const at = (y + row) * WIDTH + x + stroke * 14 + across + Math.round((lean * (29 - row)) / 29);
          this.page.data[at] = grey;
          this.colour.data.set([grey, grey, blue], at * 3);
        }
    const word = { text: "illit", confidence: 0.95, box: { x, y, w: 4 * 14 + px + lean, h: 30 } };
    this.words.push(word);
    return word;
  }
}

/** Differences from the print of a page that has nothing else than the word. */
const features = (strokes: Strokes): Readonly<Record<string, number>> => {
  const made = new Page();
  for (let line = 0; line < 6; line += 1)
    for (let at = 0; at < 8; at += 1) made.word(20 + at * 100, 20 + line * 60, PRINT);
  const look = lookOf(made.page, made.colour, made.words);
  const word = made.word(20, 500, strokes);
  return Object.fromEntries(featuresOf(word, look).map((value, at) => [FEATURES[at] ?? "", value]));
};

test("a word of the page's own print differs from it in nothing", () => {
  const { doubt = 1, letters, ...rest } = features(PRINT);
  assert.ok(Math.abs(doubt - 0.05) < 1e-9);
  assert.is(letters, 1);
  for (const name of FEATURES.slice(FEATURES.indexOf("height")))
    assert.ok(Math.abs(rest[name] ?? 1) < 1e-6, `${name}: ${rest[name]}`);
});

test("strokes that lean turn their edges, thin ones have more edges, faint and blue ones are seen as such", () => {
  const leaning = features({ ...PRINT, lean: 12 });
  assert.ok((leaning["direction0"] ?? 0) < -0.2, "fewer upright edges");
  assert.ok(Math.max(leaning["direction1"] ?? 0, leaning["direction7"] ?? 0) > 0.2, "more that lean");
  assert.ok((features({ ...PRINT, px: 2 })["edges"] ?? 0) > 0.5);
  assert.ok((features({ ...PRINT, grey: 110 })["darkness"] ?? 0) > 0.5);
  assert.ok((features({ ...PRINT, blue: 140 })["blueness"] ?? 0) > 0.4);
});

test("the network has a weight for each feature, and a way out for each cell", () => {
  assert.is(MEANS.length, FEATURES.length);
  assert.is(SPREADS.length, FEATURES.length);
  assert.ok(SPREADS.every((spread) => spread > 0));
  for (const { weights } of HIDDEN) assert.is(weights.length, FEATURES.length);
  assert.is(OUT.weights.length, HIDDEN.length);
});

test.run();
