// How is the person before the face camera compared with the card's portrait?
import { portraitAsJpeg } from "../chip/portrait-image.js";
import { FaultError } from "../core/faults.js";
import type { Pii } from "../core/pii.js";
import type { CardPortrait } from "../flows/citizen.js";
import type { FaceOutcome } from "../flows/effects.js";
import type { FaceCoach } from "../flows/events.js";
import type { Camera } from "../hal/camera/camera.js";
import type { Supervised } from "../hal/device.js";
import { createFaceVerifier, type FaceVerifier } from "../ml/face/face-verifier.js";
import type { FaceResult } from "../ml/face/session.js";
import { NewestFrame } from "./newest-frame.js";

export interface FaceParts {
  readonly camera: Supervised<Camera>;
  /** A fresh one for each comparison: its process ends with it. */
  readonly newVerifier?: () => FaceVerifier;
}

/** The models want 960 px and look at two to four frames a second. */
const PREVIEW = { widthPx: 960, heightPx: 720, framesPerSecond: 6 } as const;

const outcomeOf = ({ match, band, liveness, challenge, passive }: FaceResult): FaceOutcome => ({
  match,
  live: liveness === "pass",
  evidence: `face: ${match} (band ${band}), liveness: ${liveness} (challenge ${challenge}, passive ${passive})`,
});

/** A word that changes from frame to frame helps nobody: advice is given once it was seen twice. */
class SteadyCoach {
  #shown: FaceCoach = "centre";
  #seen: FaceCoach = "centre";

  take(coach: FaceCoach): FaceCoach {
    // A turn that was done is done at once.
    if (coach === this.#seen || coach === "turnLeft" || coach === "turnRight" || coach === "good")
      this.#shown = coach;
    this.#seen = coach;
    return this.#shown;
  }
}

const expectPortrait = async (
  verifier: FaceVerifier,
  portrait: Pii<CardPortrait>,
  signal: AbortSignal,
): Promise<void> => {
  const image = await portraitAsJpeg(portrait.reveal()).catch((cause: unknown) => {
    throw new FaultError("face.noPortrait", "the portrait of the chip does not decode", { cause });
  });
  await verifier.expect(image.jpeg, signal);
};

/**
 * Ends with an answer, with a `FaultError` ("face.noPortrait", "faceCamera.…", "model.unusable") or with the signal.
 * No frame and no number is left behind: the process that saw them ends with this.
 */
export const verifyFace = async (
  { camera, newVerifier = createFaceVerifier }: FaceParts,
  portrait: Pii<CardPortrait>,
  onProgress: (coach: FaceCoach, fraction: number) => void,
  signal: AbortSignal,
): Promise<FaceOutcome> => {
  const verifier = newVerifier();
  const frames = new NewestFrame();
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  const coach = new SteadyCoach();
  try {
    await expectPortrait(verifier, portrait, signal);
    const watching = camera
      .use((open) => open.preview((frame) => frames.put(frame), PREVIEW, stop))
      .then((): never => {
        signal.throwIfAborted();
        throw new FaultError("faceCamera.stalled", "the preview ended by itself");
      });
    watching.catch(() => undefined);
    for (;;) {
      const { jpeg, takenAtMs } = await Promise.race([frames.next(), watching]);
      const progress = await verifier.look(jpeg, takenAtMs, signal);
      if (progress.result !== null) return outcomeOf(progress.result);
      onProgress(coach.take(progress.coach), progress.fraction);
    }
  } finally {
    done.abort();
    await verifier.close();
  }
};
