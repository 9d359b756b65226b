// How does a paper on the tray become a page that the citizen can check?
import { randomBytes } from "node:crypto";
import { Pii } from "../core/pii.js";
import type { CapturedPage } from "../flows/effects.js";
import type { Camera } from "../hal/camera/camera.js";
import type { Supervised } from "../hal/device.js";
import type { PaperReader } from "../ml/reader.js";

/** Pictures of this visit, reachable by an unguessable name until `forget`. */
export class PageImages {
  readonly #images = new Map<string, Pii<Uint8Array>>();

  add(jpeg: Pii<Uint8Array>): string {
    const token = randomBytes(16).toString("hex");
    this.#images.set(token, jpeg);
    return token;
  }

  get(token: string): Uint8Array | undefined {
    const image = this.#images.get(token);
    return image === undefined || image.dropped ? undefined : image.reveal();
  }

  forget(): void {
    for (const image of this.#images.values()) image.drop();
    this.#images.clear();
  }
}

export interface PaperParts {
  readonly camera: Supervised<Camera>;
  readonly reader: PaperReader;
  readonly images: PageImages;
}

export type CaptureProgress = (stage: "taking" | "finding" | "reading", fraction: number) => void;

export const capturePaper = async (
  parts: PaperParts,
  onProgress: CaptureProgress,
  signal: AbortSignal,
): Promise<CapturedPage> => {
  onProgress("taking", 0);
  const frame = await parts.camera.use((camera) => camera.still(signal));
  onProgress("finding", 0);
  const page = await parts.reader.read({
    image: frame.jpeg,
    signal,
    onProgress: (stage, fraction) =>
      onProgress(stage === "reading" || stage === "extracting" ? "reading" : "finding", fraction),
  });
  signal.throwIfAborted();
  const jpeg = new Pii(page.jpeg);
  return {
    imageUrl: `/paper/${parts.images.add(jpeg)}`,
    jpeg,
    text: new Pii(page.text),
    fields: new Pii(
      page.fields.map(({ key, label, value, confidence }) => ({ key, label, value, confidence })),
    ),
    paperClass: page.paperClass,
  };
};
