// How do people change papers, so that the checks can be held against it?
//
// Each forgery is made on a page's pixels, on the paper before a camera sees it or in the file that a scanner made.
// A forger is neither perfect nor a fool: a filled-in background is often a shade off, a moved digit is off by a
// fraction of a millimetre, another font is chosen at the same size.
import sharp from "sharp";
import { GlyphFont } from "../glyphs.js";
import type { Rgb } from "../page/raster.js";
import {
  type Area,
  boxOf,
  css,
  digitsOn,
  fontOf,
  type GlyphPlace,
  glyphAt,
  medianColour,
  nearly,
  overlay,
  rawOf,
  sizeOf,
  type Work,
} from "./forger.js";
import { displayed, inkSeal, photocopied } from "./ink.js";
import type { Item, SampleFont, SamplePaper } from "./papers.js";
import { type Random, seededRandom } from "./random.js";
import { fontFile, renderPage } from "./render.js";

export const FORGERIES = [
  "digit in another font",
  "digit in another size",
  "digit moved from elsewhere",
  "name on a strip",
  "name typed over",
  "seal drawn",
  "seal twice",
  "number against birth",
  "photocopy",
  "screen",
  "cut",
  "digit and seal",
] as const;
export type ForgeryKind = (typeof FORGERIES)[number];

export interface Forged {
  readonly page: Rgb;
  /** Where it was changed; null: everywhere, or nowhere to point at. */
  readonly area: Area | null;
}

const another = (digit: string, random: Random): string =>
  String((Number(digit) + random.integer(1, 9)) % 10);

const digitOf = ({ item, index }: GlyphPlace): string => item.text[index] ?? "0";

const FONTS: readonly SampleFont[] = ["notoSerif", "notoSans", "dejavuSerif", "dejavuSans"];

