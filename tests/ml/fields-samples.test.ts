// Can the sample papers exist: does all print fit the paper, and does it say what it claims to say?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PAPER_CLASSES } from "../../src/core/paper-class.js";
import { GlyphFont } from "../../src/ml/glyphs.js";
import { type Item, layOutPaper, paperText, type SamplePaper } from "../../src/ml/samples/papers.js";
import { fontFile } from "../../src/ml/samples/render.js";

const MM_PER_PT = 25.4 / 72;
const SEEDS = Array.from({ length: 24 }, (_, i) => 5_000 + i);

const fonts = new Map<string, GlyphFont>();
const widthOf = (paper: SamplePaper, item: Item): number => {
  const file = fontFile(paper.font, item.face);
  const font = fonts.get(file) ?? new GlyphFont(file);
  fonts.set(file, font);
  return font.width(item.text, item.pt * MM_PER_PT);
};

interface Extent {
  readonly item: Item;
  readonly left: number;
  readonly right: number;
}

const extents = (paper: SamplePaper): readonly Extent[] =>
  paper.items.map((item) => {
    const width = widthOf(paper, item);
    const left = item.x - (item.align === "centre" ? width / 2 : item.align === "right" ? width : 0);
    return { item, left, right: left + width };
  });

for (const kind of PAPER_CLASSES)
  test(`${kind}: no print runs off the paper or over other print`, () => {
    for (const seed of SEEDS) {
      const paper = layOutPaper(kind, seed);
      const all = extents(paper);
      for (const { item, left, right } of all) {
        const inside = left > 1 && right < paper.widthMm - 1 && item.y > 2 && item.y < paper.heightMm - 0.5;
        assert.ok(
          inside,
          `${seed} ${paper.variant}: ${item.text} ${left.toFixed(1)} … ${right.toFixed(1)}, y ${item.y}`,
        );
      }
      all.forEach((a, index) => {
        for (const b of all.slice(index + 1)) {
          const near = Math.abs(a.item.y - b.item.y) < 0.7 * Math.max(a.item.pt, b.item.pt) * MM_PER_PT;
          const over = near && a.left < b.right && b.left < a.right;
          assert.not.ok(over, `${seed} ${paper.variant}: "${a.item.text}" and "${b.item.text}"`);
        }
      });
    }
  });

test("the same seed gives the same paper, and other seeds other people", () => {
  for (const kind of PAPER_CLASSES) {
    assert.equal(layOutPaper(kind, 3), layOutPaper(kind, 3));
    const texts = new Set(SEEDS.map((seed) => paperText(layOutPaper(kind, seed))));
    assert.is(texts.size, SEEDS.length);
  }
});

test("every value that a sample claims stands on it", () => {
  const bare = (text: string): string => text.replaceAll(/[\s.]/g, "").toLowerCase();
  for (const kind of PAPER_CLASSES)
    for (const seed of SEEDS) {
      const paper = layOutPaper(kind, seed);
      const printed = bare(paper.items.map(({ text }) => text).join(" "));
      for (const [key, value] of Object.entries(paper.fields)) {
        if (/^\d{4}-\d\d-\d\d$/.test(value) || key === "area") continue;
        const found =
          printed.includes(bare(value)) || value.split(" ").every((word) => printed.includes(bare(word)));
        assert.ok(found, `${kind} ${seed} ${key}: ${value}`);
      }
    }
});

test.run();
