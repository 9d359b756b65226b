// Where in a line of words does a phrase stand, although some of its words were misread?
import { likeness } from "../likeness.js";

export interface PhraseMatch<Tag> {
  /** Index of its first word, and of the first after it. */
  readonly from: number;
  readonly to: number;
  readonly words: readonly string[];
  /** Sum of the words' slips; 0 when it stands there letter by letter. */
  readonly cost: number;
  readonly tag: Tag;
}

interface Phrase<Tag> {
  readonly words: readonly string[];
  readonly tag: Tag;
}

/** A misread word may be this far from the phrase's, by its letters: a third of them, two marks at least. */
const wordLimit = (word: string): number => Math.max(0.7, word.length * 0.34);

export class PhraseIndex<Tag> {
  readonly #byWord = new Map<string, { readonly phrase: Phrase<Tag>; readonly at: number }[]>();
  readonly #single = new Map<string, Phrase<Tag>>();

  constructor(phrases: readonly (readonly [words: readonly string[], tag: Tag])[]) {
    for (const [words, tag] of phrases) {
      const phrase = { words, tag };
      if (words.length === 1) this.#single.set(words[0] ?? "", phrase);
      for (const [at, word] of words.entries())
        this.#byWord.set(word, [...(this.#byWord.get(word) ?? []), { phrase, at }]);
    }
  }

  has(words: readonly string[]): boolean {
    const entries = this.#byWord.get(words[0] ?? "") ?? [];
    return entries.some(({ phrase, at }) => at === 0 && phrase.words.join(" ") === words.join(" "));
  }

  get phrasesOfOne(): Iterable<string> {
    return this.#single.keys();
  }

  /**
   * Phrases in `line` (lower case, no punctuation), the longest first, none over another. Half of a phrase's
   * words, and one at least, must stand there letter by letter.
   */
  find(line: readonly string[]): readonly PhraseMatch<Tag>[] {
    const tried = new Set<string>();
    const found: PhraseMatch<Tag>[] = [];
    for (const [index, word] of line.entries())
      for (const { phrase, at } of this.#byWord.get(word) ?? []) {
        const from = index - at;
        const key = `${from} ${phrase.words.join(" ")}`;
        if (from < 0 || from + phrase.words.length > line.length || tried.has(key)) continue;
        tried.add(key);
        const match = align(line, from, phrase);
        if (match !== null) found.push(match);
      }
    return withoutOverlap(found);
  }
}

const align = <Tag>(line: readonly string[], from: number, phrase: Phrase<Tag>): PhraseMatch<Tag> | null => {
  const { words, tag } = phrase;
  let cost = 0;
  let exact = 0;
  for (const [at, word] of words.entries()) {
    const read = line[from + at] ?? "";
    if (read === word) exact += 1;
    else {
      const slip = likeness(read, word, wordLimit(word));
      if (slip > wordLimit(word)) return null;
      cost += slip;
    }
  }
  return exact * 2 < words.length ? null : { from, to: from + words.length, words, cost, tag };
};

const withoutOverlap = <Tag>(found: readonly PhraseMatch<Tag>[]): readonly PhraseMatch<Tag>[] => {
  const kept: PhraseMatch<Tag>[] = [];
  const order = [...found].sort((a, b) => b.words.length - a.words.length || a.cost - b.cost);
  for (const match of order)
    if (!kept.some((other) => match.from < other.to && other.from < match.to)) kept.push(match);
  return kept.sort((a, b) => a.from - b.from);
};
