// How does the runtime have pictures decoded, in bounded time, and nothing of it in memory when nobody wants it?
import { Worker } from "node:worker_threads";
import { type Clock, withDeadline } from "../../core/clock.js";
import type { DecodeAnswer, DecodeTask } from "./decode-worker.js";

/** A picture of 3 megapixels takes 0.5 s at the worst here, some seconds on a small board. */
const DECODE_WITHIN_MS = 8_000;
/** The picture and the wasm module's memory; the rest is a leak. */
const LARGEST_HEAP_MB = 64;

export class Decoder {
  readonly #clock: Clock;
  #worker: Worker | null = null;
  #nextId = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One picture at a time. Rejects with `Error` when the thread dies or is late; the next call starts another. */
  async decode(jpeg: Uint8Array): Promise<readonly Uint8Array[]> {
    const worker = this.#started();
    const id = this.#nextId;
    this.#nextId += 1;
    try {
      return await withDeadline(this.#clock, DECODE_WITHIN_MS, "decoding a picture", () =>
        answerOf(worker, { id, jpeg }),
      );
    } catch (thrown) {
      await this.end();
      throw thrown;
    }
  }

  /** Resolves when the thread, and with it every picture that it held, is gone. */
  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #started(): Worker {
    this.#worker ??= new Worker(new URL("./decode-worker.js", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP_MB },
      stdout: true,
      stderr: true,
    });
    // Only work under way keeps the runtime alive.
    this.#worker.unref();
    return this.#worker;
  }
}

const answerOf = (worker: Worker, task: DecodeTask): Promise<readonly Uint8Array[]> =>
  new Promise((resolve, reject) => {
    const onMessage = ({ id, codes }: DecodeAnswer) => {
      if (id === task.id) done(() => resolve(codes));
    };
    const onError = (error: Error) => done(() => reject(error));
    const onExit = () => done(() => reject(new Error("the decoding thread ended")));
    const done = (settle: () => void) => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      settle();
    };
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(task);
  });
