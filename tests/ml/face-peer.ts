// What does @vladmandic/face-api itself say of an aligned face? (The peer of our own layers.)
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Rgb } from "../../src/ml/page/raster.js";
import { loadTensorFlow } from "../../src/ml/tf.js";

interface PeerNet {
  loadFromWeightMap(weights: unknown): void;
  forwardInput(input: unknown): { dataSync(): Float32Array; dispose(): void };
}

interface Peer {
  readonly FaceRecognitionNet: new () => PeerNet;
  readonly NetInput: new (inputs: readonly unknown[]) => unknown;
}

const require = createRequire(import.meta.url);

/** Runs on the same TensorFlow as ours. */
export const peerDescriptor = async (): Promise<(aligned: Rgb) => Float32Array> => {
  const { tf } = await loadTensorFlow();
  const main = require.resolve("@vladmandic/face-api");
  const { FaceRecognitionNet, NetInput } = require(join(dirname(main), "face-api.node-wasm.js")) as Peer;
  const folder = join(dirname(main), "..", "model");
  const named = (name: string): Buffer => readFileSync(join(folder, `face_recognition_model${name}`));
  const specs = JSON.parse(named("-weights_manifest.json").toString("utf8")).flatMap(
    (group: { weights: unknown[] }) => group.weights,
  );
  const net = new FaceRecognitionNet();
  net.loadFromWeightMap(tf.io.decodeWeights(new Uint8Array(named(".bin")).buffer, specs));
  return ({ width, height, data }) => {
    const picture = tf.tensor3d(data, [height, width, 3], "int32");
    const output = net.forwardInput(new NetInput([picture]));
    try {
      return output.dataSync().slice();
    } finally {
      output.dispose();
      picture.dispose();
    }
  };
};
