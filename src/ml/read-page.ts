// How does one picture of a paper become a page that was read?
//
// Everything that thinks happens here, in the reading process; the runtime only waits for the answer.
import type { OpenCv } from "@techstark/opencv-js";
import { FaultError } from "../core/faults.js";
import { extractFields } from "./fields/extract.js";
import type { OcrThread, Recognised } from "./ocr.js";
import { type PreparedPage, preparePage, type Turn } from "./page/prepare.js";
import type { PageQuality, ReadPage, TextLine } from "./reader.js";
import type { ReadTask } from "./reading-process.js";
import type { OnProgress } from "./serve-process.js";

const UNREADABLE_BELOW = 0.35;
/** An upright page of print has 0.8 and more; one on its side under 0.4. */
const UPRIGHT_FROM = 0.6;
const LEAST_CHARACTERS = 12;

export interface ReadingParts {
  readonly cv: OpenCv;
  readonly ocr: OcrThread;
}

interface Attempt {
  readonly page: PreparedPage;
  readonly read: Recognised;
}

const TURNS: readonly Turn[] = [180, 90, 270];
const TURNS_IF_LYING: readonly Turn[] = [90, 270];

/** Words of some length are wider than high. */
const isLying = ({ read }: Attempt): boolean => {
  const long = read.words.filter(({ text }) => text.length >= 4);
  return long.filter(({ box }) => box.h > box.w).length * 2 > long.length;
};

const isUpright = (attempt: Attempt): boolean =>
  attempt.read.meanConfidence >= UPRIGHT_FROM && !isLying(attempt);

/** Much text that is surely read beats little. */
const weight = ({ read }: Attempt): number => read.meanConfidence * Math.min(200, read.text.length);

/** The page as it lies is tried first; the other ways up only when that reads like noise. */
const readUpright = async (attempt: (turn: Turn) => Promise<Attempt>): Promise<Attempt> => {
  let best = await attempt(0);
  if (isUpright(best)) return best;
  // Letters head down read as noise; letters on their side may be read, but the page still has to be turned.
  for (const turn of isLying(best) ? TURNS_IF_LYING : TURNS) {
    const other = await attempt(turn);
    if (isUpright(other)) return other;
    if (weight(other) > weight(best)) best = other;
  }
  return best;
};

const linesOf = ({ words }: Recognised): readonly TextLine[] => {
  const starts = words.flatMap(({ line }, index) => (words[index - 1]?.line === line ? [] : [index]));
  return starts.map((from, index) => {
    const to = starts[index + 1] ?? words.length;
    const boxes = words.slice(from, to).map(({ box }) => box);
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    const w = Math.max(...boxes.map((box) => box.x + box.w)) - x;
    const h = Math.max(...boxes.map((box) => box.y + box.h)) - y;
    return { box: { x, y, w, h }, script: "print", from, to };
  });
};

/** The recogniser's own doubt outweighs what the picture looks like. */
const judged = (quality: PageQuality, read: Recognised): PageQuality =>
  read.meanConfidence < UNREADABLE_BELOW && quality.verdict === "good"
    ? { ...quality, verdict: "poor", advice: "blurred" }
    : quality;

/** Throws `FaultError` "paper.unreadable" | "paper.tooLarge" | "paper.absent". */
export const readPage = async (
  { cv, ocr }: ReadingParts,
  task: ReadTask,
  onProgress: OnProgress,
): Promise<ReadPage> => {
  const { page, read } = await readUpright(async (turn) => {
    onProgress("decoding", 0);
    const prepared = await preparePage(cv, task.file, { maxPixels: task.maxPixels, turn });
    onProgress("reading", 0);
    const recognised = await ocr.recognise(prepared.pgm, (fraction) => onProgress("reading", fraction));
    return { page: prepared, read: recognised };
  });
  onProgress("extracting", 0);
  if (read.text.replaceAll(/\s/g, "").length < LEAST_CHARACTERS)
    throw new FaultError("paper.absent", "no writing was found on the picture");
  return {
    widthPx: page.widthPx,
    heightPx: page.heightPx,
    dpi: null,
    jpeg: page.jpeg,
    text: read.text,
    words: read.words,
    lines: linesOf(read),
    tables: [],
    codes: [],
    checks: [],
    meanConfidence: read.meanConfidence,
    quality: judged(page.quality, read),
    ...extractFields(read),
  };
};
