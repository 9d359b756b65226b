// How does a paper on the tray become a page that the citizen can check?
import { randomBytes } from "node:crypto";
import type { Clock } from "../core/clock.js";
import { type KnownPaperClass, PAPER_CLASSES } from "../core/paper-class.js";
import { Pii } from "../core/pii.js";
import type { CitizenRecord } from "../flows/citizen.js";
import type { CapturedPage, CaptureWish } from "../flows/paper.js";
import type { Camera, Exposure } from "../hal/camera/camera.js";
import type { Supervised } from "../hal/device.js";
import type { PaperReader, ReadPage } from "../ml/reader.js";

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

/** The newest looks at the tray: each is good for one request, and only the last two are there at all. */
export class TrayFrames {
  readonly #frames = new Map<string, Uint8Array>();

  add(jpeg: Uint8Array): string {
    const token = randomBytes(16).toString("hex");
    this.#frames.set(token, jpeg);
    for (const old of [...this.#frames.keys()].slice(0, -FRAMES_KEPT)) this.#frames.delete(old);
    return token;
  }

  take(token: string): Uint8Array | undefined {
    const frame = this.#frames.get(token);
    this.#frames.delete(token);
    return frame;
  }

  forget(): void {
    this.#frames.clear();
  }
}

/** The one that is being fetched, and the next. */
const FRAMES_KEPT = 2;

/** How the last good page of this visit was exposed: the next pages of the same paper match it. */
export class KeptExposure {
  #kept: { readonly paperClass: string; readonly exposure: Exposure; readonly atMs: number } | null = null;

  /** Undefined for another kind of paper, and once the daylight may have changed. */
  of(paperClass: string, nowMs: number): Exposure | undefined {
    const kept = this.#kept;
    return kept?.paperClass === paperClass && nowMs - kept.atMs < EXPOSURE_HOLDS_MS
      ? kept.exposure
      : undefined;
  }

  keep(paperClass: string, exposure: Exposure | undefined, nowMs: number): void {
    this.#kept = exposure === undefined ? null : { paperClass, exposure, atMs: nowMs };
  }

  forget(): void {
    this.#kept = null;
  }
}

/** A page is turned within a minute; a cloud passes in two. */
const EXPOSURE_HOLDS_MS = 90_000;

export interface PaperParts {
  readonly clock: Clock;
  readonly camera: Supervised<Camera>;
  readonly exposure: KeptExposure;
  readonly reader: PaperReader;
  readonly images: PageImages;
}

export type CaptureProgress = (stage: "taking" | "finding" | "reading", fraction: number) => void;

export const capturePaper = async (
  parts: PaperParts,
  wish: CaptureWish,
  onProgress: CaptureProgress,
  signal: AbortSignal,
): Promise<CapturedPage> => {
  const { camera, exposure } = parts;
  const { paperClass } = wish;
  onProgress("taking", 0);
  try {
    const kept = exposure.of(paperClass, parts.clock.monotonicMs());
    const frame = await camera.use((open) => open.still(signal, kept));
    const { page, good } = await readPage(
      parts,
      { image: frame.jpeg, wish, source: "camera" },
      onProgress,
      signal,
    );
    if (good) exposure.keep(paperClass, frame.exposure, frame.takenAtMs);
    else exposure.forget();
    return page;
  } catch (thrown) {
    // The exposure may be why: the next picture measures anew.
    exposure.forget();
    throw thrown;
  }
};

interface TakenPicture {
  readonly image: Uint8Array;
  readonly wish: CaptureWish;
  readonly source: "camera" | "scanner";
}

/** One picture of a page, from the tray or from the slot, read. */
export const readPage = async (
  { reader, images }: Pick<PaperParts, "reader" | "images">,
  { image, wish, source }: TakenPicture,
  onProgress: CaptureProgress,
  signal: AbortSignal,
): Promise<{ readonly page: CapturedPage; readonly good: boolean }> => {
  onProgress("finding", 0);
  const page = await reader.read({
    image,
    source,
    expect: expected(wish.paperClass),
    ...(wish.known === null ? {} : { known: known(wish.known) }),
    signal,
    onProgress: (stage, fraction) =>
      onProgress(stage === "reading" || stage === "extracting" ? "reading" : "finding", fraction),
  });
  signal.throwIfAborted();
  return { page: captured(page, images), good: page.quality.verdict === "good" };
};

const expected = (wanted: string): KnownPaperClass | "any" =>
  PAPER_CLASSES.find((each) => each === wanted) ?? "any";

const known = (citizen: Pii<CitizenRecord>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(citizen.reveal()).filter(([, value]) => value !== ""));

const captured = (page: ReadPage, images: PageImages): CapturedPage => {
  const jpeg = new Pii(page.jpeg);
  return {
    imageUrl: `/paper/${images.add(jpeg)}`,
    jpeg,
    widthPx: page.widthPx,
    heightPx: page.heightPx,
    dpi: page.dpi,
    text: new Pii(page.text),
    words: new Pii(page.words.map(({ text, box }) => ({ text, box }))),
    fields: new Pii(page.fields),
    checks: new Pii(page.checks),
    paperClass: page.paperClass,
    advice: page.quality.verdict === "good" ? "none" : page.quality.advice,
  };
};
