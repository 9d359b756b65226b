// Does the network built from the weight file answer what the trainer's own library answered, on both backends?
//
// tests/ml/handwriting/tiny-network.* were written by `export.py --random 3`: every kind of step, random weights.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Tf from "@tensorflow/tfjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { buildNetwork } from "../../src/ml/handwriting/network.js";
import { readWeights } from "../../src/ml/handwriting/weights.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { loadTensorFlow } from "../../src/ml/tf.js";

interface Reference {
  readonly heightPx: number;
  readonly cases: readonly { readonly width: number; readonly grey: number[]; readonly logits: number[] }[];
}

const folder = new URL("./handwriting/", import.meta.url);
const bytes = (): Uint8Array => new Uint8Array(readFileSync(new URL("tiny-network.bin", folder)));
const reference = (): Reference => JSON.parse(readFileSync(new URL("tiny-network.json", folder), "utf8"));

const compare = async (tf: typeof Tf): Promise<void> => {
  const file = readWeights(bytes());
  const network = buildNetwork(tf, file);
  const { heightPx, cases } = reference();
  for (const { width, grey, logits } of cases) {
    const answer = await network.logits({ width, height: heightPx, data: Uint8Array.from(grey) });
    assert.is(answer.classes, [...file.header.alphabet].length + 1);
    assert.is(answer.steps, width / file.header.pixelsAStep);
    assert.is(answer.data.length, logits.length);
    const off = answer.data.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (logits[i] as number))),
      0,
    );
    assert.ok(off < 1e-3, `${tf.getBackend()}: off by ${off} at ${width} px`);
    assert.ok(Math.max(...logits) - Math.min(...logits) > 1, "a reference that says nothing");
  }
  const before = tf.memory().numTensors;
  await network.logits({ width: 61, height: heightPx, data: new Uint8Array(61 * heightPx).fill(255) });
  assert.is(tf.memory().numTensors, before, "a reading leaves no tensor behind");
  network.dispose();
};

test("WebAssembly answers as the trainer did", async () => {
  const { tf } = await loadTensorFlow();
  await compare(tf);
});

test("plain JavaScript answers as the trainer did", async () => {
  const tf = createRequire(import.meta.url)("@tensorflow/tfjs") as typeof Tf;
  const before = tf.getBackend();
  assert.ok(await tf.setBackend("cpu"));
  await compare(tf);
  await tf.setBackend(before);
});

test("a line of another height is refused in words", async () => {
  const { tf } = await loadTensorFlow();
  const network = buildNetwork(tf, readWeights(bytes()));
  const wrong = await network.logits({ width: 8, height: 9, data: new Uint8Array(72) }).then(
    () => null,
    (error: unknown) => error,
  );
  assert.instance(wrong, RangeError);
  network.dispose();
});

test("a file that is cut off or spoilt is refused as an unusable model, never half read", () => {
  const whole = bytes();
  const random = seededRandom(11);
  const refused = (spoilt: Uint8Array, what: string): void => {
    let error: unknown;
    try {
      const file = readWeights(spoilt);
      for (const step of file.header.steps)
        if ("weight" in step) for (const place of [step.weight, step.bias]) file.values(place);
    } catch (thrown) {
      error = thrown;
    }
    assert.ok(error === undefined || error instanceof FaultError, `${what}: ${String(error)}`);
  };
  for (let length = 0; length < whole.length; length += 97) {
    const cut = whole.subarray(0, length);
    assert.throws(() => {
      const file = readWeights(cut);
      for (const step of file.header.steps) if ("weight" in step) file.values(step.weight);
    }, /handwriting network/);
  }
  for (let i = 0; i < 400; i += 1) {
    const spoilt = whole.slice();
    const at = random.integer(0, i % 2 === 0 ? 1500 : spoilt.length - 1);
    spoilt[at] = random.integer(0, 255);
    refused(spoilt, `byte ${at} is ${spoilt[at]}`);
  }
});

test.run();
