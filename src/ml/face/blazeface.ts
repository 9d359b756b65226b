// Where in a picture are faces? (BlazeFace: Bazarevsky et al. 2019; anchors as MediaPipe's full-range model.)
import type { ModelFiles } from "../models.js";
import type { Rgb } from "../page/raster.js";
import type { TensorFlow } from "../tf.js";
import { loadGraph } from "./graph.js";

/** The model sees a square of this many pixels. */
export const INPUT_PX = 256;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** In the order of the model's output; right and left are the person's own. */
export interface Landmarks {
  readonly rightEye: Point;
  readonly leftEye: Point;
  readonly nose: Point;
  readonly mouth: Point;
  readonly rightEar: Point;
  readonly leftEar: Point;
}

export interface FaceBox {
  /** Pixels of the square; may reach over its edges. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly score: number;
  readonly landmarks: Landmarks;
}

/** Cells of the two output grids and how many anchors sit in each cell's middle. */
const GRIDS = [
  { cells: 16, anchors: 2, scores: "Identity:0", boxes: "Identity_2:0" },
  { cells: 8, anchors: 6, scores: "Identity_1:0", boxes: "Identity_3:0" },
] as const;
/** A row of the box output: centre x, y, width, height, then six landmarks. */
const ROW = 16;
/** Boxes that share more than this of their union are one face. */
const SAME_FACE = 0.3;

const overlap = (a: FaceBox, b: FaceBox): number => {
  const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (w <= 0 || h <= 0) return 0;
  const area = (box: FaceBox): number => (box.right - box.left) * (box.bottom - box.top);
  return (w * h) / (area(a) + area(b) - w * h);
};

const strongest = (boxes: readonly FaceBox[]): readonly FaceBox[] => {
  const kept: FaceBox[] = [];
  for (const box of [...boxes].sort((a, b) => b.score - a.score))
    if (kept.every((other) => overlap(box, other) <= SAME_FACE)) kept.push(box);
  return kept;
};

interface GridOutput {
  readonly cells: number;
  readonly anchors: number;
  readonly scores: ArrayLike<number>;
  readonly boxes: ArrayLike<number>;
}

/** Exported for its test: sigmoid, offset from the anchor, threshold. */
export const decodeGrid = (grid: GridOutput, threshold: number): readonly FaceBox[] => {
  const pitch = INPUT_PX / grid.cells;
  return Array.from(grid.scores).flatMap((logit, index) => {
    const score = 1 / (1 + Math.exp(-logit));
    if (!(score >= threshold)) return [];
    const cell = Math.floor(index / grid.anchors);
    const [x = 0, y = 0, width = 0, height = 0] = Array.from(
      { length: 4 },
      (_, k) => grid.boxes[index * ROW + k],
    );
    if (!(width > 0 && height > 0)) return [];
    const anchorX = ((cell % grid.cells) + 0.5) * pitch;
    const anchorY = (Math.floor(cell / grid.cells) + 0.5) * pitch;
    const centreX = x + anchorX;
    const centreY = y + anchorY;
    const landmark = (k: number): Point => ({
      x: anchorX + (grid.boxes[index * ROW + 4 + 2 * k] ?? Number.NaN),
      y: anchorY + (grid.boxes[index * ROW + 5 + 2 * k] ?? Number.NaN),
    });
    return [
      {
        left: centreX - width / 2,
        top: centreY - height / 2,
        right: centreX + width / 2,
        bottom: centreY + height / 2,
        score,
        landmarks: {
          rightEye: landmark(0),
          leftEye: landmark(1),
          nose: landmark(2),
          mouth: landmark(3),
          rightEar: landmark(4),
          leftEar: landmark(5),
        },
      },
    ];
  });
};

export type FaceFinder = (square: Rgb) => Promise<readonly FaceBox[]>;

/** The finder takes 256 × 256 pixels and gives each face once, most certain first. */
export const loadFaceFinder = async (tensorFlow: TensorFlow, model: ModelFiles): Promise<FaceFinder> => {
  const { tf } = tensorFlow;
  const graph = await loadGraph(tensorFlow, model);
  const names = GRIDS.flatMap(({ scores, boxes }) => [scores, boxes]);
  return async (square) => {
    const outputs = tf.tidy(() => {
      const pixels = tf.tensor4d(square.data, [1, INPUT_PX, INPUT_PX, 3], "int32").toFloat();
      return graph.execute(pixels.div(127.5).sub(1), names);
    });
    const tensors = Array.isArray(outputs) ? outputs : [outputs];
    try {
      const data = await Promise.all(tensors.map((tensor) => tensor.data()));
      const found = GRIDS.flatMap(({ cells, anchors }, index) => {
        const [scores, boxes] = [data[index * 2], data[index * 2 + 1]];
        if (scores === undefined || boxes === undefined) return [];
        return decodeGrid({ cells, anchors, scores, boxes }, model.threshold);
      });
      return strongest(found);
    } finally {
      tf.dispose(tensors);
    }
  };
};
