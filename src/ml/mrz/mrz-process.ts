// What does the process that looks for a machine-readable zone do with each frame?
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import { loadOpenCv } from "../page/find-page.js";
import type { Gray } from "../page/raster.js";
import { serveProcess } from "../serve-process.js";
import { findZones } from "./find-zone.js";
import { Glyphs } from "./glyphs.js";
import { CERTAIN_MEAN, type ReadZone, readZone } from "./read-zone.js";

export interface MrzTask {
  /** JPEG or PNG. */
  readonly frame: Uint8Array;
}

/** `null`: no zone on the frame. */
export type MrzAnswer = { readonly zone: ReadZone | null };

const LONGEST_PX = 3_600;
const MOST_PIXELS = 50_000_000;

sharp.cache(false);
sharp.concurrency(1);

const { cv } = await loadOpenCv();
const glyphs = new Glyphs();

const decode = async (frame: Uint8Array): Promise<Gray> => {
  const { data, info } = await sharp(frame, { limitInputPixels: MOST_PIXELS, failOn: "error", pages: 1 })
    .rotate()
    .resize({ width: LONGEST_PX, height: LONGEST_PX, fit: "inside", withoutEnlargement: true })
    .greyscale()
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new FaultError("paper.unreadable", "the camera's frame can not be decoded", { cause });
    });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
};

serveProcess<MrzTask, MrzAnswer>({
  act: async ({ frame }) => {
    const gray = await decode(frame);
    let best: ReadZone | null = null;
    for (const zone of findZones(cv, gray)) {
      const read = readZone(glyphs, gray, zone);
      if (read !== null && read.mean > (best?.mean ?? 0)) best = read;
      if ((best?.mean ?? 0) >= CERTAIN_MEAN) break;
    }
    return { zone: best };
  },
  fallback: "paper.unreadable",
});
