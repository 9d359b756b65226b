// Which TensorFlow runs here: the native one where it could be installed, else the one in WebAssembly?
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as Tf from "@tensorflow/tfjs";

export interface TensorFlow {
  readonly tf: typeof Tf;
  readonly backend: "native" | "wasm";
}

/** What every network is built of: tensors and operations on them; no reader of model files, no layers. */
export type Tensors = Omit<
  typeof Tf,
  "layers" | "loadLayersModel" | "loadGraphModel" | "sequential" | "model"
>;

const require = createRequire(import.meta.url);

/** An optional dependency: its install script downloads a library that not every machine gets or has built. */
const NATIVE: string = "@tensorflow/tfjs-node";

const loadNative = async (): Promise<TensorFlow | null> => {
  try {
    const tf = require(NATIVE) as typeof Tf;
    await tf.ready();
    return { tf, backend: "native" };
  } catch {
    return null;
  }
};

const startWasm = async (tf: Tensors): Promise<"wasm"> => {
  const wasm = require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(
    `${dirname(require.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"))}/`,
  );
  if (!(await tf.setBackend("wasm"))) throw new Error("the WebAssembly backend of TensorFlow does not start");
  await tf.ready();
  return "wasm";
};

/** Takes a second and 100 MB: call it in a process of its own. */
export const loadTensorFlow = async (): Promise<TensorFlow> => {
  const native = await loadNative();
  if (native !== null) return native;
  const tf = require("@tensorflow/tfjs") as typeof Tf;
  return { tf, backend: await startWasm(tf) };
};

/**
 * The same without what reads model files and builds layers, 18 MB less in WebAssembly. It is the very core that the
 * whole is made of, so that both may be loaded.
 */
export const loadTensors = async (): Promise<Tensors> => {
  const native = await loadNative();
  if (native !== null) return native.tf;
  const tf = createRequire(require.resolve("@tensorflow/tfjs"))("@tensorflow/tfjs-core") as Tensors;
  await startWasm(tf);
  return tf;
};
