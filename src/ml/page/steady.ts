// Does the same good page lie still long enough to take its picture, and is it not the one taken before?
import type { Advice } from "../reader.js";
import { distance, type Quad } from "./homography.js";

/** What one look at a preview frame saw. */
export interface SteadyLook {
  readonly advice: Advice | "none";
  /** Corners in 0…1 of the frame's width and height, or null without a page. */
  readonly quad: Quad | null;
  /** A coarse picture of the page, row by row; any two of one watch have the same length. Empty without a page. */
  readonly print: Uint8Array;
}

export interface SteadyAnswer {
  /** "holdStill": all is well, the page only has to lie still a moment longer. */
  readonly advice: Advice | "none" | "holdStill";
  readonly quad: Quad | null;
  /** True once for each page: take the picture now. */
  readonly takeNow: boolean;
}

export interface SteadyLimits {
  /** How long the page must lie still. */
  readonly stillMs: number;
  /** How long it must be gone, or another must lie there, until the next one may be taken. */
  readonly goneMs: number;
  /** A corner may move by this much of the frame and the page still lies. */
  readonly tolerance: number;
  /** Mean difference of two prints, 0 … 255, from which on they are of two pages. */
  readonly otherPage: number;
}

/**
 * 0.8 s: shorter catches hands that are still letting go, longer makes people push the page again. A hand that
 * turns a page needs more than 0.3 s; one frame without a page is only noise.
 */
export const STEADY_LIMITS: SteadyLimits = { stillMs: 800, goneMs: 300, tolerance: 0.012, otherPage: 14 };

/** Frames further apart than this say nothing about what lay there between them. */
const LONGEST_GAP_MS = 2_000;

const moved = (a: Quad, b: Quad): number =>
  Math.min(
    ...[0, 1, 2, 3].map((shift) =>
      Math.max(...a.map((corner, i) => distance(corner, b[((i + shift) % 4) as 0] ?? corner))),
    ),
  );

/** Mean absolute difference of two pictures of one size; all of it when one is missing. */
const difference = (a: Uint8Array, b: Uint8Array): number => {
  if (a.length !== b.length || a.length === 0) return 255;
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
};

interface Lying {
  readonly quad: Quad;
  readonly print: Uint8Array;
  readonly sinceMs: number;
}

/**
 * Fed with looks in the order of their times. A page is taken once: then it has to leave or to change before
 * the next one is.
 */
export class SteadyWatch {
  readonly #limits: SteadyLimits;
  #lying: Lying | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** The page that was taken, while it may still be there. */
  #taken: Uint8Array | null = null;
  #otherSinceMs: number | null = null;

  constructor(limits: SteadyLimits = STEADY_LIMITS) {
    this.#limits = limits;
  }

  /** `atMs`: any monotonic clock. A look older than the last one is answered and otherwise left out. */
  look(look: SteadyLook, atMs: number): SteadyAnswer {
    const { advice, quad } = look;
    if (atMs < this.#lastMs) return { advice, quad, takeNow: false };
    if (atMs - this.#lastMs > LONGEST_GAP_MS) this.#lying = null;
    this.#lastMs = atMs;
    this.#noticeChange(look, atMs);
    if (quad === null || advice !== "none") {
      this.#lying = null;
      return { advice, quad, takeNow: false };
    }
    if (this.#taken !== null) return { advice: "none", quad, takeNow: false };
    const lying = this.#lying;
    if (
      lying === null ||
      moved(lying.quad, quad) > this.#limits.tolerance ||
      difference(lying.print, look.print) > this.#limits.otherPage
    ) {
      this.#lying = { quad, print: look.print, sinceMs: atMs };
      return { advice: "holdStill", quad, takeNow: false };
    }
    if (atMs - lying.sinceMs < this.#limits.stillMs) return { advice: "holdStill", quad, takeNow: false };
    this.#taken = look.print;
    this.#lying = null;
    return { advice: "none", quad, takeNow: true };
  }

  /** The picture that was taken is of no use: the page that lies there may be taken once more. */
  again(): void {
    this.#taken = null;
    this.#otherSinceMs = null;
    this.#lying = null;
  }

  #noticeChange({ quad, print }: SteadyLook, atMs: number): void {
    if (this.#taken === null) return;
    const same = quad !== null && difference(this.#taken, print) <= this.#limits.otherPage;
    if (same) {
      this.#otherSinceMs = null;
      return;
    }
    this.#otherSinceMs ??= atMs;
    if (atMs - this.#otherSinceMs >= this.#limits.goneMs) {
      this.#taken = null;
      this.#otherSinceMs = null;
    }
  }
}
