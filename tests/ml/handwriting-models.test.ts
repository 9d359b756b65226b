// Is handwriting read by a model that the operator installs, of either kind of file, and by nothing else?
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { type HandwritingReader, openHandwriting } from "../../src/ml/handwriting/reader.js";
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

/** In the program's own format (handwriting/weights.ts): the same convolution, the blank first. */
const ownFile = (kernel: Float32Array, bias: Float32Array): Uint8Array => {
  const classes = BLANK + 1;
  const rotated = (values: Float32Array): Float32Array =>
    values.map((_, at) => values[at - (at % classes) + ((at + BLANK) % classes)] as number);
  const weights = [...rotated(kernel), ...rotated(bias)];
  const header = {
    version: 1,
    alphabet: ALPHABET,
    heightPx: HEIGHT_PX,
    widthStepPx: CELL_PX,
    pixelsAStep: CELL_PX,
    blank: "first",
    steps: [
      {
        op: "conv",
        weight: { shape: [HEIGHT_PX, CELL_PX, 1, classes], offset: 0 },
        bias: { shape: [classes], offset: 2 * kernel.length },
        stride: [HEIGHT_PX, CELL_PX],
        dilation: [1, 1],
        pad: [0, 0],
        relu: false,
      },
    ],
  };
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(8 + json.length + 2 * weights.length);
  bytes.write("MCHM", 0, "latin1");
  bytes.writeUInt32LE(json.length, 4);
  json.copy(bytes, 8);
  weights.forEach((value, i) => {
    bytes.writeUInt16LE(halfOf(value), 8 + json.length + 2 * i);
  });
  return bytes;
};

/** IEEE 754 binary16, fraction cut off. */
const halfOf = (value: number): number => {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  if (exponent <= 0) return 0;
  return ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
};

/**
 * Trains a network of one convolution and writes it as TensorFlow.js does. That one takes white for 1; the program's
 * own format takes ink for 1, so its weights are turned round.
 */
const install = async (): Promise<string> => {
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
        kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
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
  await model.fit(inputs, wanted, { epochs: 40, batchSize: 24, shuffle: false, verbose: 0 });
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
  const [kernel, bias] = model.getWeights();
  const [ofPaper, level] = [(await kernel?.data()) as Float32Array, (await bias?.data()) as Float32Array];
  const classes3 = BLANK + 1;
  const white = level.map((value, c) =>
    ofPaper.reduce((sum, weight, at) => (at % classes3 === c ? sum + weight : sum), value),
  );
  writeFileSync(
    join(folder, "hand.mchm"),
    ownFile(
      ofPaper.map((weight) => -weight),
      white,
    ),
  );
  inputs.dispose();
  wanted.dispose();
  model.dispose();
  await tf.setBackend(backend);
  return folder;
};

interface Entry {
  readonly threshold?: number;
  readonly alphabet?: string;
  readonly own?: boolean;
  readonly calibration?: unknown;
}

const manifestOf = ({ threshold = 0.6, alphabet = ALPHABET, own = false, calibration }: Entry): URL => {
  const files = (own ? ["hand.mchm"] : ["hand.json", "hand.bin"]).map((name) => ({
    name,
    sha256: createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex"),
  }));
  const reader = {
    language: "vi",
    measured: "on what this test draws",
    ...(calibration === undefined ? {} : { calibration }),
  };
  const entry = {
    name: "bars",
    purpose: "reads bars",
    licence: "Apache-2.0",
    source: "made by this test",
    folder: ".",
    files,
    threshold,
    handwriting: own
      ? { network: "steps", ...reader }
      : { network: "layers", ...reader, alphabet, heightPx: HEIGHT_PX, widthStepPx: CELL_PX },
  };
  const file = join(folder, `models-${readdirSync(folder).length}.json`);
  writeFileSync(file, JSON.stringify({ models: [entry] }));
  return pathToFileURL(file);
};

const faultOf = async (act: Promise<unknown>): Promise<FaultError> => {
  const thrown = await act.then(() => null).catch((error: unknown) => error);
  assert.instance(thrown, FaultError);
  return thrown as FaultError;
};

