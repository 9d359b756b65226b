// What would a recogniser give for a sample paper, without running one?

import type { FieldsInput } from "../../src/ml/fields/layout.js";
import { GlyphFont } from "../../src/ml/glyphs.js";
import type { TextLine, Word } from "../../src/ml/reader.js";
import type { Item, SamplePaper } from "../../src/ml/samples/papers.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { fontFile } from "../../src/ml/samples/render.js";

const MM_PER_PT = 25.4 / 72;
const PX_PER_MM = 300 / 25.4;

/** Font files take longer to open than a paper to lay out. */
export class Fonts {
  readonly #open = new Map<string, GlyphFont>();
  of(paper: SamplePaper, face: Item["face"]): GlyphFont {
    const file = fontFile(paper.font, face);
    const font = this.#open.get(file) ?? new GlyphFont(file);
    this.#open.set(file, font);
    return font;
  }
}

export interface Noise {
  readonly seed: number;
  /** Part of the words that are misread in one letter. */
  readonly slips: number;
  /** Only words that no value holds. */
  readonly labelsOnly?: boolean;
}

const LIKE: Readonly<Record<string, string>> = {
  "0": "O",
  "1": "l",
  "5": "S",
  ế: "é",
  ủ: "ú",
  ọ: "o",
  ộ: "ô",
  ă: "ä",
  ữ: "ừ",
  n: "m",
  c: "e",
  h: "b",
  i: "í",
  u: "ư",
};

const misread = (text: string, at: number): string => {
  const letters = [...text];
  const letter = letters[at] ?? "";
  letters[at] = LIKE[letter] ?? (letter === letter.toUpperCase() ? letter : "x");
  return letters.join("");
};

interface Placed {
  readonly item: Item;
  readonly word: Word;
}

const placeWords = (paper: SamplePaper, fonts: Fonts, noise: Noise | null): readonly Placed[] => {
  const random = seededRandom(noise?.seed ?? 0);
  const values = Object.values(paper.fields).join(" ");
  return paper.items.flatMap((item) => {
    const font = fonts.of(paper, item.face);
    const size = item.pt * MM_PER_PT;
    const width = font.width(item.text, size);
    let x = item.x - (item.align === "centre" ? width / 2 : item.align === "right" ? width : 0);
    return item.text.split(" ").map((text): Placed => {
      const w = font.width(text, size);
      const box = {
        x: Math.round(x * PX_PER_MM),
        y: Math.round((item.y - size * 0.85) * PX_PER_MM),
        w: Math.round(w * PX_PER_MM),
        h: Math.round(size * 0.95 * PX_PER_MM),
      };
      x += w + font.width(" ", size);
      const spared =
        noise?.labelsOnly === true && (values.includes(text.replace(/[.,;]$/, "")) || /\d/.test(text));
      const slipped = noise !== null && !spared && random.next() < noise.slips;
      return {
        item,
        word: {
          text: slipped ? misread(text, random.integer(0, [...text].length - 1)) : text,
          // A recogniser is less sure of what it misread, most times.
          confidence: slipped ? random.between(0.3, 0.84) : random.between(0.88, 0.97),
          box,
        },
      };
    });
  });
};

/** Rows of the paper as lines, left to right, as most recognisers give them. */
export const readLikeOcr = (paper: SamplePaper, fonts: Fonts, noise: Noise | null = null): FieldsInput => {
  const rows = new Map<number, Word[]>();
  for (const { item, word } of placeWords(paper, fonts, noise))
    rows.set(item.y, [...(rows.get(item.y) ?? []), word]);
  const words: Word[] = [];
  const lines: TextLine[] = [];
  for (const [, row] of [...rows].sort(([a], [b]) => a - b)) {
    const from = words.length;
    words.push(...row.sort((a, b) => a.box.x - b.box.x));
    const x = Math.min(...row.map(({ box }) => box.x));
    const y = Math.min(...row.map(({ box }) => box.y));
    const w = Math.max(...row.map(({ box }) => box.x + box.w)) - x;
    const h = Math.max(...row.map(({ box }) => box.y + box.h)) - y;
    lines.push({ box: { x, y, w, h }, script: "print", from, to: words.length });
  }
  return { words, lines };
};
