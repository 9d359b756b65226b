// How does the chip's portrait, in whichever format, become a JPEG that everything else can show and compare?
import { Worker } from "node:worker_threads";
import sharp from "sharp";
import type { DecodedPicture } from "./jpeg2000.js";
import { sizeOf } from "./jpeg2000.js";
import type { Portrait } from "./lds/dg2.js";
import { malformed } from "./tlv.js";

export interface PortraitImage {
  readonly jpeg: Uint8Array;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** A portrait has a fifth of a megapixel; this is a passport page. */
const MAX_PIXELS = 8_000_000;
/** Measured on the 413×531 portrait: 0.3 s with loading, on the slowest board perhaps ten times that. */
const DECODE_TIMEOUT_MS = 15_000;
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 } as const;
/** Beyond what the card's own compression took away, nothing more should be lost before faces are compared. */
const JPEG_QUALITY = 95;

interface WorkerAnswer {
  readonly picture?: DecodedPicture;
  readonly error?: string;
}

const decodeApart = (encoded: Uint8Array): Promise<DecodedPicture> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./jpeg2000-worker.js", import.meta.url), {
      workerData: Uint8Array.from(encoded),
      resourceLimits: MEMORY_LIMITS,
    });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      void worker.terminate();
      settle();
    };
    const timer = setTimeout(
      () => end(() => reject(malformed(`DG2: the JPEG 2000 picture took over ${DECODE_TIMEOUT_MS} ms`))),
      DECODE_TIMEOUT_MS,
    );
    const refuse = (why: string) => end(() => reject(malformed(`DG2: the JPEG 2000 picture: ${why}`)));
    worker.once("message", ({ picture, error }: WorkerAnswer) =>
      picture === undefined ? refuse(error ?? "no picture") : end(() => resolve(picture)),
    );
    worker.once("error", ({ message }) => refuse(message));
    worker.once("exit", () => refuse("the decoder ended"));
  });

const fromJpeg2000 = async (bytes: Uint8Array): Promise<PortraitImage> => {
  const size = sizeOf(bytes);
  if (size === null) throw malformed("DG2: a JPEG 2000 picture without its size");
  const pixels = size.widthPixels * size.heightPixels;
  if (pixels < 1 || pixels > MAX_PIXELS) throw malformed(`DG2: a picture of ${pixels} pixels`);
  const { widthPixels, heightPixels, channels, pixels: raw } = await decodeApart(bytes);
  const jpeg = await sharp(raw, { raw: { width: widthPixels, height: heightPixels, channels } })
    .jpeg({ quality: JPEG_QUALITY, chromaSubsampling: "4:4:4" })
    .toBuffer();
  return { jpeg: Uint8Array.from(jpeg), widthPixels, heightPixels };
};

/** The picture as a whole JPEG is decoded once: one that breaks in the middle is refused here, not at the officer's. */
const fromJpeg = async (bytes: Uint8Array): Promise<PortraitImage> => {
  try {
    const { info } = await sharp(bytes, { failOn: "error", limitInputPixels: MAX_PIXELS })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { jpeg: bytes, widthPixels: info.width, heightPixels: info.height };
  } catch (error) {
    throw malformed(`DG2: the JPEG picture: ${error instanceof Error ? error.message : "unreadable"}`);
  }
};

/** Throws "card.unreadable" for a picture that does not decode, is absurdly large or takes too long. */
export const portraitAsJpeg = ({
  format,
  bytes,
}: Pick<Portrait, "format" | "bytes">): Promise<PortraitImage> =>
  format === "jpeg" ? fromJpeg(bytes) : fromJpeg2000(bytes);
