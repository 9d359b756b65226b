// Which words stand on a prepared page?
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createWorker, OEM, PSM, type Worker } from "tesseract.js";
import { FaultError } from "../core/faults.js";
import type { Word } from "./reader.js";

export interface Recognised {
  readonly text: string;
  /** In reading order; `line` counts from the top of the page. */
  readonly words: readonly (Word & { readonly line: number })[];
  /** 0 … 1, weighted by the length of the words. */
  readonly meanConfidence: number;
}

/** Debian's tesseract-ocr-vie: as accurate as the larger model on administrative papers, and quicker. */
const FAST_MODEL = "/usr/share/tesseract-ocr/5/tessdata";

interface LanguageData {
  readonly langPath: string;
  readonly gzip: boolean;
}

/** The model that travels with the program, or the system's fast one where it is installed. Never a download. */
export const findLanguageData = (): LanguageData => {
  if (existsSync(join(FAST_MODEL, "vie.traineddata"))) return { langPath: FAST_MODEL, gzip: false };
  const entry = createRequire(import.meta.url).resolve("@tesseract.js-data/vie/package.json");
  return { langPath: join(dirname(entry), "4.0.0_best_int"), gzip: true };
};

const start = async (onFraction: (fraction: number) => void): Promise<Worker> => {
  const worker = await createWorker("vie", OEM.LSTM_ONLY, {
    ...findLanguageData(),
    cacheMethod: "none",
    logger: ({ status, progress }) => {
      if (status === "recognizing text") onFraction(progress);
    },
    // Its default handler throws inside an event listener, which would end the process.
    errorHandler: () => undefined,
  });
  await worker.setParameters({ tessedit_pageseg_mode: PSM.AUTO, user_defined_dpi: "300" });
  return worker;
};

/** One tesseract thread, started when needed and ended by `end`. One page at a time. */
export class OcrThread {
  #worker: Promise<Worker> | null = null;
  #onFraction: (fraction: number) => void = () => {};
  #busy: Promise<unknown> = Promise.resolve();

  recognise(
    pgm: Uint8Array,
    onFraction: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<Recognised> {
    const turn = this.#busy.then(() => this.#recognise(pgm, onFraction, signal));
    this.#busy = turn.catch(() => undefined);
    return turn;
  }

  async #recognise(
    pgm: Uint8Array,
    onFraction: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<Recognised> {
    signal?.throwIfAborted();
    this.#onFraction = onFraction;
    this.#worker ??= start((fraction) => this.#onFraction(fraction));
    const worker = await this.#worker;
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    aborted.catch(() => undefined);
    try {
      const { data } = await Promise.race([
        worker.recognize(Buffer.from(pgm), {}, { text: true, blocks: true }),
        aborted,
      ]);
      return toRecognised(data.blocks);
    } catch (error) {
      await this.end();
      if (signal?.aborted === true) throw signal.reason;
      throw new FaultError("paper.unreadable", `text recognition failed: ${String(error)}`, { cause: error });
    } finally {
      this.#onFraction = () => {};
    }
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.then((running) => running.terminate()).catch(() => undefined);
  }
}

type Blocks = Awaited<ReturnType<Worker["recognize"]>>["data"]["blocks"];

const toRecognised = (blocks: Blocks): Recognised => {
  const lines = (blocks ?? []).flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines));
  const words = lines.flatMap((line, index) =>
    line.words.map(({ text, confidence, bbox }) => ({
      text: text.normalize("NFC"),
      confidence: confidence / 100,
      box: { x: bbox.x0, y: bbox.y0, w: bbox.x1 - bbox.x0, h: bbox.y1 - bbox.y0 },
      line: index,
    })),
  );
  const length = words.reduce((sum, word) => sum + word.text.length, 0);
  const weighted = words.reduce((sum, word) => sum + word.text.length * word.confidence, 0);
  return {
    text: lines
      .map((line) =>
        line.words
          .map(({ text }) => text)
          .join(" ")
          .normalize("NFC"),
      )
      .join("\n"),
    words,
    meanConfidence: length === 0 ? 0 : weighted / length,
  };
};
