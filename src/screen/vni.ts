// Which text does a key of the VNI method make out of the text before the caret?
//
// Digits set what Telex sets with letters: 1 to 5 the tones, 6 the circumflex, 7 the horn, 8 the breve, 9 the
// stroke, 0 takes the tone off. Set twice is taken back and gives the digit; where nothing can be set the digit
// is a digit, and so it is behind another digit ("12A1" is a house).
import {
  canBeSyllable,
  circumflex,
  compose,
  horn,
  joinHorns,
  type Letter,
  type Mark,
  nucleus,
  parse,
  parseLetter,
  type Syllable,
  splitLast,
  stroke,
  type Tone,
  withMark,
} from "./syllable.js";

const TONES: readonly Tone[] = ["level", "acute", "grave", "hook", "tilde", "dot"];
const MARK_OF_KEY: Readonly<Record<string, Mark>> = {
  "6": "circumflex",
  "7": "horn",
  "8": "breve",
  "9": "stroke",
};

type Remarked = readonly Letter[] | "undo" | null;

/** The last vowel that can bear it: "tieng6", "cuoi6", "tuan6". */
const roof = (letters: readonly Letter[]): Remarked => {
  const vowels = nucleus(letters);
  if (vowels === null) return null;
  const bearer = letters.slice(vowels.from, vowels.to).findLast(({ base }) => "aeo".includes(base));
  return bearer === undefined ? null : circumflex(letters, bearer.base);
};

/** Telex has one key for horn and breve; here the horn is for u and o alone. */
const hornOnly = (letters: readonly Letter[]): Remarked => {
  const marked = horn(letters);
  if (marked === null) return null;
  if (marked === "undo") return letters.some(({ mark }) => mark === "horn") ? "undo" : null;
  return marked.some(({ mark }, index) => mark === "breve" && letters[index]?.mark !== "breve")
    ? null
    : marked;
};

const breve = (letters: readonly Letter[]): Remarked => {
  const vowels = nucleus(letters);
  if (vowels === null) return null;
  for (let index = vowels.to - 1; index >= vowels.from; index -= 1) {
    const letter = letters[index];
    if (letter?.base === "a") return letter.mark === "breve" ? "undo" : withMark(letters, index, "breve");
  }
  return null;
};

const remark = (letters: readonly Letter[], mark: Mark): Remarked => {
  switch (mark) {
    case "circumflex":
      return roof(letters);
    case "horn":
      return hornOnly(letters);
    case "breve":
      return breve(letters);
    case "stroke":
      return stroke(letters);
    case "plain":
      return null;
  }
};

const toned = (syllable: Syllable, tone: Tone, key: string): string | null => {
  if (nucleus(syllable.letters) === null) return null;
  if (tone === "level" && syllable.tone === "level") return null;
  if (tone === syllable.tone) return compose({ ...syllable, tone: "level" }) + key;
  return compose({ ...syllable, tone });
};

const keyed = (syllable: Syllable, key: string): string | null => {
  const tone = TONES[Number(key)];
  if (tone !== undefined) return toned(syllable, tone, key);
  const mark = MARK_OF_KEY[key] ?? "plain";
  const letters = remark(syllable.letters, mark);
  if (letters === null) return null;
  if (letters !== "undo") return compose({ ...syllable, letters: joinHorns(letters) });
  const plain = syllable.letters.map((letter) =>
    letter.mark === mark ? { ...letter, mark: "plain" as const } : letter,
  );
  return compose({ ...syllable, letters: plain }) + key;
};

/** The text before the caret after `key`, one character. */
export const vni = (before: string, key: string): string => {
  const [head, last] = splitLast(before);
  if (!/^[a-z0-9]$/i.test(key) || last === "") return before + key;
  const syllable = parse(last);
  if (!canBeSyllable(syllable.letters)) return before + key;
  if (/\d/.test(key)) {
    const changed = /\d$/.test(head) ? null : keyed(syllable, key);
    return changed === null ? before + key : head + changed;
  }
  const letters = joinHorns([...syllable.letters, parseLetter(key).letter]);
  return canBeSyllable(letters) ? head + compose({ ...syllable, letters }) : before + key;
};
