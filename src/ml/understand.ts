// What does a page say, once its words are read?
import type { OpenCv } from "@techstark/opencv-js";
import { checkPage, type PageInput } from "./checks/page-checks.js";
import { extractFields } from "./fields/extract.js";
import { type PageLines, scaledBox, scaledLines } from "./lines/page-lines.js";
import type { PreparedPage } from "./page/prepare.js";
import { type Gray, toGray } from "./page/raster.js";
import type { PageQuality, ReadPage } from "./reader.js";
import { type CodeReading, openCodeReading } from "./text/codes.js";
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
  /** In the recogniser's resolution, its light even. */
  readonly flat: Gray;
  /** In pixels of `flat`. */
  readonly read: PageLines;
}

export interface Given {
  readonly known?: Readonly<Record<string, string>>;
  readonly source?: PageInput["source"];
  readonly today?: string;
}

export const understand = async (
  { lexicon, codes: codeReading }: Understanding,
  { prepared, flat, read: asRead }: Page,
  given: Given,
): Promise<ReadPage> => {
  const mended = corrected(asRead, lexicon, given.known);
  const tables = findTables(flat, mended.words);
  const read = scaledLines(mended, prepared.pgmScale);
  const { words, lines } = read;
  const codes = await codeReading.readCodes(toGray(prepared.rgb), words, lines);
  const { paperClass, fields } = extractFields(read);
  const seen = { dpi: prepared.dpi, words, lines, codes, fields, paperClass };
  return {
    ...seen,
    widthPx: prepared.widthPx,
    heightPx: prepared.heightPx,
    jpeg: prepared.jpeg,
    text: read.text,
    tables: tables.map((table) => ({ ...table, box: scaledBox(table.box, prepared.pgmScale) })),
    meanConfidence: read.meanConfidence,
    quality: judged(prepared.quality, read),
    checks: checkPage({
      ...seen,
      page: prepared.rgb,
      source: given.source ?? "camera",
      ...(given.today === undefined ? {} : { today: given.today }),
    }),
  };
};
