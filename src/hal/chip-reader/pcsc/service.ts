// How does the kiosk ask PC/SC without ever being held up by it?
//
// INVARIANT: every ask ends: with its answer, with the signal's reason, or, when its time is over, with the
// end of the process that hangs. An ask that was given up is still answered by the process, unheard, before
// the next one is begun: PC/SC knows no way to stop a command that a card has.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../../core/clock.js";
import { FaultError } from "../../../core/faults.js";
import {
  CANCEL,
  type Numbered,
  type PcscAnswers,
  type PcscErrorKind,
  type PcscReply,
  type PcscRequest,
} from "./protocol.js";

const SCRIPT = fileURLToPath(new URL("./pcsc-process.js", import.meta.url));

/** What PC/SC itself said. */
export class PcscError extends Error {
  override readonly name = "PcscError";
  constructor(
    readonly kind: PcscErrorKind,
    detail: string,
  ) {
    super(detail);
  }
}

export interface PcscServiceOptions {
  readonly clock: Clock;
  /** Added to the process's environment: `PCSCLITE_CSOCK_NAME` of a service that is not at its usual place. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

export interface AskOptions {
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
}

export class PcscService {
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #gone: FaultError | null = null;
  #lastId = 0;

  constructor({ clock, env }: PcscServiceOptions) {
    this.#clock = clock;
    this.#child = fork(SCRIPT, [], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: { ...process.env, ...env },
      execArgv: [],
    });
    this.#child.on("message", (reply) => this.#onReply(reply as PcscReply));
    this.#child.on("error", (error) => this.#end(new FaultError("chipReader.failed", error.message)));
    this.#child.on("exit", (code, killedBy) =>
      this.#end(new FaultError("chipReader.failed", `the PC/SC process ended (${killedBy ?? code})`)),
    );
  }

  /** Why nothing can be asked any more, or null. */
  get gone(): FaultError | null {
    return this.#gone;
  }

  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Throws `PcscError`, `FaultError` "chipReader.silent" after `withinMs`, or the signal's reason. `withinMs`
   * counts from the ask, so that one behind a card that takes long needs the time of both.
   */
  async ask<V extends PcscRequest["verb"]>(
    request: Extract<PcscRequest, { readonly verb: V }>,
    { withinMs, signal }: AskOptions,
  ): Promise<PcscAnswers[V]> {
    signal?.throwIfAborted();
    if (this.#gone !== null) throw this.#gone;
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<PcscAnswers[V]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    const timer = this.#clock.setTimeout(() => this.#hangs(request.verb, withinMs), withinMs);
    const over = answer.finally(() => this.#clock.clearTimeout(timer));
    this.#child.send({ id, request } satisfies Numbered, (error) => {
      if (error !== null) this.#end(new FaultError("chipReader.failed", error.message));
    });
    return await unlessAborted(over, signal, () => {
      if (request.verb === "wait") this.#child.send(CANCEL, () => {});
    });
  }

  /** Ends the process, also one that hangs. Safe to call twice; never throws. */
  async close(): Promise<void> {
    this.#end(new FaultError("chipReader.absent", "closed"));
    const { exitCode, signalCode, pid } = this.#child;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    this.#child.kill("SIGKILL");
    await ended;
  }

  #onReply(reply: PcscReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new PcscError(reply.error, reply.detail));
    else waiting?.resolve(reply.answer as never);
  }

  #hangs(verb: string, withinMs: number): void {
    this.#end(new FaultError("chipReader.silent", `PC/SC gave no answer to "${verb}" in ${withinMs} ms`));
    this.#child.kill("SIGKILL");
  }

  #end(reason: FaultError): void {
    this.#gone ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
  }
}

const unlessAborted = <T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  onAbort: () => void,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const aborted = () => {
      onAbort();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", aborted, { once: true });
    work.then(resolve, reject).finally(() => signal?.removeEventListener("abort", aborted));
  });
