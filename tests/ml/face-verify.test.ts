// Are faces found, judged and compared as the manifest says? (People of the library's own sample photographs.)
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaceEyes } from "../../src/ml/face/eyes.js";
import { createFaceVerifier } from "../../src/ml/face/face-verifier.js";
import { alignedFace } from "../../src/ml/face/geometry.js";
import { distanceOf, matchOf } from "../../src/ml/face/match.js";
import { decodePicture } from "../../src/ml/face/picture.js";
import type { Progress } from "../../src/ml/face/session.js";
import { OWN_MANIFEST } from "../../src/ml/models.js";
import { peerDescriptor } from "./face-peer.js";
import { FRAME, frameOf, PEOPLE, type Scene, sampleFile } from "./face-scenes.js";
import { faultOf, untilNoProcess, workProcesses } from "./reader-rig.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-face-verify-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const eyes = await FaceEyes.open(OWN_MANIFEST);
const { matcher } = eyes;

const seen = async (who: keyof typeof PEOPLE, scene: Scene = {}) => {
  const picture = await decodePicture(await frameOf(PEOPLE[who], scene), 960);
  const look = await eyes.look(picture);
  if (look.face === null) throw new Error("no face");
  return { ...look, face: look.face };
};
const described = async (who: keyof typeof PEOPLE, scene: Scene = {}): Promise<Float32Array> => {
  const { picture, face } = await seen(who, scene);
  return eyes.describe(picture, face);
};

test("the descriptor is the package's own on the same aligned face", async () => {
  const { picture, face } = await seen("a");
  const aligned = alignedFace(picture, face.landmarks, matcher.inputPx);
  const ours = await eyes.describe(picture, face);
  const theirs = (await peerDescriptor())(aligned);
  assert.is(ours.length, 128);
  const largest = Math.max(...ours.map((value, k) => Math.abs(value - (theirs[k] ?? Number.NaN))));
  assert.ok(largest < 1e-4, `differs by ${largest}`);
});

test("one person in other light, from nearer and less sharp is the same; others are not", async () => {
  const portrait = await described("a", { size: 0.5, seed: 9 });
  for (const scene of [
    { size: 0.3 },
    { brightness: 0.75 },
    { brightness: 1.6 },
    { blurPx: 2 },
    { right: 0.1 },
  ]) {
    const distance = distanceOf(portrait, await described("a", scene), matcher.metric);
    assert.is(matchOf(distance, matcher), "same", `${JSON.stringify(scene)}: ${distance.toFixed(2)}`);
  }
  for (const who of ["c", "d"] as const)
    assert.is(matchOf(distanceOf(portrait, await described(who), matcher.metric), matcher), "different", who);
});

test("no two people of one photograph are the same", async () => {
  let pairs = 0;
  for (const sample of [2, 3]) {
    const picture = await decodePicture(sampleFile(sample), 1_920);
    const faces = await eyes.faces(picture);
    const all: Float32Array[] = [];
    for (const face of faces) all.push(await eyes.describe(picture, face));
    for (const [i, one] of all.entries())
      for (const other of all.slice(i + 1)) {
        assert.is.not(matchOf(distanceOf(one, other, matcher.metric), matcher), "same");
        pairs += 1;
      }
  }
  assert.is(pairs, 6);
});

const advice = async (who: keyof typeof PEOPLE, scene: Scene): Promise<string> =>
  (await seen(who, scene)).advice;

