// How does another's model, in a file of TensorFlow.js, become a network that answers to lines?
import type { LayersModel, Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { FaultError } from "../../core/faults.js";
import { filesOf, loadGraph } from "../face/graph.js";
import type { ForeignReader, ModelFiles } from "../models.js";
import type { Gray } from "../page/raster.js";
import { loadTensorFlow, type TensorFlow } from "../tf.js";
import type { Logits } from "./network.js";
import type { LoadedNetwork } from "./network-thread.js";

type Run = (batch: Tensor4D) => Tensor;

const unusable = (name: string, what: string, cause?: unknown): FaultError =>
  new FaultError("model.unusable", `model ${name} ${what}`, cause === undefined ? {} : { cause });

const loadLayers = async ({ tf }: TensorFlow, model: ModelFiles): Promise<LayersModel> => {
  const { json, weights } = filesOf(model);
  try {
    const { modelTopology, weightsManifest } = JSON.parse(json);
    return await tf.loadLayersModel({
      load: async () => ({
        modelTopology,
        weightSpecs: weightsManifest.flatMap((group: { weights: unknown[] }) => group.weights),
        weightData: weights,
      }),
    });
  } catch (cause) {
    throw unusable(model.name, "can not be loaded", cause);
  }
};

const first = (output: Tensor | Tensor[], { name }: ModelFiles): Tensor => {
  const tensor = Array.isArray(output) ? output[0] : output;
  if (tensor === undefined) throw unusable(name, "gives no output");
  return tensor;
};

const runOf = async (tensorFlow: TensorFlow, model: ModelFiles, form: ForeignReader): Promise<Run> => {
  if (form.network === "graph") {
    const graph = await loadGraph(tensorFlow, model);
    return (batch) => first(graph.execute(batch), model);
  }
  const layers = await loadLayers(tensorFlow, model);
  return (batch) => first(layers.predict(batch), model);
};

/** Paper to the right up to the network's step. */
const padded = ({ width, height, data }: Gray, stepPx: number): Gray => {
  const wide = Math.ceil(width / stepPx) * stepPx;
  if (wide === width) return { width, height, data };
  const out = new Uint8Array(wide * height).fill(255);
  for (let row = 0; row < height; row += 1)
    out.set(data.subarray(row * width, (row + 1) * width), row * wide);
  return { width: wide, height, data: out };
};

/** Logarithms of chances are logits too; the blank comes first. */
const arranged = (values: Float32Array, classes: number, form: ForeignReader): Float32Array => {
  const out = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const column = at % classes;
    const to = form.blank === "first" ? column : (column + 1) % classes;
    const value = values[at] as number;
    out[at - column + to] = form.output === "logits" ? value : Math.log(Math.max(1e-9, value));
  }
  return out;
};

/** Throws "model.unusable" for a model that can not be loaded. */
export const loadForeignNetwork = async (model: ModelFiles, form: ForeignReader): Promise<LoadedNetwork> => {
  const tensorFlow = await loadTensorFlow();
  const { tf } = tensorFlow;
  const run = await runOf(tensorFlow, model, form);
  const { alphabet, heightPx } = form;
  const classes = [...alphabet].length + 1;
  const logits = async (line: Gray): Promise<Logits> => {
    const { width, height, data } = padded(line, form.widthStepPx);
    const output = tf.tidy(() => {
      const batch = tf.tensor(data, [1, height, width, 1], "int32").toFloat() as Tensor4D;
      return run(batch.sub(form.mean).div(form.divideBy) as Tensor4D);
    });
    try {
      const [, steps = 0, given = 0] = (output as Tensor3D).shape;
      if (given !== classes)
        throw unusable(
          model.name,
          `gives ${given} classes a step, its alphabet and the blank are ${classes}`,
        );
      const values = (await output.data()) as Float32Array;
      return { data: arranged(values, classes, form), steps, classes };
    } finally {
      output.dispose();
    }
  };
  return { alphabet, heightPx, logits };
};
