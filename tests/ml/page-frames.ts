// Which frames do the tests of the page look at? (The conditions at two megapixels: the sample camera is slow.)
import type { Rgb } from "../../src/ml/page/raster.js";
import type { CameraFrame, CameraModel } from "../../src/ml/samples/camera.js";
import {
  CONDITIONS,
  type Condition,
  conditionNamed,
  photographUnder,
} from "../../src/ml/samples/conditions.js";
import { layOutPaper, type SampleKind } from "../../src/ml/samples/papers.js";
import { renderPage } from "../../src/ml/samples/render.js";

const DPI = 120;

const isCamera = (picture: Condition["picture"]): picture is CameraModel => "widthPx" in picture;

/** The same picture from a sensor with a part of the pixels each way. */
const smaller = (condition: Condition, parts: number): Condition => {
  const { picture } = condition;
  if (!isCamera(picture)) return condition;
  const small: CameraModel = {
    ...picture,
    widthPx: Math.round(picture.widthPx / parts),
    heightPx: Math.round(picture.heightPx / parts),
    blurPx: picture.blurPx / parts,
    ...(picture.motionPx === undefined ? {} : { motionPx: picture.motionPx / parts }),
  };
  return { ...condition, picture: small };
};

/** What a preview is made of: it has 640 pixels, so a sensor of 1,100 tells as much as one of 3,264. */
export const previewed = (condition: Condition): Condition => smaller(condition, 3);

export const cameraConditions: readonly Condition[] = CONDITIONS.filter(({ picture }) => isCamera(picture));

export const samplePage = (kind: SampleKind, seed: number, dpi = DPI): Promise<Rgb> =>
  renderPage(layOutPaper(kind, seed), dpi);

/** A frame of a birth certificate under the condition, at two megapixels. */
export const smallFrame = (page: Rgb, name: string, seed: number): Promise<CameraFrame> =>
  photographUnder(page, smaller(conditionNamed(name), 2), seed);
