// What of a page is worth a second look, and does it read better then?
//
// A signature across a name, a seal's rest, a line that the layout analysis passed over: a person looks closer at
// such a place. So does the reader: it cuts the place out, without coloured ink, and reads it by itself.
import type { Recogniser } from "../ocr.js";
import type { Gray } from "../page/raster.js";
import type { Box, Word } from "../reader.js";
import { type ColourInk, inkShare } from "./colour-ink.js";
import { findMissedInk, type PageInk } from "./missed-ink.js";
import { around, type Line } from "./reading-order.js";

export interface Looked {
  /** Without seals; what the first reading saw. */
  readonly page: Gray;
  /** Without any coloured ink. */
  readonly bare: Gray;
  readonly pens: readonly ColourInk[];
  /** Of `page` and of `bare`. */
  readonly ink: { readonly page: PageInk; readonly bare: PageInk };
}

/** Less sure than this is as good as not read. */
const DOUBTFUL = 0.5;
/** A word that pen strokes cross is doubted sooner. */
const CROSSED = 0.86;
const CROSSED_SHARE = 0.04;
/** A second reading counts from here. */
const SURE = 0.6;
/** A second reading that only adds marks counts from here, however sure the first was. */
const MARKS_FROM = 0.8;
/** In heights of the page's median word. */
const TALL = 1.4;
/** Bounds the time on a page that is all noise. */
const MOST_PLACES = 10;

const overlapShare = (a: Box, b: Box): number => {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w <= 0 || h <= 0 ? 0 : (w * h) / Math.max(1, Math.min(a.w * a.h, b.w * b.h));
};

const middleHeight = (words: readonly Word[]): number =>
  words.map(({ box }) => box.h).sort((a, b) => a - b)[words.length >> 1] ?? 40;

const grownBox = ({ x, y, w, h }: Box, by: number, page: Gray): Box => {
  const [left, top] = [Math.max(0, Math.round(x - by)), Math.max(0, Math.round(y - by))];
  return {
    x: left,
    y: top,
    w: Math.min(page.width, Math.round(x + w + by)) - left,
    h: Math.min(page.height, Math.round(y + h + by)) - top,
  };
};

/** Boxes that overlap become one. */
const mergedBoxes = (boxes: readonly Box[]): readonly Box[] => {
  const out: Box[] = [];
  for (const box of boxes) {
    let joined = box;
    for (let at = out.findIndex((other) => overlapShare(other, joined) > 0); at >= 0; ) {
      joined = around([joined, ...out.splice(at, 1).map((other) => other)]);
      at = out.findIndex((other) => overlapShare(other, joined) > 0);
    }
    out.push(joined);
  }
  return out;
};

const isDoubtful = (word: Word, pens: readonly ColourInk[]): boolean =>
  word.confidence < DOUBTFUL || (word.confidence < CROSSED && isCrossed(word, pens));

const isCrossed = (word: Word, pens: readonly ColourInk[]): boolean =>
  pens.some((pen) => inkShare(pen, word.box) > CROSSED_SHARE);

/** The layout analysis cuts the marks off tall capitals: "GIAY" for "GIẤY", and is sure of it. */
const isTitle = ({ text, box }: Word, letter: number): boolean =>
  box.h > TALL * letter && text.length > 1 && text === text.toUpperCase() && /\p{L}{2}/u.test(text);

/** Where to look again: doubtful words with their neighbours, titles, and writing that was passed over. */
const places = (found: readonly Line[], { page, pens, ink }: Looked): readonly Box[] => {
  const words = found.flat();
  const letter = middleHeight(words);
  const doubtful = words
    .filter((word) => isDoubtful(word, pens) || isTitle(word, letter))
    .map(({ box }) => grownBox(box, letter, page));
  const missed = findMissedInk(ink.bare, words, letter).map((box) => grownBox(box, 0.6 * letter, page));
  return [...mergedBoxes([...doubtful, ...missed])]
    .sort((a, b) => b.w * b.h - a.w * a.h)
    .slice(0, MOST_PLACES);
};

/** `box` lies on the page. */
export const cutOut = (page: Gray, { x, y, w, h }: Box): Gray => {
  const data = new Uint8Array(w * h);
  for (let row = 0; row < h; row += 1) {
    const from = (y + row) * page.width + x;
    data.set(page.data.subarray(from, from + w), row * w);
  }
  return { width: w, height: h, data };
};

/** Cut at the place's edge, a word may lack letters. */
const isWhole = ({ box }: Word, place: Box): boolean =>
  box.x > 2 && box.y > 1 && box.x + box.w < place.w - 2 && box.y + box.h < place.h - 1;

const moved = (word: Word, { x, y }: Box): Word => ({
  ...word,
  box: { ...word.box, x: word.box.x + x, y: word.box.y + y },
});

const bare = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("Đ", "D");
const marks = (text: string): number => [...text.normalize("NFD")].length - [...bare(text)].length;

/** Marks get lost; nothing invents them. */
const addsMarks = (word: Word, { text }: Word): boolean =>
  word.confidence >= MARKS_FROM && bare(word.text) === bare(text) && marks(word.text) > marks(text);

const isBetter = (word: Word, before: readonly Word[]): boolean => {
  const rivals = before.filter(({ box }) => overlapShare(box, word.box) > 0.3);
  if (rivals.some((rival) => addsMarks(word, rival))) return true;
  const sure = Math.max(0, ...rivals.map(({ confidence }) => confidence));
  const letters = /\p{L}{2}|\d/u.test(word.text);
  return letters && word.confidence > Math.max(SURE, sure + 0.02);
};

/** Writing that nothing reads: a word of no text, for whoever tells pen from print. */
const unread = (lines: readonly Line[], { ink }: Looked): readonly Line[] => {
  const words = lines.flat();
  return findMissedInk(ink.page, words, middleHeight(words)).map((box) => [{ text: "", confidence: 0, box }]);
};

/**
 * The lines with what a second look gave; words of the first that it outdoes are gone. What stays unread has a word
 * of no text.
 */
export const lookAgain = async (
  ocr: Recogniser,
  found: readonly Line[],
  looked: Looked,
): Promise<readonly Line[]> => {
  const readings = await Promise.all(
    places(found, looked).map(async (place) => ({
      place,
      seen: await ocr.recognise(cutOut(looked.bare, place), { layout: "block" }),
    })),
  );
  let lines = found;
  for (const { place, seen } of readings) {
    const before = lines.flat().filter(({ box }) => overlapShare(box, place) > 0);
    const better = seen
      .map((line) =>
        line
          .filter((word) => isWhole(word, place))
          .map((word) => moved(word, place))
          .filter((word) => isBetter(word, before)),
      )
      .filter((line) => line.length > 0);
    const words = better.flat();
    const outdone = (word: Word): boolean => words.some(({ box }) => overlapShare(box, word.box) > 0.3);
    lines = [...lines.map((line) => line.filter((word) => !outdone(word))), ...better];
  }
  const read = lines.filter((line) => line.length > 0);
  return [...read, ...unread(read, looked)];
};
