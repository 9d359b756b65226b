// What is a Vietnamese letter made of?
//
// Unicode takes a letter apart into a base, its quality (breve, circumflex, horn) and the syllable's tone. A
// recogniser that slips on a mark slips on one of the two last.

/** The five tones that are written; the level one has no mark. */
const TONES = "\u0300\u0309\u0303\u0301\u0323";
const TONE = new RegExp(`[${TONES}]`, "g");

/** Without the tone, with its quality: "ế" gives "ê". NFC. */
export const withoutTone = (text: string): string =>
  text.normalize("NFD").replaceAll(TONE, "").normalize("NFC");

/** The tone marks in a text, in order. */
export const tonesOf = (text: string): readonly string[] => text.normalize("NFD").match(TONE) ?? [];

export interface Letter {
  /** Under all marks, in lower case; đ is d. */
  readonly base: string;
  /** Without the tone. */
  readonly toneless: string;
  /** The tone's mark, or "". */
  readonly tone: string;
}

const takeApart = (letter: string): Letter => {
  const lower = letter.toLowerCase();
  const base = lower === "đ" ? "d" : (lower.normalize("NFD")[0] ?? lower);
  return { base, toneless: withoutTone(lower), tone: tonesOf(lower).join("") };
};

/** Taken apart once: words are compared by the thousand. */
const LETTERS = new Map<string, Letter>();
/** What papers are written with; who writes in every script there is has letters taken apart anew. */
const MOST_LETTERS = 2_000;

/** One character, NFC. */
export const letterOf = (letter: string): Letter => {
  const known = LETTERS.get(letter);
  if (known !== undefined) return known;
  const apart = takeApart(letter);
  if (LETTERS.size < MOST_LETTERS) LETTERS.set(letter, apart);
  return apart;
};

/** The letter under all marks, in lower case; đ is d. One character in, one out. */
export const baseOf = (letter: string): string => letterOf(letter).base;

export type Case = "upper" | "title" | "lower" | "mixed";

export const caseOf = (word: string): Case => {
  const [first = "", ...rest] = word;
  const tail = rest.join("");
  if (word === word.toUpperCase() && word !== word.toLowerCase())
    return rest.length === 0 ? "title" : "upper";
  if (word === word.toLowerCase()) return "lower";
  return first !== first.toLowerCase() && tail === tail.toLowerCase() ? "title" : "mixed";
};

/** `lower` (in lower case) in the case that `like` has; a mixed one becomes a title. */
export const inCaseOf = (lower: string, like: string): string => {
  const form = caseOf(like);
  if (form === "lower") return lower;
  if (form === "upper") return lower.toUpperCase();
  const [first = "", ...rest] = lower;
  return first.toUpperCase() + rest.join("");
};
