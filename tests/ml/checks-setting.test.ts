// Is a word that was set later than its line told, and nothing of a line that was set in one go?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Check } from "../../src/ml/checks/check.js";
import { planesOf } from "../../src/ml/checks/planes.js";
import { checkSetting } from "../../src/ml/checks/set-words.js";
import { GlyphFont } from "../../src/ml/glyphs.js";
import type { Rgb } from "../../src/ml/page/raster.js";
import { scannedPage } from "../../src/ml/samples/ink.js";
import { type Item, layOutPaper, type SampleFont, type SamplePaper } from "../../src/ml/samples/papers.js";
import { fontFile, renderPage } from "../../src/ml/samples/render.js";
import { perfectlyRead } from "./laid-words.js";

const DPI = 200;
const SEED = 21;
const MM_PER_PT = 25.4 / 72;
const PAPER = layOutPaper("birthCertificate", SEED);

/** Another than the paper's own. */
const OTHER: SampleFont = PAPER.font === "notoSans" ? "dejavuSerif" : "notoSans";

const itemWith = (text: string): Item => {
  const item = PAPER.items.find((one) => one.text.includes(text) && one.align === "left");
  if (item === undefined) throw new Error(`the sample does not say ${text}`);
  return item;
};

interface Reset {
  readonly part: string;
  readonly font?: SampleFont;
  readonly downMm?: number;
  readonly face?: Item["face"];
}

/** The paper with `part` of one of its lines set anew: in another font, or a little lower. */
const setAnew = ({ part, font = PAPER.font, downMm = 0, face }: Reset): SamplePaper => {
  const item = itemWith(part);
  const own = new GlyphFont(fontFile(PAPER.font, item.face));
  const size = item.pt * MM_PER_PT;
  const from = item.text.indexOf(part);
  const x = item.x + own.width(item.text.slice(0, from), size);
  const drawn = new GlyphFont(fontFile(font, face ?? item.face)).draw(part, x, item.y + downMm, {
    size,
    colour: "#14141c",
  });
  const rest = item.text.slice(from + part.length);
  const items = [
    { ...item, text: item.text.slice(0, from) },
    { ...item, text: rest, x: x + own.width(part, size) },
  ].filter(({ text }) => text !== "");
  return {
    ...PAPER,
    items: PAPER.items.flatMap((one) => (one === item ? items : [one])),
    drawing: PAPER.drawing + drawn,
  };
};

const doubtsIn = (page: Rgb, paper: SamplePaper = PAPER): readonly Check[] => {
  const input = perfectlyRead(paper, page);
  return checkSetting(planesOf(input), input.words, input.lines).filter(({ verdict }) => verdict !== "pass");
};

const scanOf = async (paper: SamplePaper): Promise<Rgb> => scannedPage(await renderPage(paper, DPI), SEED);

const NAME = PAPER.fields["fullName"] ?? "";
const told = (checks: readonly Check[]): string => checks.map(({ sentence }) => sentence.en).join("; ");

test("a name that was set with its line stands on it, and is printed like the page", async () => {
  assert.is(told(doubtsIn(await scanOf(setAnew({ part: NAME })))), "");
});

test("a name that stands a seventh of a millimetre lower than its line is told, and where", async () => {
  const [found, ...others] = doubtsIn(await scanOf(setAnew({ part: NAME, downMm: 0.14 })));
  assert.is(found?.id, "word.pasted");
  for (const text of NAME.split(" ")) assert.ok(found?.sentence.vi.includes(text), found?.sentence.vi);
  assert.not.ok(found?.sentence.vi.includes("tên:"));
  const item = itemWith(NAME);
  const y = (found?.box?.y ?? 0) / (DPI / 25.4);
  assert.ok(y < item.y && y > item.y - 8, `box at ${y} mm`);
  assert.is(told(others), "");
});

test("a name in another font is told, though it stands on its line", async () => {
  const found = doubtsIn(await scanOf(setAnew({ part: NAME, font: OTHER })));
  const check = found.find(({ id }) => id === "word.font");
  assert.ok(
    NAME.split(" ").every((text) => check?.sentence.en.includes(text)),
    told(found) || "nothing was found",
  );
});

test("one digit in another font is told from its kin; a digit that was only read wrongly is not", async () => {
  const item = itemWith("Số định danh cá nhân: ");
  const number = item.text.split(" ").at(-1) ?? "";
  const timesOn = (digit: string): number =>
    PAPER.items
      .map(({ text }) => text)
      .join("")
      .split(digit).length;
  const [at] = [...Array(number.length).keys()]
    .slice(3, -1)
    .filter((place) => "234569".includes(number[place] ?? ""))
    .toSorted((a, b) => timesOn(number[b] ?? "") - timesOn(number[a] ?? ""));
  if (at === undefined) throw new Error("the sample's number has no digit to change");
  const [before, digit] = [number.slice(0, at), number[at] ?? ""];
  const label = item.text.slice(0, -number.length);
  const paper = setAnew({ part: `${label}${before}` });
  const own = new GlyphFont(fontFile(PAPER.font, "regular"));
  const size = item.pt * MM_PER_PT;
  const x = item.x + own.width(`${label}${before}`, size);
  const drawn = new GlyphFont(fontFile(OTHER, "regular")).draw(digit, x, item.y, { size, colour: "#14141c" });
  const rest = { ...item, text: number.slice(at + 1), x: x + own.width(digit, size) };
  const items = paper.items.map((one) => (one.text === number.slice(at) ? rest : one));
  const found = doubtsIn(await scanOf({ ...paper, items, drawing: paper.drawing + drawn }));
  assert.ok(
    found.some(
      ({ id, sentence }) => id === "word.font" && sentence.en.startsWith(`The ${digit} in “${number}”`),
    ),
    told(found) || "nothing was found",
  );

  const page = await scanOf(PAPER);
  const input = perfectlyRead(PAPER, page);
  const slip = `${before}${digit === "6" ? "9" : "6"}${number.slice(at + 1)}`;
  const words = input.words.map((word) => (word.text === number ? { ...word, text: slip } : word));
  const slips = checkSetting(planesOf(input), words, input.lines).filter(({ verdict }) => verdict !== "pass");
  assert.is(told(slips), "");
});

test("bold words are no other print, a cursive line is no other's, and lines that lie askew have no step", async () => {
  assert.is(told(doubtsIn(await scanOf(setAnew({ part: NAME, face: "bold" })))), "");
  const item = itemWith("Nơi sinh: ");
  const items = PAPER.items.map((one) => (one === item ? { ...one, face: "italic" as const } : one));
  const cursive = { ...PAPER, items };
  assert.is(told(doubtsIn(await scanOf(cursive), cursive)), "");
  const page = await scanOf(PAPER);
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  const { data, info } = await sharp(page.data, { raw })
    .rotate(0.2, { background: "#fff" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.is(told(doubtsIn({ width: info.width, height: info.height, data: new Uint8Array(data) })), "");
});

test.run();
