// What does the reading process do with each file it is sent? (Pixels never come near the runtime.)
import sharp from "sharp";
import { OcrThread, type Recognised } from "./ocr.js";
import { loadOpenCv } from "./page/find-page.js";
import { type PreparedPage, preparePage, type Turn } from "./page/prepare.js";
import { serveProcess } from "./serve-process.js";

export interface ReadTask {
  readonly file: Uint8Array;
  readonly maxPixels: number;
  readonly turn: Turn;
}

export interface Attempt {
  readonly page: Omit<PreparedPage, "pgm">;
  readonly read: Recognised;
}

// libvips keeps finished operations, with their pixels, for a next time that never comes here; and each of
// its threads holds buffers of its own.
sharp.cache(false);
sharp.concurrency(1);

const { cv } = await loadOpenCv();
const ocr = new OcrThread();

serveProcess<ReadTask, Attempt>({
  act: async (task, onProgress) => {
    onProgress("decoding", 0);
    const { pgm, ...page } = await preparePage(cv, task.file, task);
    onProgress("reading", 0);
    const read = await ocr.recognise(pgm, (fraction) => onProgress("reading", fraction));
    return { page, read };
  },
  fallback: "paper.unreadable",
});
