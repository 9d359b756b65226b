// How does a work process take tasks and answer them, so that nothing thrown gets lost?
import { type Fault, type FaultCode, toFault } from "../core/faults.js";

/** Without a task: does it still hear? */
interface ProcessTask<Task> {
  readonly id: number;
  readonly task?: Task;
}

export type ProcessMessage<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly fault: Fault }
  | { readonly id: number; readonly progress: readonly [stage: string, fraction: number] }
  | { readonly id: number; readonly heard: true }
  /** The process ends after this. */
  | { readonly crash: string };

export type OnProgress = (stage: string, fraction: number) => void;

export interface Service<Task, Result> {
  readonly act: (task: Task, onProgress: OnProgress) => Promise<Result>;
  /** What an error that is no `FaultError` becomes. */
  readonly fallback: FaultCode;
}

export const serveProcess = <Task, Result>(service: Service<Task, Result>): void => {
  const answer = (message: ProcessMessage<Result>, then: () => void = () => {}): void => {
    process.send?.(message, undefined, undefined, then);
  };
  // Ctrl-C in a terminal reaches this process too: the runtime decides when its work is done.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
  process.on("disconnect", () => process.exit(0));
  process.on("uncaughtException", (error) => answer({ crash: error.message }, () => process.exit(1)));
  process.on("message", ({ id, task }: ProcessTask<Task>) => {
    if (task === undefined) {
      answer({ id, heard: true });
      return;
    }
    const onProgress: OnProgress = (stage, fraction) => answer({ id, progress: [stage, fraction] });
    service
      .act(task, onProgress)
      .then(
        (result) => answer({ id, result }),
        (error: unknown) => answer({ id, fault: toFault(error, service.fallback) }),
      )
      // Pictures are large and V8 sees but their handles: left to it, the next task starts beside this one's.
      .finally(() => globalThis.gc?.());
  });
};
