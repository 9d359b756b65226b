// Which words are the citizen's own name or place, as the chip has it, with a slip of the recogniser?
//
// The dangerous error is to turn another person's name into the citizen's: fathers and sisters differ from them
// by a mark ("Hằng", "Hạnh", "Hắng"). So a word is changed only where it differs by marks or look-alike letters,
// where the recogniser doubted it, and the more so when what it read is a name as well.
import type { CorrectOptions, LineToCorrect } from "./correct.js";
import { baseOf, inCaseOf } from "./letters.js";
import { FAMILY_NAMES } from "./lexicon/names.js";
import { likeness } from "./likeness.js";
import { isSyllable } from "./syllable.js";
import { changed, SUREST, type Token, tokensOf } from "./tokens.js";

/** Two marks, or one letter that looks alike. */
const MOST_SLIP = 0.6;
/** From so many letters the others say enough. */
const LONG_ENOUGH = 4;
/** Below this a reading that could be a name of its own is doubted; above it, it is another person's name. */
const DOUBTED_NAME = 0.4;
/** What can not be a name is doubted earlier. */
const DOUBTED = 0.85;

interface KnownText {
  readonly words: readonly string[];
  readonly isName: boolean;
}

const split = (text: string): readonly string[] =>
  text
    .normalize("NFC")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

/** One word alone stands on papers for anything. */
const knownTexts = (known: NonNullable<CorrectOptions["known"]>): readonly KnownText[] => {
  const names = [known["fullName"] ?? ""].map((text) => ({ words: split(text), isName: true }));
  const places = [known["placeOfOrigin"], known["placeOfResidence"]]
    .flatMap((text) => (text ?? "").split(","))
    .map((text) => ({ words: split(text), isName: false }));
  return [...names, ...places].filter(({ words }) => words.length >= 2);
};

const couldBeMeant = (token: Token, place: number, text: KnownText, options: CorrectOptions): boolean => {
  if (!isSyllable(token.lower)) return false;
  if (!text.isName) return options.lexicon.words.has(token.lower);
  // Nobody is called "Nguyên Văn …": at the first place only family names stand.
  return place === 0 ? FAMILY_NAMES.includes(token.lower) : options.lexicon.names.has(token.lower);
};

/** The same letters under other marks; in a longer word also one that looks alike. */
const isSlip = (read: string, meant: string): boolean => {
  if (read.length !== meant.length || likeness(read, meant, MOST_SLIP) > MOST_SLIP) return false;
  const bases = (text: string): string => [...text].map(baseOf).join("");
  return meant.length >= LONG_ENOUGH || bases(read) === bases(meant);
};

/** The words to change, or none when the text is not this one. */
const slipsOf = (window: readonly Token[], text: KnownText, options: CorrectOptions): readonly number[] => {
  const slips: number[] = [];
  for (const [place, token] of window.entries()) {
    const meant = text.words[place] ?? "";
    if (token.lower === meant) continue;
    const { confidence, correction } = token.word;
    const limit = couldBeMeant(token, place, text, options) ? DOUBTED_NAME : DOUBTED;
    if (correction !== undefined || confidence >= limit || /\d/.test(token.core)) return [];
    if (!isSlip(token.lower, meant)) return [];
    slips.push(place);
  }
  // At least half of it stands there as the chip has it.
  return slips.length * 2 > text.words.length ? [] : slips;
};

export const correctByChip = ({ words, line, options }: LineToCorrect): void => {
  if (options.known === undefined) return;
  for (const text of knownTexts(options.known)) {
    const tokens = tokensOf(words, line);
    for (let from = 0; from + text.words.length <= tokens.length; from += 1) {
      const window = tokens.slice(from, from + text.words.length);
      for (const place of slipsOf(window, text, options)) {
        const token = window[place] as Token;
        const core = inCaseOf(text.words[place] ?? "", token.core);
        words[token.index] = changed(token, core, { correction: "chip", surest: SUREST.chip });
      }
    }
  }
};
