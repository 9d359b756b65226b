// How does a picture of a paper become text and fields, without the runtime touching a pixel?
import { availableParallelism, totalmem } from "node:os";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { extractFields } from "./fields/extract.js";
import { OcrThread, type Recognised } from "./ocr.js";
import type { PreparedPage, Turn } from "./page/prepare.js";
import { PageThread } from "./page-thread.js";
import type { PageQuality, PaperReader, ReadPage, ReadRequest } from "./reader.js";

export interface PaperReaderOptions {
  readonly maxMegapixels: number;
  /** Pages read at once; 0: one a gigabyte, at most two and at most the cores. */
  readonly workers: number;
}

export interface PaperReaderParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly options: PaperReaderOptions;
}

/** Idle threads are ended after this, so that a kiosk at rest is small. */
const IDLE_MS = 60_000;
const UNREADABLE_BELOW = 0.35;
/** An upright page of print has 0.8 and more; one on its side under 0.4. */
const UPRIGHT_FROM = 0.6;
const LEAST_CHARACTERS = 12;

interface Attempt {
  readonly page: PreparedPage;
  readonly read: Recognised;
}

interface Lane {
  readonly page: PageThread;
  readonly ocr: OcrThread;
  busy: boolean;
}

const laneCount = (workers: number): number =>
  workers > 0 ? workers : Math.max(1, Math.min(2, availableParallelism(), Math.floor(totalmem() / 2 ** 30)));

class Reader implements PaperReader {
  readonly #parts: PaperReaderParts;
  readonly #lanes: readonly Lane[];
  readonly #queue: ((lane: Lane) => void)[] = [];
  #idle: unknown = null;
  #closed = false;

  constructor(parts: PaperReaderParts) {
    this.#parts = parts;
    this.#lanes = Array.from({ length: laneCount(parts.options.workers) }, () => ({
      page: new PageThread(),
      ocr: new OcrThread(),
      busy: false,
    }));
  }

  async read(request: ReadRequest): Promise<ReadPage> {
    if (this.#closed) throw new FaultError("runtime.internal", "the paper reader is closed");
    request.signal?.throwIfAborted();
    const lane = await this.#take();
    try {
      return await this.#readIn(lane, request);
    } finally {
      this.#release(lane);
    }
  }

  async #readIn(lane: Lane, request: ReadRequest): Promise<ReadPage> {
    const upright = await this.#attempt(lane, request, 0);
    if (upright.read.meanConfidence >= UPRIGHT_FROM) return toPage(upright);
    // Letters on their side read as noise: try the other ways up and keep the best.
    let best = upright;
    for (const turn of [180, 90, 270] as const) {
      const attempt = await this.#attempt(lane, request, turn);
      if (weight(attempt) > weight(best)) best = attempt;
      if (best.read.meanConfidence >= UPRIGHT_FROM) break;
    }
    return toPage(best);
  }

  async #attempt(lane: Lane, request: ReadRequest, turn: Turn): Promise<Attempt> {
    const { image, signal, onProgress } = request;
    onProgress?.("decoding", 0);
    const maxPixels = this.#parts.options.maxMegapixels * 1e6;
    const page = await lane.page.prepare({ file: image, maxPixels, turn }, signal);
    onProgress?.("reading", 0);
    const read = await lane.ocr.recognise(page.pgm, (fraction) => onProgress?.("reading", fraction), signal);
    onProgress?.("extracting", 1);
    return { page, read };
  }

  #take(): Promise<Lane> {
    this.#parts.clock.clearTimeout(this.#idle);
    const free = this.#lanes.find((lane) => !lane.busy);
    if (free !== undefined) {
      free.busy = true;
      return Promise.resolve(free);
    }
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  #release(lane: Lane): void {
    const next = this.#queue.shift();
    if (next !== undefined) {
      next(lane);
      return;
    }
    lane.busy = false;
    this.#parts.clock.clearTimeout(this.#idle);
    this.#idle = this.#parts.clock.setTimeout(() => void this.forget(), IDLE_MS);
  }

  async forget(): Promise<void> {
    await Promise.all(
      this.#lanes.filter(({ busy }) => !busy).flatMap(({ page, ocr }) => [page.end(), ocr.end()]),
    );
    this.#parts.log("worker.state", { worker: "paper reader", state: "idle threads ended" });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#parts.clock.clearTimeout(this.#idle);
    await Promise.all(this.#lanes.flatMap(({ page, ocr }) => [page.end(), ocr.end()]));
  }
}

/** Much text that is surely read beats little. */
const weight = ({ read }: Attempt): number => read.meanConfidence * Math.min(200, read.text.length);

const toPage = ({ page, read }: Attempt): ReadPage => {
  if (read.text.replaceAll(/\s/g, "").length < LEAST_CHARACTERS)
    throw new FaultError("paper.absent", "no writing was found on the picture");
  return {
    widthPx: page.widthPx,
    heightPx: page.heightPx,
    jpeg: page.jpeg,
    text: read.text,
    words: read.words,
    meanConfidence: read.meanConfidence,
    quality: judged(page.quality, read),
    ...extractFields(read),
  };
};

/** The recogniser's own doubt outweighs what the picture looks like. */
const judged = (quality: PageQuality, read: Recognised): PageQuality =>
  read.meanConfidence < UNREADABLE_BELOW && quality.verdict === "good"
    ? { ...quality, verdict: "poor", advice: "blurred" }
    : quality;

export const createPaperReader = (parts: PaperReaderParts): PaperReader => new Reader(parts);
