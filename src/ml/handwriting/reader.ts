// How is a line of handwriting read, with a model that is loaded when the first line comes?
import { Worker } from "node:worker_threads";
import { FaultError } from "../../core/faults.js";
import { handwritingModelIn, type ModelEntry, type ModelFiles, readEntry, readModel } from "../models.js";
import type { Gray } from "../page/raster.js";
import { type HandKind, openKinds } from "./kinds.js";
import type { Logits } from "./network.js";
import type { LineTask, ThreadData, ThreadMessage } from "./network-thread.js";
import { type HandReading, type ReadingRules, readLogits } from "./read-logits.js";
import { scaledLine } from "./scale-line.js";
import { readWeights } from "./weights.js";

/** What the network saw; whoever knows the field asks what it says. */
export interface SeenLine {
  read(kind: HandKind): HandReading;
}

export interface HandwritingReader {
  readonly model: string;
  /**
   * One line, cut out of a page with flattened light. The first one loads the model. Rejects with "model.unusable"
   * when its files are not, bit for bit, what the manifest states, or it can not be loaded.
   */
  look(line: Gray): Promise<SeenLine>;
  /** What the network itself answers; `look` reads it. */
  logits(line: Gray): Promise<{ readonly logits: Logits; readonly alphabet: string }>;
  close(): Promise<void>;
}

/** Scaled to the network's height. */
const fitted = (line: Gray, heightPx: number, maxWidthPx: number): Gray => {
  if (line.height === heightPx && line.width <= maxWidthPx) return line;
  const width = Math.max(1, Math.min(maxWidthPx, Math.round((line.width * heightPx) / line.height)));
  return scaledLine(line, width, heightPx);
};

/** Throws "model.unusable" for a model that reads no handwriting, or whose file is cut off. */
export const threadDataOf = (model: ModelFiles): ThreadData => {
  const { name, handwriting: form, files } = model;
  if (form === undefined) throw new FaultError("model.unusable", `model ${name} reads no handwriting`);
  if (form.network !== "steps") return { foreign: model, form };
  const [bytes, more] = [...files.values()];
  if (bytes === undefined || more !== undefined)
    throw new FaultError("model.unusable", `model ${name} must have one file of weights`);
  const { header, first } = readWeights(bytes);
  return { own: { header, bytes, first } };
};

interface Waiting {
  readonly resolve: (logits: Logits) => void;
  readonly reject: (error: unknown) => void;
}

type Ready = Extract<ThreadMessage, { readonly ready: unknown }>["ready"];

/** V8's young heap in the thread; pixels and weights are not in it. */
const YOUNG_MB = 2;

class Network {
  readonly #read: () => ThreadData;
  readonly #waiting = new Map<number, Waiting>();
  #started: Promise<{ readonly thread: Worker; readonly ready: Ready }> | null = null;
  #nextId = 1;

  /** `read` throws "model.unusable" for files that are not what the manifest states. */
  constructor(read: () => ThreadData) {
    this.#read = read;
  }

  /** A refused model stays refused; a thread that was lost is started again by the next line. */
  start(): Promise<{ readonly thread: Worker; readonly ready: Ready }> {
    this.#started ??= new Promise((resolve, reject) => {
      const data = this.#read();
      const thread = new Worker(new URL("./network-thread.js", import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      });
      thread.postMessage(data, "own" in data ? [data.own.bytes.buffer as ArrayBuffer] : []);
      thread.on("message", (message: ThreadMessage) => {
        if (!("ready" in message)) {
          this.#take(message, reject);
          return;
        }
        // From here on only a line under way keeps the process.
        thread.unref();
        resolve({ thread, ready: message.ready });
      });
      const lose = (how: string): void => {
        this.#started = null;
        const error = new FaultError("model.unusable", `the thread for handwriting ${how}`);
        reject(error);
        for (const { reject: fail } of this.#waiting.values()) fail(error);
        this.#waiting.clear();
      };
      thread.on("error", (error) => lose(`failed: ${error.message}`));
      thread.on("exit", (code) => {
        if (code !== 0) lose(`ended with code ${code}`);
      });
    });
    return this.#started;
  }

  #take(
    message: Exclude<ThreadMessage, { readonly ready: unknown }>,
    refuse: (error: unknown) => void,
  ): void {
    if (!("fault" in message)) {
      this.#waiting.get(message.id)?.resolve(message.logits);
      return;
    }
    const error = new FaultError(message.fault.code, message.fault.detail);
    if (message.id === undefined) refuse(error);
    else this.#waiting.get(message.id)?.reject(error);
  }

  async logits(line: Gray): Promise<Logits> {
    const { thread } = await this.start();
    const id = this.#nextId;
    this.#nextId += 1;
    thread.ref();
    try {
      return await new Promise<Logits>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        // A copy of the line alone: a view would take all that it is cut out of along.
        const data = line.data.slice();
        const task: LineTask = { id, line: { ...line, data } };
        thread.postMessage(task, [data.buffer]);
      });
    } finally {
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) thread.unref();
    }
  }

  async end(): Promise<void> {
    const started = this.#started;
    this.#started = null;
    const thread = await started?.then((all) => all.thread).catch(() => null);
    await thread?.terminate();
  }
}

const rulesOf = ({ threshold, handwriting }: ModelEntry): Omit<ReadingRules, "alphabet"> => ({
  threshold,
  calibration: handwriting?.calibration,
  kinds: openKinds(),
});

/**
 * Null when the manifest names no model for handwriting. Throws "model.unusable" for a manifest that can not be read;
 * the model's own files are read when the first line comes.
 */
export const openHandwriting = (manifest: URL): HandwritingReader | null => {
  const model = handwritingModelIn(manifest);
  if (model === null) return null;
  const entry = readEntry(manifest, model);
  const maxWidthPx = entry.handwriting?.maxWidthPx ?? Number.POSITIVE_INFINITY;
  const network = new Network(() => threadDataOf(readModel(model, manifest)));
  const rules = rulesOf(entry);
  const logits: HandwritingReader["logits"] = async (line) => {
    const { alphabet, heightPx } = (await network.start()).ready;
    return { logits: await network.logits(fitted(line, heightPx, maxWidthPx)), alphabet };
  };
  return {
    model,
    logits,
    look: async (line) => {
      const seen = await logits(line);
      const known = new Map<HandKind, HandReading>();
      return {
        read: (kind) => {
          const before = known.get(kind);
          if (before !== undefined) return before;
          const reading = readLogits(seen.logits, kind, { ...rules, alphabet: seen.alphabet });
          known.set(kind, reading);
          return reading;
        },
      };
    },
    close: () => network.end(),
  };
};
