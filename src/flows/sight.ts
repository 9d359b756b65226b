// What is seen of a paper: on the tray, and at one place of its picture?
//
// Nothing but plain values: the page knows them, too.
import type { PageCoach } from "./events.js";

/** Pixels of the page's picture, top left origin. */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/**
 * Which page is waited for: any; another one than was taken, or the same one over again. What was taken is not
 * taken again by itself before it changed, or moved.
 */
export type TrayWish = "first" | "next" | "again";

/** A corner as parts of the picture's width and height, 0 … 1. */
export type Corner = readonly [x: number, y: number];

/** One look at the tray. */
export interface TraySight {
  /** Good for one request, and until the next look but one. */
  readonly frameUrl: string;
  /** The one thing to do now. */
  readonly coach: PageCoach;
  /** The page that was found, clockwise from its top left. */
  readonly quad: readonly Corner[] | null;
}
