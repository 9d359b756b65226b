// How does one picture of a paper become a page that was read?
//
// Everything that thinks happens here, in the reading process; the runtime only waits for the answer.
import type { OpenCv } from "@techstark/opencv-js";
import { FaultError } from "../core/faults.js";
import type { Check } from "./checks/check.js";
import { finding, say } from "./checks/finding.js";
import { checkScreen } from "./checks/screen.js";
import { linePicture } from "./handwriting/line-picture.js";
import type { HandwritingReader } from "./handwriting/reader.js";
import { type ColourInk, findColourInk, withoutInk } from "./lines/colour-ink.js";
import { wholeStretch } from "./lines/hand-reach.js";
import { inkOf } from "./lines/missed-ink.js";
import { type LookAtHand, layOutLines, layOutScripts, type PageLines } from "./lines/page-lines.js";
import type { Line } from "./lines/reading-order.js";
import { lookOf, type PageLook } from "./lines/script-features.js";
import { type Looked, lookAgain } from "./lines/second-look.js";
import type { Recogniser } from "./ocr.js";
import { type PreparedPage, preparePage, type Turn } from "./page/prepare.js";
import type { Gray } from "./page/raster.js";
import type { PageCode, ReadPage } from "./reader.js";
import type { ReadTask } from "./reading-process.js";
import type { OnProgress } from "./serve-process.js";
import { hasWriting } from "./text/has-writing.js";
import { UNREADABLE_BELOW, type Understanding, understand } from "./understand.js";

/** An upright page of print has 0.8 and more; one on its side under 0.4. */
const UPRIGHT_FROM = 0.6;
const LEAST_CHARACTERS = 12;

export interface ReadingParts {
  readonly cv: OpenCv;
  readonly ocr: Recogniser;
  readonly understanding: Understanding;
  /** Null: no model for handwriting is installed. */
  readonly handwriting: HandwritingReader | null;
  /** Told what print and handwriting are told apart by, of each page: training learns from it. */
  readonly onLook?: (lines: readonly Line[], look: PageLook) => void;
}

interface Recognised {
  readonly read: PageLines;
  readonly jpeg: Uint8Array;
  readonly symbols: readonly PageCode[];
  readonly screen: readonly Check[];
  /** What of the kiosk's own parts was not there for the reading. */
  readonly lacking: readonly Check[];
}

interface Attempt extends Recognised {
  readonly page: PreparedPage;
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

/**
 * Of a blurred or dark paper nothing can be read either: the citizen is told what spoils it. A sheet full of
 * handwriting is a paper, whatever the recogniser makes of it.
 */
const isSomethingElse = ({ page, read }: Attempt): boolean =>
  read.meanConfidence < UNREADABLE_BELOW &&
  !hasWriting(read.words) &&
  (page.quality.advice === "noPage" || !read.lines.some(({ script }) => script === "hand")) &&
  !["blurred", "tooDark", "tooSmall"].includes(page.quality.advice);

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

/** What needs no words. */
interface Beside extends Omit<Recognised, "read" | "lacking"> {
  readonly looked: Looked;
}

interface Given {
  readonly prepared: PreparedPage;
  /** Flattened, without seals: what the recogniser reads. */
  readonly page: Gray;
  readonly pens: readonly ColourInk[];
  readonly source: ReadTask["source"];
}

/** Made while the recogniser's own threads are at work. */
const makeBeside = async (
  { codes }: Understanding,
  { prepared, page, pens, source }: Given,
): Promise<Beside> => {
  // What finding and measuring the page left behind goes before the recogniser's threads fill up.
  globalThis.gc?.();
  const bare = withoutInk(page, prepared.rgb, pens);
  const ink = inkOf(page);
  const looked = { page, bare, pens, ink: { page: ink, bare: bare === page ? ink : inkOf(bare) } };
  const screen = source === "scanner" ? [] : checkScreen(prepared.frame);
  // One after the other: together they would be the reading process at its largest.
  const symbols = await codes.readSymbols(prepared.gray);
  const jpeg = await prepared.forPeople();
  globalThis.gc?.();
  return { looked, screen, symbols, jpeg };
};

interface HandLook {
  readonly lookAt: LookAtHand;
  readonly lacking: () => readonly Check[];
}

/**
 * A model that is refused costs its own lines and not the page: the citizen types them, and the officer sees why.
 */
const handLook = (page: Gray, handwriting: HandwritingReader | null): HandLook => {
  let refused: FaultError | null = null;
  return {
    lookAt: {
      stretch: (box, printed) => wholeStretch(page, box, printed),
      look: async (box) => {
        if (handwriting === null || refused !== null) return null;
        try {
          return await handwriting.look(linePicture(page, box));
        } catch (error) {
          if (!(error instanceof FaultError)) throw error;
          refused = error;
          return null;
        }
      },
    },
    lacking: () =>
      refused === null
        ? []
        : [
            finding(
              "writing.model",
              "unsure",
              say(
                "Mô hình đọc chữ viết tay không dùng được: chữ viết tay chưa được máy đọc.",
                `The model for handwriting can not be used, so no handwriting was read: ${refused.detail}.`,
              ),
            ),
          ],
  };
};

/** Seals are never text; what is printed under them, and under a signature, is. */
const recognise = async (
  { ocr, handwriting, understanding, onLook }: ReadingParts,
  prepared: PreparedPage,
  { source, onFraction }: Pick<ReadTask, "source"> & { readonly onFraction: (fraction: number) => void },
): Promise<Recognised> => {
  const inks = findColourInk(prepared.rgb);
  const seals = inks.filter(({ colour }) => colour === "red");
  const pens = inks.filter(({ colour }) => colour === "blue");
  const page = withoutInk(prepared.flat, prepared.rgb, seals);
  const given = { prepared, page, pens, source };
  let beside: Promise<Beside> | null = null;
  const onTaken = (): void => {
    beside = makeBeside(understanding, given);
    beside.catch(() => undefined);
  };
  const found = await ocr.recognise(page, { onFraction, onTaken });
  const { looked, ...made } = await (beside ?? makeBeside(understanding, given));
  const first = layOutLines(found);
  if (first.meanConfidence < UPRIGHT_FROM) return { read: first, ...made, lacking: [] };
  const again = await lookAgain(ocr, found, looked);
  const look = lookOf(page, prepared.rgb, again.flat());
  onLook?.(again, look);
  const { lookAt, lacking } = handLook(page, handwriting);
  const read = await layOutScripts(again, look, lookAt);
  return { read, ...made, lacking: lacking() };
};

/** Throws `FaultError` "paper.unreadable" | "paper.tooLarge" | "paper.absent". */
export const readPage = async (
  parts: ReadingParts,
  task: ReadTask,
  onProgress: OnProgress,
): Promise<ReadPage> => {
  const upright = await readUpright(async (turn) => {
    onProgress("decoding", 0);
    const page = await preparePage(parts.cv, task.file, { maxPixels: task.maxPixels, turn });
    onProgress("reading", 0);
    const onFraction = (fraction: number): void => onProgress("reading", fraction);
    return { page, ...(await recognise(parts, page, { ...task, onFraction })) };
  });
  if (upright.read.text.replaceAll(/\s/g, "").length < LEAST_CHARACTERS || isSomethingElse(upright))
    throw new FaultError("paper.absent", "no writing was found on the picture");
  onProgress("extracting", 0);
  const { page: prepared, ...read } = upright;
  return understand(parts.understanding, { prepared, ...read }, task);
};
