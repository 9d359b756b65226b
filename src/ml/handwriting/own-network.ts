// How does a weight file of this program's own become a network that answers to lines?
import { loadTensors } from "../tf.js";
import { buildNetwork } from "./network.js";
import type { LoadedNetwork } from "./network-thread.js";
import type { WeightFile } from "./weight-values.js";

/** The file's header was checked before (weights.ts): what checks it would be a tenth of the thread's memory. */
export const loadOwnNetwork = async (file: WeightFile): Promise<LoadedNetwork> => {
  const network = buildNetwork(await loadTensors(), file);
  const { alphabet, heightPx } = file.header;
  return { alphabet, heightPx, logits: (line) => network.logits(line) };
};
