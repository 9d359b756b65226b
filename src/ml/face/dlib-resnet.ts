// Which 128 numbers does the network give for an aligned face? (dlib's ResNet of 29 layers, Davis King 2017.)
//
// The weights are quantised to 8 bits by @vladmandic/face-api, whose order of layers and scaling of the input
// (mean subtracted, over 255) is kept: the numbers must be its own.
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { FaultError } from "../../core/faults.js";
import type { ModelFiles } from "../models.js";
import type { TensorFlow } from "../tf.js";
import { filesOf } from "./graph.js";

export const RESNET_INPUT_PX = 150;
export const DESCRIPTOR_LENGTH = 128;

const MEAN_RGB = [122.782, 117.001, 104.298];
/** In the order in which a face passes them; a name ending in "down" halves the picture. */
const BLOCKS = [
  "conv32_1",
  "conv32_2",
  "conv32_3",
  "conv64_down",
  "conv64_1",
  "conv64_2",
  "conv64_3",
  "conv128_down",
  "conv128_1",
  "conv128_2",
  "conv256_down",
  "conv256_1",
  "conv256_2",
  "conv256_down_out",
] as const;

const ENTRY = "conv32_down";
const LAYERS = [ENTRY, ...BLOCKS.flatMap((name) => [`${name}/conv1`, `${name}/conv2`])];

interface Convolution {
  readonly filter: Tensor4D;
  readonly bias: Tensor1D;
}

/** An RGB batch of one, 0 … 255, to the descriptor. */
export type Network = (batch: Tensor4D) => Tensor;

export const loadDlibResnet = async ({ tf }: TensorFlow, model: ModelFiles): Promise<Network> => {
  const { json, weights } = filesOf(model);
  const specs = JSON.parse(json).flatMap((group: { weights: unknown[] }) => group.weights);
  const named = await tf.io.decodeWeights(weights, specs);
  const weight = <T extends Tensor>(name: string): T => {
    const tensor = named[name];
    if (tensor === undefined) throw new FaultError("model.unusable", `model ${model.name} lacks ${name}`);
    return tensor as T;
  };
  // The scale after each convolution is a factor of its filters: one kernel then does what four did.
  const folded = (name: string): Convolution => {
    const parts = ["conv/filters", "conv/bias", "scale/weights", "scale/biases"].map((part) =>
      weight(`${name}/${part}`),
    );
    const [filters, bias, scale, shift] = parts as [Tensor4D, Tensor1D, Tensor1D, Tensor1D];
    const convolution = {
      filter: tf.mul<Tensor4D>(filters, scale),
      bias: tf.tidy(() => bias.mul<Tensor1D>(scale).add<Tensor1D>(shift)),
    };
    tf.dispose(parts);
    return convolution;
  };
  const convolutions = new Map(LAYERS.map((name) => [name, folded(name)]));
  const convolve = (x: Tensor4D, name: string, down: boolean, activation: "relu" | "linear"): Tensor4D => {
    const convolution = convolutions.get(name);
    if (convolution === undefined) throw new FaultError("model.unusable", `no layer ${name}`);
    return tf.fused.conv2d({
      x,
      ...convolution,
      strides: down ? 2 : 1,
      pad: down ? "valid" : "same",
      activation,
    });
  };
  const block = (x: Tensor4D, name: string): Tensor4D => {
    const down = name.includes("down");
    const once = convolve(x, `${name}/conv1`, down, "relu");
    const twice = convolve(once, `${name}/conv2`, false, "linear");
    if (!down) return tf.relu(tf.add(twice, x));
    const pooled = tf.avgPool(x, 2, 2, "valid");
    // The short cut has fewer channels and, where the side was even, one row and column more.
    const [, height = 0, width = 0, channels = 0] = pooled.shape;
    const rows = Math.max(0, height - twice.shape[1]);
    const columns = Math.max(0, width - twice.shape[2]);
    const padded = tf.pad(twice, [
      [0, 0],
      [0, rows],
      [0, columns],
      [0, 0],
    ]);
    const widened = tf.pad(pooled, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, twice.shape[3] - channels],
    ]);
    return tf.relu(tf.add(widened, padded));
  };
  return (batch) =>
    tf.tidy(() => {
      let x = batch.sub(tf.tensor1d(MEAN_RGB)).div(255) as Tensor4D;
      x = convolve(x, ENTRY, true, "relu");
      x = tf.maxPool(x, 3, 2, "valid");
      for (const name of BLOCKS) x = block(x, name);
      return tf.matMul(x.mean([1, 2]), weight("fc"));
    });
};
