// What may stand in a field of words, a name, a place or a date, and how is it written for the form?
import { FAMILY_NAMES, GIVEN_NAMES } from "../text/lexicon/names.js";
import { PROVINCES_BEFORE_2025, PROVINCES_SINCE_2025 } from "../text/lexicon/places.js";
import { isSyllable } from "../text/syllable.js";
import { asDigits, MENDED, trimmed, type Validator, type Value } from "./value.js";

const isDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && year <= 2100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

const iso = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

const dayOf = (found: readonly string[] | null, trust: number): Value | null => {
  if (found === null) return null;
  const [day, month, year] = [Number(found[1]), Number(found[2]), Number(found[3])];
  return isDay(year, month, day) ? { value: iso(year, month, day), trust } : null;
};

const DIGITS = /(?<!\d)(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})(?!\d)/;
/** "ngày 05 tháng 8 năm 2021", and "ngày/date 05 tháng/month 08 năm/year 2021" of cards; slips in the words pass. */
const SENTENCE = /(?<!\p{L})ng\S{1,9}\s?(\d{1,2})\s?th\S{2,11}\s?(\d{1,2})\s?n\S{1,9}\s?(\d{4})(?!\d)/iu;

const ODD_SENTENCE =
  /(?<!\p{L})ng\S{1,9}\s([\dOoIl|§SB]{1,2})\sth\S{2,11}\s([\dOoIl|§SB]{1,2})\sn\S{1,9}\s([\dOoIl|§SB]{4})(?!\d)/iu;

const mendedSentence = (text: string): Value | null => {
  const found = ODD_SENTENCE.exec(text);
  if (found === null) return null;
  return dayOf(found.map(asDigits), MENDED);
};

/** As under a signature; digits with slashes are other dates. */
export const dateInSentence: Validator = (text) => dayOf(SENTENCE.exec(text), 1) ?? mendedSentence(text);

/** dd/MM/yyyy, or "ngày d tháng M năm yyyy"; gives yyyy-MM-dd. */
export const date: Validator = (text) =>
  dayOf(DIGITS.exec(text), 1) ?? dateInSentence(text) ?? dayOf(DIGITS.exec(asDigits(text)), MENDED);

const ENDLESS = /kh\S{1,3}ng\s?th\S{1,2}i\s?h\S{1,2}n/iu;

/** A date, or "Không thời hạn". */
export const dateOrEndless: Validator = (text) =>
  ENDLESS.test(text) ? { value: "Không thời hạn", trust: 1 } : date(text);

export const year: Validator = (text) => {
  const plain = /(?<!\d)(?:19|20)\d{2}(?!\d)/.exec(text)?.[0];
  if (plain !== undefined) return { value: plain, trust: 1 };
  const mended = /(?<!\d)(?:19|20)\d{2}(?!\d)/.exec(asDigits(text))?.[0];
  return mended === undefined ? null : { value: mended, trust: MENDED };
};

