// Which words are no word, or can not stand where they stand, and which one is meant?
//
// What a label says of its value decides which list counts; a word that two others could be stays as it was read.
import { type Value, valuesIn } from "./contexts.js";
import type { LineToCorrect } from "./correct.js";
import { inCaseOf } from "./letters.js";
import { FAMILY_NAMES } from "./lexicon/names.js";
import type { PhraseIndex } from "./lexicon/phrase-index.js";
import { likeness } from "./likeness.js";
import { isSyllable } from "./syllable.js";
import { changed, SUREST, type Token, tokensOf } from "./tokens.js";

const FAMILIES: ReadonlySet<string> = new Set(FAMILY_NAMES);
const SHORTEST = 2;
/** What is left of a word whose beginning a signature covers is as near to one as to another. */
const SHORTEST_NONSENSE = 4;
/** Marks and one look-alike letter; never another letter in a short word. */
const mostSlip = (word: string): number => (word.length <= 3 ? 0.5 : word.length <= 5 ? 0.7 : 1);
/** The next best must be further off by this. */
const CLEAR_LEAD = 0.14;
/** A reading without sense is doubted below the first, one with sense below the second. */
const DOUBTED_NONSENSE = 0.93;
const DOUBTED_SENSE = 0.7;
const DOUBTED_CLOSED = 0.93;

/** The one word of `among` that `read` is a slip of; null when there is none, or a choice. */
const nearest = (read: string, among: Iterable<string>): string | null => {
  const limit = mostSlip(read);
  let best: { readonly word: string; readonly cost: number } | null = null;
  let second = Number.POSITIVE_INFINITY;
  for (const word of among) {
    if (Math.abs(word.length - read.length) > 1) continue;
    const cost = likeness(read, word, limit + CLEAR_LEAD);
    if (best === null || cost < best.cost) {
      second = best?.cost ?? second;
      best = { word, cost };
    } else if (cost < second) second = cost;
  }
  return best === null || best.cost > limit || second - best.cost < CLEAR_LEAD ? null : best.word;
};

/** Letters with at most one digit among them, as "H0àng"; numbers and codes are none. */
const isWordLike = ({ core }: Token): boolean =>
  core.length >= SHORTEST && /^\p{L}*[0-9]?\p{L}*$/u.test(core) && (core.match(/\p{L}/gu)?.length ?? 0) >= 2;

/** Signs of offices: no vowel, or the one of "UBND". */
const isAcronym = ({ core }: Token): boolean =>
  core.length <= 6 && /^[A-ZĐ]+$/.test(core) && !isSyllable(core);

const isDoubted = (token: Token): boolean =>
  token.word.confidence < (isSyllable(token.lower) ? DOUBTED_SENSE : DOUBTED_NONSENSE);

const correctName = (words: LineToCorrect["words"], { tokens }: Value, names: ReadonlySet<string>): void => {
  for (const [place, token] of tokens.entries()) {
    if (token.word.correction !== undefined || !isWordLike(token)) continue;
    const known = place === 0 ? FAMILIES : names;
    if (known.has(token.lower) || !isDoubted(token)) continue;
    // A given name that is a syllable may be one that nobody listed.
    if (place > 0 && isSyllable(token.lower)) continue;
    const meant = nearest(token.lower, known);
    if (meant !== null)
      words[token.index] = changed(token, inCaseOf(meant, token.core), {
        correction: "lexicon",
        surest: SUREST.lexicon,
      });
  }
};

/** The whole value is one of a closed list, but for slips. */
const correctClosed = (words: LineToCorrect["words"], value: Value, list: PhraseIndex<null>): void => {
  const { tokens } = value;
  const lower = tokens.map((token) => token.lower);
  const [only] = tokens;
  const change = (token: Token, meant: string): void => {
    if (token.lower === meant || token.word.correction !== undefined) return;
    if (token.word.confidence >= DOUBTED_CLOSED && isSyllable(token.lower)) return;
    const core = inCaseOf(meant, token.core);
    words[token.index] = changed(token, core, { correction: "lexicon", surest: SUREST.lexicon });
  };
  if (tokens.length === 1 && only !== undefined) {
    const meant = list.has(lower) ? null : nearest(only.lower, list.phrasesOfOne);
    if (meant !== null) change(only, meant);
    return;
  }
  for (const { from, to, words: meant, cost } of list.find(lower))
    if (cost > 0 && cost <= mostSlip("four") && meant.length > 1)
      for (const [place, token] of tokens.slice(from, to).entries())
        change(token, meant[place] ?? token.lower);
};

/** A province ends an address: communes have names that differ from a province's by a mark. */
const provincePart = (value: Value): Value => {
  const at = value.tokens.findLastIndex(
    ({ tail }, index) => tail.includes(",") && index < value.tokens.length - 1,
  );
  return { ...value, tokens: value.tokens.slice(at + 1) };
};

const correctOther = (
  words: LineToCorrect["words"],
  tokens: readonly Token[],
  among: ReadonlySet<string>,
) => {
  for (const token of tokens) {
    if (token.word.correction !== undefined || token.core.length < SHORTEST_NONSENSE) continue;
    if (!isWordLike(token) || isAcronym(token) || isSyllable(token.lower) || among.has(token.lower)) continue;
    if (token.word.confidence >= DOUBTED_NONSENSE) continue;
    const meant = nearest(token.lower, among);
    if (meant !== null)
      words[token.index] = changed(token, inCaseOf(meant, token.core), {
        correction: "lexicon",
        surest: SUREST.lexicon,
      });
  }
};

export const correctByLexicon = ({ words, line, options }: LineToCorrect): void => {
  const { lexicon } = options;
  const tokens = tokensOf(words, line);
  const values = valuesIn(lexicon, tokens);
  for (const value of values) {
    if (value.context === "name") correctName(words, value, lexicon.names);
    else if (value.context === "ethnicity" || value.context === "nationality")
      correctClosed(words, value, lexicon.closed[value.context]);
    else if (value.context === "place") correctClosed(words, provincePart(value), lexicon.closed.place);
  }
  const named = new Set(values.filter(({ context }) => context === "name").flatMap((value) => value.tokens));
  correctOther(
    words,
    tokensOf(words, line).filter((token) => ![...named].some(({ index }) => index === token.index)),
    lexicon.words,
  );
};
