// Which words, lines and text does a page have, once the recogniser's lines are put in order?

import { mergeLines } from "../merge-lines.js";
import type { TextLine, Word } from "../reader.js";
import { around, inReadingOrder, type Line } from "./reading-order.js";

export interface PageLines {
  /** One row of text a line. */
  readonly text: string;
  readonly words: readonly (Word & { readonly line: number })[];
  readonly lines: readonly TextLine[];
  /** 0 … 1, weighted by the length of the words. */
  readonly meanConfidence: number;
}

const meanOf = (words: readonly Word[]): number => {
  const length = words.reduce((sum, { text }) => sum + text.length, 0);
  return length === 0
    ? 0
    : words.reduce((sum, { text, confidence }) => sum + text.length * confidence, 0) / length;
};

export const layOutLines = (found: readonly Line[]): PageLines => {
  const ordered = inReadingOrder(mergeLines(found));
  const words = ordered.flatMap((line, index) => line.map((word) => ({ ...word, line: index })));
  let from = 0;
  const lines = ordered.map((line): TextLine => {
    const to = from + line.length;
    const made = { box: around(line.map(({ box }) => box)), script: "print", from, to } as const;
    from = to;
    return made;
  });
  return {
    text: ordered.map((line) => line.map(({ text }) => text).join(" ")).join("\n"),
    words,
    lines,
    meanConfidence: meanOf(words),
  };
};
