// Which words are misread parts of a heading, a label or another turn of phrase of papers?
//
// The recogniser reads "Số vào số" for "Số vào sổ" and is 96 % sure of it: the phrase knows better, the more of its
// words stand there, and whatever the recogniser's doubt.
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

export const correctByPhrases = ({ words, line, options }: LineToCorrect): void => {
  const tokens = tokensOf(words, line);
  const found = options.lexicon.phrases.find(tokens.map(({ lower }) => lower));
  for (const { from, to, words: meant, cost } of found) {
    if (meant.length < 2 || cost === 0 || cost > MOST_SLIPS_A_WORD * meant.length) continue;
    const neighbours = tokens.slice(from, to);
    for (const [place, token] of neighbours.entries()) {
      const right = meant[place] ?? token.lower;
      if (token.lower === right || token.word.correction !== undefined || /\d\d/.test(token.core)) continue;
      if (token.word.confidence >= sureFrom(meant.length) && isSyllable(token.lower)) continue;
      const core = cased(right, token, neighbours);
      words[token.index] = changed(token, core, { correction: "lexicon", surest: SUREST.phrase });
    }
  }
};
