// Is there writing on a picture, or did the recogniser make letters of fur and folds?
import type { Word } from "../reader.js";

/** Such a word is letters or digits, two at least, and the recogniser rather believes in it. */
const BELIEVED_FROM = 0.5;
const WORD_LIKE = /^[^\p{L}\p{N}]*[\p{L}\p{N}][\p{L}\p{N}\p{M}/.,:()-]*[\p{L}\p{N}][^\p{L}\p{N}]*$/u;
/** Letters of all such words: a stamped date has as many. */
const LEAST_LETTERS = 8;

/** A page of print has hundreds of believed letters even in bad light; a cat on a sofa has none to three. */
export const hasWriting = (words: readonly Pick<Word, "text" | "confidence">[]): boolean => {
  const letters = words
    .filter(({ text, confidence }) => confidence >= BELIEVED_FROM && WORD_LIKE.test(text))
    .reduce((sum, { text }) => sum + (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0), 0);
  return letters >= LEAST_LETTERS;
};
