// How does the runtime hand a file to the page worker, and what if the worker dies or is not wanted any more?
import { Worker } from "node:worker_threads";
import { FaultError, isFaultCode } from "../core/faults.js";
import type { PreparedPage } from "./page/prepare.js";
import type { PrepareAnswer, PrepareTask } from "./page-worker.js";

interface Waiting {
  readonly resolve: (page: PreparedPage) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread, started with the first task and ended by `end`; a crash fails the tasks under way and no more. */
export class PageThread {
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  prepare(task: Omit<PrepareTask, "id">, signal?: AbortSignal): Promise<PreparedPage> {
    signal?.throwIfAborted();
    const worker = this.#started();
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(id);
        reject(signal?.reason);
        // A decode can not be stopped from outside: the thread goes, the next task starts another.
        void this.end();
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      const done = (): void => signal?.removeEventListener("abort", onAbort);
      this.#waiting.set(id, {
        resolve: (page) => {
          done();
          resolve(page);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      worker.ref();
      worker.postMessage({ ...task, id } satisfies PrepareTask);
    });
  }

  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL("./page-worker.js", import.meta.url));
    worker.on("message", (answer: PrepareAnswer) => this.#take(answer));
    worker.on("error", (error) => this.#fail(worker, error));
    worker.on("exit", () => this.#fail(worker, new Error("the page worker ended")));
    this.#worker = worker;
    return worker;
  }

  #take(answer: PrepareAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    // Only work under way keeps the process alive.
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (waiting === undefined) return;
    if ("page" in answer) waiting.resolve(answer.page);
    else {
      const { code, detail } = answer.fault;
      waiting.reject(new FaultError(isFaultCode(code) ? code : "paper.unreadable", detail));
    }
  }

  #fail(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const waiting of this.#waiting.values())
      waiting.reject(new FaultError("paper.unreadable", error.message));
    this.#waiting.clear();
  }

  /** Ends the thread and with it every pixel that it held. */
  async end(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    this.#fail(worker, new Error("the page worker was ended"));
    await worker.terminate();
  }
}
