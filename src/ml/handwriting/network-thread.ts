// What does the thread do that holds the network for handwriting?
//
// A thread of the process that reads pages: it goes with it, and with it every line that it saw.
import { parentPort, workerData } from "node:worker_threads";
import { type Fault, toFault } from "../../core/faults.js";
import { readModel } from "../models.js";
import type { Gray } from "../page/raster.js";
import { loadLineNetwork } from "./line-network.js";
import type { Logits } from "./network.js";

export interface ThreadData {
  readonly name: string;
  readonly manifest: string;
}

export interface LineTask {
  readonly id: number;
  readonly line: Gray;
}

export type ThreadMessage =
  | { readonly ready: { readonly alphabet: string; readonly heightPx: number } }
  /** Without an id: the model can not be used, and the thread ends. */
  | { readonly fault: Fault; readonly id?: number }
  | { readonly id: number; readonly logits: Logits };

const serve = async (): Promise<void> => {
  const port = parentPort;
  if (port === null) throw new Error("this is a thread's script");
  const answer = (message: ThreadMessage, moved: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, moved);
  const { name, manifest } = workerData as ThreadData;
  try {
    const network = await loadLineNetwork(readModel(name, new URL(manifest)));
    port.on("message", ({ id, line }: LineTask) => {
      network.logits(line).then(
        ({ data, ...logits }) => {
          const own = data.slice();
          answer({ id, logits: { ...logits, data: own } }, [own.buffer]);
        },
        (error: unknown) => answer({ id, fault: toFault(error, "model.unusable") }),
      );
    });
    answer({ ready: { alphabet: network.alphabet, heightPx: network.heightPx } });
  } catch (error) {
    answer({ fault: toFault(error, "model.unusable") });
  }
};

await serve();