test("each thing that is wrong has its instruction", async () => {
  assert.is(await advice("a", {}), "good");
  assert.is(await advice("c", {}), "good");
  assert.is(await advice("a", { size: 0.8 }), "stepBack");
  assert.is(await advice("a", { right: 0.3 }), "centre");
  assert.is(await advice("a", { brightness: 0.2 }), "tooDark");
  assert.is(await advice("a", { turn: 0.9 }), "lookStraight");
  assert.is(await advice("a", { blurPx: 5 }), "holdStill");
  // Next to b stands a second person of that photograph.
  assert.is(await advice("b", {}), "onePersonOnly");
  const far = await sharp({ create: { ...FRAME, channels: 3, background: "#8c9296" } })
    .composite([
      {
        input: await sharp(await frameOf(PEOPLE.a, {}))
          .resize(300)
          .toBuffer(),
        left: 220,
        top: 170,
      },
    ])
    .jpeg()
    .toBuffer();
  assert.is((await eyes.look(await decodePicture(far, 960))).advice, "comeCloser");
  const bright = await frameOf(PEOPLE.a, { squeeze: 0.5, brightness: 0.9 });
  const backlit = await sharp(bright)
    .composite([
      { input: { create: { width: 160, height: 480, channels: 3, background: "#ffffff" } }, left: 0, top: 0 },
      {
        input: { create: { width: 160, height: 480, channels: 3, background: "#ffffff" } },
        left: 480,
        top: 0,
      },
    ])
    .jpeg()
    .toBuffer();
  assert.is((await eyes.look(await decodePicture(backlit, 960))).advice, "turnToLight");
  const empty = sharp({ create: { ...FRAME, channels: 3, background: "#a0a0a0" } });
  assert.is((await eyes.look(await decodePicture(await empty.jpeg().toBuffer(), 960))).advice, "centre");
});

test("a warped turn moves the pose as asked; a photograph that is turned itself does not", async () => {
  const straight = (await seen("a")).pose.yaw;
  assert.ok((await seen("a", { turn: 0.9 })).pose.yaw - straight > 0.4);
  assert.ok((await seen("a", { turn: -0.9 })).pose.yaw - straight < -0.4);
  for (const squeeze of [0.8, 0.65, 0.5])
    assert.ok(Math.abs((await seen("a", { squeeze })).pose.yaw - straight) < 0.3, `squeezed to ${squeeze}`);
});

const portraitOf = (who: keyof typeof PEOPLE): Promise<Buffer> =>
  frameOf(PEOPLE[who], { size: 0.5, seed: 99 });

test("in the process: who turns as asked passes, with nothing but codes and bands coming out", async () => {
  const verifier = createFaceVerifier();
  try {
    await verifier.expect(await portraitOf("a"));
    let progress: Progress = { coach: "good", fraction: 0, result: null };
    for (let frame = 1; frame < 40 && progress.result === null; frame += 1) {
      const turn = progress.coach === "turnLeft" ? 0.9 : progress.coach === "turnRight" ? -0.9 : 0;
      progress = await verifier.look(await frameOf(PEOPLE.a, { turn, seed: frame }), frame * 400);
      assert.equal(Object.keys(progress).sort(), ["coach", "fraction", "result"]);
    }
    assert.equal(progress.result, {
      match: "same",
      band: "strong",
      liveness: "pass",
      challenge: "pass",
      passive: "pass",
    });
    const [pid = 0] = workProcesses();
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    assert.ok(Number(peak) / 1_024 < 270, `${peak} kB`);
  } finally {
    await verifier.close();
  }
});

test("a photograph held before the camera, trembling and turned, and a frozen picture do not pass", async () => {
  const verifier = createFaceVerifier();
  try {
    for (const kind of ["photograph", "frozen"] as const) {
      await verifier.expect(await portraitOf("a"));
      let progress: Progress = { coach: "good", fraction: 0, result: null };
      for (let frame = 1; frame <= 14 && progress.result === null; frame += 1) {
        const scene: Scene =
          kind === "frozen"
            ? {}
            : {
                seed: frame,
                right: ((frame % 5) - 2) * 0.004,
                squeeze: frame < 4 ? 1 : 1 - (frame % 4) * 0.1,
              };
        progress = await verifier.look(await frameOf(PEOPLE.a, scene), frame * 1_400);
      }
      if (kind === "frozen")
        assert.ok(progress.result === null && progress.fraction < 0.2, JSON.stringify(progress));
      else assert.equal([progress.result?.match, progress.result?.liveness], ["same", "unsure"]);
    }
  } finally {
    await verifier.close();
  }
});

test("a process killed in the middle is a fault; the next comparison works; idle gives the memory back", async () => {
  const verifier = createFaceVerifier({ idleMs: 400 });
  const portrait = await portraitOf("c");
  const frame = await frameOf(PEOPLE.c, {});
  await verifier.expect(portrait);
  const lost = faultOf(verifier.look(frame, 1));
  for (const pid of workProcesses()) process.kill(pid, "SIGKILL");
  assert.is((await lost).code, "model.unusable");
  assert.is((await faultOf(verifier.look(frame, 2))).code, "face.noPortrait");
  await verifier.expect(portrait);
  assert.is((await verifier.look(frame, 3)).coach, "good");
  assert.is(workProcesses().length, 1);
  await sleep(600);
  await untilNoProcess();
  assert.equal(workProcesses(), []);
  await verifier.close();
});

