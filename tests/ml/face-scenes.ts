// Which frames would a camera give of the people on the library's own sample photographs?
//
// The photographs stay where the package has them. A turn of the head is a warp of one photograph: features move
// over a face whose outline stays, as a nose does over a turning head. It is no head; it moves landmarks as one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import sharp from "sharp";

/** A face on one of the samples: its box's left upper corner and side, in pixels. */
export interface Person {
  readonly sample: number;
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** People who look about straight into the camera; no two of one photograph are one person. */
export const PEOPLE = {
  a: { sample: 5, left: 353, top: 927, side: 238 },
  b: { sample: 6, left: 1475, top: 314, side: 240 },
  c: { sample: 2, left: 890, top: 263, side: 192 },
  d: { sample: 3, left: 1475, top: 341, side: 230 },
  e: { sample: 6, left: 1140, top: 335, side: 250 },
} as const satisfies Readonly<Record<string, Person>>;

const folder = join(dirname(createRequire(import.meta.url).resolve("@vladmandic/face-api")), "..", "demo");

export const sampleFile = (sample: number): Buffer => readFileSync(join(folder, `sample${sample}.jpg`));

export const FRAME = { width: 640, height: 480 } as const;

export interface Scene {
  /** The face's side over the frame's height. */
  readonly size?: number;
  /** Moves the face, in shares of the frame. */
  readonly right?: number;
  readonly brightness?: number;
  readonly blurPx?: number;
  /** −1 … 1: how far the head turns; positive to the person's own left. */
  readonly turn?: number;
  /** Squeezes the whole picture, as a photograph that is turned before the camera. */
  readonly squeeze?: number;
  /** Every frame of a camera has its own noise. */
  readonly seed?: number;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const warped = (
  { width, height, data }: Pixels,
  centre: { x: number; y: number },
  side: number,
  turn: number,
): Uint8Array => {
  const out = new Uint8Array(data);
  const reach = side * 0.46;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const r = Math.hypot((x - centre.x) / reach, (y - centre.y) / (reach * 1.4));
      if (r >= 1) continue;
      // Strongest at the nose, nothing at the outline.
      const from = x - turn * reach * 0.62 * (1 - r * r) ** 2;
      const x0 = Math.max(0, Math.min(width - 2, Math.floor(from)));
      const f = Math.min(1, Math.max(0, from - x0));
      for (let c = 0; c < 3; c += 1) {
        const at = (y * width + x0) * 3 + c;
        out[(y * width + x) * 3 + c] = (data[at] ?? 0) * (1 - f) + (data[at + 3] ?? 0) * f;
      }
    }
  return out;
};

/** Deterministic noise of ±3 levels. */
const noisy = (data: Uint8Array, seed: number): Uint8Array => {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return data.map((value) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.max(0, Math.min(255, value + (state >>> 24) / 42 - 3));
  });
};

/** A frame as the face camera gives it: this person in the middle. */
export const frameOf = async (person: Person, scene: Scene = {}): Promise<Buffer> => {
  const { size = 0.42, right = 0, brightness = 1, blurPx = 0, turn = 0, squeeze = 1, seed = 1 } = scene;
  const scale = (size * FRAME.height) / person.side;
  const photograph = sharp(sampleFile(person.sample));
  const { width: fullWidth = 0, height: fullHeight = 0 } = await photograph.metadata();
  const [w, h] = [Math.round(FRAME.width / scale), Math.round(FRAME.height / scale)];
  const left = Math.round(person.left + person.side / 2 - w / 2 - right * w);
  const top = Math.round(person.top + person.side / 2 - h / 2);
  const within = {
    left: Math.max(0, left),
    top: Math.max(0, top),
    width: Math.min(fullWidth, left + w) - Math.max(0, left),
    height: Math.min(fullHeight, top + h) - Math.max(0, top),
  };
  const whole = await photograph
    .extract(within)
    .extend({
      left: within.left - left,
      top: within.top - top,
      right: w - within.width - (within.left - left),
      bottom: h - within.height - (within.top - top),
      background: "#8c9296",
    })
    .removeAlpha()
    .png()
    .toBuffer();
  const pixels = await sharp(whole).resize(FRAME.width, FRAME.height, { fit: "fill" }).raw().toBuffer();
  const centre = { x: FRAME.width * (0.5 + right), y: FRAME.height * 0.52 };
  const turned = warped({ ...FRAME, data: pixels }, centre, size * FRAME.height, turn);
  const raw = { raw: { ...FRAME, channels: 3 } } as const;
  let picture = sharp(noisy(turned, seed), raw);
  if (brightness !== 1) picture = picture.linear(brightness, 0);
  if (blurPx > 0) picture = picture.blur(blurPx);
  const jpeg = await picture.jpeg({ quality: 88 }).toBuffer();
  if (squeeze === 1) return jpeg;
  const narrow = Math.round(FRAME.width * squeeze);
  return sharp(await sharp(jpeg).resize(narrow, FRAME.height, { fit: "fill" }).toBuffer())
    .extend({
      left: Math.floor((FRAME.width - narrow) / 2),
      right: Math.ceil((FRAME.width - narrow) / 2),
      background: "#8c9296",
    })
    .jpeg()
    .toBuffer();
};
