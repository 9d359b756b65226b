// How far is an update, and which step may follow which?
//
// Everything is read from the journal's entries, oldest first: a step is entered (`before`), done, and left (`after`).
// A step that was entered and not left is done again after a power cut, so every step can be repeated.
import type { STEPS } from "../sync/protocol/update.js";

export type Step = (typeof STEPS)[number];

/** What one entry may carry beside its step; nothing personal. */
export interface EntryData {
  /** With `offered`: what is updated to, the very bytes as they were signed, in base64. */
  readonly envelope?: string;
  readonly source?: "link" | "stick";
  /** A sentence: why it fell back, was refused, or failed this time. */
  readonly reason?: string;
  /** Boot names of the slots: running when it began, and written to. */
  readonly from?: string;
  readonly target?: string;
  /** The kernel's id of the boot in which the step was entered. */
  readonly boot?: string;
  /** What worked before the update: only that is asked of the new program. */
  readonly baseline?: { readonly printer: boolean };
  readonly proofs?: readonly string[];
  /** With `after`: the step was left without having done its work. */
  readonly failed?: boolean;
  /** With `failed`: the power went, which is nobody's fault. */
  readonly interrupted?: boolean;
}

export interface Entry extends EntryData {
  readonly seq: number;
  readonly atMs: number;
  /** Of the wall clock. */
  readonly trust: string;
  readonly entry: "before" | "after";
  readonly step: Step;
  readonly build: number;
}

export interface UpdateState {
  /** Null: no update was ever offered. */
  readonly step: Step | null;
  /** Entered, and not left. */
  readonly open: boolean;
  readonly build: number;
  readonly sinceMs: number;
  readonly trust: string;
  readonly envelope: string | null;
  readonly source: "link" | "stick";
  readonly reason: string | null;
  readonly from: string | null;
  readonly target: string | null;
  readonly boot: string | null;
  readonly baseline: { readonly printer: boolean };
  /** Of this update's installations. */
  readonly failures: number;
  /** Starts of the new program that could not prove it. */
  readonly trials: number;
  /** The new program proved itself, and is not yet marked. */
  readonly proven: boolean;
  /** Highest build that ever proved itself here. */
  readonly goodBuild: number;
  readonly seq: number;
}

export const NOTHING: UpdateState = {
  ...{ step: null, open: false, build: 0, sinceMs: 0, trust: "untrusted", envelope: null, source: "link" },
  ...{ reason: null, from: null, target: null, boot: null, baseline: { printer: false } },
  ...{ failures: 0, trials: 0, proven: false, goodBuild: 0, seq: 0 },
};

const ENDED: ReadonlySet<Step | null> = new Set([null, "good", "fellBack", "refused", "withdrawn"]);
/** From here on the slots are being changed: only what proves or falls back may follow. */
const COMMITTED: ReadonlySet<Step | null> = new Set(["installing", "rebooting", "proving"]);

/** Nothing is under way. */
export const isOver = ({ step, open }: UpdateState): boolean => ENDED.has(step) && !open;
export const isCommitted = ({ step }: UpdateState): boolean => COMMITTED.has(step);

const FOLLOWS: Readonly<Record<Step, readonly Step[]>> = {
  offered: ["fetching", "refused", "withdrawn", "offered"],
  fetching: ["staged", "refused", "withdrawn", "offered"],
  staged: ["waiting", "fetching", "refused", "withdrawn", "offered"],
  waiting: ["installing", "fetching", "refused", "withdrawn", "offered"],
  installing: ["rebooting", "waiting", "refused"],
  rebooting: ["proving", "fellBack"],
  proving: ["good", "fellBack", "proving"],
  good: ["offered", "fellBack"],
  fellBack: ["offered"],
  refused: ["offered"],
  withdrawn: ["offered"],
};

/** A step that is under way may be given up for these only; all others wait for its end. */
const GIVES_UP: ReadonlySet<string> = new Set([
  "offered>offered",
  ...["fetching", "staged", "waiting"].flatMap((at) => [`${at}>offered`, `${at}>refused`, `${at}>withdrawn`]),
  ...[
    "offered>refused",
    "offered>withdrawn",
    "staged>fetching",
    "waiting>fetching",
    "proving>fellBack",
    "good>fellBack",
  ],
]);

/** Null: it may be written; else why not. A step that is open may be entered again: it is done once more. */
export const objection = (state: UpdateState, entry: "before" | "after", step: Step): string | null => {
  const at = state.step === null ? "no update" : `${state.step}${state.open ? " (under way)" : ""}`;
  if (entry === "after")
    return state.open && state.step === step ? null : `"${step}" can not end: the update is at ${at}`;
  if (state.step === step && state.open) return null;
  const next = state.step === null ? ["offered"] : FOLLOWS[state.step];
  const isFree = !state.open || GIVES_UP.has(`${state.step}>${step}`);
  return next.includes(step) && isFree ? null : `"${step}" can not begin: the update is at ${at}`;
};

/** With these a new try begins: what was wrong with the last is over. */
const FORGETS: ReadonlySet<Step> = new Set(["fetching", "staged", "installing", "good"]);

/** The state after one more entry. */
export const advance = (before: UpdateState, entry: Entry): UpdateState => {
  const isNew = entry.entry === "before" && entry.step === "offered";
  const kept = isNew ? { ...NOTHING, goodBuild: before.goodBuild } : before;
  const { seq, atMs: sinceMs, trust, step, build } = entry;
  const open = entry.entry === "before";
  const isGood = !open && step === "good";
  return {
    ...kept,
    ...{ seq, sinceMs, trust, step, build, open },
    envelope: entry.envelope ?? kept.envelope,
    source: entry.source ?? kept.source,
    reason: entry.reason ?? (open && FORGETS.has(step) ? null : kept.reason),
    from: entry.from ?? kept.from,
    target: entry.target ?? kept.target,
    boot: entry.boot ?? kept.boot,
    baseline: entry.baseline ?? kept.baseline,
    failures:
      kept.failures +
      Number(!open && step === "installing" && entry.failed === true && entry.interrupted !== true),
    trials: kept.trials + Number(!open && step === "proving" && entry.failed === true),
    proven: !open && step === "proving" && entry.failed !== true,
    goodBuild: isGood ? Math.max(build, kept.goodBuild) : kept.goodBuild,
  };
};
