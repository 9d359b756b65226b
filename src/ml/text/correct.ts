// Which words did the recogniser misread, and what stands there?
//
// Only what is hardly anything else is changed, each change is marked, and none makes a word surer than it was.
// Digits are left alone: a wrong digit in a number is what forged papers have, and it must reach the checks.
import type { TextLine, Word } from "../reader.js";
import { correctByChip } from "./correct-by-chip.js";
import { correctByLexicon } from "./correct-by-lexicon.js";
import { correctByPhrases } from "./correct-by-phrases.js";
import { correctNumbers } from "./correct-numbers.js";
import type { Lexicon } from "./lexicon/lexicon.js";

export interface CorrectOptions {
  readonly lexicon: Lexicon;
  /** What the chip says of the citizen, by card field (dates yyyy-MM-dd). */
  readonly known?: Readonly<Record<string, string>>;
}

/** What one way of correcting looks at, and where it puts a changed word. */
export interface LineToCorrect {
  readonly words: Word[];
  readonly line: Pick<TextLine, "from" | "to">;
  readonly options: CorrectOptions;
}

/**
 * As many words as came, in their order; a changed one has `correction`. Words that have one already stay. The
 * lines' words are indexes into `words`; words outside of lines stay as they are.
 */
export const correctWords = (
  words: readonly Word[],
  lines: readonly Pick<TextLine, "from" | "to">[],
  options: CorrectOptions,
): readonly Word[] => {
  const out = [...words];
  for (const line of lines) {
    const task = { words: out, line, options };
    const before = out.slice(line.from, line.to);
    correctNumbers(task);
    // Labels are mended first: they say what the words behind them are.
    correctByPhrases(task);
    correctByChip(task);
    correctByLexicon(task);
    // A word that is right now may make a phrase of its neighbours: "GIAY XAC NHẬN" had too little of one.
    if (before.some((word, index) => word !== out[line.from + index])) correctByPhrases(task);
  }
  return out;
};

/** The page's text again, after its words have changed. */
export const textOfLines = (
  words: readonly Pick<Word, "text">[],
  lines: readonly Pick<TextLine, "from" | "to">[],
): string =>
  lines
    .map(({ from, to }) =>
      words
        .slice(from, to)
        .map(({ text }) => text)
        .join(" "),
    )
    .join("\n");
