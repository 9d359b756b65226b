// How does a picture of a paper become text and fields, without the runtime touching a pixel?
import { availableParallelism, totalmem } from "node:os";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { extractFields } from "./fields/extract.js";
import type { Recognised } from "./ocr.js";
import type { Turn } from "./page/prepare.js";
import type { PageQuality, PaperReader, ReadPage, ReadRequest, Stage, TextLine } from "./reader.js";
import type { Attempt, ReadTask } from "./reading-process.js";
import { hasWriting } from "./text/has-writing.js";
import { WorkProcess } from "./work-process.js";

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

/** Idle processes are ended after this, so that a kiosk at rest is small. */
const IDLE_MS = 60_000;
/** Four ways up on a small, busy board; beyond it something hangs. */
const LIMIT_MS = 120_000;
const UNREADABLE_BELOW = 0.35;
/** An upright page of print has 0.8 and more; one on its side under 0.4. */
const UPRIGHT_FROM = 0.6;
const LEAST_CHARACTERS = 12;

interface Lane {
  readonly work: WorkProcess<ReadTask, Attempt>;
  busy: boolean;
  /** `forget` came while it was busy: its process ends with its job. */
  stale: boolean;
}

interface Queued {
  readonly give: (lane: Lane) => void;
  readonly refuse: (reason: unknown) => void;
}

const READING = {
  script: new URL("./reading-process.js", import.meta.url),
  name: "reading process",
  loss: "paper.unreadable",
} as const;

const newLane = (): Lane => ({ work: new WorkProcess(READING), busy: false, stale: false });

const endLane = ({ work }: Lane): Promise<void> => work.end();

const laneCount = (workers: number): number =>
  workers > 0 ? workers : Math.max(1, Math.min(2, availableParallelism(), Math.floor(totalmem() / 2 ** 30)));

class Reader implements PaperReader {
  readonly #parts: PaperReaderParts;
  readonly #lanes: readonly Lane[];
  readonly #queue: Queued[] = [];
  #idle: unknown = null;
  #closed = false;

  constructor(parts: PaperReaderParts) {
    this.#parts = parts;
    this.#lanes = Array.from({ length: laneCount(parts.options.workers) }, newLane);
  }

  async read(request: ReadRequest): Promise<ReadPage> {
    if (this.#closed) throw closedFault();
    request.signal?.throwIfAborted();
    const lane = await this.#take(request.signal);
    const { clock } = this.#parts;
    const limit = new AbortController();
    const tooLong = new FaultError("paper.unreadable", `reading took more than ${LIMIT_MS / 1_000} s`);
    const timer = clock.setTimeout(() => limit.abort(tooLong), LIMIT_MS);
    const signals = request.signal === undefined ? [limit.signal] : [limit.signal, request.signal];
    try {
      return await this.#readIn(lane, { ...request, signal: AbortSignal.any(signals) });
    } finally {
      clock.clearTimeout(timer);
      this.#release(lane);
    }
  }

  async #readIn(lane: Lane, request: ReadRequest): Promise<ReadPage> {
    let best = await this.#attempt(lane, request, 0);
    if (isUpright(best)) return this.#extract(best, request);
    // Letters head down read as noise; letters on their side may be read, but the page still has to be turned.
    for (const turn of isLying(best) ? TURNS_IF_LYING : TURNS) {
      const attempt = await this.#attempt(lane, request, turn);
      if (isUpright(attempt)) return this.#extract(attempt, request);
      if (weight(attempt) > weight(best)) best = attempt;
    }
    return this.#extract(best, request);
  }

