// Under which conditions do papers reach a reader, and would a person read them easily?
import sharp from "sharp";
import type { Quad } from "../page/homography.js";
import type { Rgb } from "../page/raster.js";
import type { Advice } from "../reader.js";
import { type CameraFrame, type CameraModel, LOW_LIGHT, PHONE_FRAME, photograph } from "./camera.js";
import { seededRandom } from "./random.js";

/** A flat scanner's picture: the page alone. */
export interface ScanModel {
  readonly skewDegrees: number;
  readonly upsideDown?: boolean;
  /** As a photocopier leaves it: grey, hard in contrast, with specks. */
  readonly photocopy?: boolean;
}

export interface Condition {
  readonly name: string;
  /** In what resolution the page is to be rendered for this condition. */
  readonly renderDpi: 200 | 300;
  /** A person would read every word of it without effort. */
  readonly readable: boolean;
  /** What a careful helper would ask the citizen to change; "none" for a good picture. */
  readonly advice: Advice | "none";
  readonly picture: ScanModel | CameraModel;
}

/** A kiosk's own document camera: 12 megapixels over an evenly lit tray. */
export const KIOSK_FRAME: CameraModel = {
  widthPx: 3000,
  heightPx: 4000,
  perspective: 0,
  rotateDegrees: 0.8,
  blurPx: 1,
  light: [0.86, 0.68],
  noise: 4,
  jpegQuality: 88,
  background: "tray",
  pose: { tiltDegrees: 1, panDegrees: 0, fill: 0.9 },
};

/** A phone or a cheap camera held by hand, 8 megapixels. */
const HAND_FRAME: CameraModel = {
  ...KIOSK_FRAME,
  widthPx: 2448,
  heightPx: 3264,
  rotateDegrees: 2,
  light: [0.9, 0.55],
  noise: 5,
  jpegQuality: 80,
  background: "wood",
  pose: { tiltDegrees: 6, panDegrees: 4, fill: 0.92 },
};

const scan = (name: string, picture: ScanModel, renderDpi: 200 | 300 = 200): Condition => ({
  name,
  renderDpi,
  readable: true,
  advice: "none",
  picture,
});

const good = (name: string, change: Partial<CameraModel>, base: CameraModel = HAND_FRAME): Condition => ({
  name,
  renderDpi: 300,
  readable: true,
  advice: "none",
  picture: { ...base, ...change },
});

const bad = (name: string, advice: Advice, change: Partial<CameraModel>): Condition => ({
  ...good(name, change),
  readable: false,
  advice,
});

const pose = (tiltDegrees: number, panDegrees: number, fill: number) => ({ tiltDegrees, panDegrees, fill });

