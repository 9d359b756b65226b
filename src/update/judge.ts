// May this release be taken by this kiosk? (Before a byte of it is fetched, and again before a slot is written.)
//
// Both slots read one store. So the new program must be able to read what the program of today wrote, and, since it may
// prove bad, the program of today must be able to read what the new one leaves behind.
import type { WallTime } from "../core/clock.js";
import { openRelease, type Release } from "../sync/protocol/release.js";

/** What runs here. */
export interface Running {
  /** 0: built by hand, without a number. */
  readonly build: number;
  readonly compatible: string;
  /** Newest schema that this program knows. */
  readonly knowsSchema: number;
  /** Of the store as it lies on the disk. */
  readonly store: { readonly schema: number; readonly readableBy: number };
}

export type Verdict =
  | { readonly may: true; readonly release: Release }
  /** `reason`: in a sentence. `release`: null when nobody who may has signed it. */
  | { readonly may: false; readonly reason: string; readonly release: Release | null };

const CAN_NOT_OPEN = {
  unreadable: "this is no release of this program",
  unsigned: "no release key that this kiosk knows has signed it",
  badShape: "it is signed, but this program does not understand it: install a version between first",
} as const;

/** Null: it can. */
const backwardsProblem = (
  { build, allowance }: Release,
  newest: number,
  { epochMs, trust }: WallTime,
): string | null => {
  if (build > newest) return null;
  if (build === newest) return `build ${build} runs here already`;
  if (allowance === null) return `build ${build} is older than ${newest}, and nobody signed the way back`;
  if (newest > allowance.fromBuild)
    return `build ${build} may replace builds up to ${allowance.fromBuild}, and ${newest} runs here`;
  if (trust !== "trusted") return "the way back has an end, and the clock is not set";
  return epochMs < allowance.untilMs ? null : "the way back was signed for a time that is over";
};

/** May a program that knows schemas up to `knows` open a store of this schema? (The rule of store/database.ts.) */
const canOpen = (knows: number, { schema, readableBy }: Running["store"]): boolean =>
  schema <= knows || readableBy <= knows;

/** What the store will be once the new program has run. */
const storeAfter = ({ store }: Release, now: Running["store"]): Running["store"] =>
  store.schema > now.schema
    ? { schema: store.schema, readableBy: Math.max(store.readableBy, 1) }
    : { schema: now.schema, readableBy: now.readableBy };

const storeProblem = (release: Release, { knowsSchema, store }: Running): string | null => {
  if (!canOpen(release.store.schema, store))
    return `the new program knows schemas up to ${release.store.schema}, and could not read the store of schema ${store.schema}`;
  const after = storeAfter(release, store);
  if (!canOpen(knowsSchema, after))
    return `after it the store has schema ${after.schema}, readable from ${after.readableBy} on, and the program of today knows up to ${knowsSchema}: it could not be gone back to`;
  return null;
};

export interface Judging {
  readonly keys: readonly string[];
  readonly running: Running;
  /** Highest build that proved itself here, whatever runs now. */
  readonly goodBuild: number;
  readonly wall: WallTime;
}

export const judge = (envelope: Uint8Array, { keys, running, goodBuild, wall }: Judging): Verdict => {
  const opened = openRelease(envelope, keys);
  if (!opened.ok) return { may: false, reason: CAN_NOT_OPEN[opened.problem], release: null };
  const { release } = opened;
  const reason =
    release.compatible !== running.compatible
      ? `it is for "${release.compatible}", and this is "${running.compatible}"`
      : (backwardsProblem(release, Math.max(running.build, goodBuild), wall) ??
        storeProblem(release, running));
  return reason === null ? { may: true, release } : { may: false, reason, release };
};