  #extract(attempt: Attempt, { onProgress }: ReadRequest): ReadPage {
    onProgress?.("extracting", 1);
    return toPage(attempt);
  }

  #attempt(lane: Lane, { image, signal, onProgress }: ReadRequest, turn: Turn): Promise<Attempt> {
    const maxPixels = this.#parts.options.maxMegapixels * 1e6;
    return lane.work.run(
      { file: image, maxPixels, turn },
      {
        ...(signal === undefined ? {} : { signal }),
        onProgress: (stage, fraction) => onProgress?.(stage as Stage, fraction),
      },
    );
  }

  #take(signal: AbortSignal | undefined): Promise<Lane> {
    this.#parts.clock.clearTimeout(this.#idle);
    const free = this.#lanes.find((lane) => !lane.busy);
    if (free !== undefined) {
      free.busy = true;
      return Promise.resolve(free);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#queue.splice(this.#queue.indexOf(queued), 1);
        reject(signal?.reason);
      };
      const settled = (): void => signal?.removeEventListener("abort", onAbort);
      const queued: Queued = {
        give: (lane) => {
          settled();
          resolve(lane);
        },
        refuse: (reason) => {
          settled();
          reject(reason);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(queued);
    });
  }

  #release(lane: Lane): void {
    if (lane.stale) {
      lane.stale = false;
      void endLane(lane);
    }
    const next = this.#queue.shift();
    if (next !== undefined) {
      next.give(lane);
      return;
    }
    lane.busy = false;
    if (this.#closed) return;
    this.#parts.clock.clearTimeout(this.#idle);
    this.#idle = this.#parts.clock.setTimeout(() => void this.forget(), IDLE_MS);
  }

  async forget(): Promise<void> {
    this.#parts.clock.clearTimeout(this.#idle);
    for (const lane of this.#lanes) lane.stale = lane.busy;
    await Promise.all(this.#lanes.filter(({ busy }) => !busy).map(endLane));
    this.#parts.log("worker.state", { worker: "paper reader", state: "idle processes ended" });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#parts.clock.clearTimeout(this.#idle);
    for (const queued of this.#queue.splice(0)) queued.refuse(closedFault());
    await Promise.all(this.#lanes.map(endLane));
  }
}

const closedFault = (): FaultError => new FaultError("runtime.internal", "the paper reader is closed");

const TURNS: readonly Turn[] = [180, 90, 270];
const TURNS_IF_LYING: readonly Turn[] = [90, 270];

/** Words of some length are wider than high. */
const isLying = ({ read }: Attempt): boolean => {
  const long = read.words.filter(({ text }) => text.length >= 4);
  return long.filter(({ box }) => box.h > box.w).length * 2 > long.length;
};

const isUpright = (attempt: Attempt): boolean =>
  attempt.read.meanConfidence >= UPRIGHT_FROM && !isLying(attempt);

/** Much text that is surely read beats little. */
const weight = ({ read }: Attempt): number => read.meanConfidence * Math.min(200, read.text.length);

/** Of a blurred or dark paper nothing can be read either: the citizen is told what spoils it. */
const isSomethingElse = ({ page, read }: Attempt): boolean =>
  read.meanConfidence < UNREADABLE_BELOW &&
  !hasWriting(read.words) &&
  !["blurred", "tooDark", "tooSmall"].includes(page.quality.advice);

const toPage = (attempt: Attempt): ReadPage => {
  const { page, read } = attempt;
  if (read.text.replaceAll(/\s/g, "").length < LEAST_CHARACTERS || isSomethingElse(attempt))
    throw new FaultError("paper.absent", "no writing was found on the picture");
  return {
    widthPx: page.widthPx,
    heightPx: page.heightPx,
    dpi: null,
    // A copy of its own: what came from the process lies in the middle of a message's memory.
    jpeg: new Uint8Array(page.jpeg),
    text: read.text,
    words: read.words,
    lines: linesOf(read),
    tables: [],
    codes: [],
    checks: [],
    meanConfidence: read.meanConfidence,
    quality: judged(page.quality, read),
    ...extractFields(read),
  };
};

const linesOf = ({ words }: Recognised): readonly TextLine[] => {
  const starts = words.flatMap(({ line }, index) => (words[index - 1]?.line === line ? [] : [index]));
  return starts.map((from, index) => {
    const to = starts[index + 1] ?? words.length;
    const boxes = words.slice(from, to).map(({ box }) => box);
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    const w = Math.max(...boxes.map((box) => box.x + box.w)) - x;
    const h = Math.max(...boxes.map((box) => box.y + box.h)) - y;
    return { box: { x, y, w, h }, script: "print", from, to };
  });
};

/** The recogniser's own doubt outweighs what the picture looks like. */
const judged = (quality: PageQuality, read: Recognised): PageQuality =>
  read.meanConfidence < UNREADABLE_BELOW && quality.verdict === "good"
    ? { ...quality, verdict: "poor", advice: "blurred" }
    : quality;

export const createPaperReader = (parts: PaperReaderParts): PaperReader => new Reader(parts);
