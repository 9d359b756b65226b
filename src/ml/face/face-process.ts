// What does the face process do with each frame? (The net takes a tenth of a second and 150 MB.)
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import { OWN_MANIFEST, readModel } from "../models.js";
import { serveProcess } from "../serve-process.js";
import { loadTensorFlow } from "../tf.js";
import { type FaceBox, type FaceFinder, INPUT_PX, loadFaceFinder } from "./blazeface.js";
import type { Look } from "./face-watcher.js";

export interface LookTask {
  readonly jpeg: Uint8Array;
}

const LARGEST_FRAME_PX = 50e6;

interface Letterboxed {
  readonly data: Uint8Array;
  /** Where the frame lies in the square. */
  readonly width: number;
  readonly height: number;
}

const letterbox = async (jpeg: Uint8Array): Promise<Letterboxed> => {
  try {
    const { data, info } = await sharp(jpeg, {
      limitInputPixels: LARGEST_FRAME_PX,
      failOn: "error",
      pages: 1,
    })
      .rotate()
      .flatten({ background: "#000" })
      .toColourspace("srgb")
      .resize(INPUT_PX, INPUT_PX, { fit: "inside" })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const square = new Uint8Array(INPUT_PX * INPUT_PX * 3);
    const left = Math.floor((INPUT_PX - info.width) / 2);
    const top = Math.floor((INPUT_PX - info.height) / 2);
    for (let y = 0; y < info.height; y += 1) {
      const row = data.subarray(y * info.width * 3, (y + 1) * info.width * 3);
      square.set(row, ((top + y) * INPUT_PX + left) * 3);
    }
    return { data: square, width: info.width, height: info.height };
  } catch (cause) {
    throw new FaultError("faceCamera.stalled", "the face camera's picture can not be decoded", { cause });
  }
};

const share = (face: FaceBox, { width, height }: Letterboxed): number =>
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
    const frame = await letterbox(jpeg);
    const faces = await find({ width: INPUT_PX, height: INPUT_PX, data: frame.data });
    const largestFraction = Math.max(0, ...faces.map((face) => share(face, frame)));
    return { faces: faces.length, largestFraction: Number(largestFraction.toFixed(4)) };
  },
  fallback: "model.unusable",
});
