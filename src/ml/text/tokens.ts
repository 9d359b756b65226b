// What is a word of a line without the marks around it, and how is it changed so that everybody can see it?
import type { Correction, TextLine, Word } from "../reader.js";

export interface Token {
  /** Index of the page's word. */
  readonly index: number;
  readonly word: Word;
  /** Marks before and after the letters. */
  readonly head: string;
  readonly tail: string;
  readonly core: string;
  /** `core` in lower case, NFC. */
  readonly lower: string;
}

const PARTS = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su;

export const tokenOf = (word: Word, index: number): Token => {
  const [, head = "", core = "", tail = ""] = PARTS.exec(word.text.normalize("NFC")) ?? [];
  return { index, word, head, tail, core, lower: core.toLowerCase() };
};

/** The words of a line that have letters or digits. */
export const tokensOf = (
  words: readonly Word[],
  { from, to }: Pick<TextLine, "from" | "to">,
): readonly Token[] =>
  words
    .slice(from, to)
    .map((word, place) => tokenOf(word, from + place))
    .filter(({ core }) => core !== "");

/** Marks that dirt and edges leave before a word. */
const DIRT = /^[_ˆ`´'‘’„|~^*·.]+$/;

/** A reading that was changed is never surer than before, nor than this. */
export const SUREST = { pattern: 0.9, sign: 0.78, phrase: 0.85, lexicon: 0.7, chip: 0.75 } as const;

/** `word` with other letters, marked as changed. */
export const changed = (
  token: Token,
  core: string,
  by: { readonly correction: Correction["by"]; readonly surest: number },
): Word => {
  const { word, head, tail } = token;
  return {
    ...word,
    // Before a number a mark may be a part of it.
    text: `${DIRT.test(head) && !/\d/.test(core) ? "" : head}${core}${tail}`,
    confidence: Math.min(word.confidence, by.surest),
    correction: { from: word.text, by: by.correction },
  };
};
