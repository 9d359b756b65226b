// Do two values of one meaning agree, and if not, why might they be one all the same?
import type { Bilingual } from "../../core/faults.js";
import type { CheckId } from "./catalogue.js";
import { say } from "./finding.js";
import { compareNames } from "./names.js";
import { comparePlaces } from "./places.js";

export type Meaning = "name" | "date" | "number" | "sex" | "place" | "text";

export const CHECK_OF = {
  name: "compare.name",
  date: "compare.date",
  number: "compare.number",
  sex: "compare.sex",
  place: "compare.place",
  text: "compare.text",
} as const satisfies Record<Meaning, CheckId>;

export interface Agreement {
  readonly result: "same" | "variant" | "different";
  readonly reason: Bilingual | null;
  /** A variant that rules alone explain: nothing for a person to decide. */
  readonly explained: boolean;
  /** Different by so little that a slip of the reading is likely. */
  readonly near: boolean;
}

const SAME: Agreement = { result: "same", reason: null, explained: false, near: false };
const different = (near = false, reason: Bilingual | null = null): Agreement => ({
  result: "different",
  reason,
  explained: false,
  near,
});
const variant = (reason: Bilingual, explained = false): Agreement => ({
  result: "variant",
  reason,
  explained,
  near: false,
});

/** What a field's key says that it holds. */
export const meaningOf = (key: string): Meaning => {
  if (/school|grade|category|class|title|purpose|reason/i.test(key)) return "text";
  if (/(place|residence|origin|address|hometown)$/i.test(key)) return "place";
  if (/(date|birthYear|born)$/i.test(key)) return "date";
  if (/(personal|id|identity|citizen|old|^)(number)$/i.test(key)) return "number";
  if (/name$/i.test(key) || /^(holder|owner|husband|wife|spouse|father|mother|child)$/i.test(key))
    return "name";
  return /sex|gender/i.test(key) ? "sex" : "text";
};

const SLIPS = /^\d+$/;

/** Same length, one digit apart. */
const oneDigitApart = (a: string, b: string): boolean =>
  a.length === b.length &&
  SLIPS.test(a) &&
  SLIPS.test(b) &&
  [...a].filter((digit, i) => digit !== b[i]).length === 1;

const YEAR_ONLY = say("một bên chỉ ghi năm", "one has the year alone");

/** yyyy-MM-dd, or yyyy alone. */
const compareDates = (a: string, b: string): Agreement => {
  if (a === b) return SAME;
  const [yearA, monthA, dayA] = a.split("-");
  const [yearB, monthB, dayB] = b.split("-");
  if (yearA !== yearB) return different(oneDigitApart(a.replaceAll("-", ""), b.replaceAll("-", "")));
  if (monthA === undefined || monthB === undefined) return variant(YEAR_ONLY, true);
  if (monthA === dayB && dayA === monthB)
    return different(false, say("ngày và tháng đổi chỗ", "day and month are exchanged"));
  return different(oneDigitApart(a.replaceAll("-", ""), b.replaceAll("-", "")));
};

const CMND = 9;
const CITIZEN = 12;

/** `a` and `b` without blanks; nine digits are an identity card's of before 2016. */
const compareNumbers = (one: string, other: string): Agreement => {
  const [a, b] = [one, other].map((text) => text.replaceAll(/[\s.]/g, "").toUpperCase());
  if (a === undefined || b === undefined || a === b) return SAME;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length === CMND && long.length === CITIZEN && /^\d+$/.test(short + long))
    return long.endsWith(short)
      ? variant(say("chín số cuối của số định danh", "the last nine of the twelve digits"), true)
      : variant(say("một bên là số CMND cũ chín số", "one is an old nine-digit number"));
  return different(oneDigitApart(a, b));
};

const fold = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("đ", "d")
    .replaceAll(/[^a-z0-9]/g, "");

const isNearText = (a: string, b: string): boolean =>
  Math.abs(a.length - b.length) <= 1 && fold(a) === fold(b);

const compareTexts = (a: string, b: string): Agreement => {
  const plain = (text: string) =>
    text
      .normalize("NFC")
      .toLocaleLowerCase("vi")
      .replaceAll(/[\s.,;:-]+/g, " ")
      .trim();
  if (plain(a) === plain(b)) return SAME;
  return isNearText(a, b) ? variant(say("chỉ khác dấu", "only marks differ")) : different(false);
};

const COMPARE: Readonly<Record<Meaning, (a: string, b: string) => Agreement>> = {
  name: (a, b) => ({ ...compareNames(a, b), explained: false }),
  date: compareDates,
  number: compareNumbers,
  sex: (a, b) => (fold(a) === fold(b) ? SAME : different()),
  place: (a, b) => ({ ...comparePlaces(a, b), near: false }),
  text: compareTexts,
};

export const compareValues = (meaning: Meaning, a: string, b: string): Agreement => COMPARE[meaning](a, b);
