// Is handwriting read by a model that the operator installs, and by nothing else?
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { bestPath, loadHandwriting } from "../../src/ml/lines/handwriting.js";
import { OWN_MANIFEST } from "../../src/ml/models.js";
import type { Gray } from "../../src/ml/page/raster.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { loadTensorFlow } from "../../src/ml/tf.js";

const HEIGHT_PX = 16;
const CELL_PX = 8;
/** A writing of two letters: a bar above and a bar below; between them nothing. */
const ALPHABET = "ab";
const BLANK = ALPHABET.length;

/** One cell a class, in noise, paper 255. */
const write = (classes: readonly number[], seed: number): Gray => {
  const random = seededRandom(seed);
  const width = classes.length * CELL_PX;
  const data = Uint8Array.from({ length: width * HEIGHT_PX }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const letter = classes[Math.floor(x / CELL_PX)];
    const inked = letter === 0 ? y < 6 : letter === 1 ? y >= 10 : false;
    return Math.max(0, Math.min(255, (inked ? 40 : 245) + 14 * random.normal()));
  });
  return { width, height: HEIGHT_PX, data };
};

interface Installed {
  readonly manifest: URL;
  readonly folder: string;
}

/** Trains a network of one convolution and writes it as TensorFlow.js does, with a manifest beside it. */
const install = async (threshold: number, alphabet = ALPHABET): Promise<Installed> => {
  const { tf } = await loadTensorFlow();
  const backend = tf.getBackend();
  // The wasm backend has no gradient of a convolution.
  await tf.setBackend("cpu");
  const classes = BLANK + 1;
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [HEIGHT_PX, null, 1],
        filters: classes,
        kernelSize: [HEIGHT_PX, CELL_PX],
        strides: [HEIGHT_PX, CELL_PX],
      }),
      tf.layers.reshape({ targetShape: [null as unknown as number, classes] }),
    ],
  });
  const random = seededRandom(3);
  const rows = Array.from({ length: 24 }, () => Array.from({ length: 12 }, () => random.integer(0, BLANK)));
  const pixels = rows.map((row, index) => write(row, index));
  const inputs = tf.tensor(
    Float32Array.from(pixels.flatMap(({ data }) => [...data].map((value) => value / 255))),
    [rows.length, HEIGHT_PX, 12 * CELL_PX, 1],
  );
  const wanted = tf.oneHot(tf.tensor2d(rows, undefined, "int32"), classes);
  model.compile({
    optimizer: tf.train.adam(0.03),
    loss: (truth, output) => tf.losses.softmaxCrossEntropy(truth, output),
  });
  await model.fit(inputs, wanted, { epochs: 40, batchSize: 24, verbose: 0 });
  const folder = mkdtempSync(join(tmpdir(), "motcua-hand-"));
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const bytes = Buffer.from(
        Array.isArray(weightData) ? (weightData[0] as ArrayBuffer) : (weightData as ArrayBuffer),
      );
      const json = { modelTopology, weightsManifest: [{ paths: ["hand.bin"], weights: weightSpecs }] };
      writeFileSync(join(folder, "hand.json"), JSON.stringify(json));
      writeFileSync(join(folder, "hand.bin"), bytes);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  inputs.dispose();
  wanted.dispose();
  model.dispose();
  await tf.setBackend(backend);
  return { manifest: manifestOf(folder, threshold, alphabet), folder };
};

const manifestOf = (folder: string, threshold: number, alphabet: string): URL => {
  const files = ["hand.json", "hand.bin"].map((name) => ({
    name,
    sha256: createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex"),
  }));
  const entry = {
    name: "bars",
    purpose: "reads bars",
    licence: "Apache-2.0",
    source: "made by this test",
    folder,
    files,
    threshold,
    handwriting: {
      network: "layers",
      language: "vi",
      alphabet,
      heightPx: HEIGHT_PX,
      widthStepPx: CELL_PX,
      measured: "on what this test draws",
    },
  };
  const file = join(folder, "models.json");
  writeFileSync(file, JSON.stringify({ models: [entry] }));
  return pathToFileURL(file);
};

const faultOf = async (act: Promise<unknown>): Promise<FaultError> => {
  const thrown = await act.then(() => null).catch((error: unknown) => error);
  assert.instance(thrown, FaultError);
  return thrown as FaultError;
};

const installed = await install(0.6);
test.after(() => rmSync(installed.folder, { recursive: true, force: true }));

test("the program's own manifest has no model for handwriting: nothing is read", async () => {
  assert.is(await loadHandwriting(OWN_MANIFEST), null);
});

test("a model that was trained and written to files reads a line at any size", async () => {
  const reader = await loadHandwriting(installed.manifest);
  // Two equal letters in a row need a blank between them.
  const line = write([2, 0, 0, 2, 0, 1, 1, 2, 1, 2], 90);
  const small = await reader?.read(line);
  assert.is(small?.text, "aabb");
  assert.ok((small?.confidence ?? 0) > 0.6 && (small?.confidence ?? 0) <= 1);
  const twice: Gray = {
    width: line.width * 2,
    height: line.height * 2,
    data: Uint8Array.from(
      { length: line.data.length * 4 },
      (_, at) =>
        line.data[
          Math.floor(Math.floor(at / (line.width * 2)) / 2) * line.width +
            Math.floor((at % (line.width * 2)) / 2)
        ] ?? 0,
    ),
  };
  assert.is((await reader?.read(twice))?.text, "aabb");
});

test("what the model itself doubts is not read, nor is an empty line", async () => {
  const strict = await loadHandwriting(manifestOf(installed.folder, 1, ALPHABET));
  assert.is(await strict?.read(write([2, 0, 2, 1, 2], 91)), null);
  const reader = await loadHandwriting(manifestOf(installed.folder, 0.6, ALPHABET));
  assert.is(await reader?.read(write([2, 2, 2, 2], 92)), null);
});

test("a file that is not the one that the manifest states is refused, and named", async () => {
  const manifest = manifestOf(installed.folder, 0.6, ALPHABET);
  const weights = join(installed.folder, "hand.bin");
  const bytes = readFileSync(weights);
  const bent = Buffer.from(bytes);
  bent[0] = (bent[0] ?? 0) ^ 1;
  writeFileSync(weights, bent);
  try {
    const fault = await faultOf(loadHandwriting(manifest));
    assert.is(fault.code, "model.unusable");
    assert.match(fault.detail, /bars: hand\.bin .*sha256 differs/);
  } finally {
    writeFileSync(weights, bytes);
  }
});

test("a model with other classes than its alphabet is refused", async () => {
  const reader = await loadHandwriting(manifestOf(installed.folder, 0.1, "abc"));
  const fault = await faultOf(reader?.read(write([0, 2], 93)) ?? Promise.resolve());
  assert.match(fault.detail, /3 classes a step, its alphabet and the blank are 4/);
});

test("repeats are one letter, blanks part them, and sureness is that of the letters", () => {
  const steps = [
    [0.9, 0.05, 0.05],
    [0.8, 0.1, 0.1],
    [0.1, 0.1, 0.8],
    [0.4, 0.3, 0.3],
    [0.1, 0.9, 0],
  ];
  const { text, confidence } = bestPath(steps, { alphabet: "ab", blank: "last" });
  assert.is(text, "aab");
  assert.ok(Math.abs(confidence - (0.9 * 0.4 * 0.9) ** (1 / 3)) < 1e-9);
  assert.is(bestPath(steps, { alphabet: "ab", blank: "first" }).text, "ba");
});

test.run();
