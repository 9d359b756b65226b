// What does the page worker do with each file it is sent? (A thread: pixels never block the runtime.)
import { parentPort } from "node:worker_threads";
import { toFault } from "../core/faults.js";
import { loadOpenCv } from "./page/find-page.js";
import { type PreparedPage, preparePage, type Turn } from "./page/prepare.js";

export interface PrepareTask {
  readonly id: number;
  readonly file: Uint8Array;
  readonly maxPixels: number;
  readonly turn: Turn;
}

export type PrepareAnswer =
  | { readonly id: number; readonly page: PreparedPage }
  | { readonly id: number; readonly fault: { readonly code: string; readonly detail: string } };

const port = parentPort;
if (port === null) throw new Error("page worker runs as a thread only");
const { cv } = await loadOpenCv();

port.on("message", (task: PrepareTask) => {
  preparePage(cv, task.file, task).then(
    (page) => port.postMessage({ id: task.id, page } satisfies PrepareAnswer),
    (error: unknown) =>
      port.postMessage({ id: task.id, fault: toFault(error, "paper.unreadable") } satisfies PrepareAnswer),
  );
});
