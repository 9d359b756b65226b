// What does the process that takes files of several pages apart do with each request?
import sharp from "sharp";
import { PdfPages } from "./pdf-pages.js";
import { serveProcess } from "./serve-process.js";
import { tiffPageCount, tiffPicture } from "./tiff-pages.js";

export interface PageTask {
  readonly path: string;
  readonly kind: "pdf" | "tiff";
  /** From 0; null asks how many there are. */
  readonly index: number | null;
  readonly maxPixels: number;
}

export interface PageAnswer {
  readonly count: number;
  /** A JPEG file, when a page was asked for. */
  readonly jpeg: Uint8Array | null;
}

sharp.cache(false);
sharp.concurrency(1);

const pdf = await PdfPages.load();

const answer = async ({ path, kind, index, maxPixels }: PageTask): Promise<PageAnswer> => {
  if (index === null)
    return { count: kind === "pdf" ? await pdf.count(path) : await tiffPageCount(path), jpeg: null };
  const jpeg = kind === "pdf" ? await pdf.picture(path, index) : await tiffPicture(path, index, maxPixels);
  return { count: 1, jpeg };
};

// One after the other: a document must not be closed while a page of it is drawn.
let turn: Promise<unknown> = Promise.resolve();

serveProcess<PageTask, PageAnswer>({
  act: (task) => {
    const result = turn.then(() => answer(task));
    turn = result.catch(() => {});
    return result;
  },
  fallback: "paper.unreadable",
});
