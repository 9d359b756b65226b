// Which TensorFlow runs here: the native one where it could be installed, else the one in WebAssembly?
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as Tf from "@tensorflow/tfjs";

export interface TensorFlow {
  readonly tf: typeof Tf;
  readonly backend: "native" | "wasm";
}

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

const loadWasm = async (): Promise<TensorFlow> => {
  const tf = require("@tensorflow/tfjs") as typeof Tf;
  const wasm = require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(
    `${dirname(require.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"))}/`,
  );
  if (!(await tf.setBackend("wasm"))) throw new Error("the WebAssembly backend of TensorFlow does not start");
  await tf.ready();
  return { tf, backend: "wasm" };
};

/** Takes a second and 100 MB: call it in a process of its own. */
export const loadTensorFlow = async (): Promise<TensorFlow> => (await loadNative()) ?? loadWasm();
