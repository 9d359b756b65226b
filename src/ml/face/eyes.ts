// What do the models see on one picture: where the face is, how good it is, who and how alive?
import type { GraphModel } from "@tensorflow/tfjs";
import { readModel } from "../models.js";
import type { Rgb } from "../page/raster.js";
import { loadTensorFlow, type TensorFlow } from "../tf.js";
import { type FaceBox, type FaceFinder, INPUT_PX, loadFaceFinder } from "./blazeface.js";
import type { CoachCode } from "./coaching.js";
import { batchOf, type Describer, loadDescriber, valuesOf } from "./descriptor.js";
import { alignedFace, boxAround, boxedFace, inPicture, type Pose, poseOf } from "./geometry.js";
import { loadGraph } from "./graph.js";
import { inSquare } from "./picture.js";
import { coach, sharpnessOf } from "./quality.js";
import type { Proof } from "./session.js";

export interface Seen {
  readonly picture: Rgb;
  readonly face: FaceBox | null;
  readonly pose: Pose;
  readonly advice: CoachCode;
}

interface PassiveModel {
  readonly graph: GraphModel;
  readonly inputPx: number;
  readonly from: number;
}

/** Around the found box, for the second look: the face is then a third of the square. */
const SECOND_LOOK_MARGIN = 0.6;
const NO_POSE: Pose = { yaw: 0, pitch: 0, roll: 0 };

const area = ({ left, right, top, bottom }: FaceBox): number => (right - left) * (bottom - top);

export class FaceEyes {
  readonly #tensorFlow: TensorFlow;
  readonly #find: FaceFinder;
  readonly #describer: Describer;
  readonly #antispoof: PassiveModel;
  readonly #liveness: PassiveModel;

  private constructor(
    tensorFlow: TensorFlow,
    models: readonly [FaceFinder, Describer, PassiveModel, PassiveModel],
  ) {
    this.#tensorFlow = tensorFlow;
    [this.#find, this.#describer, this.#antispoof, this.#liveness] = models;
  }

  /** Reads and checks every model; a second and 150 MB. */
  static async open(manifest: URL): Promise<FaceEyes> {
    const tensorFlow = await loadTensorFlow();
    const passive = async (name: string, inputPx: number): Promise<PassiveModel> => {
      const model = readModel(name, manifest);
      return { graph: await loadGraph(tensorFlow, model), inputPx, from: model.threshold };
    };
    return new FaceEyes(tensorFlow, [
      await loadFaceFinder(tensorFlow, readModel("blazeface", manifest)),
      await loadDescriber(tensorFlow, readModel("face-recognition", manifest)),
      await passive("antispoof", 128),
      await passive("liveness", 32),
    ]);
  }

  get matcher(): Describer["matcher"] {
    return this.#describer.matcher;
  }

  get livingFrom(): { readonly real: number; readonly live: number } {
    return { real: this.#antispoof.from, live: this.#liveness.from };
  }

  /** Found on the whole picture, then looked at again from near: landmarks of a small face are rough. */
  async faces(picture: Rgb): Promise<readonly FaceBox[]> {
    const square = await inSquare(picture, INPUT_PX);
    const rough = (await this.#find(square.pixels)).map((face) => inPicture(face, square));
    const [largest, ...others] = [...rough].sort((a, b) => area(b) - area(a));
    if (largest === undefined) return [];
    const { square: near } = boxAround(largest, SECOND_LOOK_MARGIN, INPUT_PX);
    const again = await this.#find(boxedFace(picture, largest, SECOND_LOOK_MARGIN, INPUT_PX));
    const off = (face: FaceBox): number =>
      Math.hypot(
        face.left + face.right - largest.left - largest.right,
        face.top + face.bottom - largest.top - largest.bottom,
      );
    const [fine = largest] = again
      .map((face) => inPicture(face, near))
      .filter((face) => off(face) < largest.right - largest.left)
      .sort((a, b) => off(a) - off(b));
    return [fine, ...others];
  }

  async look(picture: Rgb): Promise<Seen> {
    const faces = await this.faces(picture);
    const [face] = faces;
    const pose = face === undefined ? NO_POSE : poseOf(face.landmarks);
    const sharpness =
      face === undefined ? 0 : sharpnessOf(alignedFace(picture, face.landmarks, this.matcher.inputPx));
    return { picture, face: face ?? null, pose, advice: coach({ picture, faces, pose, sharpness }) };
  }

  describe(picture: Rgb, face: FaceBox): Promise<Float32Array> {
    return this.#describer.describe(alignedFace(picture, face.landmarks, this.matcher.inputPx));
  }

  async proof(picture: Rgb, face: FaceBox): Promise<Proof> {
    return {
      descriptor: await this.describe(picture, face),
      real: await this.#passive(this.#antispoof, picture, face),
      live: await this.#passive(this.#liveness, picture, face),
    };
  }

  async #passive({ graph, inputPx }: PassiveModel, picture: Rgb, face: FaceBox): Promise<number> {
    const { tf } = this.#tensorFlow;
    const batch = batchOf(this.#tensorFlow, boxedFace(picture, face, 0, inputPx));
    try {
      const output = tf.tidy(() => {
        const given = graph.execute(batch.div(255));
        return Array.isArray(given) ? (given[0] ?? tf.tensor1d([Number.NaN])) : given;
      });
      return (await valuesOf(output))[0] ?? Number.NaN;
    } finally {
      batch.dispose();
    }
  }
}
