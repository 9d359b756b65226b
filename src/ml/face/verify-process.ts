// What does the process do that compares a living face with a card's portrait? (Only codes and bands leave it.)
import { createHash, randomInt } from "node:crypto";
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import { OWN_MANIFEST } from "../models.js";
import { serveProcess } from "../serve-process.js";
import { FaceEyes } from "./eyes.js";
import { decodePicture } from "./picture.js";
import { FaceSession, type Progress } from "./session.js";

export type VerifyTask =
  | { readonly kind: "portrait"; readonly image: Uint8Array }
  /** `atMs` of any monotonic clock. */
  | { readonly kind: "frame"; readonly jpeg: Uint8Array; readonly atMs: number };

/** `null` answers a portrait. */
export type VerifyAnswer = { readonly progress: Progress | null };

/** The face is then some 300 px wide: twice what the network sees. */
const LONGEST_FRAME_PX = 960;

sharp.cache(false);
sharp.concurrency(1);

let eyes: Promise<FaceEyes> | null = null;
let session: FaceSession | null = null;
let lastFrame = "";

const opened = (): Promise<FaceEyes> => {
  eyes ??= FaceEyes.open(new URL(process.argv[2] ?? OWN_MANIFEST));
  return eyes;
};

const begin = async (image: Uint8Array): Promise<void> => {
  session = null;
  const open = await opened();
  const picture = await decodePicture(image, LONGEST_FRAME_PX).catch((cause: unknown) => {
    throw new FaultError("face.noPortrait", "the portrait can not be decoded", { cause });
  });
  const [face] = await open.faces(picture);
  if (face === undefined) throw new FaultError("face.noPortrait", "no face is found on the portrait");
  const { real, live } = open.livingFrom;
  session = new FaceSession({
    reference: await open.describe(picture, face),
    matcher: open.matcher,
    realFrom: real,
    liveFrom: live,
    randomTurn: () => (randomInt(2) === 0 ? -1 : 1),
  });
};

const look = async (jpeg: Uint8Array, atMs: number): Promise<Progress> => {
  if (session === null) throw new FaultError("face.noPortrait", "frames came before a portrait");
  const open = await opened();
  const picture = await decodePicture(jpeg, LONGEST_FRAME_PX);
  // A sensor's noise never repeats: the same pixels again are a frozen picture, not a person.
  const frame = createHash("sha256").update(picture.data).digest("hex");
  const isFrozen = frame === lastFrame;
  lastFrame = frame;
  const { face, pose, advice } = await open.look(picture);
  const sighting = {
    atMs,
    advice: isFrozen && advice === "good" ? ("holdStill" as const) : advice,
    face:
      face === null
        ? null
        : {
            yaw: pose.yaw,
            centreX: (face.left + face.right) / 2,
            centreY: (face.top + face.bottom) / 2,
            width: face.right - face.left,
          },
  };
  const wanted = face !== null && session.wants(sighting);
  return session.take(sighting, wanted ? await open.proof(picture, face) : null);
};

serveProcess<VerifyTask, VerifyAnswer>({
  act: async (task) => {
    if (task.kind === "frame") return { progress: await look(task.jpeg, task.atMs) };
    await begin(task.image);
    return { progress: null };
  },
  fallback: "model.unusable",
});
