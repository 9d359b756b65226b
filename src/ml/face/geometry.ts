// How is a face turned, and how is it cut out upright?
import type { Rgb } from "../page/raster.js";
import type { FaceBox, Landmarks, Point } from "./blazeface.js";
import type { Square } from "./picture.js";

const mid = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

export const eyeDistance = ({ rightEye, leftEye }: Landmarks): number => distance(rightEye, leftEye);

/** A face in pixels of the picture instead of the square's. */
export const inPicture = (face: FaceBox, { scale, left, top }: Omit<Square, "pixels">): FaceBox => {
  const at = ({ x, y }: Point): Point => ({ x: (x - left) / scale, y: (y - top) / scale });
  const [upper, lower] = [at({ x: face.left, y: face.top }), at({ x: face.right, y: face.bottom })];
  const { rightEye, leftEye, nose, mouth, rightEar, leftEar } = face.landmarks;
  return {
    left: upper.x,
    top: upper.y,
    right: lower.x,
    bottom: lower.y,
    score: face.score,
    landmarks: {
      rightEye: at(rightEye),
      leftEye: at(leftEye),
      nose: at(nose),
      mouth: at(mouth),
      rightEar: at(rightEar),
      leftEar: at(leftEar),
    },
  };
};

export interface Pose {
  /**
   * Where the nose stands between the ears: 0 in the middle, +1 over the person's left ear. A flat picture keeps
   * this ratio however it is turned or tilted (parallel projection keeps ratios along a line).
   */
  readonly yaw: number;
  /** Where the nose stands between eyes (0) and mouth (1). */
  readonly pitch: number;
  /** Degrees, positive when the head leans to the picture's right. */
  readonly roll: number;
}

export const poseOf = ({ rightEye, leftEye, nose, mouth, rightEar, leftEar }: Landmarks): Pose => {
  const roll = Math.atan2(leftEye.y - rightEye.y, leftEye.x - rightEye.x);
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const along = ({ x, y }: Point): number => x * cos + y * sin;
  const down = ({ x, y }: Point): number => y * cos - x * sin;
  const toRight = along(nose) - along(rightEar);
  const toLeft = along(leftEar) - along(nose);
  const eyes = mid(rightEye, leftEye);
  const span = toRight + toLeft;
  const height = down(mouth) - down(eyes);
  return {
    yaw: span > 0 ? (toRight - toLeft) / span : Math.sign(toRight - toLeft),
    pitch: height > 0 ? (down(nose) - down(eyes)) / height : 0,
    roll: (roll * 180) / Math.PI,
  };
};

/** x' = a·x − b·y + tx, y' = b·x + a·y + ty. */
interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** Least squares over pairs of points (Umeyama 1991, without reflection). */
const similarity = (from: readonly Point[], to: readonly Point[]): Similarity => {
  const mean = (points: readonly Point[]): Point => ({
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  });
  const [p, q] = [mean(from), mean(to)];
  let [dot, cross, norm] = [0, 0, 0];
  for (const [index, each] of from.entries()) {
    const other = to[index] ?? q;
    const [x, y, u, v] = [each.x - p.x, each.y - p.y, other.x - q.x, other.y - q.y];
    dot += x * u + y * v;
    cross += x * v - y * u;
    norm += x * x + y * y;
  }
  const [a, b] = [dot / norm, cross / norm];
  return { a, b, tx: q.x - a * p.x + b * p.y, ty: q.y - b * p.x - a * p.y };
};

/** Bilinear, added to `sum`; what leaves the picture is black. Written out: it runs a million times a frame. */
const addSample = ({ width, height, data }: Rgb, x: number, y: number, sum: Float64Array): void => {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  if (x0 < 0 || y0 < 0 || x0 >= width - 1 || y0 >= height - 1) return;
  const fx = x - x0;
  const fy = y - y0;
  const upper = (y0 * width + x0) * 3;
  const lower = upper + width * 3;
  const a = (1 - fx) * (1 - fy);
  const b = fx * (1 - fy);
  const c = (1 - fx) * fy;
  const d = fx * fy;
  for (let k = 0; k < 3; k += 1)
    sum[k] =
      (sum[k] ?? 0) +
      a * (data[upper + k] ?? 0) +
      b * (data[upper + k + 3] ?? 0) +
      c * (data[lower + k] ?? 0) +
      d * (data[lower + k + 3] ?? 0);
};

/** Bilinear samples of two pixels each: enough for a face four times the size that the network sees. */
const MOST_SAMPLES_A_SIDE = 2;

/** More samples a pixel when the picture is shrunk, so that fine texture does not turn into noise. */
const warp = (picture: Rgb, map: Similarity, sidePx: number): Rgb => {
  const data = new Uint8Array(sidePx * sidePx * 3);
  const grid = Math.max(1, Math.min(MOST_SAMPLES_A_SIDE, Math.round(Math.hypot(map.a, map.b))));
  const sum = new Float64Array(3);
  for (let y = 0; y < sidePx; y += 1)
    for (let x = 0; x < sidePx; x += 1) {
      sum.fill(0);
      for (let j = 0; j < grid * grid; j += 1) {
        const u = x + ((j % grid) + 0.5) / grid - 0.5;
        const v = y + (Math.floor(j / grid) + 0.5) / grid - 0.5;
        addSample(picture, map.a * u - map.b * v + map.tx, map.b * u + map.a * v + map.ty, sum);
      }
      for (let channel = 0; channel < 3; channel += 1)
        data[(y * sidePx + x) * 3 + channel] = Math.round((sum[channel] ?? 0) / (grid * grid));
    }
  return { width: sidePx, height: sidePx, data };
};

/**
 * Where eyes, nose and mouth lie in an aligned face, over its side: means of 68 marked faces with a quarter of
 * padding, as the faces that the network was trained on were cut.
 */
const TEMPLATE = {
  rightEye: { x: 0.317, y: 0.3107 },
  leftEye: { x: 0.6698, y: 0.3107 },
  nose: { x: 0.4934, y: 0.5104 },
  mouth: { x: 0.4934, y: 0.6867 },
} as const;

/** A square with the eyes level and everything in its usual place. */
export const alignedFace = (picture: Rgb, landmarks: Landmarks, sidePx: number): Rgb => {
  const names = ["rightEye", "leftEye", "nose", "mouth"] as const;
  const from = names.map((name) => ({ x: TEMPLATE[name].x * sidePx, y: TEMPLATE[name].y * sidePx }));
  return warp(
    picture,
    similarity(
      from,
      names.map((name) => landmarks[name]),
    ),
    sidePx,
  );
};

/** The square around a box with `margin` of its size on each side, as `inPicture` wants it. */
export const boxAround = (
  face: FaceBox,
  margin: number,
  sidePx: number,
): {
  readonly square: Omit<Square, "pixels">;
  readonly side: number;
  readonly x: number;
  readonly y: number;
} => {
  const side = Math.max(face.right - face.left, face.bottom - face.top) * (1 + 2 * margin);
  const [x, y] = [(face.left + face.right - side) / 2, (face.top + face.bottom - side) / 2];
  const scale = sidePx / side;
  return { square: { scale, left: -x * scale, top: -y * scale }, side, x, y };
};

/** The box and `margin` of its size around it, straight. */
export const boxedFace = (picture: Rgb, face: FaceBox, margin: number, sidePx: number): Rgb => {
  const { side, x, y } = boxAround(face, margin, sidePx);
  return warp(picture, { a: side / sidePx, b: 0, tx: x, ty: y }, sidePx);
};
