// What did somebody write by hand, when the operator has installed a model that can read it?
//
// No such model travels with the program. Without one the answer is null, and so is a reading that the model itself
// doubts: handwriting is typed by the citizen, never guessed.
import type { LayersModel, Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import { filesOf, loadGraph } from "../face/graph.js";
import { type HandwritingModel, handwritingModelIn, type ModelFiles, readModel } from "../models.js";
import type { Gray } from "../page/raster.js";
import { loadTensorFlow, type TensorFlow } from "../tf.js";

export interface HandReading {
  readonly text: string;
  /** 0 … 1: geometric mean over the letters. */
  readonly confidence: number;
}

export interface HandwritingReader {
  /** One line, cut out of a page with flattened light. Null when the model is less sure than its threshold. */
  read(line: Gray): Promise<HandReading | null>;
}

type Network = (batch: Tensor4D) => Tensor;

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
    throw new FaultError("model.unusable", `model ${model.name} can not be loaded`, { cause });
  }
};

const loadNetwork = async (
  tensorFlow: TensorFlow,
  model: ModelFiles,
  form: HandwritingModel,
): Promise<Network> => {
  if (form.network === "graph") {
    const graph = await loadGraph(tensorFlow, model);
    return (batch) => first(graph.execute(batch), model);
  }
  const layers = await loadLayers(tensorFlow, model);
  return (batch) => first(layers.predict(batch), model);
};

const first = (output: Tensor | Tensor[], { name }: ModelFiles): Tensor => {
  const tensor = Array.isArray(output) ? output[0] : output;
  if (tensor === undefined) throw new FaultError("model.unusable", `model ${name} gives no output`);
  return tensor;
};

/** Scaled to the model's height, paper to the right up to its step. */
const fitted = async (line: Gray, form: HandwritingModel): Promise<Gray> => {
  const { heightPx, widthStepPx, maxWidthPx } = form;
  const scaled = Math.max(1, Math.min(maxWidthPx, Math.round((line.width * heightPx) / line.height)));
  const { data } = await sharp(line.data, { raw: { width: line.width, height: line.height, channels: 1 } })
    .resize({ width: scaled, height: heightPx, fit: "fill" })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const width = Math.ceil(scaled / widthStepPx) * widthStepPx;
  const out = new Uint8Array(width * heightPx).fill(255);
  for (let row = 0; row < heightPx; row += 1)
    out.set(data.subarray(row * scaled, (row + 1) * scaled), row * width);
  return { width, height: heightPx, data: out };
};

/**
 * Best path of connectionist temporal classification (Graves et al. 2006): the likeliest class of each step, repeats
 * taken once, blanks dropped. `steps` are probabilities, one row a step.
 */
export const bestPath = (
  steps: readonly (readonly number[])[],
  { alphabet, blank }: Pick<HandwritingModel, "alphabet" | "blank">,
): HandReading => {
  const letters = [...alphabet];
  const blankAt = blank === "first" ? 0 : letters.length;
  let [text, before, logs, count] = ["", blankAt, 0, 0];
  for (const row of steps) {
    const best = row.reduce((top, value, index) => (value > (row[top] ?? 0) ? index : top), 0);
    if (best !== blankAt && best !== before) {
      text += letters[blank === "first" ? best - 1 : best] ?? "";
      logs += Math.log(Math.max(1e-9, row[best] ?? 0));
      count += 1;
    }
    before = best;
  }
  return { text, confidence: count === 0 ? 0 : Math.exp(logs / count) };
};

const stepsOf = async (
  { tf }: TensorFlow,
  network: Network,
  line: Gray,
  form: HandwritingModel,
): Promise<readonly (readonly number[])[]> => {
  const output = tf.tidy(() => {
    const batch = tf.tensor(line.data, [1, line.height, line.width, 1], "int32").toFloat() as Tensor4D;
    const raw = network(batch.sub(form.mean).div(form.divideBy) as Tensor4D);
    return form.output === "logits" ? tf.softmax(raw) : raw;
  });
  try {
    return ((await (output as Tensor3D).array())[0] ?? []) as readonly (readonly number[])[];
  } finally {
    output.dispose();
  }
};

/**
 * Null when the manifest names no model for handwriting. Throws "model.unusable" for one whose files are not, bit for
 * bit, what the manifest states, that can not be loaded, or that gives another number of classes than its alphabet.
 */
export const loadHandwriting = async (manifest: URL): Promise<HandwritingReader | null> => {
  const name = handwritingModelIn(manifest);
  if (name === null) return null;
  const model = readModel(name, manifest);
  const { handwriting: form, threshold } = model;
  if (form === undefined) return null;
  const tensorFlow = await loadTensorFlow();
  const network = await loadNetwork(tensorFlow, model, form);
  return {
    read: async (line) => {
      const steps = await stepsOf(tensorFlow, network, await fitted(line, form), form);
      const classes = [...form.alphabet].length + 1;
      if (steps[0]?.length !== classes)
        throw new FaultError(
          "model.unusable",
          `model ${name} gives ${steps[0]?.length ?? 0} classes a step, its alphabet and the blank are ${classes}`,
        );
      const reading = bestPath(steps, form);
      return reading.text === "" || reading.confidence < threshold ? null : reading;
    },
  };
};
