// Which words are misread parts of a heading, a label or another turn of phrase of papers?
//
// The recogniser reads "Số vào số" for "Số vào sổ" and is 96 % sure of it: the phrase knows better, the more of its
// words stand there, and whatever the recogniser's doubt.
import { valuesIn } from "./contexts.js";
import type { LineToCorrect } from "./correct.js";
import { caseOf, inCaseOf } from "./letters.js";
import { isSyllable } from "./syllable.js";
import { changed, SUREST, type Token, tokensOf } from "./tokens.js";

/** A word surer than this stays, by the number of words of the phrase. */
const sureFrom = (words: number): number => (words >= 4 ? 1.01 : words === 3 ? 0.94 : 0.86);
/** Slips of a whole phrase, by its words. */
const MOST_SLIPS_A_WORD = 0.35;

/** A mixed case takes its neighbours'. */
const cased = (lower: string, token: Token, neighbours: readonly Token[]): string => {
  if (caseOf(token.core) !== "mixed") return inCaseOf(lower, token.core);
  const uppers = neighbours.filter(({ core }) => caseOf(core) === "upper").length;
  return uppers * 2 >= neighbours.length ? lower.toUpperCase() : inCaseOf(lower, token.core);
};

/** "Trần Nam Sinh" is no "năm sinh": where capitals begin the words and no mark follows, a name may stand. */
const mayBeName = (neighbours: readonly Token[]): boolean =>
  neighbours.length < 3 &&
  neighbours.every(({ core }) => caseOf(core) === "title") &&
  neighbours.at(-1)?.tail.includes(":") !== true;

const isWrong = (token: Token, right: string, sure: number): boolean =>
  token.lower !== right &&
  token.word.correction === undefined &&
  !/\d\d/.test(token.core) &&
  (token.word.confidence < sure || !isSyllable(token.lower));

export const correctByPhrases = ({ words, line, options }: LineToCorrect): void => {
  const { lexicon } = options;
  const tokens = tokensOf(words, line);
  const names = new Set(
    valuesIn(lexicon, tokens)
      .filter(({ context }) => context === "name")
      .flatMap((value) => value.tokens),
  );
  for (const match of lexicon.phrases.find(tokens.map(({ lower }) => lower))) {
    const { from, to, words: meant, cost } = match;
    if (meant.length < 2 || cost === 0 || cost > MOST_SLIPS_A_WORD * meant.length) continue;
    const neighbours = tokens.slice(from, to);
    if (mayBeName(neighbours)) continue;
    const isLabel = neighbours.at(-1)?.tail.includes(":") === true;
    for (const [place, token] of neighbours.entries()) {
      const right = meant[place] ?? token.lower;
      if (!isWrong(token, right, sureFrom(meant.length)) || (names.has(token) && !isLabel)) continue;
      const core = cased(right, token, neighbours);
      words[token.index] = changed(token, core, { correction: "lexicon", surest: SUREST.phrase });
    }
  }
};
