// What lies in the file of the handwriting network: which steps, which weights, which letters?
//
// The format is described in src/ml/training/handwriting/export.py, which writes it. It names plain steps, so that
// any library of tensors can run it; the weights are 16-bit floats.
import { z } from "zod";
import { FaultError } from "../../core/faults.js";
import { sizeOf, type WeightFile, weightFile } from "./weight-values.js";

const TENSOR = z.object({
  shape: z.array(z.number().int().positive()).min(1).max(4),
  offset: z.number().int().min(0),
});
const PAIR = z.tuple([z.number().int().min(0).max(64), z.number().int().min(0).max(64)]);

const CONVOLUTION = z.object({
  /** "conv": weights are [height, width, in, out]; "depthwise": [height, width, channels, 1]. */
  op: z.enum(["conv", "depthwise"]),
  weight: TENSOR.refine(({ shape }) => shape.length === 4, "four sides"),
  bias: TENSOR.refine(({ shape }) => shape.length === 1, "one side"),
  stride: PAIR.refine(([y, x]) => y > 0 && x > 0, "strides go on"),
  dilation: PAIR.refine(([y, x]) => y > 0 && x > 0, "dilations are at least one"),
  /** Rows above and below, columns left and right, of zeros (paper). */
  pad: PAIR,
  relu: z.boolean(),
});

/** "keep" puts the present tensor aside, "add" adds the one last put aside, "columns" folds height into channels. */
const STEP = z.union([z.object({ op: z.enum(["keep", "add", "columns"]) }), CONVOLUTION]);

const HEADER = z.object({
  version: z.literal(1),
  /** Class 1 is its first character; class 0 is the blank of CTC. */
  alphabet: z.string().min(1),
  heightPx: z.number().int().min(16).max(256),
  /** A line is padded with paper to a multiple of this. */
  widthStepPx: z.number().int().min(1).max(64),
  /** How many columns of the picture one answer stands for. */
  pixelsAStep: z.number().int().min(1).max(64),
  blank: z.literal("first"),
  steps: z.array(STEP).min(1).max(500),
});

export type Header = z.infer<typeof HEADER>;
export type NetworkStep = z.infer<typeof STEP>;
export type TensorPlace = z.infer<typeof TENSOR>;

const broken = (detail: string, cause?: unknown): FaultError =>
  new FaultError("model.unusable", `the handwriting network ${detail}`, cause === undefined ? {} : { cause });

const headerOf = (bytes: Uint8Array): { readonly header: Header; readonly first: number } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || Buffer.from(bytes.subarray(0, 4)).toString("latin1") !== "MCHM")
    throw broken("is not in its format");
  const first = 8 + view.getUint32(4, true);
  if (first > bytes.length) throw broken("is cut off in its header");
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, first)));
  } catch (cause) {
    throw broken("has a header that can not be read", cause);
  }
  const parsed = HEADER.safeParse(given);
  if (!parsed.success)
    throw broken(`has a header that is wrong at ${parsed.error.issues[0]?.path.join(".") ?? "its root"}`);
  return { header: parsed.data, first };
};

/** Throws "model.unusable" for bytes that are no such file, or one that does not hold what its header says. */
export const readWeights = (bytes: Uint8Array): WeightFile => {
  const { header, first } = headerOf(bytes);
  for (const step of header.steps)
    if ("weight" in step)
      for (const place of [step.weight, step.bias])
        if (first + place.offset + 2 * sizeOf(place) > bytes.length)
          throw broken("is cut off in its weights");
  return weightFile(header, bytes, first);
};
