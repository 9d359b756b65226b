// Is the person before the camera the one of the portrait, and alive?
import { FaultError } from "../../core/faults.js";
import { OWN_MANIFEST } from "../models.js";
import { WorkProcess } from "../work-process.js";
import type { Progress } from "./session.js";
import type { VerifyAnswer, VerifyTask } from "./verify-process.js";

export interface FaceVerifier {
  /**
   * A JPEG or PNG: who is expected. Throws `FaultError` "face.noPortrait" when it shows no face, "model.unusable"
   * when a model is not the manifest's.
   */
  expect(portrait: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * One frame of the camera, not mirrored; `atMs` of a monotonic clock. Frames must come in order, each after
   * the answer to the one before. Throws "faceCamera.stalled" for what can not be decoded; "face.noPortrait"
   * when nobody is expected, also after the process was lost: then `expect` again.
   */
  look(jpeg: Uint8Array, atMs: number, signal?: AbortSignal): Promise<Progress>;
  /** Ends the process, and with it every picture and every number. */
  close(): Promise<void>;
}

export interface FaceVerifierOptions {
  /** The model manifest; an operator's own may name other models. */
  readonly manifest?: URL;
  /** Without a task for so long the process ends by itself; a minute when left out. */
  readonly idleMs?: number;
}

/** The first task loads the models: 2 s here, some on a small board. */
const LIMIT_MS = 60_000;
const IDLE_MS = 60_000;

export const createFaceVerifier = (options: FaceVerifierOptions = {}): FaceVerifier => {
  const { manifest = OWN_MANIFEST, idleMs = IDLE_MS } = options;
  const work = new WorkProcess<VerifyTask, VerifyAnswer>({
    script: new URL("./verify-process.js", import.meta.url),
    name: "face comparing process",
    loss: "model.unusable",
    args: [manifest.href],
  });
  let idle: NodeJS.Timeout | undefined;
  const run = async (task: VerifyTask, signal?: AbortSignal): Promise<VerifyAnswer> => {
    clearTimeout(idle);
    const limit = AbortSignal.timeout(LIMIT_MS);
    try {
      return await work.run(task, {
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
    } catch (error) {
      if (!limit.aborted || signal?.aborted === true) throw error;
      throw new FaultError("model.unusable", `comparing faces took more than ${LIMIT_MS / 1_000} s`);
    } finally {
      clearTimeout(idle);
      idle = setTimeout(() => void work.end(), idleMs).unref();
    }
  };
  return {
    expect: async (image, signal) => {
      await run({ kind: "portrait", image }, signal);
    },
    look: async (jpeg, atMs, signal) => {
      const { progress } = await run({ kind: "frame", jpeg, atMs }, signal);
      if (progress === null) throw new FaultError("model.unusable", "the face process answered nothing");
      return progress;
    },
    close: async () => {
      clearTimeout(idle);
      await work.end();
    },
  };
};
