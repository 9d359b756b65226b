// Which pages are in a file, and what does each look like, without this process opening the file?
import { closeSync, openSync, readSync } from "node:fs";
import { FaultError } from "../core/faults.js";
import type { PageAnswer, PageTask } from "./page-source-process.js";
import { WorkProcess } from "./work-process.js";

export type FileKind = PageTask["kind"] | "picture";

/** A PDF's mark may stand behind up to a kilobyte of other things (ISO 32000-1 annex H.3, note 13). */
const HEAD_BYTES = 1_024;
const TIFF_MARKS: readonly string[] = ["II*\0", "MM\0*", "II+\0", "MM\0+"];

/** By its first bytes. Throws the system's error when the file can not be opened. */
export const fileKind = (path: string): FileKind => {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const text = head.toString("latin1", 0, readSync(file, head, 0, HEAD_BYTES, 0));
    if (text.includes("%PDF-")) return "pdf";
    return TIFF_MARKS.some((mark) => text.startsWith(mark)) ? "tiff" : "picture";
  } finally {
    closeSync(file);
  }
};

/** A page that takes longer to draw is made to hold up whoever opens it. */
const LIMIT_MS = 60_000;

export interface PageSource {
  /** Throws "paper.unreadable". */
  count(path: string, kind: PageTask["kind"], signal: AbortSignal): Promise<number>;
  /** `index` from 0; a JPEG file. Throws "paper.unreadable" or "paper.tooLarge". */
  picture(path: string, kind: PageTask["kind"], index: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** Nothing runs before the first file. */
export const createPageSource = (maxPixels: number): PageSource => {
  const work = new WorkProcess<PageTask, PageAnswer>({
    script: new URL("./page-source-process.js", import.meta.url),
    name: "process that takes PDF and TIFF apart",
    loss: "paper.unreadable",
  });
  const ask = async (task: Omit<PageTask, "maxPixels">, signal: AbortSignal): Promise<PageAnswer> => {
    const limit = new AbortController();
    const late = new FaultError("paper.unreadable", `a page was not drawn within ${LIMIT_MS / 1_000} s`);
    const timer = setTimeout(() => limit.abort(late), LIMIT_MS);
    try {
      return await work.run({ ...task, maxPixels }, { signal: AbortSignal.any([signal, limit.signal]) });
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    count: async (path, kind, signal) => (await ask({ path, kind, index: null }, signal)).count,
    picture: async (path, kind, index, signal) =>
      (await ask({ path, kind, index }, signal)).jpeg ?? new Uint8Array(0),
    close: () => work.end(),
  };
};
