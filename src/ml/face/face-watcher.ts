// Is somebody in front of the face camera? (Not who: no face is described or kept.)
import { FaultError } from "../../core/faults.js";
import { OWN_MANIFEST } from "../models.js";
import { WorkProcess } from "../work-process.js";
import type { LookTask } from "./face-process.js";

export interface Look {
  readonly faces: number;
  /** Area of the largest face over the frame's, 0 … 1; 0 without a face. */
  readonly largestFraction: number;
}

export interface FaceWatcher {
  /**
   * Any image file. Throws `FaultError` "faceCamera.stalled" for a picture that can not be decoded,
   * "model.unusable" when the model's files are not the ones of the manifest, or the signal's reason.
   */
  look(jpeg: Uint8Array, signal?: AbortSignal): Promise<Look>;
  /** Ends the process; no picture stays in memory. A later look starts another. */
  close(): Promise<void>;
}

export interface FaceWatcherOptions {
  /** The model manifest; an operator's own may name other files. */
  readonly manifest?: URL;
}

/** The first look loads the model: a second here, some on a small board. */
const LIMIT_MS = 60_000;

export const createFaceWatcher = ({ manifest = OWN_MANIFEST }: FaceWatcherOptions = {}): FaceWatcher => {
  const work = new WorkProcess<LookTask, Look>({
    script: new URL("./face-process.js", import.meta.url),
    name: "face process",
    loss: "model.unusable",
    args: [manifest.href],
  });
  return {
    look: async (jpeg, signal) => {
      const limit = AbortSignal.timeout(LIMIT_MS);
      const signals = signal === undefined ? [limit] : [limit, signal];
      try {
        return await work.run({ jpeg }, { signal: AbortSignal.any(signals) });
      } catch (error) {
        if (!limit.aborted || signal?.aborted === true) throw error;
        throw new FaultError("model.unusable", `looking for faces took more than ${LIMIT_MS / 1_000} s`);
      }
    },
    close: () => work.end(),
  };
};
