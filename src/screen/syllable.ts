// What is a Vietnamese syllable made of, and where do its mark and its tone stand?
//
// Shared by the methods of typing. The tone is placed anew after every letter, the older way that identity
// papers use ("hòa").

export type Tone = "level" | "acute" | "grave" | "hook" | "tilde" | "dot";
export type Mark = "plain" | "circumflex" | "breve" | "horn" | "stroke";

export interface Letter {
  readonly base: string;
  readonly mark: Mark;
  readonly upper: boolean;
}

export interface Syllable {
  readonly letters: readonly Letter[];
  readonly tone: Tone;
}

const TONE_SIGN: Readonly<Record<Tone, string>> = {
  level: "",
  acute: "\u0301",
  grave: "\u0300",
  hook: "\u0309",
  tilde: "\u0303",
  dot: "\u0323",
};
const MARKED: readonly (readonly [base: string, mark: Mark, letter: string])[] = [
  ["a", "circumflex", "â"],
  ["a", "breve", "ă"],
  ["e", "circumflex", "ê"],
  ["o", "circumflex", "ô"],
  ["o", "horn", "ơ"],
  ["u", "horn", "ư"],
  ["d", "stroke", "đ"],
];
const VOWELS = "aeiouy";
/** Also the ends of names of the highland peoples: Đắk, Blôh, H'Bel. */
const FINALS = new Set(["", "c", "ch", "h", "k", "l", "m", "n", "ng", "nh", "p", "t"]);

const toneOfSign = (sign: string): Tone | undefined =>
  (Object.keys(TONE_SIGN) as Tone[]).find((tone) => tone !== "level" && TONE_SIGN[tone] === sign);

export const parseLetter = (character: string): { readonly letter: Letter; readonly tone: Tone } => {
  const decomposed = character.normalize("NFD");
  const signs = [...decomposed].slice(1);
  const tone = signs.map(toneOfSign).find((found) => found !== undefined) ?? "level";
  const toneless = [...decomposed]
    .filter((sign) => toneOfSign(sign) === undefined)
    .join("")
    .normalize("NFC");
  const lower = toneless.toLowerCase();
  const [base, mark] = MARKED.find(([, , marked]) => marked === lower) ?? [lower, "plain" as const];
  return { letter: { base, mark, upper: toneless !== lower }, tone };
};

export const parse = (text: string): Syllable => {
  const parts = [...text.normalize("NFC")].map(parseLetter);
  return {
    letters: parts.map((part) => part.letter),
    tone: parts.map((part) => part.tone).find((tone) => tone !== "level") ?? "level",
  };
};

export const isVowel = (letter: Letter | undefined): boolean =>
  letter !== undefined && VOWELS.includes(letter.base);

/** Where the vowels that carry mark and tone begin and end; null without one. "qu" and "gi" are consonants. */
export const nucleus = (
  letters: readonly Letter[],
): { readonly from: number; readonly to: number } | null => {
  let from = letters.findIndex((letter) => isVowel(letter));
  if (from < 0) return null;
  const before = letters[from - 1]?.base;
  const first = letters[from];
  const glide =
    first?.mark === "plain" &&
    ((before === "q" && first.base === "u") || (before === "g" && first.base === "i" && from === 1));
  if (glide && isVowel(letters[from + 1])) from += 1;
  let to = from;
  while (isVowel(letters[to])) to += 1;
  return { from, to };
};

const finalOf = (letters: readonly Letter[], from: number): string =>
  letters
    .slice(from)
    .map((letter) => letter.base)
    .join("");

const toneIndex = (letters: readonly Letter[]): number => {
  const vowels = nucleus(letters);
  if (vowels === null) return -1;
  const { from, to } = vowels;
  for (let index = to - 1; index >= from; index -= 1) {
    if (letters[index]?.mark !== "plain") return index;
  }
  if (to - from >= 3) return from + 1;
  return to - from === 2 && to < letters.length ? from + 1 : from;
};

export const compose = ({ letters, tone }: Syllable): string => {
  const toned = toneIndex(letters);
  return letters
    .map(({ base, mark, upper }, index) => {
      const marked = MARKED.find(([b, m]) => b === base && m === mark)?.[2] ?? base;
      const cased = upper ? marked.toUpperCase() : marked;
      return index === toned ? `${cased}${TONE_SIGN[tone]}`.normalize("NFC") : cased;
    })
    .join("");
};

