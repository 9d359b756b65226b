// What can a number be taken for, and what is known of the queue?
import type { Bilingual } from "../core/faults.js";

export interface QueueChoice {
  readonly id: string;
  readonly title: Bilingual;
}

/** One service: it is not asked about. No groups: nobody is asked for one. */
export interface QueueOffer {
  readonly services: readonly QueueChoice[];
  readonly groups: readonly QueueChoice[];
}

/** As the portal last told it. */
export interface QueueNow {
  /** The newest first. */
  readonly called: readonly { readonly number: string; readonly counter: string }[];
  /** By service. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Local wall time, yyyy-MM-ddTHH:mm. */
  readonly asOf: string;
}

export interface QueueWish {
  /** Null where nothing was asked: the first service. */
  readonly service: string | null;
  /** Null: no priority. */
  readonly group: string | null;
}

/** How long it will take, as far as the kiosk knows. */
export interface QueueWait {
  readonly before: number;
  /** Rounded up to five; null where nobody serves it yet. */
  readonly minutes: number | null;
  /** Local wall time of what this was reckoned from. */
  readonly asOf: string;
  /** False: it is old, and says from when it is. */
  readonly fresh: boolean;
}

export const ONE_QUEUE: QueueOffer = { services: [], groups: [] };

/** What became of somebody's opinion on a result. */
export type OpinionOutcome = "counted" | "already" | "notYet" | "unknown";
