// What speaks for and against one page, judged by its words and its pixels alone?
import type { PaperClass } from "../../core/paper-class.js";
import type { Rgb } from "../page/raster.js";
import type { PageCode, ReadField, TextLine, Word } from "../reader.js";
import type { Check } from "./check.js";
import { checkEdges } from "./edges.js";
import { sorted } from "./finding.js";
import { checkGrounds } from "./paste.js";
import { planesOf } from "./planes.js";
import { checkScreen } from "./screen.js";
import { checkSeals } from "./seal-checks.js";
import { checkSetting } from "./set-words.js";
import { checkWriting } from "./writing.js";

export interface PageInput {
  /** Rectified and upright, in colour, as photographed: before any whitening. */
  readonly page: Rgb;
  /** Of `page`; null when the true size is not known. */
  readonly dpi: number | null;
  readonly words: readonly Word[];
  readonly lines: readonly TextLine[];
  readonly fields: readonly ReadField[];
  readonly paperClass: PaperClass;
  readonly codes: readonly PageCode[];
  /** The camera's picture around the page, not rectified: a screen shows in it best. */
  readonly frame?: Rgb;
  /** What `checkScreen` says of the frame, where it was asked before the words were there. */
  readonly screen?: readonly Check[];
  readonly source: "camera" | "scanner" | "file";
  /** yyyy-MM-dd; without it nothing is said about the future. */
  readonly today?: string;
  /** From 0; goes into the answers. */
  readonly pageNumber?: number;
}

/** Smaller rasters have nothing that could be judged. */
const LEAST_SIDE_PX = 200;

const checkPixels = (input: PageInput): readonly Check[] => {
  const { page, frame, source, words, lines } = input;
  if (Math.min(page.width, page.height) < LEAST_SIDE_PX) return [];
  const screen = input.screen ?? (source === "scanner" ? [] : checkScreen(frame ?? page));
  // Whoever photographs a display photographs its colours and its grain: nothing else can be said of the paper.
  if (screen.some(({ verdict }) => verdict === "fail")) return screen;
  const planes = planesOf(input);
  return [
    ...screen,
    ...checkEdges(input, planes),
    ...checkSeals(input, planes),
    ...checkSetting(planes, words, lines),
    ...checkGrounds(planes, words),
  ];
};

/** Never throws for what is on a page. Synchronous; about a tenth of what reading the page takes. */
export const checkPage = (input: PageInput): readonly Check[] => {
  const checks = sorted([...checkPixels(input), ...checkWriting(input)]);
  const page = input.pageNumber ?? 0;
  return page === 0 ? checks : checks.map((check) => ({ ...check, page }));
};
