// Does the face camera's picture show a face, and is a model refused that is not the one that was measured?
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeGrid } from "../../src/ml/face/blazeface.js";
import { createFaceWatcher } from "../../src/ml/face/face-watcher.js";
import { OWN_MANIFEST, readModel } from "../../src/ml/models.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { faultOf, untilNoProcess, workProcesses } from "./reader-rig.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-face-"));
const watcher = createFaceWatcher();
test.after(async () => {
  await watcher.close();
  rmSync(folder, { recursive: true, force: true });
});

/** NASA's portrait of an astronaut (public domain) out of Debian's python3-skimage; never kept in the tree. */
const fetchPortrait = (): Buffer | null => {
  const run = (command: string, args: readonly string[]) =>
    spawnSync(command, args, { cwd: folder, timeout: 60_000, maxBuffer: 1 << 26 });
  if (run("apt-get", ["download", "-q", "python3-skimage"]).status !== 0) return null;
  const script = "dpkg-deb --fsys-tarfile python3-skimage_*.deb | tar -xO --wildcards '*/data/astronaut.png'";
  const { status, stdout } = run("sh", ["-c", script]);
  return status === 0 && stdout.length > 100_000 ? stdout : null;
};

const portrait = fetchPortrait();
if (portrait === null)
  process.stdout.write(
    "SKIPPED: faces in a photograph (python3-skimage can not be downloaded by apt-get here)\n",
  );
const withPortrait = portrait === null ? test.skip : test;

/** The portrait, `width` of 1280 wide, in a frame as the face camera gives it. */
const scene = (faces: readonly { readonly left: number; readonly width: number }[]): Promise<Buffer> =>
  Promise.all(
    faces.map(async ({ left, width }) => ({
      left,
      top: 60,
      input: await sharp(portrait ?? undefined)
        .resize({ width })
        .png()
        .toBuffer(),
    })),
  ).then((layers) =>
    sharp({ create: { width: 1_280, height: 960, channels: 3, background: "#9aa3a8" } })
      .composite(layers)
      .jpeg({ quality: 85 })
      .toBuffer(),
  );

withPortrait("one person is one face, larger when nearer", async () => {
  const near = await watcher.look(await scene([{ left: 240, width: 860 }]));
  const far = await watcher.look(await scene([{ left: 400, width: 480 }]));
  assert.is(near.faces, 1);
  assert.is(far.faces, 1);
  assert.ok(near.largestFraction > 0.012 && near.largestFraction < 0.1, String(near.largestFraction));
  // Head and hair are a fifth of the portrait's width; the area goes with its square.
  const ratio = near.largestFraction / far.largestFraction;
  assert.ok(ratio > 2 && ratio < 5, ratio.toFixed(2));
});

withPortrait("two people are two faces", async () => {
  const { faces } = await watcher.look(
    await scene([
      { left: 20, width: 600 },
      { left: 650, width: 600 },
    ]),
  );
  assert.is(faces, 2);
});

withPortrait("a dim, grey and noisy frame still shows the face", async () => {
  const noise = await sharp({
    create: {
      width: 1_280,
      height: 960,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 40, sigma: 14 },
    },
  })
    .png()
    .toBuffer();
  const dim = await sharp(await scene([{ left: 240, width: 860 }]))
    .modulate({ brightness: 0.35 })
    .composite([{ input: noise, blend: "add" }])
    .jpeg({ quality: 60 })
    .toBuffer();
  assert.is((await watcher.look(dim)).faces, 1);
});

const EMPTY = { faces: 0, largestFraction: 0 };

test("an empty room, darkness and a paper have no face", async () => {
  const room = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="960"><rect width="1280" height="960" fill="#b8b2a6"/><rect y="700" width="1280" height="260" fill="#6d6358"/><rect x="820" y="120" width="300" height="560" fill="#8a9aa8"/><circle cx="300" cy="250" r="70" fill="#e8e8e0"/></svg>',
  );
  assert.equal(await watcher.look(await sharp(room).jpeg().toBuffer()), EMPTY);
  const dark = sharp({ create: { width: 1_280, height: 960, channels: 3, background: "#050505" } });
  assert.equal(await watcher.look(await dark.jpeg().toBuffer()), EMPTY);
  assert.equal(await watcher.look(await renderSamplePaper("birthCertificate", 11, { camera: false })), EMPTY);
});

