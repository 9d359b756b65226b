// How does a TensorFlow.js graph model come out of the manifest's verified files?
import type { GraphModel } from "@tensorflow/tfjs";
import { FaultError } from "../../core/faults.js";
import type { ModelFiles } from "../models.js";
import type { TensorFlow } from "../tf.js";

/** A topology (.json) and one file of weights (.bin), whatever they are called. */
export const filesOf = (model: ModelFiles): { readonly json: string; readonly weights: ArrayBuffer } => {
  const named = (ending: string): Uint8Array | undefined =>
    [...model.files].find(([name]) => name.endsWith(ending))?.[1];
  const [topology, weights] = [named(".json"), named(".bin")];
  if (topology === undefined || weights === undefined)
    throw new FaultError("model.unusable", `model ${model.name}: the manifest must name a .json and a .bin`);
  return { json: Buffer.from(topology).toString("utf8"), weights: weights.slice().buffer };
};

export const loadGraph = async ({ tf }: TensorFlow, model: ModelFiles): Promise<GraphModel> => {
  const { json, weights } = filesOf(model);
  try {
    const { modelTopology, userDefinedMetadata, signature, weightsManifest } = JSON.parse(json);
    return await tf.loadGraphModel({
      load: async () => ({
        modelTopology,
        userDefinedMetadata,
        ...(signature === undefined ? {} : { signature }),
        weightSpecs: weightsManifest.flatMap((group: { weights: unknown[] }) => group.weights),
        weightData: weights,
      }),
    });
  } catch (cause) {
    throw new FaultError("model.unusable", `model ${model.name} can not be loaded`, { cause });
  }
};