/** 2 in "TRẦN", 1 in "Trần", 0 in "trần". */
const isNameWord = (word: string): boolean => /^\p{Lu}[\p{L}\p{M}'’-]*$/u.test(word);
const isShout = (word: string): boolean => word === word.toLocaleUpperCase("vi");

const MOST_NAME_WORDS = 7;

const lower = (word: string): string => word.normalize("NFC").toLocaleLowerCase("vi");
const FAMILIES: ReadonlySet<string> = new Set(FAMILY_NAMES.map(lower));
const NAME_SYLLABLES: ReadonlySet<string> = new Set([...FAMILY_NAMES, ...GIVEN_NAMES].map(lower));
const PROVINCES: ReadonlySet<string> = new Set(
  [...PROVINCES_BEFORE_2025, ...PROVINCES_SINCE_2025].map(lower),
);

/**
 * A name begins with a family name, its words are capital alike, and names are made of such syllables. Another
 * name may be as right; the citizen looks at it.
 */
const nameTrust = (words: readonly string[]): number => {
  const shouts = words.filter((word) => word.length > 1 && isShout(word)).length;
  const alike = shouts === 0 || shouts === words.filter(({ length }) => length > 1).length;
  const known = FAMILIES.has(lower(words[0] ?? "")) && words.every((word) => NAME_SYLLABLES.has(lower(word)));
  return alike && known && words.every(isNameWord) ? 1 : MENDED;
};

/** Two words or more of letters, without digits. */
export const name: Validator = (text) => {
  const clean = trimmed(text.replaceAll(/[0-9|_]+/g, " "));
  const words = clean.split(" ").filter((word) => /^\p{L}[\p{L}\p{M}'’-]*$/u.test(word));
  if (words.length < 2 || words.length > MOST_NAME_WORDS) return null;
  const whole = words.join(" ") === trimmed(text);
  return { value: words.join(" "), trust: whole ? nameTrust(words) : Math.min(0.75, nameTrust(words)) };
};

const SEX = /(?<!\p{L})(nam|nữ|nu|nư|nử|nứ|nừ)(?!\p{L})/iu;

export const sex: Validator = (text) => {
  // \b knows only ASCII letters.
  const found = SEX.exec(text)?.[0]?.toLocaleLowerCase("vi").normalize("NFC");
  if (found === undefined) return null;
  // Only two words can stand here: "Nư" can be nothing else than "Nữ".
  return { value: found === "nam" ? "Nam" : "Nữ", trust: found === "nam" || found === "nữ" ? 1 : 0.9 };
};

/** A piece of language: two letters or more. */
export const words: Validator = (text) => {
  const clean = trimmed(text);
  return clean.length < 2 || !/\p{L}/u.test(clean) ? null : { value: clean, trust: 1 };
};

const NOISE = /[|_~*{}<>«»^\\=#@$]|\s[^\p{L}\p{N}&(]{2,}\s/u;

/** Words of letters, but not "T." for "tỉnh". */
const PLAIN_WORD = /(?<![\p{L}\d])[\p{L}\p{M}]{2,}(?![\p{L}\d.])/gu;
/** More letters are no address. */
const LONGEST_PLACE = 300;
const PROVINCE = /(?:tỉnh|thành phố|T\.|TP\.)\s+([^,]+)$/u;

/** A place or an address: Vietnamese words, no odd signs, and a province that exists at its end if one is there. */
export const place: Validator = (text) => {
  const found = words(text);
  if (found === null) return null;
  if (found.value.length > LONGEST_PLACE) return { ...found, trust: MENDED };
  const province = PROVINCE.exec(found.value)?.[1];
  const good =
    !NOISE.test(found.value) &&
    (found.value.match(PLAIN_WORD) ?? []).every(isSyllable) &&
    (province === undefined || PROVINCES.has(lower(province)));
  return good ? found : { ...found, trust: MENDED };
};

/** One to four words, capital first: an ethnic group, a nationality, a colour. */
export const shortWords: Validator = (text) => {
  const found = words(text);
  if (found === null || found.value.split(" ").length > 6 || found.value.length > 40) return null;
  return /^\p{Lu}/u.test(found.value) && !/\d/.test(found.value) ? found : { ...found, trust: MENDED };
};

/** Answers only one of these, written as here; a slip of a mark is mended and marked. */
export const oneOf = (list: readonly string[]): Validator => {
  const bare = (text: string): string =>
    text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/[đĐ]/g, "d").toLowerCase();
  const ordered = [...list].sort((a, b) => b.length - a.length);
  const validate: Validator = (text) => {
    const clean = trimmed(text).normalize("NFC");
    const exact = ordered.find((entry) => clean === entry);
    if (exact !== undefined) return { value: exact, trust: 1 };
    const same = ordered.find((entry) => bare(clean) === bare(entry));
    if (same !== undefined) return { value: same, trust: 0.9 };
    const found = shortWords(text);
    return found === null ? null : { value: found.value, trust: Math.min(found.trust, MENDED) };
  };
  return Object.assign(validate, { entries: list });
};

/** The raised 2 of square metres is read as this and that; after a number and an m it can be nothing else. */
const SQUARE_METRES = /(\d\s?)m\s?[2?²°"”'’*](?=[\s.,;)]|$)/gu;

/** A sentence or more; the full stop at its end is none of it. */
export const sentence: Validator = (text) => {
  const clean = trimmed(text).replaceAll(SQUARE_METRES, "$1m²");
  return clean.length < 5 || !/\p{L}/u.test(clean) ? null : { value: clean, trust: 1 };
};

/** Capitals only: an authority, a school. */
export const capitals: Validator = (text) => {
  const found = words(text);
  if (found === null) return null;
  return { ...found, trust: found.value === found.value.toLocaleUpperCase("vi") ? 1 : MENDED };
};
