// What does the corrector know of Vietnamese papers, and what may an operator add?

import { FAMILY_NAMES, GIVEN_NAMES } from "./names.js";
import { type Context, LABELS, PHRASES, WORDS } from "./papers.js";
import { ETHNIC_GROUPS, NATIONALITIES } from "./peoples.js";
import { PhraseIndex } from "./phrase-index.js";
import { PROVINCES_BEFORE_2025, PROVINCES_SINCE_2025 } from "./places.js";

/** What an operator brings along, e.g. the communes of the province: any case, NFC or NFD. */
export interface ExtraWords {
  readonly places?: readonly string[];
  readonly names?: readonly string[];
  readonly words?: readonly string[];
}

export interface Lexicon {
  /** Syllables of names, lower case. */
  readonly names: ReadonlySet<string>;
  /** Words of papers outside of names. */
  readonly words: ReadonlySet<string>;
  readonly phrases: PhraseIndex<null>;
  readonly labels: PhraseIndex<Context>;
  /** Closed lists: a value is one of these or something that is not known here. */
  readonly closed: Readonly<Record<"place" | "ethnicity" | "nationality", PhraseIndex<null>>>;
}

const lower = (text: string): string => text.normalize("NFC").toLowerCase();

const syllables = (texts: Iterable<string>): readonly string[] =>
  [...texts].flatMap((text) => lower(text).split(/[\s,-]+/)).filter((word) => word !== "");

const index = (texts: readonly string[]): PhraseIndex<null> =>
  new PhraseIndex(texts.map((text) => [lower(text).split(/[\s-]+/), null] as const));

/** A few milliseconds; once a process. */
export const makeLexicon = (extra: ExtraWords = {}): Lexicon => {
  const places = [...PROVINCES_SINCE_2025, ...PROVINCES_BEFORE_2025, ...(extra.places ?? [])];
  // With the word before it, a province is known although that word was misread ("tính Quảng Nam").
  const provinces = [...PROVINCES_SINCE_2025, ...PROVINCES_BEFORE_2025].flatMap((name) => [
    `tỉnh ${name}`,
    `thành phố ${name}`,
  ]);
  const labels = Object.entries(LABELS).flatMap(([context, texts]) =>
    texts.map((text) => [text.split(" "), context as Context] as const),
  );
  return {
    names: new Set([...FAMILY_NAMES, ...GIVEN_NAMES, ...syllables(extra.names ?? [])]),
    words: new Set([...WORDS, ...syllables(PHRASES), ...syllables(places), ...syllables(extra.words ?? [])]),
    phrases: index([...PHRASES, ...provinces]),
    labels: new PhraseIndex(labels),
    closed: { place: index(places), ethnicity: index(ETHNIC_GROUPS), nationality: index(NATIONALITIES) },
  };
};
