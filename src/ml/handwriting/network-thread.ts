// What does the thread do that holds the network for handwriting?
//
// A thread of the process that reads pages: it goes with it, and with it every line that it saw. It is handed files
// that were checked, and loads no more than it needs.
import { once } from "node:events";
import { parentPort } from "node:worker_threads";
import { type Fault, toFault } from "../../core/faults.js";
import type { ForeignReader, ModelFiles } from "../models.js";
import type { Gray } from "../page/raster.js";
import type { Logits } from "./network.js";
import { weightFile } from "./weight-values.js";
import type { Header } from "./weights.js";

export interface LoadedNetwork {
  /** What its classes stand for behind the blank of CTC. */
  readonly alphabet: string;
  readonly heightPx: number;
  /** A line of `heightPx`. Throws "model.unusable" for a network that gives other classes than its alphabet has. */
  logits(line: Gray): Promise<Logits>;
}

/** The first message. */
export type ThreadData =
  | { readonly own: { readonly header: Header; readonly bytes: Uint8Array; readonly first: number } }
  | { readonly foreign: ModelFiles; readonly form: ForeignReader };

export interface LineTask {
  readonly id: number;
  readonly line: Gray;
}

export type ThreadMessage =
  | { readonly ready: { readonly alphabet: string; readonly heightPx: number } }
  /** Without an id: the model can not be used, and the thread ends. */
  | { readonly fault: Fault; readonly id?: number }
  | { readonly id: number; readonly logits: Logits };

/** Throws "model.unusable" for a model that can not be loaded. */
export const loadNetwork = async (data: ThreadData): Promise<LoadedNetwork> => {
  if ("own" in data) {
    const { header, bytes, first } = data.own;
    return (await import("./own-network.js")).loadOwnNetwork(weightFile(header, bytes, first));
  }
  return (await import("./foreign-network.js")).loadForeignNetwork(data.foreign, data.form);
};

const serve = async (port: NonNullable<typeof parentPort>): Promise<void> => {
  const answer = (message: ThreadMessage, moved: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, moved);
  try {
    // Not as the thread's own data, which would keep the file's bytes beside the network for good.
    const network = await loadNetwork((await once(port, "message"))[0] as ThreadData);
    globalThis.gc?.();
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

if (parentPort !== null) await serve(parentPort);