test("what is no picture is a fault of the camera, and the next look works", async () => {
  for (const bytes of [new Uint8Array(0), Buffer.from("not a picture")]) {
    const fault = await faultOf(watcher.look(bytes));
    assert.is(fault.code, "faceCamera.stalled");
  }
  const grey = sharp({ create: { width: 640, height: 480, channels: 3, background: "#888" } });
  assert.equal(await watcher.look(await grey.jpeg().toBuffer()), EMPTY);
});

test("a look that is not wanted any more ends, a crash fails one look, close leaves no process", async () => {
  const other = createFaceWatcher();
  const jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: "#888" } })
    .jpeg()
    .toBuffer();
  const reason = new Error("enough");
  const cancel = new AbortController();
  const looking = other.look(jpeg, cancel.signal);
  cancel.abort(reason);
  await looking.then(
    () => assert.unreachable(),
    (error: unknown) => assert.is(error, reason),
  );
  assert.equal(await other.look(jpeg), EMPTY);
  const before = workProcesses();
  const lost = faultOf(other.look(jpeg));
  for (const pid of before) process.kill(pid, "SIGKILL");
  assert.is((await lost).code, "model.unusable");
  assert.equal(await other.look(jpeg), EMPTY);
  await other.close();
  await watcher.close();
  await untilNoProcess();
  assert.equal(workProcesses(), []);
});

const installed = (file: string): string =>
  join(dirname(createRequire(import.meta.url).resolve("@vladmandic/human")), "..", "models", file);

const manifestWith = (change: (model: Record<string, unknown>) => void): URL => {
  const own = JSON.parse(readFileSync(OWN_MANIFEST, "utf8")) as { models: Record<string, unknown>[] };
  const model = own.models[0] ?? {};
  change(model);
  const file = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(file, JSON.stringify(own));
  return pathToFileURL(file);
};

test("a model that differs by one bit, is missing or is not named is refused before it is loaded", async () => {
  copyFileSync(installed("blazeface.json"), join(folder, "blazeface.json"));
  const weights = readFileSync(installed("blazeface.bin"));
  weights.writeUInt8(weights.readUInt8(4_711) ^ 1, 4_711);
  writeFileSync(join(folder, "blazeface.bin"), weights);
  const own = (model: Record<string, unknown>): void => {
    delete model["package"];
    model["folder"] = folder;
  };
  const tampered = createFaceWatcher({ manifest: manifestWith(own) });
  const fault = await faultOf(tampered.look(new Uint8Array(1)));
  await tampered.close();
  assert.is(fault.code, "model.unusable");
  assert.match(fault.detail, /blazeface\.bin is not the file/);
  const codeOf = (manifest: URL, name = "blazeface"): string => {
    try {
      readModel(name, manifest);
    } catch (error) {
      return String((error as { code?: string }).code);
    }
    return "accepted";
  };
  rmSync(join(folder, "blazeface.bin"));
  assert.is(codeOf(manifestWith(own)), "model.unusable");
  assert.is(codeOf(OWN_MANIFEST, "nobody"), "model.unusable");
  assert.is(codeOf(manifestWith((model) => Object.assign(model, { threshold: 7 }))), "model.unusable");
  assert.is(codeOf(pathToFileURL(join(folder, "absent.json"))), "model.unusable");
});

test("an operator's own folder is accepted when its hashes are stated", () => {
  const file = join(folder, "own.bin");
  writeFileSync(file, "weights");
  const sha256 = createHash("sha256").update("weights").digest("hex");
  const manifest = manifestWith((model) => {
    delete model["package"];
    Object.assign(model, { folder, files: [{ name: "own.bin", sha256 }], threshold: 0.7 });
  });
  const model = readModel("blazeface", manifest);
  assert.is(model.threshold, 0.7);
  assert.is(Buffer.from(model.files.get("own.bin") ?? []).toString(), "weights");
});

test("a grid's rows become boxes around their anchors", () => {
  const boxes = new Float32Array(8 * 16);
  boxes.set([2, -3, 40, 50], 5 * 16);
  const scores = new Float32Array(8).fill(-9);
  scores[5] = 3;
  // Two cells a side, two anchors a cell: anchor 5 is in cell 2, the lower left one.
  const [face, ...more] = decodeGrid({ cells: 2, anchors: 2, scores, boxes }, 0.5);
  assert.equal(more, []);
  assert.equal(
    [face?.left, face?.top, face?.right, face?.bottom],
    [64 + 2 - 20, 192 - 3 - 25, 64 + 2 + 20, 192 - 3 + 25],
  );
  assert.equal(decodeGrid({ cells: 2, anchors: 2, scores: [Number.NaN], boxes: [1, 1, 1, 1] }, 0.5), []);
});

test.run();
