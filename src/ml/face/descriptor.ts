// How is an aligned face described by numbers, whichever model the operator chose?
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { FaultError } from "../../core/faults.js";
import type { Matcher, ModelFiles } from "../models.js";
import type { Rgb } from "../page/raster.js";
import type { TensorFlow } from "../tf.js";
import { loadDlibResnet, type Network, RESNET_INPUT_PX } from "./dlib-resnet.js";
import { loadGraph } from "./graph.js";

export interface Describer {
  readonly matcher: Matcher;
  /** A square of `matcher.inputPx`. */
  describe(aligned: Rgb): Promise<Float32Array>;
}

const loadGraphNetwork = async (
  tensorFlow: TensorFlow,
  model: ModelFiles,
  { mean, divideBy }: Matcher,
): Promise<Network> => {
  const { tf } = tensorFlow;
  const graph = await loadGraph(tensorFlow, model);
  return (batch) =>
    tf.tidy(() => {
      const output = graph.execute(batch.sub(mean).div(divideBy));
      const first = Array.isArray(output) ? output[0] : output;
      if (first === undefined) throw new FaultError("model.unusable", `model ${model.name} gives no output`);
      return first;
    });
};

export const batchOf = ({ tf }: TensorFlow, { width, height, data }: Rgb): Tensor4D =>
  tf.tidy(() => tf.tensor4d(data, [1, height, width, 3], "int32").toFloat());

/** Reads a tensor and frees it. */
export const valuesOf = async (tensor: Tensor): Promise<Float32Array> => {
  try {
    return Float32Array.from(await tensor.data());
  } finally {
    tensor.dispose();
  }
};

/** Throws "model.unusable" for a model without a matcher or with another input. */
export const loadDescriber = async (tensorFlow: TensorFlow, model: ModelFiles): Promise<Describer> => {
  const { matcher } = model;
  if (matcher === undefined)
    throw new FaultError("model.unusable", `model ${model.name}: the manifest states no matcher`);
  if (matcher.network === "dlibResnet" && matcher.inputPx !== RESNET_INPUT_PX)
    throw new FaultError("model.unusable", `model ${model.name}: dlibResnet takes ${RESNET_INPUT_PX} pixels`);
  const network =
    matcher.network === "dlibResnet"
      ? await loadDlibResnet(tensorFlow, model)
      : await loadGraphNetwork(tensorFlow, model, matcher);
  return {
    matcher,
    describe: async (aligned) => {
      const batch = batchOf(tensorFlow, aligned);
      try {
        return await valuesOf(network(batch));
      } finally {
        batch.dispose();
      }
    },
  };
};
