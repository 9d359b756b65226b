// What does the face process do with each frame? (The net takes a tenth of a second and 150 MB.)
import sharp from "sharp";
import { OWN_MANIFEST, readModel } from "../models.js";
import type { Rgb } from "../page/raster.js";
import { serveProcess } from "../serve-process.js";
import { loadTensorFlow } from "../tf.js";
import { type FaceBox, type FaceFinder, INPUT_PX, loadFaceFinder } from "./blazeface.js";
import type { Look } from "./face-watcher.js";
import { decodePicture, inSquare } from "./picture.js";

export interface LookTask {
  readonly jpeg: Uint8Array;
}

const share = (face: FaceBox, { width, height }: Rgb): number =>
  Math.min(1, ((face.right - face.left) * (face.bottom - face.top)) / (width * height));

sharp.cache(false);
sharp.concurrency(1);

const load = async (): Promise<FaceFinder> =>
  loadFaceFinder(await loadTensorFlow(), readModel("blazeface", new URL(process.argv[2] ?? OWN_MANIFEST)));

// Loaded by the first task, so that a model that is refused answers the task and not an empty room.
let finder: Promise<FaceFinder> | null = null;

serveProcess<LookTask, Look>({
  act: async ({ jpeg }) => {
    finder ??= load();
    const find = await finder;
    const frame = await decodePicture(jpeg, INPUT_PX);
    const faces = await find((await inSquare(frame, INPUT_PX)).pixels);
    const largestFraction = Math.max(0, ...faces.map((face) => share(face, frame)));
    return { faces: faces.length, largestFraction: Number(largestFraction.toFixed(4)) };
  },
  fallback: "model.unusable",
});
