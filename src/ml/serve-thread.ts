// How does a thread take tasks and answer them, so that nothing thrown gets lost or ends the process?
import { type MessagePort, parentPort, type TransferListItem } from "node:worker_threads";
import { type Fault, type FaultCode, toFault } from "../core/faults.js";

export interface ThreadTask<Task> {
  readonly id: number;
  readonly task: Task;
}

export type ThreadAnswer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly fault: Fault };

export interface Service<Task, Result> {
  readonly act: (task: Task) => Promise<Result>;
  /** Memory that is handed over instead of copied; the thread keeps none of it. */
  readonly transfer?: (result: Result) => readonly TransferListItem[];
  /** What an error that is no `FaultError` becomes. */
  readonly fallback: FaultCode;
}

const required = (): MessagePort => {
  if (parentPort === null) throw new Error("this script runs as a thread only");
  return parentPort;
};

export const serveThread = <Task, Result>(service: Service<Task, Result>): void => {
  const port = required();
  port.on("message", ({ id, task }: ThreadTask<Task>) => {
    service.act(task).then(
      (result) => port.postMessage({ id, result }, service.transfer?.(result)),
      (error: unknown) => port.postMessage({ id, fault: toFault(error, service.fallback) }),
    );
  });
};