/** The height of a nought over the em; so that another font is set as high as the first. */
const zeroHeight = (font: GlyphFont): number => {
  const path = font.draw("0", 0, 0, { size: 1, colour: "#000" });
  const scale = Number(/scale\(([\d.]+) /.exec(path)?.[1] ?? 0);
  const numbers = [...(/ d="([^"]+)"/.exec(path)?.[1] ?? "").matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);
  return Math.max(...numbers.filter((_, i) => i % 2 === 1)) * scale;
};

const setDigit = async (work: Work, place: GlyphPlace, how: "font" | "size"): Promise<Forged> => {
  const { paper, random } = work;
  const { item } = place;
  const box = boxOf(place);
  const own = fontOf(paper, item.face);
  const family = random.pick(FONTS.filter((font) => font !== paper.font));
  const font = how === "font" ? new GlyphFont(fontFile(family, item.face)) : own;
  const factor =
    how === "font"
      ? (zeroHeight(own) / zeroHeight(font)) * random.between(0.98, 1.03)
      : random.pick([random.between(0.84, 0.92), random.between(1.09, 1.17)]);
  const digit = another(digitOf(place), random);
  const size = sizeOf(item) * factor;
  const x = place.x + (place.width - font.width(digit, size)) / 2 + random.between(-0.06, 0.06);
  const y = item.y + random.between(-0.08, 0.08);
  const fill = css(nearly(medianColour(work, box, "paper"), random));
  const ink = css(medianColour(work, box, "ink"));
  const svg = `<rect x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" fill="${fill}"/>${font.draw(digit, x, y, { size, colour: ink })}`;
  return { page: await overlay(work, svg), area: box };
};

const copyArea = (
  { page, pxPerMm }: Work,
  from: Area,
  to: { readonly x: number; readonly y: number },
): Rgb => {
  const data = page.data.slice();
  const [sx, sy, dx, dy] = [from.x, from.y, to.x, to.y].map((mm) => Math.round(mm * pxPerMm));
  const [w, h] = [Math.round(from.w * pxPerMm), Math.round(from.h * pxPerMm)];
  for (let row = 0; row < h; row += 1) {
    const start = (((sy ?? 0) + row) * page.width + (sx ?? 0)) * 3;
    data.set(page.data.subarray(start, start + w * 3), (((dy ?? 0) + row) * page.width + (dx ?? 0)) * 3);
  }
  return { ...page, data };
};

const moveDigit = (work: Work, place: GlyphPlace, all: readonly GlyphPlace[]): Forged | null => {
  const { random } = work;
  const like = all.filter(
    (other) =>
      digitOf(other) !== digitOf(place) &&
      other.item.face === place.item.face &&
      other.item.pt === place.item.pt,
  );
  if (like.length === 0) return null;
  const source = random.pick(like);
  const [from, box] = [boxOf(source), boxOf(place)];
  const off = random.pick([-1, 1]) * random.between(0.15, 0.4);
  const to = { x: box.x + (box.w - from.w) / 2 + random.between(-0.2, 0.2), y: box.y + off };
  return { page: copyArea(work, from, to), area: box };
};

const pickDigit = (work: Work, how: "font" | "size" | "moved"): Promise<Forged | null> => {
  const all = digitsOn(work.paper);
  if (all.length === 0) return Promise.resolve(null);
  const place = work.random.pick(all);
  return how === "moved" ? Promise.resolve(moveDigit(work, place, all)) : setDigit(work, place, how);
};

/** The item that prints a person's name, and where in it the name begins. */
const nameOn = (
  paper: SamplePaper,
): { readonly item: Item; readonly from: number; readonly name: string } | null => {
  const name = paper.fields["fullName"] ?? paper.fields["husbandName"] ?? paper.fields["ownerName"] ?? "";
  const item = paper.items.find(({ text }) => name !== "" && text.includes(name));
  return item === undefined ? null : { item, from: item.text.indexOf(name), name };
};

const OTHER_NAMES = [
  "PHẠM QUỐC BẢO",
  "TRẦN THỊ THU HÀ",
  "LÊ HOÀNG LONG",
  "ĐỖ MINH CHÂU",
  "NGÔ ĐỨC THỊNH",
] as const;

const pasteName = async (work: Work, how: "strip" | "typed"): Promise<Forged | null> => {
  const { paper, random } = work;
  const found = nameOn(paper);
  if (found === null) return null;
  const { item, from, name } = found;
  const own = fontOf(paper, item.face);
  const start = glyphAt(own, item, from);
  const size = sizeOf(item);
  const chosen = random.pick(OTHER_NAMES);
  const text =
    name === name.toUpperCase()
      ? chosen
      : chosen.toLowerCase().replaceAll(/(?<=^|\s)\p{L}/gu, (letter) => letter.toUpperCase());
  const width = Math.max(own.width(name, size), own.width(text, size));
  const box = { x: start.x - 0.3, y: item.y - size * 1.06, w: width + 0.8, h: size * 1.36 };
  const paperColour = medianColour(work, box, "paper");
  // A strip is other paper: bluer or yellower, lighter or darker; its lower edge throws a hair of shadow.
  const shift = [random.between(-9, 4), random.between(-8, 4), random.between(-14, 8)] as const;
  const tint = [0, 1, 2].map((c) => Math.max(0, Math.min(255, (paperColour[c] ?? 0) + (shift[c] ?? 0))));
  const fill = css(how === "strip" ? tint : nearly(paperColour, random));
  const edge =
    how === "strip"
      ? `<path d="M${box.x} ${box.y + box.h}h${box.w}v${-box.h}" fill="none" stroke="#000" stroke-opacity="${random.between(0.05, 0.25).toFixed(2)}" stroke-width="0.15"/>`
      : "";
  const font = random.next() < 0.5 ? own : new GlyphFont(fontFile(random.pick(FONTS), item.face));
  const ink = css(medianColour(work, box, "ink"));
  const at = item.y + random.between(-0.15, 0.15);
  const svg = `<rect x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" fill="${fill}"/>${edge}${font.draw(text, start.x + 0.1, at, { size: size * random.between(0.97, 1.03), colour: ink })}`;
  return { page: await overlay(work, svg), area: box };
};

const STAMP = /<g opacity="0.75"[\s\S]*?<\/g>/;

/** A flat red seal as a drawing program makes it, on a page that has none. */
const drawSeal = async (work: Work): Promise<Forged | null> => {
  const { paper, random } = work;
  const { seal } = paper;
  const stamp = STAMP.exec(paper.drawing)?.[0];
  if (seal === null || stamp === undefined) return null;
  const red = css([random.integer(200, 240), random.integer(15, 50), random.integer(20, 55)]);
  const turn = `rotate(${random.between(-6, 6)} ${seal.x} ${seal.y})`;
  const flat = stamp.replaceAll("#c4161c", red).replace('opacity="0.75"', 'opacity="0.92"');
  return { page: await overlay(work, `<g transform="${turn}">${flat}</g>`), area: around(seal) };
};

const around = (seal: { readonly x: number; readonly y: number; readonly radius: number }): Area => ({
  x: seal.x - seal.radius,
  y: seal.y - seal.radius,
  w: 2 * seal.radius,
  h: 2 * seal.radius,
});

/** The page's own seal once more, where the page has room: by multiplying, so that no background comes along. */
const repeatSeal = ({ page, paper, pxPerMm, random }: Work): Forged | null => {
  const { seal } = paper;
  if (seal === null) return null;
  const r = seal.radius * 1.05;
  const to = {
    x:
      seal.x > paper.widthMm / 2
        ? random.between(r + 3, seal.x - 2.4 * r)
        : random.between(seal.x + 2.4 * r, paper.widthMm - r - 3),
    y: Math.min(paper.heightMm - r - 3, seal.y + random.between(-r, r)),
  };
  if (!(to.x > r && to.x < paper.widthMm - r)) return null;
  const data = page.data.slice();
  const [sx, sy, dx, dy, rp] = [seal.x, seal.y, to.x, to.y, r].map((mm) => Math.round(mm * pxPerMm)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  for (let y = -rp; y < rp; y += 1)
    for (let x = -rp; x < rp; x += 1) {
      const from = ((sy + y) * page.width + sx + x) * 3;
      const at = ((dy + y) * page.width + dx + x) * 3;
      const [red = 0, green = 0, blue = 0] = page.data.subarray(from, from + 3);
      if (x * x + y * y > rp * rp || red - Math.max(green, blue) < 16) continue;
      for (let c = 0; c < 3; c += 1) data[at + c] = Math.min(data[at + c] ?? 255, page.data[from + c] ?? 255);
    }
  return { page: { ...page, data }, area: around({ ...to, radius: seal.radius }) };
};

const crop = async (work: Work): Promise<Forged> => {
  const { page, paper, random } = work;
  const side = random.pick(["bottom", "right", "left"] as const);
  const part = side === "bottom" ? random.between(0.2, 0.45) : random.between(0.14, 0.25);
  const width = side === "bottom" ? page.width : Math.round(page.width * (1 - part));
  const height = side === "bottom" ? Math.round(page.height * (1 - part)) : page.height;
  const left = side === "left" ? page.width - width : 0;
  const { data } = await sharp(page.data, { raw: rawOf(page) })
    .extract({ left, top: 0, width, height })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const area =
    side === "bottom" ? { x: 0, y: paper.heightMm * (1 - part) - 20, w: paper.widthMm, h: 20 } : null;
  return { page: { width, height, data: new Uint8Array(data) }, area };
};

/** One digit of the personal number's year is another: the same print, but it contradicts the birth date. */
const withWrongNumber = (paper: SamplePaper, seed: number): SamplePaper | null => {
  const number = paper.fields["personalNumber"];
  if (number === undefined || !/^\d{12}$/.test(number)) return null;
  const random = seededRandom(seed + 350_000);
  const wrong = `${number.slice(0, 4)}${another(number[4] ?? "0", random)}${number.slice(5)}`;
  return {
    ...paper,
    items: paper.items.map((item) => ({ ...item, text: item.text.replace(number, wrong) })),
  };
};

/** A page with its seal stamped, as the office handed it out; bare or with other digits where the forgery wants that. */
export const pageToForge = async (
  kind: ForgeryKind | "none",
  paper: SamplePaper,
  options: { readonly dpi: number; readonly seed: number },
): Promise<Rgb | null> => {
  const printed = kind === "number against birth" ? withWrongNumber(paper, options.seed) : paper;
  if (printed === null) return null;
  if (kind === "seal drawn")
    return paper.seal === null
      ? null
      : renderPage({ ...paper, drawing: paper.drawing.replace(STAMP, "") }, options.dpi);
  const page = await renderPage(printed, options.dpi);
  if (paper.seal === null) return page;
  const pxPerMm = page.width / paper.widthMm;
  const { x, y, radius } = paper.seal;
  return inkSeal(page, { x: x * pxPerMm, y: y * pxPerMm, radius: radius * pxPerMm, pxPerMm }, options.seed);
};

/** Null when the paper has nothing that this forger wants. `page` is what `pageToForge` gave, or a scan of it. */
export const forge = async (
  kind: ForgeryKind,
  page: Rgb,
  paper: SamplePaper,
  seed: number,
): Promise<Forged | null> => {
  const random = seededRandom(seed + 300_000);
  const work: Work = { page, paper, pxPerMm: page.width / paper.widthMm, random };
  switch (kind) {
    case "digit in another font":
      return pickDigit(work, "font");
    case "digit in another size":
      return pickDigit(work, "size");
    case "digit moved from elsewhere":
      return pickDigit(work, "moved");
    case "name on a strip":
      return pasteName(work, "strip");
    case "name typed over":
      return pasteName(work, "typed");
    case "seal drawn":
      return drawSeal(work);
    case "seal twice":
      return repeatSeal(work);
    case "photocopy":
      return { page: await photocopied(page, seed), area: null };
    case "screen":
      return { page: await displayed(page, seed), area: null };
    case "cut":
      return crop(work);
    case "digit and seal": {
      const digit = await pickDigit(work, "font");
      const both = digit === null ? null : repeatSeal({ ...work, page: digit.page });
      return both === null || digit === null ? null : { page: both.page, area: digit.area };
    }
    case "number against birth":
      return { page, area: null };
  }
};
