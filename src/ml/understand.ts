// What does a page say, once its words are read?
import type { OpenCv } from "@techstark/opencv-js";
import type { Check } from "./checks/check.js";
import { checkPage, type PageInput } from "./checks/page-checks.js";
import { extractFields } from "./fields/extract.js";
import type { ReadHandAs } from "./fields/layout.js";
import type { PageLines } from "./lines/page-lines.js";
import type { PreparedPage } from "./page/prepare.js";
import { toGray } from "./page/raster.js";
import type { Box, PageCode, PageQuality, ReadPage } from "./reader.js";
import { type CodeReading, inReadingOrder, openCodeReading } from "./text/codes.js";
import { correctWords, textOfLines } from "./text/correct.js";
import { type Lexicon, makeLexicon } from "./text/lexicon/lexicon.js";
import { findTables } from "./text/tables.js";

/** What is loaded once a process. */
export interface Understanding {
  readonly lexicon: Lexicon;
  readonly codes: CodeReading;
}

export const openUnderstanding = async (cv: OpenCv): Promise<Understanding> => ({
  lexicon: makeLexicon(),
  codes: await openCodeReading(cv),
});

/** Below this mean confidence nobody should rely on what was read. */
export const UNREADABLE_BELOW = 0.35;

/** The recogniser's own doubt outweighs what the picture looks like. */
const judged = (quality: PageQuality, read: PageLines): PageQuality =>
  read.meanConfidence < UNREADABLE_BELOW && quality.verdict === "good"
    ? { ...quality, verdict: "poor", advice: "blurred" }
    : quality;

/** Corrections change no place: what was a word of a line still is. */
const corrected = (
  read: PageLines,
  lexicon: Lexicon,
  known: Readonly<Record<string, string>> | undefined,
): PageLines => {
  const printed = read.lines.filter(({ script }) => script === "print");
  const mended = correctWords(read.words, printed, { lexicon, ...(known === undefined ? {} : { known }) });
  const words = mended.map((word, index) => ({ ...word, line: read.words[index]?.line ?? 0 }));
  const rows = textOfLines(words, read.lines).split("\n");
  return { ...read, words, text: rows.filter((row) => row.trim() !== "").join("\n") };
};

export interface Page {
  readonly prepared: PreparedPage;
  readonly read: PageLines;
  /** For people. */
  readonly jpeg: Uint8Array;
  /** Squares and bars on it, in pixels of the page for reading. */
  readonly symbols: readonly PageCode[];
  /** Whether it is a display that was photographed. */
  readonly screen: readonly Check[];
  /** What of the kiosk's own parts was not there for the reading. */
  readonly lacking: readonly Check[];
}

export interface Given {
  readonly known?: Readonly<Record<string, string>>;
  readonly source?: PageInput["source"];
  readonly today?: string;
}

const scaled = (box: Box, by: number): Box => ({
  x: Math.round(box.x * by),
  y: Math.round(box.y * by),
  w: Math.round(box.w * by),
  h: Math.round(box.h * by),
});

/** Reading happens on a raster that suits letters; every place is told on the page that people see. */
const onPageForPeople = (page: ReadPage, by: number): ReadPage => {
  const placed = <T extends { readonly box: Box | null }>(items: readonly T[]): readonly T[] =>
    items.map((item) => (item.box === null ? item : { ...item, box: scaled(item.box, by) }));
  return {
    ...page,
    words: placed(page.words),
    lines: placed(page.lines),
    tables: placed(page.tables),
    codes: placed(page.codes),
    fields: placed(page.fields),
    checks: placed(page.checks),
  };
};

const isWithin = (x: number, y: number, box: Box): boolean =>
  x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;

/** Which line is meant is told by its place. */
const readerOf =
  (places: PageLines["hand"]): ReadHandAs =>
  ({ x, y, w, h }, kind) =>
    places.find(({ box }) => isWithin(x + w / 2, y + h / 2, box))?.seen.read(kind) ?? null;

export const understand = (
  { lexicon, codes: codeReading }: Understanding,
  { prepared, read: asRead, jpeg, symbols, screen, lacking }: Page,
  given: Given,
): ReadPage => {
  const read = corrected(asRead, lexicon, given.known);
  const { words, lines } = read;
  const zone = codeReading.readZone(prepared.gray, words, lines, () => toGray(prepared.frame));
  const codes = [...symbols, ...zone].sort(inReadingOrder);
  const { paperClass, fields } = extractFields({ ...read, codes, readHand: readerOf(read.hand) });
  const { scale, dpi } = prepared;
  const seen = { dpi: dpi === null ? null : dpi / scale, words, lines, codes, fields, paperClass };
  const page = {
    ...seen,
    dpi,
    widthPx: prepared.widthPx,
    heightPx: prepared.heightPx,
    jpeg,
    text: read.text,
    tables: findTables(prepared.flat, words),
    meanConfidence: read.meanConfidence,
    quality: judged(prepared.quality, read),
    checks: [
      ...checkPage({
        ...seen,
        page: prepared.rgb,
        frame: prepared.frame,
        screen,
        source: given.source ?? "camera",
        ...(given.today === undefined ? {} : { today: given.today }),
      }),
      ...lacking,
    ],
  };
  return scale === 1 ? page : onPageForPeople(page, scale);
};
