// How does the runtime hand work to a process of its own, and what if that dies or is not wanted any more?
//
// A process and not a thread: decoders of strangers' files may crash for good, and the memory that pictures
// and models took goes back to the system only when a process ends.
import { type ChildProcess, fork } from "node:child_process";
import { channel } from "node:diagnostics_channel";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { type FaultCode, FaultError, isFaultCode } from "../core/faults.js";
import type { ProcessMessage } from "./serve-process.js";

export interface WorkScript {
  /** Calls `serveProcess`. */
  readonly script: URL;
  /** Stands in fault details. */
  readonly name: string;
  /** The fault of a task whose process is lost. */
  readonly loss: FaultCode;
  readonly args?: readonly string[];
}

export interface WorkOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (stage: string, fraction: number) => void;
}

/** Each process, when it starts, is told of on this diagnostics channel as a `StartedWork`. */
export const WORK_STARTED = "motcua.work.started";

export interface StartedWork {
  readonly name: string;
  readonly ended: boolean;
  /**
   * Resolves when the process answers, or works on a task that may take as long; rejects with the signal's reason, or
   * when it hangs: then it is ended, and the next task starts another.
   */
  answers(signal: AbortSignal): Promise<void>;
}

interface Waiting<Result> {
  readonly sinceMs: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: (stage: string, fraction: number) => void;
}

/**
 * glibc gives every thread an arena of its own, and after the first freed picture takes the next one from an
 * arena too, which never shrinks (mallopt(3), M_MMAP_THRESHOLD: dynamic unless it is set). 345 MB become 300.
 */
const LEAN_MALLOC = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "131072" } as const;

/**
 * Pictures are not V8's: what is young in its heap, in each thread, is small. With the usual 16 MB for it a process of
 * three threads held 40 MB more. What compiles WebAssembly works on one function at a time: the working memory of
 * several, of OpenCV's largest, never went back, and a process of three threads was 20 MB larger and no faster.
 */
const LEAN_HEAP = ["--max-semi-space-size=1", "--expose-gc", "--wasm-num-compilation-tasks=1"];

/** Every room's own limit for a task is shorter; whatever works on one for longer hangs. */
const LONGEST_TASK_MS = 180_000;

/** Behind whatever serves the citizen's touches: a page that is read half a second later disturbs nobody. */
const NICE = 10;

const start = ({ script, args = [] }: WorkScript): ChildProcess => {
  const child = fork(fileURLToPath(script), args, {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [...process.execArgv, ...LEAN_HEAP],
    env: { ...process.env, ...LEAN_MALLOC },
  });
  // Without a process id the fork failed, and its "error" event says why.
  if (child.pid !== undefined) setPriority(child.pid, NICE);
  return child;
};

/**
 * One process, started with the first task and ended by `end`. A crash fails the tasks under way and no more:
 * the next task starts a fresh process.
 */
export class WorkProcess<Task extends object, Result> {
  readonly #script: WorkScript;
  readonly #waiting = new Map<number, Waiting<Result>>();
  readonly #heard = new Map<number, () => void>();
  readonly #ending = new Set<Promise<void>>();
  #child: ChildProcess | null = null;
  #nextId = 1;

  constructor(script: WorkScript) {
    this.#script = script;
  }

  /** Rejects with a `FaultError`, or with the signal's reason. */
  async run(task: Task, { signal, onProgress = () => {} }: WorkOptions = {}): Promise<Result> {
    signal?.throwIfAborted();
    const child = this.#started();
    const id = this.#nextId;
    this.#nextId += 1;
    let onAbort = (): void => {};
    const answered = new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { sinceMs: performance.now(), resolve, reject, onProgress });
      onAbort = () => {
        reject(signal?.reason);
        // A decode can not be stopped from outside: the process goes, the next task starts another.
        void this.end();
      };
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      this.#keepAlive(true);
      child.send({ id, task }, (error) => {
        if (error !== null) this.#lose(child, `takes no task: ${error.message}`);
      });
      return await answered;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#keepAlive(false);
    }
  }

  /** Only work under way keeps the runtime alive. */
  #keepAlive(busy: boolean): void {
    if (busy) {
      this.#child?.ref();
      this.#child?.channel?.ref();
    } else {
      this.#child?.unref();
      this.#child?.channel?.unref();
    }
  }

  #started(): ChildProcess {
    if (this.#child !== null) return this.#child;
    const child = start(this.#script);
    child.on("message", (message) => this.#take(child, message as ProcessMessage<Result>));
    child.on("error", (error) => this.#lose(child, `failed: ${error.message}`));
    child.on("exit", (code, signal) => this.#lose(child, `ended with ${signal ?? `code ${code}`}`));
    this.#child = child;
    this.#tellOf(child);
    return child;
  }

  #tellOf(child: ChildProcess): void {
    const isThis = (): boolean => this.#child === child;
    channel(WORK_STARTED).publish({
      name: this.#script.name,
      get ended() {
        return !isThis();
      },
      answers: (signal) => this.#answers(child, signal),
    } satisfies StartedWork);
  }

  async #answers(child: ChildProcess, signal: AbortSignal): Promise<void> {
    if (this.#child !== child) return;
    // Decoders and models compute without a pause: one at work is believed, for a time.
    const [oldest] = this.#waiting.values();
    if (oldest !== undefined && performance.now() - oldest.sinceMs < LONGEST_TASK_MS) return;
    const id = this.#nextId;
    this.#nextId += 1;
    await new Promise<void>((resolve, reject) => {
      this.#heard.set(id, resolve);
      signal.addEventListener("abort", () => {
        reject(signal.reason);
        this.#lose(child, "does not answer");
      });
      child.send({ id }, (error) => {
        if (error !== null) this.#lose(child, `hears nothing: ${error.message}`);
      });
    }).finally(() => this.#heard.delete(id));
  }

  #take(child: ChildProcess, message: ProcessMessage<Result>): void {
    if ("crash" in message) {
      this.#lose(child, `failed: ${message.crash}`);
      return;
    }
    if ("heard" in message) {
      this.#heard.get(message.id)?.();
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if ("progress" in message) waiting.onProgress(...message.progress);
    else if ("result" in message) waiting.resolve(message.result);
    else {
      const { code, detail } = message.fault;
      waiting.reject(new FaultError(isFaultCode(code) ? code : "runtime.internal", detail));
    }
  }

  #lose(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    for (const heard of this.#heard.values()) heard();
    for (const waiting of this.#waiting.values())
      waiting.reject(new FaultError(this.#script.loss, `the ${this.#script.name} ${how}`));
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    this.#ending.add(ended);
    void ended.then(() => this.#ending.delete(ended));
    child.ref();
    child.kill("SIGKILL");
  }

  /** Resolves when the process, and with it every pixel that it held, is gone. */
  async end(): Promise<void> {
    if (this.#child !== null) this.#lose(this.#child, "was ended");
    await Promise.all(this.#ending);
  }
}
