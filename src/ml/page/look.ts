// What does one frame say about the page under the camera, before anything else is done with it?
import type { OpenCv } from "@techstark/opencv-js";
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import type { PageQuality } from "../reader.js";
import { findPage } from "./find-page.js";
import { flattenLight } from "./flatten.js";
import type { Quad } from "./homography.js";
import { judgeQuality } from "./quality.js";
import { type Rgb, toGray } from "./raster.js";

export type Side = "top" | "right" | "bottom" | "left";

export interface FrameLook {
  readonly quality: PageQuality;
  /** The same as `quality.advice`. */
  readonly advice: PageQuality["advice"];
  /** Corners in 0…1 of the frame's width and height, clockwise; null without a page. */
  readonly quad: Quad | null;
  /** Sides of the frame over which the page hangs. */
  readonly cutOffSides: readonly Side[];
  /** A coarse, evenly lit picture of the page, to tell one page from another; empty without a page. */
  readonly print: Uint8Array;
}

const PREVIEW_PX = 640;

/** At most 640 pixels long. Throws `FaultError` "paper.unreadable" for what is no picture. */
export const decodeFrame = async (file: Uint8Array): Promise<Rgb> => {
  const { data, info } = await sharp(file, { pages: 1 })
    .rotate()
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .resize({ width: PREVIEW_PX, height: PREVIEW_PX, fit: "inside", withoutEnlargement: true })
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new FaultError("paper.unreadable", "the frame can not be decoded", { cause });
    });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
};

export const lookAtFrame = (cv: OpenCv, frame: Rgb): FrameLook => {
  const gray = toGray(frame);
  const quad = findPage(cv, gray);
  const quality = judgeQuality(gray, flattenLight(gray), 0);
  const advice = quad === null ? "noPage" : quality.advice;
  const inFrame = ({ x, y }: Quad[0]): Quad[0] => ({ x: x / frame.width, y: y / frame.height });
  return {
    quality: { ...quality, advice },
    advice,
    quad: quad === null ? null : [inFrame(quad[0]), inFrame(quad[1]), inFrame(quad[2]), inFrame(quad[3])],
    cutOffSides: [],
    print: new Uint8Array(0),
  };
};
