// What does the reading process do with each file it is sent? (Pixels never come near the runtime.)
import sharp from "sharp";
import type { KnownPaperClass } from "../core/paper-class.js";
import { type HandwritingReader, openHandwriting } from "./handwriting/reader.js";
import { OWN_MANIFEST } from "./models.js";
import { OcrPool } from "./ocr-pool.js";
import { loadOpenCv } from "./page/find-page.js";
import { readPage } from "./read-page.js";
import type { ReadPage } from "./reader.js";
import { serveProcess } from "./serve-process.js";
import { openUnderstanding } from "./understand.js";

export interface ReadTask {
  readonly file: Uint8Array;
  readonly maxPixels: number;
  readonly expect?: KnownPaperClass | "any";
  readonly known?: Readonly<Record<string, string>>;
  readonly source?: "camera" | "scanner" | "file";
  readonly today?: string;
}

// libvips keeps finished operations, with their pixels, for a next time that never comes here; and each of
// its threads holds buffers of its own.
sharp.cache(false);
sharp.concurrency(1);

const { cv } = await loadOpenCv();
const [, , threads = "1", manifest = OWN_MANIFEST] = process.argv;
const ocr = new OcrPool(Number(threads));
const understanding = await openUnderstanding(cv);
// Opened by the first task, so that a manifest that is refused answers the task and not an empty room; the model
// itself is loaded by the first handwriting.
let handwriting: HandwritingReader | null | undefined;

serveProcess<ReadTask, ReadPage>({
  act: async (task, onProgress) => {
    if (handwriting === undefined) handwriting = openHandwriting(new URL(manifest));
    return readPage({ cv, ocr, understanding, handwriting }, task, onProgress);
  },
  fallback: "paper.unreadable",
});
