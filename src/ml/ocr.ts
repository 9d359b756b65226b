// Which words stand on a prepared page?
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Worker as Thread } from "node:worker_threads";
import { createWorker, OEM, PSM, type Worker } from "tesseract.js";
import { FaultError } from "../core/faults.js";
import type { Line } from "./lines/reading-order.js";
import type { Gray } from "./page/raster.js";

export interface Reading {
  /** "page": text in any layout; "block": one block of lines; "line": one line. */
  readonly layout?: "page" | "block" | "line";
  readonly onFraction?: (fraction: number) => void;
  /** The thread has the picture: from here on this one has its hands free. */
  readonly onTaken?: () => void;
}

/** One thread, or a pool of them. */
export interface Recogniser {
  /** Lines as the recogniser finds them, in pixels of `image` (flattened light). Rejects with "paper.unreadable". */
  recognise(image: Gray, reading?: Reading): Promise<readonly Line[]>;
}

/** Debian's tesseract-ocr-vie (Apache-2.0): as accurate as the larger model on administrative papers, and quicker. */
const FAST_MODEL = "/usr/share/tesseract-ocr/5/tessdata";

interface LanguageData {
  readonly langPath: string;
  readonly gzip: boolean;
}

/** The model that travels with the program (Apache-2.0, tessdata_best as integers), or the system's fast one where it is installed. Never a download. */
export const findLanguageData = (): LanguageData => {
  if (existsSync(join(FAST_MODEL, "vie.traineddata"))) return { langPath: FAST_MODEL, gzip: false };
  const entry = createRequire(import.meta.url).resolve("@tesseract.js-data/vie/package.json");
  return { langPath: join(dirname(entry), "4.0.0_best_int"), gzip: true };
};

/** Loading takes 0.3 s here and 2 s on a small board; a start that takes longer hangs. */
const START_LIMIT_MS = 30_000;

interface Engine {
  readonly tesseract: Worker;
  readonly thread: Thread;
  /** Rejects when the thread ends, for whatever reason. */
  readonly lost: Promise<never>;
}

const lossOf = (thread: Thread): Promise<never> => {
  const lost = new Promise<never>((_, reject) => {
    thread.on("error", reject);
    thread.on("exit", (code) => reject(new Error(`its thread ended with code ${code}`)));
  });
  lost.catch(() => undefined);
  return lost;
};

/** The promise of `createWorker` settles only when all goes well: failures come to the error handler or not at all. */
const start = (onFraction: (fraction: number) => void): Promise<Engine> =>
  new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("it did not start in time")), START_LIMIT_MS);
    const created = createWorker("vie", OEM.LSTM_ONLY, {
      ...findLanguageData(),
      cacheMethod: "none",
      workerPath: fileURLToPath(new URL("./ocr-worker.js", import.meta.url)),
      logger: ({ status, progress }) => {
        if (status === "recognizing text") onFraction(progress);
      },
      // Its default handler throws inside an event listener, which would end the process.
      errorHandler: (error: unknown) => reject(new Error(String(error))),
    });
    created
      .then(async (tesseract) => {
        await tesseract.setParameters({ user_defined_dpi: "300" });
        // Not in the package's types: the Node thread behind the worker.
        const { worker: thread } = tesseract as Worker & { readonly worker: Thread };
        resolve({ tesseract, thread, lost: lossOf(thread) });
      })
      .catch(reject)
      .finally(() => clearTimeout(limit));
  });

const SEGMENTATION = { page: PSM.AUTO, block: PSM.SINGLE_BLOCK, line: PSM.SINGLE_LINE } as const;

/** Tag and value of each entry; all are one LONG, type 4 (TIFF 6.0, section 2), which readers take for SHORT as well. */
const tiffEntries = (width: number, height: number, from: number): readonly (readonly [number, number])[] => [
  [256, width],
  [257, height],
  [258, 8],
  [259, 1], // Not compressed.
  [262, 1], // Zero is black.
  [273, from],
  [277, 1],
  [278, height],
  [279, width * height],
];

const TIFF_HEADER = 8;
const TIFF_ENTRY = 12;
const LONG = 4;

/**
 * A grey TIFF file of one strip: nothing is compressed on the way to the thread, and the recogniser takes its rows
 * whole. Of a PGM file it fetches byte for byte, which was 3 % of the time for a page.
 */
const toTiff = ({ width, height, data }: Gray): Buffer => {
  const count = tiffEntries(0, 0, 0).length;
  const from = TIFF_HEADER + 2 + count * TIFF_ENTRY + 4;
  const head = Buffer.alloc(from);
  head.write("II*\0", "latin1");
  head.writeUInt32LE(TIFF_HEADER, 4);
  head.writeUInt16LE(count, TIFF_HEADER);
  tiffEntries(width, height, from).forEach(([tag, value], index) => {
    const at = TIFF_HEADER + 2 + index * TIFF_ENTRY;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(LONG, at + 2);
    head.writeUInt32LE(1, at + 4);
    head.writeUInt32LE(value, at + 8);
  });
  return Buffer.concat([head, data]);
};

const noFraction = (): void => {};
const noValue = (): void => {};

/** One tesseract thread, started when needed; a crash fails the page under way and no more. One page at a time. */
export class OcrThread implements Recogniser {
  #engine: Promise<Engine> | null = null;
  #onFraction: (fraction: number) => void = noFraction;
  #busy: Promise<unknown> = Promise.resolve();

  recognise(image: Gray, reading: Reading = {}): Promise<readonly Line[]> {
    const turn = this.#busy.then(() => this.#recognise(image, reading));
    // Only the order is kept: a promise that resolves to the page would keep its words.
    this.#busy = turn.then(noValue, noValue);
    return turn;
  }

  async #recognise(image: Gray, reading: Reading): Promise<readonly Line[]> {
    this.#onFraction = reading.onFraction ?? noFraction;
    try {
      this.#engine ??= start((fraction) => this.#onFraction(fraction));
      const { tesseract, lost } = await this.#engine;
      const parameters = {
        tessedit_pageseg_mode: SEGMENTATION[reading.layout ?? "page"],
      };
      await Promise.race([tesseract.setParameters(parameters), lost]);
      const read = tesseract.recognize(toTiff(image), {}, { text: false, blocks: true });
      // The message to the thread leaves in a microtask.
      if (reading.onTaken !== undefined) setImmediate(reading.onTaken);
      const { data } = await Promise.race([read, lost]);
      return linesOf(data.blocks);
    } catch (error) {
      await this.end();
      const how = error instanceof Error ? error.message : String(error);
      throw new FaultError("paper.unreadable", `the text recogniser failed: ${how}`, { cause: error });
    } finally {
      this.#onFraction = noFraction;
    }
  }

  /** The next page starts another. */
  async end(): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    await engine?.then(({ thread }) => thread.terminate()).catch(() => undefined);
  }
}

type Blocks = Awaited<ReturnType<Worker["recognize"]>>["data"]["blocks"];

const linesOf = (blocks: Blocks): readonly Line[] =>
  (blocks ?? [])
    .flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines))
    .map((line) =>
      line.words.map(({ text, confidence, bbox }) => ({
        text: text.normalize("NFC"),
        confidence: confidence / 100,
        box: { x: bbox.x0, y: bbox.y0, w: bbox.x1 - bbox.x0, h: bbox.y1 - bbox.y0 },
      })),
    );