test("a portrait without a face, and what is no picture, are told as such", async () => {
  const verifier = createFaceVerifier();
  try {
    const blank = await sharp({ create: { width: 300, height: 400, channels: 3, background: "#ccc" } })
      .jpeg()
      .toBuffer();
    assert.is((await faultOf(verifier.expect(blank))).code, "face.noPortrait");
    assert.is((await faultOf(verifier.expect(new Uint8Array(9)))).code, "face.noPortrait");
    await verifier.expect(await portraitOf("a"));
    assert.is((await faultOf(verifier.look(new Uint8Array(9), 1))).code, "faceCamera.stalled");
  } finally {
    await verifier.close();
  }
});

const peerFolder = join(
  dirname(createRequire(import.meta.url).resolve("@vladmandic/face-api")),
  "..",
  "model",
);
type Entry = Record<string, unknown>;

const manifestWith = (change: (model: Entry) => void): URL => {
  const own = JSON.parse(readFileSync(OWN_MANIFEST, "utf8")) as { models: Entry[] };
  change(own.models.find(({ name }) => name === "face-recognition") ?? {});
  const file = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(file, JSON.stringify(own));
  return pathToFileURL(file);
};

test("weights that differ by one bit, and limits that cross, are refused", async () => {
  const names = ["face_recognition_model-weights_manifest.json", "face_recognition_model.bin"] as const;
  for (const name of names) copyFileSync(join(peerFolder, name), join(folder, name));
  const weights = readFileSync(join(folder, names[1]));
  weights.writeUInt8(weights.readUInt8(77_777) ^ 1, 77_777);
  writeFileSync(join(folder, names[1]), weights);
  const refused = async (change: (model: Entry) => void): Promise<string> => {
    const fault = await faultOf(FaceEyes.open(manifestWith(change)));
    assert.is(fault.code, "model.unusable");
    return fault.detail;
  };
  const elsewhere = (model: Entry): void => {
    delete model["package"];
    model["folder"] = folder;
  };
  assert.match(await refused(elsewhere), /face_recognition_model\.bin is not the file/);
  assert.match(await refused((model) => delete model["matcher"]), /no matcher/);
  const crossed = { ...matcher, same: { ...matcher.same, distance: 0.9 } };
  assert.match(await refused((model) => Object.assign(model, { matcher: crossed })), /manifest is wrong/);
  const small = { ...matcher, inputPx: 112 };
  assert.match(await refused((model) => Object.assign(model, { matcher: small })), /takes 150/);
});

test("an operator's own graph model, with its own input, metric and limits, takes the place", async () => {
  // Any graph model that gives numbers will do here: the liveness net's two, of 32 pixels.
  const human = join(dirname(createRequire(import.meta.url).resolve("@vladmandic/human")), "..", "models");
  const hash = (name: string): string =>
    createHash("sha256")
      .update(readFileSync(join(human, name)))
      .digest("hex");
  const limit = { falseMatchRate: 0.5, source: "no source: a test's own" };
  const own = await FaceEyes.open(
    manifestWith((model) => {
      delete model["package"];
      Object.assign(model, {
        folder: human,
        files: ["liveness.json", "liveness.bin"].map((name) => ({ name, sha256: hash(name) })),
        matcher: {
          network: "graph",
          metric: "cosine",
          inputPx: 32,
          same: { distance: 0.1, ...limit },
          different: { distance: 0.2, ...limit },
          measuredHere: "nothing",
        },
      });
    }),
  );
  const { picture, face } = await seen("a");
  const numbers = await own.describe(picture, face);
  assert.is(numbers.length, 2);
  assert.ok(Math.abs((numbers[0] ?? 0) + (numbers[1] ?? 0) - 1) < 1e-3);
  assert.equal([own.matcher.metric, own.matcher.same.distance], ["cosine", 0.1]);
});

test.run();
