// How long does one comparison take against the package that the weights come from, and how large is the process?
import { readFileSync } from "node:fs";
import { FaceEyes } from "../../src/ml/face/eyes.js";
import { createFaceVerifier } from "../../src/ml/face/face-verifier.js";
import { alignedFace } from "../../src/ml/face/geometry.js";
import { distanceOf } from "../../src/ml/face/match.js";
import { decodePicture } from "../../src/ml/face/picture.js";
import { OWN_MANIFEST } from "../../src/ml/models.js";
import { peerDescriptor } from "../ml/face-peer.js";
import { frameOf, PEOPLE } from "../ml/face-scenes.js";
import { workProcesses } from "../ml/reader-rig.js";
import { type BenchRow, row } from "./row.js";

const ROUNDS = 24;
const WARM_UP = 4;
const GOAL_MEGABYTES = 250;

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;

const timed = async (act: () => unknown): Promise<number> => {
  const since = performance.now();
  await act();
  return performance.now() - since;
};

/** Ours and theirs in turns, so that a busy moment hits both: describe two aligned faces and compare. */
const pairTimes = async (): Promise<{
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}> => {
  const eyes = await FaceEyes.open(OWN_MANIFEST);
  const describePeer = await peerDescriptor();
  const load = async (who: "a" | "c") => {
    const picture = await decodePicture(await frameOf(PEOPLE[who]), 960);
    const { face } = await eyes.look(picture);
    if (face === null) throw new Error("no face on the sample");
    return { picture, face, aligned: alignedFace(picture, face.landmarks, eyes.matcher.inputPx) };
  };
  const [one, other] = [await load("a"), await load("c")];
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const mine = await timed(async () =>
      distanceOf(
        await eyes.describe(one.picture, one.face),
        await eyes.describe(other.picture, other.face),
        "euclidean",
      ),
    );
    const theirs = await timed(() =>
      distanceOf(describePeer(one.aligned), describePeer(other.aligned), "euclidean"),
    );
    if (round < WARM_UP) continue;
    ours.push(mine);
    peer.push(theirs);
  }
  return { ours, peer };
};

const PEER = "face-api FaceRecognitionNet, same crops";

const faceRow = async (share: number): Promise<BenchRow> => {
  const { ours, peer } = await pairTimes();
  return row({
    name: `face pair: align, describe, compare p${share * 100}`,
    ours: percentile(ours, share),
    peer: percentile(peer, share),
    peerName: PEER,
    unit: "ms",
    better: "lower",
    goal: 1.25,
  });
};

export const faceMedianRow = (): Promise<BenchRow> => faceRow(0.5);
export const faceTailRow = (): Promise<BenchRow> => faceRow(0.95);

/** Peak of the process over a portrait and a dozen frames. */
export const faceMemoryRow = async (): Promise<BenchRow> => {
  const verifier = createFaceVerifier();
  try {
    await verifier.expect(await frameOf(PEOPLE.a, { size: 0.5, seed: 99 }));
    for (let frame = 1; frame <= 12; frame += 1)
      await verifier.look(await frameOf(PEOPLE.a, { seed: frame }), frame * 300);
    const [pid = 0] = workProcesses();
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return row({
      name: "face process, peak resident memory",
      ours: Number(kilobytes) / 1_024,
      peer: GOAL_MEGABYTES,
      peerName: "the budget of issue 4",
      unit: "MB",
      better: "lower",
      goal: 1,
    });
  } finally {
    await verifier.close();
  }
};
