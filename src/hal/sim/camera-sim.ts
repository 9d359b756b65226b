// What do the two cameras of the simulated board hand to the camera commands?
//
// One question a connection, a line of JSON: {"list":true} or {"camera":N,"width":W,"height":H} with "shutter",
// "gain", "awbgains" where they are fixed and "video" for a frame of a stream. Answer: a line {"cameras":[…]},
// {"error":"…"} or {"bytes":N,"metadata":{…}}, the last followed by N bytes of JPEG.
import sharp from "sharp";
import type { BytePort } from "../port/byte-port.js";
import { JsonLines, type JsonObject } from "../port/json-lines.js";
import type { CameraTrouble, SimControl } from "./far-ends.js";
import { type FrameSize, faceFrame, trayFrame } from "./frames.js";

export type CameraName = "document" | "face";

/** Sensors and connectors as on a board with two camera ports. */
export const SENSORS: Readonly<Record<CameraName, { readonly model: string; readonly id: string }>> = {
  document: { model: "imx477", id: "/base/soc/i2c0mux/i2c@1/imx477@1a" },
  face: { model: "imx708", id: "/base/soc/i2c0mux/i2c@0/imx708@1a" },
};
const LARGEST_SIDE_PX = 20_000;
/** Shutter that the automatic exposure settles at in light 1, microseconds. */
const SETTLED_SHUTTER_US = 10_000;
const SETTLED_GAINS = [2.1, 1.6] as const;
const SLOW_MS = 700;

interface View {
  picture: Uint8Array | null;
  plugged: boolean;
  stalls: number;
  trouble: { readonly kind: CameraTrouble; left: number } | null;
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

const freshView = (): View => ({ picture: null, plugged: true, stalls: 0, trouble: null, frame: null });

export class CameraSim {
  readonly #compose: ComposeFrame;
  readonly #views: Readonly<Record<CameraName, View>> = { document: freshView(), face: freshView() };
  /** By libcamera's number. */
  #order: readonly CameraName[] = ["document", "face"];
  #light = 1;

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
    trouble: (camera, kind, times) => {
      this.#views[camera].trouble = times === 0 ? null : { kind, left: times };
    },
    setOrder: (first) => {
      this.#order = first === "document" ? ["document", "face"] : ["face", "document"];
    },
    setLight: (light) => {
      this.#light = light;
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
      const cameras = this.#order.flatMap((name, number) =>
        this.#views[name].plugged ? [{ number, ...SENSORS[name] }] : [],
      );
      return lines.send({ cameras });
    }
    const name = typeof camera === "number" ? this.#order[camera] : undefined;
    if (name === undefined || !this.#views[name].plugged)
      return lines.send({ error: "no cameras available" });
    if (!isSide(width) || !isSide(height)) return lines.send({ error: "failed to configure the camera" });
    const view = this.#views[name];
    if (view.stalls > 0) {
      // A sensor that delivers no frame: the command waits until somebody kills it.
      view.stalls -= 1;
      return;
    }
    const { factor, metadata } = this.#expose(request);
    const jpeg = await this.#lit(await this.#frame(name, { widthPx: width, heightPx: height }), factor);
    const sent = await this.#troubled(view, jpeg);
    await lines.send({ bytes: sent.bytes.length, metadata, ...(sent.crash ? { crash: true } : {}) });
    await port.write(sent.bytes);
  }

  /** Automatic exposure makes up for the light; a fixed one shows it. */
  #expose({ shutter, gain, awbgains }: JsonObject): { factor: number; metadata: Record<string, unknown> } {
    const fixed = typeof shutter === "number" && shutter > 0 ? shutter : null;
    const settled = SETTLED_SHUTTER_US / this.#light;
    const gained = typeof gain === "number" && gain > 0 ? gain : 1;
    return {
      factor: fixed === null ? 1 : (fixed * gained) / settled,
      metadata: {
        ExposureTime: Math.round(fixed ?? settled),
        AnalogueGain: gained,
        DigitalGain: 1,
        ColourGains: Array.isArray(awbgains) ? awbgains : SETTLED_GAINS,
      },
    };
  }

  async #lit(jpeg: Uint8Array, factor: number): Promise<Uint8Array> {
    if (Math.abs(factor - 1) < 0.02) return jpeg;
    return new Uint8Array(await sharp(jpeg).linear(factor, 0).jpeg().toBuffer());
  }

  async #troubled(view: View, jpeg: Uint8Array): Promise<{ bytes: Uint8Array; crash: boolean }> {
    const { trouble } = view;
    if (trouble === null) return { bytes: jpeg, crash: false };
    trouble.left -= 1;
    if (trouble.left <= 0) view.trouble = null;
    if (trouble.kind === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    const bytes = {
      slow: jpeg,
      crash: jpeg.subarray(0, jpeg.length >> 2),
      half: jpeg.subarray(0, jpeg.length >> 1),
      // No marker anywhere: what a wrong codec or a broken link leaves.
      garbage: Uint8Array.from({ length: 20_000 }, (_, i) => (i * 37) % 251),
    }[trouble.kind];
    return { bytes, crash: trouble.kind === "crash" };
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
