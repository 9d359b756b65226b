// How does the runtime hand work to a thread of its own, and what if the thread dies or is not wanted any more?
import { Worker } from "node:worker_threads";
import { type FaultCode, FaultError, isFaultCode } from "../core/faults.js";
import type { ThreadAnswer } from "./serve-thread.js";

interface Waiting<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One thread, started with the first task and ended by `end`. A crash fails the tasks under way and no more:
 * the next task starts a fresh thread.
 */
export class WorkThread<Task extends object, Result> {
  readonly #script: URL;
  readonly #name: string;
  readonly #loss: FaultCode;
  readonly #data: string;
  readonly #waiting = new Map<number, Waiting<Result>>();
  readonly #ending = new Set<Promise<unknown>>();
  #worker: Worker | null = null;
  #nextId = 1;

  /**
   * `script` calls `serveThread`; `name` stands in fault details; `loss` is the fault when the thread is lost;
   * `data` is the script's `workerData`.
   */
  constructor(script: URL, name: string, loss: FaultCode, data = "") {
    this.#script = script;
    this.#name = name;
    this.#loss = loss;
    this.#data = data;
  }

  /** Rejects with a `FaultError`, or with the signal's reason. */
  async run(task: Task, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    const worker = this.#started();
    const id = this.#nextId;
    this.#nextId += 1;
    let onAbort = (): void => {};
    const answered = new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      onAbort = () => {
        reject(signal?.reason);
        // A decode can not be stopped from outside: the thread goes, the next task starts another.
        void this.end();
      };
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      worker.ref();
      worker.postMessage({ id, task });
      return await answered;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#waiting.delete(id);
      // Only work under way keeps the process alive.
      if (this.#waiting.size === 0) this.#worker?.unref();
    }
  }

  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#script, { workerData: this.#data });
    worker.on("message", (answer: ThreadAnswer<Result>) => this.#take(answer));
    worker.on("error", (error) => this.#lose(worker, `failed: ${error.message}`));
    worker.on("messageerror", (error) => this.#lose(worker, `sent what can not be read: ${error.message}`));
    worker.on("exit", (code) => this.#lose(worker, `ended with code ${code}`));
    this.#worker = worker;
    return worker;
  }

  #take(answer: ThreadAnswer<Result>): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    if ("result" in answer) waiting.resolve(answer.result);
    else {
      const { code, detail } = answer.fault;
      waiting.reject(new FaultError(isFaultCode(code) ? code : "runtime.internal", detail));
    }
  }

  #lose(worker: Worker, how: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const waiting of this.#waiting.values())
      waiting.reject(new FaultError(this.#loss, `the ${this.#name} ${how}`));
    const ended = worker.terminate().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** Resolves when the thread, and with it every pixel that it held, is gone. */
  async end(): Promise<void> {
    if (this.#worker !== null) this.#lose(this.#worker, "was ended");
    await Promise.all(this.#ending);
  }
}