const folder = await install();
const opened: HandwritingReader[] = [];
const open = (entry: Entry): HandwritingReader => {
  const reader = openHandwriting(manifestOf(entry));
  if (reader === null) throw new Error("the manifest names a model for handwriting");
  opened.push(reader);
  return reader;
};

test.after(async () => {
  await Promise.all(opened.map((reader) => reader.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** Two equal letters in a row need a blank between them. */
const aabb = (seed: number): Gray => write([2, 0, 0, 2, 0, 1, 1, 2, 1, 2], seed);

const twice = (line: Gray): Gray => ({
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
});

test("a manifest without a model for handwriting reads none", () => {
  const file = join(folder, "none.json");
  writeFileSync(file, JSON.stringify({ models: [] }));
  assert.is(openHandwriting(pathToFileURL(file)), null);
});

for (const own of [false, true])
  test(`a model that was trained and written as ${own ? "this program's" : "TensorFlow's"} file reads a line at any size`, async () => {
    const reader = open({ own });
    const small = (await reader.look(aabb(90))).read("text");
    assert.is(small.text, "aabb");
    assert.ok(small.sure && small.confidence > 0.6 && small.confidence <= 1);
    assert.is(small.letters.length, 4);
    assert.is((await reader.look(twice(aabb(90)))).read("text").text, "aabb");
  });

test("what the model itself doubts is not sure, and an empty line says nothing", async () => {
  const line = write([2, 0, 2, 1, 2], 91);
  const doubted = (await open({ threshold: 1 }).look(line)).read("text");
  assert.is(doubted.text, "ab");
  assert.not(doubted.sure);
  const empty = (await open({}).look(write([2, 2, 2, 2], 92))).read("text");
  assert.equal(empty, { text: "", confidence: 0, letters: [], sure: false });
});

test("a closed list is read as one of its entries, and what had to be bent to it is not sure", async () => {
  const seen = await open({ own: true }).look(write([2, 0, 2, 1, 2], 94));
  assert.is(seen.read({ oneOf: ["ab", "ba"] }).text, "ab");
  const bent = seen.read({ oneOf: ["bb", "ba"] });
  assert.ok(bent.confidence < 0.3 && !bent.sure, `bent to ${bent.text}, ${bent.confidence}`);
});

test("a calibration decides how sure a line is, and each of its characters", async () => {
  const letter = [
    [0, 0.1],
    [1, 0.5],
  ];
  const calibration = (bias: number) => ({
    temperature: 1.5,
    letter,
    line: [0, 0, 0, 0, 0, bias],
    fittedOn: "nothing, to be seen here",
  });
  const never = (await open({ own: true, calibration: calibration(-3) }).look(aabb(95))).read("text");
  assert.not(never.sure);
  assert.ok(Math.abs(never.confidence - 1 / (1 + Math.exp(3))) < 1e-9);
  assert.ok(never.letters.every((chance) => chance > 0.1 && chance <= 0.5));
  const always = (await open({ own: true, calibration: calibration(3) }).look(aabb(95))).read("text");
  assert.ok(always.sure && always.text === "aabb");
  const falling = {
    ...calibration(0),
    letter: [
      [0, 0.5],
      [1, 0.2],
    ],
  };
  assert.throws(() => openHandwriting(manifestOf({ own: true, calibration: falling })), /wrong at models/);
});

for (const [own, name] of [
  [false, "hand.bin"],
  [true, "hand.mchm"],
] as const)
  test(`${name} that is not the one that the manifest states is refused, and named`, async () => {
    const reader = open({ own });
    const file = join(folder, name);
    const bytes = readFileSync(file);
    const bent = Buffer.from(bytes);
    bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
    writeFileSync(file, bent);
    try {
      const fault = await faultOf(reader.look(aabb(96)));
      assert.is(fault.code, "model.unusable");
      assert.match(fault.detail, new RegExp(`bars: ${name} .*sha256 differs`));
    } finally {
      writeFileSync(file, bytes);
    }
  });

test("a model with other classes than its alphabet is refused", async () => {
  const fault = await faultOf(open({ alphabet: "abc" }).look(write([0, 2], 93)));
  assert.match(fault.detail, /3 classes a step, its alphabet and the blank are 4/);
});

test.run();
