// Which characters can a handwritten line hold, and which class of the network is which?

const PLAIN_VOWELS = "aăâeêioôơuưy";
/** None, huyền, sắc, hỏi, ngã, nặng as combining marks. */
const TONES = ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"] as const;
const CONSONANTS = "bcdđfghjklmnpqrstvwxz";

const lower = [...PLAIN_VOWELS]
  .flatMap((vowel) => TONES.map((tone) => (vowel + tone).normalize("NFC")))
  .concat([...CONSONANTS]);

/** What a form is filled in with besides letters and digits. */
export const PUNCTUATION = " .,-/:;()'\"+%&?!*=";

/**
 * The classes in their order, composed (NFC), one code point each. The blank of CTC is class 0, so the first
 * character is class 1. A trained file carries this text: changing it here never changes what an old file means.
 */
export const ALPHABET: string = [
  ...lower,
  ...lower.map((letter) => letter.toUpperCase()),
  ..."0123456789",
  ...PUNCTUATION,
].join("");

/** The 134 composed letters that carry a mark, and đ: what a font must have to write Vietnamese. */
export const MARKED_LETTERS: readonly string[] = [...ALPHABET].filter((letter) => letter > "\u007f");
