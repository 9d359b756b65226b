// How does a picture of a paper become text and fields, without the runtime touching a pixel?
import { availableParallelism, freemem, totalmem } from "node:os";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { PaperReader, ReadPage, ReadRequest, Stage } from "./reader.js";
import type { ReadTask } from "./reading-process.js";
import { WorkProcess } from "./work-process.js";

export interface PaperReaderOptions {
  readonly maxMegapixels: number;
  /** Pages read at once; 0: as many as memory and cores bear (`laneCount`). */
  readonly workers: number;
  /** Names the model that reads handwriting, if there is one (`models.ts`); none: the program's own manifest. */
  readonly handwritingManifest?: URL;
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

interface Lane {
  readonly work: WorkProcess<ReadTask, ReadPage>;
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

const newLane = (threads: number, manifest: URL | undefined): Lane => ({
  work: new WorkProcess({
    ...READING,
    args: [String(threads), ...(manifest === undefined ? [] : [manifest.href])],
  }),
  busy: false,
  stale: false,
});

const endLane = ({ work }: Lane): Promise<void> => work.end();

/** Of a lane at its largest, with room for what else the page needs while it is handed over. */
const LANE_BYTES = 400 * 2 ** 20;
/** The runtime, the screen's browser and the system have this to themselves. */
const OTHERS_BYTES = 900 * 2 ** 20;
const MOST_LANES = 2;

/**
 * As many as the memory bears, one core being left to the touches: a board of 1 GB reads one page at a time whatever
 * its cores, one of 2 GB with three cores and more reads two.
 */
export const laneCount = (workers: number, cores: number, memoryBytes: number): number =>
  workers > 0
    ? workers
    : Math.max(1, Math.min(MOST_LANES, cores - 1, Math.floor((memoryBytes - OTHERS_BYTES) / LANE_BYTES)));

/** What one more thread of the recogniser takes while it reads. */
const THREAD_BYTES = 80 * 2 ** 20;
/** More would wait for the longest band. */
const MOST_THREADS = 3;

/** Threads that read one page side by side, in each of `lanes` processes: as many as there are cores and free memory. */
export const threadCount = (lanes: number, cores: number, freeBytes: number): number =>
  Math.max(
    1,
    Math.min(
      MOST_THREADS,
      Math.floor(cores / lanes),
      1 + Math.floor((freeBytes / lanes - LANE_BYTES) / THREAD_BYTES),
    ),
  );

class Reader implements PaperReader {
  readonly #parts: PaperReaderParts;
  readonly #lanes: readonly Lane[];
  readonly #queue: Queued[] = [];
  #idle: unknown = null;
  #closed = false;

  constructor(parts: PaperReaderParts) {
    this.#parts = parts;
    const { workers, handwritingManifest } = parts.options;
    const cores = availableParallelism();
    const length = laneCount(workers, cores, totalmem());
    const threads = threadCount(length, cores, freemem());
    this.#lanes = Array.from({ length }, () => newLane(threads, handwritingManifest));
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

  async #readIn(lane: Lane, { image, signal, onProgress, ...given }: ReadRequest): Promise<ReadPage> {
    const { clock, options } = this.#parts;
    const task: ReadTask = {
      ...todayBy(clock),
      ...given,
      file: image,
      maxPixels: options.maxMegapixels * 1e6,
    };
    const page = await lane.work.run(task, {
      ...(signal === undefined ? {} : { signal }),
      onProgress: (stage, fraction) => onProgress?.(stage as Stage, fraction),
    });
    // A copy of its own: what came from the process lies in the middle of a message's memory.
    return { ...page, jpeg: new Uint8Array(page.jpeg) };
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

/** Vietnam keeps UTC+7 the whole year. A clock that nobody trusts knows no future. */
const todayBy = (clock: Clock): { readonly today?: string } => {
  const { epochMs, trust } = clock.wall();
  return trust === "trusted" ? { today: new Date(epochMs + 7 * 3_600_000).toISOString().slice(0, 10) } : {};
};

const closedFault = (): FaultError => new FaultError("runtime.internal", "the paper reader is closed");

export const createPaperReader = (parts: PaperReaderParts): PaperReader => new Reader(parts);
