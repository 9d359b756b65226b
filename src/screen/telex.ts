// Which text does a key of the Telex method make out of the text before the caret?
//
// Only the last syllable is touched. Marks may follow at once ("tieengs") or after the final consonant
// ("tiengse"); the tone is placed anew after every letter, the older way that identity papers use ("hòa").
// Pressing a mark or tone twice takes it back and gives the letter itself.

import {
  canBeSyllable,
  circumflex,
  compose,
  horn,
  isVowel,
  joinHorns,
  type Letter,
  nucleus,
  parse,
  parseLetter,
  type Syllable,
  splitLast,
  stroke,
  type Tone,
} from "./syllable.js";

const TONE_OF_KEY = new Map<string, Tone>([
  ["s", "acute"],
  ["f", "grave"],
  ["r", "hook"],
  ["x", "tilde"],
  ["j", "dot"],
  ["z", "level"],
]);
const remark = (letters: readonly Letter[], key: string): readonly Letter[] | "undo" | null => {
  if (key === "d") return stroke(letters);
  if (key === "w") return horn(letters);
  return "aeo".includes(key) ? circumflex(letters, key) : null;
};

const plainAgain = (letters: readonly Letter[], key: string): readonly Letter[] =>
  letters.map((letter) => {
    const undone =
      key === "d"
        ? letter.mark === "stroke"
        : key === "w"
          ? letter.mark === "horn" || letter.mark === "breve"
          : letter.mark === "circumflex" && letter.base === key;
    return undone ? { ...letter, mark: "plain" } : letter;
  });

const keyed = (syllable: Syllable, key: string): string | null => {
  const lower = key.toLowerCase();
  const tone = TONE_OF_KEY.get(lower);
  if (tone !== undefined) {
    if (nucleus(syllable.letters) === null) return null;
    if (tone === "level" && syllable.tone === "level") return null;
    if (tone === syllable.tone) return compose({ ...syllable, tone: "level" }) + key;
    return compose({ ...syllable, tone });
  }
  const letters = remark(syllable.letters, lower);
  if (letters === "undo") return compose({ ...syllable, letters: plainAgain(syllable.letters, lower) }) + key;
  if (letters !== null) return compose({ ...syllable, letters: joinHorns(letters) });
  if (lower !== "w" || syllable.letters.some(isVowel)) return null;
  const lone: Letter = { base: "u", mark: "horn", upper: key !== lower };
  return compose({ ...syllable, letters: [...syllable.letters, lone] });
};

/** The text before the caret after `key`, one character. */
export const telex = (before: string, key: string): string => {
  const [head, last] = splitLast(before);
  // A letter that an input method made already is taken as it is.
  if (!/^[a-z]$/i.test(key)) return before + key;
  const syllable = parse(last);
  if (!canBeSyllable(syllable.letters)) return before + key;
  const changed = keyed(syllable, key);
  if (changed !== null) return head + changed;
  const letters = joinHorns([...syllable.letters, parseLetter(key).letter]);
  return canBeSyllable(letters) ? head + compose({ ...syllable, letters }) : before + key;
};