export const CONDITIONS: readonly Condition[] = [
  scan("scan, 200 dpi", { skewDegrees: 0 }),
  scan("scan, 300 dpi", { skewDegrees: 0 }, 300),
  scan("scan, rotated 1°", { skewDegrees: 1 }),
  scan("scan, rotated 2°", { skewDegrees: 2 }),
  scan("scan, rotated 5°", { skewDegrees: 5 }),
  scan("scan, upside down", { skewDegrees: 0.5, upsideDown: true }),
  scan("photocopy", { skewDegrees: 0.7, photocopy: true }),
  good("kiosk camera", {}, KIOSK_FRAME),
  { ...good("phone over the page, one lamp", {}, PHONE_FRAME), renderDpi: 200 },
  { ...good("the same in low light", {}, LOW_LIGHT), renderDpi: 200 },
  good("a dim room", { light: [0.34, 0.13], noise: 6 }),
  good("one lamp close by", { light: [1, 0.22] }),
  good("lamp light, yellow", { cast: [1, 0.86, 0.62], light: [0.95, 0.6] }),
  good("shadow of a window's edge", {
    shadows: [{ kind: "edge", at: [0.45, 0.5], degrees: 64, depth: 0.45, soft: 0.012 }],
  }),
  good("shadow of a hand", {
    shadows: [{ kind: "blob", at: [0.75, 0.7], degrees: -40, size: [0.4, 0.17], depth: 0.42, soft: 0.1 }],
  }),
  good("shadow of the phone", {
    shadows: [{ kind: "blob", at: [0.5, 0.55], degrees: 90, size: [0.5, 0.26], depth: 0.38, soft: 0.06 }],
  }),
  good("finger at the edge", {
    fingers: [{ tip: [0.965, 0.55], towardsDegrees: 8, width: 0.085 }],
  }),
  good("finger over the corner", {
    fingers: [{ tip: [0.035, 0.975], towardsDegrees: 125, width: 0.09 }],
  }),
  good("held in two hands", {
    background: "handHeld",
    fingers: [
      { tip: [0.05, 0.62], towardsDegrees: 170, width: 0.1 },
      { tip: [0.955, 0.6], towardsDegrees: 12, width: 0.1 },
    ],
  }),
  good("lens a little soft", { blurPx: 1.9 }),
  good("hand trembles a little", { motionPx: 4 }),
  good("barrel distortion", { barrel: 0.035 }),
  good("strong perspective", { pose: pose(26, 12, 0.95), rotateDegrees: 6 }),
  good("askew by 14°", { rotateDegrees: 14, pose: pose(4, 3, 0.95) }),
  good("high ISO", { noise: 16, light: [0.6, 0.35] }),
  good("JPEG of quality 35", { jpegQuality: 35 }),
  good("glare beside the text", { glare: { at: [0.06, 0.66], radius: 0.035, strength: 0.9 } }),
  good("from further away", { pose: pose(5, 4, 0.62) }),
  good("paper arches", { bend: { kind: "roll", height: 0.02 } }),
  good("paper was crumpled", { bend: { kind: "crumple", height: 0.025 } }),
  bad("out of focus", "blurred", { blurPx: 7 }),
  bad("hand shakes", "blurred", { motionPx: 17 }),
  bad("next to no light", "tooDark", { light: [0.07, 0.035], noise: 6 }),
  bad("glare over the text", "glare", { glare: { at: [0.4, 0.4], radius: 0.17, strength: 1 } }),
  bad("black shadow", "shadow", {
    shadows: [{ kind: "edge", at: [0.5, 0.5], degrees: 80, depth: 0.93, soft: 0.02 }],
    noise: 7,
  }),
  bad("hand over the text", "finger", {
    fingers: [
      { tip: [0.5, 0.48], towardsDegrees: 25, width: 0.11 },
      { tip: [0.52, 0.36], towardsDegrees: 20, width: 0.11 },
    ],
  }),
  bad("far too far away", "tooSmall", { pose: pose(3, 3, 0.22) }),
  bad("cut off by the frame", "cutOff", {
    pose: { ...pose(3, 2, 1), offset: [0.02, 0.16] },
  }),
  bad("two pages side by side", "twoPages", {
    widthPx: 3264,
    heightPx: 2448,
    second: true,
    pose: { ...pose(3, 2, 0.62), offset: [-0.24, -0.02] },
  }),
];

/** Throws `RangeError` for a name that no condition has. */
export const conditionNamed = (name: string): Condition => {
  const found = CONDITIONS.find((condition) => condition.name === name);
  if (found === undefined) throw new RangeError(`no condition is called ${name}`);
  return found;
};

const isScan = (picture: Condition["picture"]): picture is ScanModel => "skewDegrees" in picture;

const scanned = async (page: Rgb, model: ScanModel, seed: number): Promise<CameraFrame> => {
  const random = seededRandom(seed + 70_000);
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  let image = sharp(page.data, { raw });
  if (model.photocopy === true) {
    const data = page.data.slice();
    for (let p = 0; p < data.length; p += 3) {
      const gray = ((data[p] ?? 0) * 77 + (data[p + 1] ?? 0) * 150 + (data[p + 2] ?? 0) * 29) >> 8;
      const hard = Math.max(28, Math.min(244, (gray - 128) * 1.5 + 132 + 9 * random.normal()));
      data.fill(random.next() < 0.00006 ? 40 : hard, p, p + 3);
    }
    image = sharp(data, { raw });
  }
  const degrees = model.skewDegrees + (model.upsideDown === true ? 180 : 0);
  const { data, info } = await sharp(await image.raw().toBuffer(), { raw })
    .rotate(degrees, { background: "#fff" })
    .jpeg({ quality: 90 })
    .toBuffer({ resolveWithObject: true });
  const angle = (degrees * Math.PI) / 180;
  const corner = (sx: number, sy: number) => ({
    x: info.width / 2 + (sx * page.width * Math.cos(angle) - sy * page.height * Math.sin(angle)) / 2,
    y: info.height / 2 + (sx * page.width * Math.sin(angle) + sy * page.height * Math.cos(angle)) / 2,
  });
  const quad: Quad = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
  return { jpeg: new Uint8Array(data), quad };
};

/** The page's picture; the same seed gives the same one. Throws `RangeError` for a pose that no camera can take. */
export const photographUnder = (page: Rgb, condition: Condition, seed: number): Promise<CameraFrame> =>
  isScan(condition.picture)
    ? scanned(page, condition.picture, seed)
    : photograph(page, condition.picture, seed);
