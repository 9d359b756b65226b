// What does the network answer to a line, column by column?
import type * as Tf from "@tensorflow/tfjs";
import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { FaultError } from "../../core/faults.js";
import type { Gray } from "../page/raster.js";
import type { Tensors } from "../tf.js";
import type { WeightFile } from "./weight-values.js";
import type { NetworkStep } from "./weights.js";

export interface Logits {
  /** Answers from left to right, `classes` numbers each: the blank first, then the alphabet. */
  readonly data: Float32Array;
  readonly steps: number;
  readonly classes: number;
}

export interface LineNetwork {
  /** Throws `RangeError` for a line of another height than the network's. */
  logits(line: Gray): Promise<Logits>;
  /** Gives the weights' memory back. */
  dispose(): void;
}

type Convolution = Extract<NetworkStep, { weight: unknown }>;
type Apply = (x: Tensor4D, kept: Tensor4D[]) => Tensor4D;

const isConvolution = (step: NetworkStep): step is Convolution => "weight" in step;

const convolution = (tf: Tensors, file: WeightFile, step: Convolution, owned: Tensor[]): Apply => {
  const filter = tf.tensor4d(file.values(step.weight), step.weight.shape as [number, number, number, number]);
  const bias = tf.tensor1d(file.values(step.bias));
  owned.push(filter, bias);
  const [above, left] = step.pad;
  const common = {
    filter,
    bias,
    strides: step.stride,
    pad: [
      [0, 0],
      [above, above],
      [left, left],
      [0, 0],
    ] as Tf.backend_util.ExplicitPadding,
    dilations: step.dilation,
    dataFormat: "NHWC" as const,
    activation: step.relu ? ("relu" as const) : ("linear" as const),
  };
  return step.op === "conv"
    ? (x) => tf.fused.conv2d({ x, ...common })
    : // Its type leaves explicit padding out, its code takes it as the dense one does.
      (x) => tf.fused.depthwiseConv2d({ x, ...common, pad: common.pad as unknown as number });
};

const simple = (tf: Tensors, op: "keep" | "add" | "columns"): Apply => {
  if (op === "columns")
    return (x) => {
      const [n, h, w, c] = x.shape;
      return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [n, 1, w, h * c]);
    };
  return (x, kept) => {
    if (op === "keep") {
      kept.push(x);
      return x;
    }
    const before = kept.pop();
    if (before === undefined)
      throw new FaultError("model.unusable", "the handwriting network adds what it never kept");
    return tf.add(x, before);
  };
};

/** Ink is what the network was trained on: 0 paper … 1 black; the right is padded with paper. */
const inkOf = (line: Gray, width: number): Float32Array => {
  const ink = new Float32Array(width * line.height);
  for (let y = 0; y < line.height; y += 1)
    for (let x = 0; x < line.width; x += 1)
      ink[y * width + x] = (255 - (line.data[y * line.width + x] as number)) / 255;
  return ink;
};

/** Runs on whichever backend `tf` has at each call; weights follow it. */
export const buildNetwork = (tf: Tensors, file: WeightFile): LineNetwork => {
  const owned: Tensor[] = [];
  const steps = file.header.steps.map((step) =>
    isConvolution(step) ? convolution(tf, file, step, owned) : simple(tf, step.op),
  );
  const { heightPx, widthStepPx, alphabet } = file.header;
  const classes = [...alphabet].length + 1;
  return {
    logits: async (line) => {
      if (line.height !== heightPx || line.width < 1)
        throw new RangeError(
          `the network reads lines ${heightPx} px high, not ${line.width} × ${line.height}`,
        );
      const width = Math.ceil(line.width / widthStepPx) * widthStepPx;
      const output = tf.tidy((): Tensor3D => {
        const kept: Tensor4D[] = [];
        let x = tf.tensor4d(inkOf(line, width), [1, heightPx, width, 1]);
        for (const step of steps) {
          const asides = [...kept];
          const next = step(x, kept);
          // At once and not when all is done: together they are ten times the largest.
          for (const used of new Set([x, ...asides]))
            if (used !== next && !kept.includes(used)) used.dispose();
          x = next;
        }
        return tf.squeeze(x, [0]);
      });
      try {
        const [high, count, depth] = output.shape;
        if (high !== 1 || depth !== classes)
          throw new FaultError(
            "model.unusable",
            `the handwriting network gives ${depth} classes, its alphabet asks for ${classes}`,
          );
        return { data: (await output.data()) as Float32Array, steps: count, classes };
      } finally {
        output.dispose();
      }
    },
    dispose: () => {
      for (const tensor of owned) tensor.dispose();
    },
  };
};
