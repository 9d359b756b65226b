// What does the page thread do with each file it is sent? (A thread: pixels never block the runtime.)
import sharp from "sharp";
import { loadOpenCv } from "./page/find-page.js";
import { type PreparedPage, preparePage, type Turn } from "./page/prepare.js";
import { serveThread } from "./serve-thread.js";

export interface PrepareTask {
  readonly file: Uint8Array;
  readonly maxPixels: number;
  readonly turn: Turn;
}

// libvips keeps finished operations, with their pixels, for a next time that never comes here; and each of
// its threads holds buffers of its own.
sharp.cache(false);
sharp.concurrency(1);

const { cv } = await loadOpenCv();

serveThread<PrepareTask, PreparedPage>({
  act: (task) => preparePage(cv, task.file, task),
  transfer: ({ jpeg, pgm }) => [jpeg.buffer as ArrayBuffer, pgm.buffer as ArrayBuffer],
  fallback: "paper.unreadable",
});
