// What do the two cameras of the simulated board hand to the camera command?
//
// One question a connection, a line of JSON: {"list":true} or {"camera":N,"width":W,"height":H}. Answer: a
// line {"cameras":[…]}, {"error":"…"} or {"bytes":N}, the last followed by N bytes of JPEG.
import type { BytePort } from "../port/byte-port.js";
import { JsonLines, type JsonObject } from "../port/json-lines.js";
import type { SimControl } from "./far-ends.js";
import { type FrameSize, faceFrame, trayFrame } from "./frames.js";

export type CameraName = "document" | "face";

/** By libcamera's number. */
export const CAMERAS: readonly CameraName[] = ["document", "face"];
const LARGEST_SIDE_PX = 20_000;

interface View {
  picture: Uint8Array | null;
  plugged: boolean;
  stalls: number;
  /** The frame last composed, while picture and size stay the same. */
  frame: { readonly key: string; readonly jpeg: Promise<Uint8Array> } | null;
}

/** What a camera sees of a picture; composing a full-size frame costs a second of processor. */
export type ComposeFrame = (
  camera: CameraName,
  picture: Uint8Array | null,
  size: FrameSize,
) => Promise<Uint8Array>;

const composeFrame: ComposeFrame = (camera, picture, size) =>
  camera === "document" ? trayFrame(picture, size) : faceFrame(picture, size);

export class CameraSim {
  readonly #compose: ComposeFrame;
  readonly #views: Readonly<Record<CameraName, View>> = {
    document: { picture: null, plugged: true, stalls: 0, frame: null },
    face: { picture: null, plugged: true, stalls: 0, frame: null },
  };

  constructor(compose: ComposeFrame = composeFrame) {
    this.#compose = compose;
  }

  attach(port: BytePort): void {
    const lines = new JsonLines(port, (request) => {
      this.#serve(port, lines, request).catch(() => port.close());
    });
  }

  readonly control: SimControl["cameras"] = {
    setDocument: (image) => this.#show("document", image),
    setFace: (image) => this.#show("face", image),
    setPlugged: (camera, plugged) => {
      this.#views[camera].plugged = plugged;
    },
    stall: (camera) => {
      this.#views[camera].stalls += 1;
    },
  };

  #show(camera: CameraName, picture: Uint8Array | null): void {
    const view = this.#views[camera];
    view.picture = picture;
    view.frame = null;
  }

  async #serve(port: BytePort, lines: JsonLines, request: JsonObject): Promise<void> {
    const { list, camera, width, height } = request;
    if (list === true) {
      const cameras = CAMERAS.flatMap((name, number) =>
        this.#views[name].plugged ? [{ number, name }] : [],
      );
      return lines.send({ cameras });
    }
    const name = typeof camera === "number" ? CAMERAS[camera] : undefined;
    if (name === undefined || !this.#views[name].plugged)
      return lines.send({ error: "no cameras available" });
    if (!isSide(width) || !isSide(height)) return lines.send({ error: "failed to configure the camera" });
    const view = this.#views[name];
    if (view.stalls > 0) {
      // A sensor that delivers no frame: the command waits until somebody kills it.
      view.stalls -= 1;
      return;
    }
    const jpeg = await this.#frame(name, { widthPx: width, heightPx: height });
    await lines.send({ bytes: jpeg.length });
    await port.write(jpeg);
  }

  #frame(name: CameraName, size: FrameSize): Promise<Uint8Array> {
    const view = this.#views[name];
    const key = `${size.widthPx}x${size.heightPx}`;
    if (view.frame?.key === key) return view.frame.jpeg;
    // What is no picture can not lie on a tray: the camera sees the empty place.
    const jpeg = this.#compose(name, view.picture, size).catch(() => this.#compose(name, null, size));
    view.frame = { key, jpeg };
    return jpeg;
  }
}

const isSide = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value <= LARGEST_SIDE_PX;
