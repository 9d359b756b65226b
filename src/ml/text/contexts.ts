// Which words of a line are the value of a label, and of what kind?

import { caseOf } from "./letters.js";
import type { Lexicon } from "./lexicon/lexicon.js";
import type { Context } from "./lexicon/papers.js";
import type { Token } from "./tokens.js";

export interface Value {
  readonly context: Context;
  readonly tokens: readonly Token[];
}

/** A blank this many times as wide as letters are high parts two columns. */
const COLUMN_GAP = 5;
const LONGEST_NAME = 7;

const upToGap = (tokens: readonly Token[]): readonly Token[] => {
  const end = tokens.findIndex(({ word: { box } }, index) => {
    const before = tokens[index - 1]?.word.box;
    return before !== undefined && box.x - (before.x + before.w) > COLUMN_GAP * Math.max(box.h, before.h);
  });
  return end < 0 ? tokens : tokens.slice(0, end);
};

/** Names are the run of capitalised words, up to a mark. */
const nameOf = (tokens: readonly Token[]): readonly Token[] => {
  const name: Token[] = [];
  for (const token of tokens.slice(0, LONGEST_NAME)) {
    if (caseOf(token.core) === "lower" || /\d{2}/.test(token.core)) break;
    name.push(token);
    if (/[,;:.]/.test(token.tail)) break;
  }
  return name;
};

/** "cho", "ông", "bà" are labels only where a mark or a name follows. */
const isLabel = (tokens: readonly Token[], from: number, to: number): boolean => {
  if (to - from > 1) return true;
  const [label, next] = [tokens[from], tokens[to]];
  if (label === undefined || next === undefined) return false;
  return label.tail.includes(":") || (caseOf(label.core) === "title" && caseOf(next.core) !== "lower");
};

/** The values of a line's labels, each up to the next label or column. */
export const valuesIn = (lexicon: Lexicon, tokens: readonly Token[]): readonly Value[] => {
  const labels = lexicon.labels
    .find(tokens.map(({ lower }) => lower))
    .filter(({ from, to }) => isLabel(tokens, from, to));
  return labels.map(({ to, tag }, index) => {
    const rest = upToGap(tokens.slice(to, labels[index + 1]?.from ?? tokens.length));
    return { context: tag, tokens: tag === "name" ? nameOf(rest) : rest };
  });
};
