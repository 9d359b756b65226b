// Are some words of a line printed in other letters than the rest of it?
//
// Each letter is held against the same letter on other lines. One letter may be spoilt or read wrongly; where nearly
// all of a name are unlike their kin while the words beside it are like theirs, the name came out of another machine.
import { type Alike, isMisread, type Kinship } from "./kin.js";
import { byKey, type Letter } from "./letters.js";
import { median } from "./median.js";
import { runsIn, type Segment } from "./segments.js";

export interface OddRun {
  /** Indexes into the page's words. */
  readonly words: Segment;
  readonly verdict: "fail" | "unsure";
}

/** In multiples of what is usual between letters of one kind on the page: as far as this a letter speaks for neither. */
const NEITHER = 3;
/** Of natural logarithms: more than this one letter never says. */
const MOST_SAID = 1.5;
/** Sum over a run's letters: on untouched pages runs stay below 5. */
const SAID = { unsure: 6, fail: 9 } as const;
/** Letters that must be known of the run and of the rest of the line, and how usual the rest must be. */
const LEAST = { run: 5, rest: 3, usual: 2.5 } as const;
const MOST_WORDS = 6;
/** Of the logarithm of strokes' widths: words that differ more are bold among regular ones, which any form has. */
const BOLD = 0.23;

interface Judged {
  readonly words: Segment;
  readonly said: number;
}

const saidBy = (one: Kinship): number =>
  Math.max(-MOST_SAID, Math.min(MOST_SAID, Math.log(Math.max(1e-3, one.far) / NEITHER)));

const sum = (all: readonly Kinship[]): number => all.reduce((total, one) => total + saidBy(one), 0);

type KnownOf = (words: Segment) => readonly Kinship[];

/** The run that says most; null where none does. */
const oddestOf = (segment: Segment, knownOf: KnownOf): Judged | null => {
  const judged = runsIn(segment, MOST_WORDS).flatMap((words): readonly Judged[] => {
    const [inside, outside] = [knownOf(words), knownOf(segment.filter((word) => !words.includes(word)))];
    const isKnown = inside.length >= LEAST.run && outside.length >= LEAST.rest;
    if (!isKnown || median(outside.map(({ far }) => far)) > LEAST.usual) return [];
    const isBold = Math.abs(median(inside.map(({ heavier }) => heavier))) > BOLD;
    return isBold ? [] : [{ words, said: sum(inside) }];
  });
  const [best] = judged.toSorted((a, b) => b.said - a.said);
  return best === undefined || best.said < SAID.unsure ? null : best;
};

/** At most one run of each segment. `kinships` are of letters held against other lines'. */
export const oddRuns = (
  segments: readonly Segment[],
  kinships: readonly Kinship[],
  { letters, alike }: { readonly letters: readonly Letter[]; readonly alike: Alike },
): readonly OddRun[] => {
  const known = byKey(kinships, ({ letter }) => letter.word);
  const all: KnownOf = (words) => words.flatMap((word) => known.get(word) ?? []);
  const readRight: KnownOf = (words) =>
    all(words).filter((one) => one.far < NEITHER || !isMisread(one, letters, alike));
  return segments.flatMap((segment): readonly OddRun[] => {
    if (oddestOf(segment, all) === null) return [];
    const found = oddestOf(segment, readRight);
    return found === null
      ? []
      : [{ words: found.words, verdict: found.said >= SAID.fail ? "fail" : "unsure" }];
  });
};
