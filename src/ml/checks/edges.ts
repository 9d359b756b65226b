// Is the page whole, and is there anything on it?
import type { Box, TextLine, Word } from "../reader.js";
import type { Check } from "./check.js";
import { finding, say } from "./finding.js";
import type { PageInput } from "./page-checks.js";
import type { Planes } from "./planes.js";
import { SEALED, signerLines } from "./signers.js";

/** Parts of the page's width; printers leave more free, and binders do. */
const MARGIN = 0.009;
const LEAST_LINES = 2;
const SURE_WORD = 0.6;
const BLANK_SHARE = 0.0006;
const DARK = 150;

/** Long over short side of what Vietnamese offices print on: A formats, and what diplomas come on. */
const SHAPES = [Math.SQRT2, 270 / 190] as const;
/** The letter of other countries, and ISO/IEC 7810 ID-1: no paper with a stamp of ours on it is one. */
const FOREIGN_SHAPES = [1.2941, 1.586] as const;
const SHAPE_TOLERANCE = 0.06;

const oddShape = ({ page, paperClass }: PageInput): boolean => {
  const ratio = Math.max(page.width, page.height) / Math.min(page.width, page.height);
  const shapes = SEALED.has(paperClass) ? SHAPES : [...SHAPES, ...FOREIGN_SHAPES];
  return shapes.every((shape) => Math.abs(ratio / shape - 1) > SHAPE_TOLERANCE);
};

interface Touching {
  readonly side: "left" | "right";
  readonly boxes: readonly Box[];
}

/** Lines of words that run into the page's side. */
const touching = ({ page, words, lines }: PageInput): readonly Touching[] => {
  const rim = page.width * MARGIN;
  const read = (word: Word | undefined): word is Word =>
    word !== undefined &&
    word.confidence >= SURE_WORD &&
    /\p{L}|\d/u.test(word.text) &&
    word.box.h < page.height * 0.05;
  const ends = (side: "left" | "right"): readonly Box[] =>
    lines.flatMap(({ from, to }: TextLine): readonly Box[] => {
      const own = words.slice(from, to).filter(read);
      const word = side === "left" ? own[0] : own.at(-1);
      if (word === undefined || own.length < 2) return [];
      const { x, w } = word.box;
      return (side === "left" ? x <= rim : x + w >= page.width - rim) ? [word.box] : [];
    });
  return (["left", "right"] as const)
    .map((side) => ({ side, boxes: ends(side) }))
    .filter(({ boxes }) => boxes.length >= LEAST_LINES);
};

const around = (boxes: readonly Box[]): Box => {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    w: Math.max(...boxes.map((box) => box.x + box.w)) - x,
    h: Math.max(...boxes.map((box) => box.y + box.h)) - y,
  };
};

const SIDES = { left: say("trái", "left"), right: say("phải", "right") } as const;

const cut = (input: PageInput): readonly Check[] => {
  const sides = touching(input);
  const [side] = sides;
  const odd = oddShape(input);
  if (side !== undefined)
    return [
      finding(
        "page.cut",
        odd || side.boxes.length >= 2 * LEAST_LINES ? "fail" : "unsure",
        say(
          `Chữ bị mất ở mép ${SIDES[side.side].vi} của trang.`,
          `Letters are lost at the ${SIDES[side.side].en} edge of the page.`,
        ),
        around(side.boxes),
      ),
    ];
  if (!odd) return [whole()];
  const first = (input.pageNumber ?? 0) === 0;
  if (!SEALED.has(input.paperClass) || !first) return [];
  const { width, height } = input.page;
  const box = { x: 0, y: Math.round(height * 0.9), w: width, h: Math.round(height * 0.1) };
  // Margins alone may be gone; a foot that was cut off with its signer is more.
  return signerLines(input).length > 0
    ? [
        finding(
          "page.cut",
          "unsure",
          say(
            "Trang có khổ lạ: có thể đã bị cắt bớt.",
            "Such papers have another format: perhaps something was cut off.",
          ),
          null,
        ),
      ]
    : [
        finding(
          "page.cut",
          "fail",
          say(
            "Trang có khổ lạ và không có chỗ ký: có thể đã bị cắt.",
            "An odd format and nobody signs: perhaps it was cut.",
          ),
          box,
        ),
      ];
};

const whole = (): Check =>
  finding("page.cut", "pass", say("Trang đủ các cạnh.", "The page has all its edges."));

const blank = ({ words }: PageInput, { colour }: Planes): readonly Check[] => {
  if (words.some(({ confidence }) => confidence >= SURE_WORD)) return [];
  let dark = 0;
  const [mx, my] = [Math.round(colour.width * 0.05), Math.round(colour.height * 0.05)];
  for (let y = my; y < colour.height - my; y += 1)
    for (let x = mx; x < colour.width - mx; x += 1)
      if ((colour.g[y * colour.width + x] as number) < DARK) dark += 1;
  return dark / Math.max(1, colour.width * colour.height) < BLANK_SHARE
    ? [finding("page.blank", "fail", say("Trang trắng, không có chữ.", "The page is blank."))]
    : [];
};

export const checkEdges = (input: PageInput, planes: Planes): readonly Check[] => [
  ...blank(input, planes),
  ...cut(input),
];
