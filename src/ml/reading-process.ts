// What does the reading process do with each file it is sent? (Pixels never come near the runtime.)
import sharp from "sharp";
import type { KnownPaperClass } from "../core/paper-class.js";
import { OcrThread } from "./ocr.js";
import { loadOpenCv } from "./page/find-page.js";
import { readPage } from "./read-page.js";
import type { ReadPage } from "./reader.js";
import { serveProcess } from "./serve-process.js";

export interface ReadTask {
  readonly file: Uint8Array;
  readonly maxPixels: number;
  readonly expect?: KnownPaperClass | "any";
  readonly known?: Readonly<Record<string, string>>;
}

// libvips keeps finished operations, with their pixels, for a next time that never comes here; and each of
// its threads holds buffers of its own.
sharp.cache(false);
sharp.concurrency(1);

const { cv } = await loadOpenCv();
const parts = { cv, ocr: new OcrThread() };

serveProcess<ReadTask, ReadPage>({
  act: (task, onProgress) => readPage(parts, task, onProgress),
  fallback: "paper.unreadable",
});
