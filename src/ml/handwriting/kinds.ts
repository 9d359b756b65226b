// What may be written in a field of each kind, and what is known of it beforehand?
import { PLACES, shortName } from "../../core/places.js";
import { FAMILY_NAMES, GIVEN_NAMES } from "../text/lexicon/names.js";
import { PROVINCES_BEFORE_2025 } from "../text/lexicon/places.js";
import { isSyllable } from "../text/syllable.js";
import { type Constraint, type Form, formed, oneOf } from "./constraints.js";
import type { FoundText } from "./decode.js";
import { BETWEEN_DIGITS, citizenNumber, phoneNumber, runOfDigits, sumOfMoney } from "./number-constraints.js";
import { inWords, listOf, type WordList } from "./words.js";

export const HAND_KINDS = [
  ...(["text", "name", "place", "words", "date", "year"] as const),
  // The first is of twelve digits, the second may be one of nine as well.
  ...(["personalNumber", "citizenNumber", "digits", "phone", "money", "sex"] as const),
];

/** A closed list is given by its entries. */
export type HandKind = (typeof HAND_KINDS)[number] | { readonly oneOf: readonly string[] };

const DIGIT = "0123456789";

/** "#" is a digit, everything else itself. */
const signs = (pattern: string): Form => [...pattern].map((sign) => (sign === "#" ? DIGIT : sign));

const DAYS: readonly Form[] = [["0", "123456789"], ["12", DIGIT], ["3", "01"], ["123456789"]];
const MONTHS: readonly Form[] = [["0", "123456789"], ["1", "012"], ["123456789"]];
const YEARS: readonly Form[] = [signs("19##"), signs("20##")];
const SHORT_YEARS: readonly Form[] = [signs("##")];

/** Every way to put one of each part together, with the signs between them. */
const joined = (
  parts: readonly (readonly Form[])[],
  between: readonly string[],
  [before, after]: readonly [string, string] = ["", ""],
): readonly Form[] => {
  const forms = parts.reduce<readonly Form[]>(
    (made, part, index) =>
      made.flatMap((form) =>
        part.map((next): Form => [...form, ...signs(index === 0 ? "" : (between[index - 1] ?? "")), ...next]),
      ),
    [signs(before)],
  );
  return forms.map((form) => [...form, ...signs(after)]);
};

/** As people write dates into forms, days and months that exist; who writes a day alone writes no date. */
export const DATE_FORMS: readonly Form[] = [
  ...["/", "-", ".", " / ", " ", " - "].flatMap((sign) => joined([DAYS, MONTHS, YEARS], [sign, sign])),
  ...["/", "-", "."].flatMap((sign) => joined([DAYS, MONTHS, SHORT_YEARS], [sign, sign])),
  ...["ngày ", "Ngày ", ""].flatMap((head) =>
    joined([DAYS, MONTHS, YEARS], [" tháng ", " năm "], [head, ""]),
  ),
  ...["ngày ", "Ngày "].flatMap((head) => joined([DAYS, MONTHS, YEARS], ["/", "/"], [head, ""])),
  ...["tháng ", "Tháng "].flatMap((head) => joined([MONTHS, YEARS], [" năm "], [head, ""])),
  ...joined([MONTHS, YEARS], ["/"]),
  ...YEARS,
];

const NUMBER_WORDS =
  "không một mốt hai ba bốn tư năm lăm sáu bảy bẩy tám chín mười mươi trăm nghìn ngàn triệu tỷ tỉ linh lẻ rưỡi đồng chẵn ngày tháng năm mồng mùng giêng chạp".split(
    " ",
  );

const remembered = (judge: (word: string) => boolean): ((word: string) => boolean) => {
  const known = new Map<string, boolean>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const judged = judge(word);
    known.set(word, judged);
    return judged;
  };
};

/** Vietnamese words are syllables, and what is none is seldom written. */
const syllables = (): WordList => ({ isWord: remembered(isSyllable), begins: () => true });

const small = (text: string): string => text.normalize("NFC").toLocaleLowerCase("vi").trim();

/** Letter for letter: its marks are what a province's name decides. */
const PROVINCES: ReadonlySet<string> = new Set(
  [...PLACES.map(shortName), ...PROVINCES_BEFORE_2025].map(small),
);
const KIND_OF_PLACE = /^(?:tỉnh|thành phố|tp\.?|t\.) ?/u;

/** An address often ends in its province. */
const endsInProvince = (tail: string): number =>
  PROVINCES.has(small(tail).replace(KIND_OF_PLACE, "")) ? 1.5 : 0;

const NAME_SYLLABLES = [...FAMILY_NAMES, ...GIVEN_NAMES];

/** One out of twenty words of a form is no syllable, one out of twenty-five syllables of names is in no list. */
const [NO_SYLLABLE, NO_NAME, NO_NUMBER] = [3, 3.2, 5];

export interface Decoding {
  /** Characters that say nothing in such a field. */
  readonly silent: ReadonlySet<string>;
  /** The best first. */
  decode(search: <State>(constraint: Constraint<State>) => readonly FoundText[]): readonly FoundText[];
}

const NONE: ReadonlySet<string> = new Set();

const by = <State>(constraint: Constraint<State>): Decoding => ({
  silent: constraint.silent ?? NONE,
  decode: (search) => search(constraint),
});

const OF_DIGITS: ReadonlySet<HandKind> = new Set(["digits", "citizenNumber", "personalNumber"]);

/**
 * Of what is written, what a field of the kind holds: a number without what parts its digits, and no blanks beside
 * signs, where hands put them as they like.
 */
export const heldBy = (kind: HandKind, text: string): string =>
  OF_DIGITS.has(kind)
    ? [...text].filter((letter) => !BETWEEN_DIGITS.has(letter)).join("")
    : text.replaceAll(/ ?([,.;:/-]) ?/g, "$1");

/** Made once a process: lists and forms take some milliseconds. */
export const openKinds = (): ((kind: HandKind) => Decoding) => {
  const ofNames = listOf(NAME_SYLLABLES);
  const kinds: Readonly<Record<(typeof HAND_KINDS)[number], Decoding>> = {
    text: by(inWords({ list: syllables(), unknown: NO_SYLLABLE })),
    name: by(inWords({ list: ofNames, unknown: NO_NAME })),
    place: by(inWords({ list: syllables(), unknown: NO_SYLLABLE, ending: endsInProvince })),
    words: by(inWords({ list: listOf(NUMBER_WORDS), unknown: NO_NUMBER })),
    date: by(formed(DATE_FORMS)),
    year: by(formed(YEARS)),
    personalNumber: by(citizenNumber({ old: false })),
    citizenNumber: by(citizenNumber({ old: true })),
    digits: by(runOfDigits()),
    phone: by(phoneNumber()),
    money: by(sumOfMoney()),
    sex: by(oneOf(["Nam", "Nữ", "nam", "nữ", "NAM", "NỮ"])),
  };
  const lists = new Map<string, Decoding>();
  return (kind) => {
    if (typeof kind === "string") return kinds[kind];
    const key = kind.oneOf.join("\n");
    const list = lists.get(key) ?? by(oneOf(kind.oneOf));
    lists.set(key, list);
    return list;
  };
};
