// How does the launcher start a process of ours, hear that it is ready, and end it?
import { type ChildProcess, fork } from "node:child_process";

export interface ReadyMessage {
  readonly type: "ready";
}
export type ChildMessage<R extends ReadyMessage> = R | { readonly type: "failed"; readonly message: string };

export interface Child<R extends ReadyMessage> {
  readonly ready: R;
  readonly pid: number;
  /** Resolves with a word on how it ended. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL when it has not ended after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** kill -9: as when the power is cut. */
  kill(): void;
}

const STDERR_KEPT = 4_000;

/**
 * Forks a module in a process group of its own (a Ctrl-C in the terminal reaches the launcher alone, which
 * ends its children in order) and waits for its `ready`. Rejects with the child's own one-line reason.
 */
export const startChild = <R extends ReadyMessage>(
  modulePath: string,
  args: readonly string[],
  options: {
    readonly what: string;
    readonly timeoutMs: number;
    readonly nodeArguments?: readonly string[];
    /** Gets whatever it says beside `ready` and `failed`. */
    readonly onMessage?: (message: unknown) => void;
  },
): Promise<Child<R>> =>
  new Promise((resolve, reject) => {
    const child: ChildProcess = fork(modulePath, [...args], {
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: ["--enable-source-maps", ...(options.nodeArguments ?? [])],
    });
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-STDERR_KEPT);
    });
    const ended = new Promise<string>((end) => {
      child.on("close", (code, signal) => end(signal ?? `exit code ${code}`));
    });
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(
        new Error(`${options.what} was not ready after ${options.timeoutMs / 1000} s. ${errors}`.trim()),
      );
    }, options.timeoutMs);
    void ended.then((how) => {
      clearTimeout(timer);
      reject(new Error(`${options.what} ended at start (${how}). ${errors}`.trim()));
    });
    child.on("error", (error) => reject(error));
    child.on("message", (message) => {
      const told = message as ChildMessage<R>;
      if (told.type === "failed") {
        clearTimeout(timer);
        reject(new Error((told as { message: string }).message));
        return;
      }
      if (told.type !== "ready") {
        options.onMessage?.(message);
        return;
      }
      clearTimeout(timer);
      resolve({
        ready: told as R,
        pid: child.pid ?? -1,
        ended,
        kill: () => {
          child.kill("SIGKILL");
        },
        stop: async (graceMs = 6_000) => {
          child.kill("SIGTERM");
          const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
          await ended;
          clearTimeout(force);
        },
      });
    });
  });
