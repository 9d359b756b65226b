// Which letter is in this cell of a machine-readable zone, and which others could it be?
//
// The zone is printed in one face, OCR-B size I, at one pitch (Doc 9303-3 clause 4.1): a cell is compared with
// each of the 37 shapes by normalised cross-correlation. Tesseract drops fillers and letters on the same strips.
import { readFileSync } from "node:fs";

export interface Guess {
  readonly character: string;
  /** Correlation with the shape, at most 1. */
  readonly score: number;
}

export const CELL_WIDTH = 16;
export const CELL_HEIGHT = 24;
const CELL = CELL_WIDTH * CELL_HEIGHT;
const KEPT_GUESSES = 12;
/** What a pixel of shift costs: of two shapes that fit alike, the one in its cell is meant. */
const SHIFT_COST = 0.012;
/** A cell where nothing is printed correlates with noise: below this spread of grey it is empty. */
const LEAST_SPREAD = 6;

/** A row of the zone, cut out so that a cell is `CELL_WIDTH` wide; dark on light. */
export interface Strip {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

interface Shape {
  readonly character: string;
  /** Zero mean, unit length. */
  readonly values: Float32Array;
}

const normalise = (values: Float32Array): number => {
  let mean = 0;
  for (const value of values) mean += value;
  mean /= values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const centred = (values[i] ?? 0) - mean;
    values[i] = centred;
    squares += centred * centred;
  }
  const length = Math.sqrt(squares);
  if (length > 0) for (let i = 0; i < values.length; i += 1) values[i] = (values[i] ?? 0) / length;
  return length / Math.sqrt(values.length);
};

export class Glyphs {
  readonly #shapes: readonly Shape[];
  readonly #patch = new Float32Array(CELL);

  constructor(file: URL = new URL("./ocr-b.json", import.meta.url)) {
    const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: Record<string, string> };
    this.#shapes = Object.entries(cells).map(([character, base64]) => {
      const values = Float32Array.from(Buffer.from(base64, "base64"));
      normalise(values);
      return { character, values };
    });
  }

  /** The patch at (left, top), `scale` pixels of the strip a pixel of the cell; false where nothing is printed. */
  #cut(strip: Strip, left: number, top: number, scale: number): boolean {
    const patch = this.#patch;
    for (let y = 0, at = 0; y < CELL_HEIGHT; y += 1) {
      const sy = Math.min(strip.height - 1, Math.max(0, Math.round(top + y)));
      for (let x = 0; x < CELL_WIDTH; x += 1, at += 1) {
        const sx = Math.min(strip.width - 1.001, Math.max(0, left + x * scale));
        const x0 = sx | 0;
        const fx = sx - x0;
        const row = sy * strip.width + x0;
        patch[at] = (strip.data[row] ?? 0) * (1 - fx) + (strip.data[row + 1] ?? 0) * fx;
      }
    }
    return normalise(patch) >= LEAST_SPREAD;
  }

  #correlate(shape: Shape): number {
    let sum = 0;
    for (let i = 0; i < CELL; i += 1) sum += (this.#patch[i] ?? 0) * (shape.values[i] ?? 0);
    return sum;
  }

  /** Best score of any shape at exactly this place: how well the grid lies. */
  fit(strip: Strip, left: number, top: number, scale: number): number {
    if (!this.#cut(strip, left, top, scale)) return 0;
    let best = 0;
    for (const shape of this.#shapes) best = Math.max(best, this.#correlate(shape));
    return best;
  }

  /** Guesses, best first, over small shifts: a bent card and a lens leave letters off their cells. */
  guess(strip: Strip, left: number, top: number, scale: number): readonly Guess[] {
    const best = new Map<string, number>();
    for (let dy = -2; dy <= 2; dy += 1)
      for (let dx = -4; dx <= 4; dx += 1) {
        if (!this.#cut(strip, left + dx, top + dy, scale)) continue;
        const off = SHIFT_COST * Math.hypot(dx, dy);
        for (const shape of this.#shapes) {
          const score = this.#correlate(shape) - off;
          if (score > (best.get(shape.character) ?? 0)) best.set(shape.character, score);
        }
      }
    return [...best]
      .map(([character, score]) => ({ character, score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, KEPT_GUESSES);
  }
}