export const withMark = (letters: readonly Letter[], index: number, mark: Mark): readonly Letter[] =>
  letters.map((letter, at) => (at === index ? { ...letter, mark } : letter));

/** "ươ" is one sound: before a final or a third vowel neither half stands alone. */
export const joinHorns = (letters: readonly Letter[]): readonly Letter[] => {
  const at = letters.findIndex(
    (letter, index) =>
      letter.base === "u" &&
      letters[index - 1]?.base !== "q" &&
      letters[index + 1]?.base === "o" &&
      (letter.mark === "horn") !== (letters[index + 1]?.mark === "horn") &&
      letters[index + 1]?.mark !== "circumflex" &&
      index + 2 < letters.length,
  );
  return at < 0 ? letters : withMark(withMark(letters, at, "horn"), at + 1, "horn");
};

export const stroke = (letters: readonly Letter[]): readonly Letter[] | "undo" | null => {
  const first = letters[0];
  if (first?.base !== "d") return null;
  return first.mark === "stroke" ? "undo" : withMark(letters, 0, "stroke");
};

export const circumflex = (letters: readonly Letter[], base: string): readonly Letter[] | "undo" | null => {
  const vowels = nucleus(letters);
  if (vowels === null) return null;
  // "ngoeo", "ngoao": the second o is a letter of its own.
  if (base === "o" && /^o[ae]$/.test(finalOf(letters, vowels.from))) return null;
  for (let index = vowels.to - 1; index >= vowels.from; index -= 1) {
    const letter = letters[index];
    if (letter?.base !== base) continue;
    if (letter.mark === "circumflex") return "undo";
    // "ươ" + o would leave "ưô", which no word has.
    const plainBefore = withMark(letters, index, "circumflex").map((other, at) =>
      at === index - 1 && other.base === "u" ? { ...other, mark: "plain" as const } : other,
    );
    return base === "o" ? plainBefore : withMark(letters, index, "circumflex");
  }
  return null;
};

/** Which vowels "w" marks, by their bare letters: ă, ơ, ư or the pair ươ. */
const hornTargets = (bare: string, open: boolean): readonly number[] => {
  if (bare.startsWith("uo")) return open && bare === "uo" ? [1] : [0, 1];
  if (bare === "oa") return [1];
  const index = [...bare].findIndex((letter) => "uoa".includes(letter));
  return index < 0 ? [] : [index];
};

export const horn = (letters: readonly Letter[]): readonly Letter[] | "undo" | null => {
  const vowels = nucleus(letters);
  if (vowels === null) return null;
  const bare = finalOf(letters.slice(0, vowels.to), vowels.from);
  const targets = hornTargets(bare, vowels.to === letters.length).map((offset) => vowels.from + offset);
  if (targets.length === 0) return null;
  const wanted = (index: number): Mark => (letters[index]?.base === "a" ? "breve" : "horn");
  if (targets.every((index) => letters[index]?.mark === wanted(index))) return "undo";
  return targets.reduce<readonly Letter[]>((done, index) => withMark(done, index, wanted(index)), letters);
};

export const splitLast = (text: string): readonly [before: string, last: string] => {
  const found = /[\p{L}\p{M}]+$/u.exec(text);
  return found === null ? [text, ""] : [text.slice(0, found.index), text.slice(found.index)];
};

export const canBeSyllable = (letters: readonly Letter[]): boolean => {
  const vowels = nucleus(letters);
  return vowels === null || (vowels.to - vowels.from <= 3 && FINALS.has(finalOf(letters, vowels.to)));
};

/** The text before the caret after a tone key of the screen's keyboard; the same tone again takes it off. */
export const setTone = (before: string, tone: Tone): string => {
  const [head, last] = splitLast(before);
  const syllable = parse(last);
  if (nucleus(syllable.letters) === null || !canBeSyllable(syllable.letters)) return before;
  return head + compose({ ...syllable, tone: syllable.tone === tone ? "level" : tone });
};
