// What does a machine-readable zone say, and do its check digits hold?
//
// Doc 9303-5 (TD1), 9303-6 (TD2), 9303-4 (TD3); check digits by 9303-3 clause 4.9. The Vietnamese citizen card is a
// TD1 whose document number is the last nine of the twelve digits and whose first optional field is all twelve,
// "<<" and a check digit of them; the TD1 rule for numbers longer than nine places is not used on it.
import { FaultError } from "./faults.js";

export type MrzFormat = "TD1" | "TD2" | "TD3";

export interface Mrz {
  readonly format: MrzFormat;
  readonly documentCode: string;
  readonly issuer: string;
  /** Without filler. */
  readonly documentNumber: string;
  readonly birthDate: string;
  readonly sex: "M" | "F" | "<";
  readonly expiryDate: string;
  readonly nationality: string;
  /** Optional data, filler on the right removed. */
  readonly optional: readonly string[];
  readonly surname: string;
  readonly givenNames: string;
  /** The twelve digits on a Vietnamese citizen card, else `null`. */
  readonly citizenNumber: string | null;
  /** Names of the check digits that do not hold; empty when all do. */
  readonly failedChecks: readonly MrzCheck[];
}

export type MrzCheck =
  | "document number"
  | "birth date"
  | "expiry date"
  | "optional data"
  | "composite"
  | "citizen number";

const SHAPES: Readonly<Record<MrzFormat, { readonly lines: number; readonly width: number }>> = {
  TD1: { lines: 3, width: 30 },
  TD2: { lines: 2, width: 36 },
  TD3: { lines: 2, width: 44 },
};
const FORMATS = Object.keys(SHAPES) as readonly MrzFormat[];
const WEIGHTS = [7, 3, 1] as const;

const malformed = (detail: string): FaultError => new FaultError("card.unreadable", detail);

const digitValue = (character: string): number => {
  const code = character.charCodeAt(0);
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 90) return code - 55;
  return 0;
};

/** 7-3-1 weights modulo 10 (9303-3 clause 4.9). */
export const checkDigit = (text: string): string =>
  String(
    [...text].reduce((sum, character, index) => sum + digitValue(character) * (WEIGHTS[index % 3] ?? 0), 0) %
      10,
  );

const holds = (text: string, digit: string): boolean => checkDigit(text) === digit;
/** Optional data may have filler in place of a check digit when it is empty (9303-4 clause 4.2.2). */
const holdsOrEmpty = (text: string, digit: string): boolean =>
  holds(text, digit) || (digit === "<" && /^<*$/.test(text));

const unfill = (text: string): string => text.replace(/<+$/, "");
const asName = (text: string): string => unfill(text).replaceAll("<", " ").trim();

/** One line of text, or lines; spaces around lines and lower case are forgiven. */
const toLines = (text: string): { readonly format: MrzFormat; readonly joined: string } => {
  const joined = text.replaceAll(/\s+/g, "").toUpperCase();
  const format = FORMATS.find((name) => SHAPES[name].lines * SHAPES[name].width === joined.length);
  if (format === undefined) throw malformed(`MRZ: ${joined.length} characters are no TD1, TD2 or TD3`);
  if (!/^[A-Z0-9<]+$/.test(joined)) throw malformed("MRZ: a character that no MRZ has");
  return { format, joined };
};

const names = (field: string): { readonly surname: string; readonly givenNames: string } => {
  const [surname = "", ...given] = unfill(field).split("<<");
  return { surname: asName(surname), givenNames: asName(given.join("<")) };
};

const sexOf = (character: string): Mrz["sex"] => {
  if (character === "M" || character === "F" || character === "<") return character;
  throw malformed("MRZ: sex is none of M, F and filler");
};

interface Fields {
  readonly number: string;
  readonly numberDigit: string;
  readonly birth: string;
  readonly expiry: string;
  readonly composite: string;
  readonly compositeDigit: string;
}

const commonChecks = (fields: Fields): MrzCheck[] => {
  const failed: MrzCheck[] = [];
  if (!holds(fields.number, fields.numberDigit)) failed.push("document number");
  if (!holds(fields.birth.slice(0, 6), fields.birth.slice(6))) failed.push("birth date");
  if (!holds(fields.expiry.slice(0, 6), fields.expiry.slice(6))) failed.push("expiry date");
  if (!holds(fields.composite, fields.compositeDigit)) failed.push("composite");
  return failed;
};

/** 12 digits, "<<", check digit (observed layout; the check digit is over the twelve). */
const citizenNumberIn = (optional: string): { readonly number: string; readonly good: boolean } | null => {
  const match = /^(\d{12})<<(\d)$/.exec(optional);
  if (match === null) return null;
  const [, number = "", digit = ""] = match;
  return { number, good: holds(number, digit) };
};

/**
 * Number and check digit of a TD1. A number of more than nine places goes on in the optional data, filler standing
 * where its check digit would be (9303-5 clause 4.2.2 note j); the Vietnamese card does not use that.
 */
const numberOfTd1 = (one: string): { readonly number: string; readonly digit: string } => {
  const [number, digit] = [one.slice(5, 14), one.slice(14, 15)];
  const rest = digit === "<" ? /^[A-Z0-9]+/.exec(one.slice(15))?.[0] : undefined;
  return rest === undefined
    ? { number, digit }
    : { number: number + rest.slice(0, -1), digit: rest.slice(-1) };
};

const parseTd1 = (text: string): Mrz => {
  const [one, two, three] = [text.slice(0, 30), text.slice(30, 60), text.slice(60)];
  const { number, digit } = numberOfTd1(one);
  const fields: Fields = {
    number,
    numberDigit: digit,
    birth: two.slice(0, 7),
    expiry: two.slice(8, 15),
    composite: one.slice(5) + two.slice(0, 7) + two.slice(8, 15) + two.slice(18, 29),
    compositeDigit: two.slice(29),
  };
  const issuer = unfill(one.slice(2, 5));
  const citizen = issuer === "VNM" ? citizenNumberIn(one.slice(15)) : null;
  const failedChecks = commonChecks(fields);
  if (citizen !== null && !(citizen.good && citizen.number.endsWith(fields.number)))
    failedChecks.push("citizen number");
  return {
    format: "TD1",
    documentCode: unfill(one.slice(0, 2)),
    issuer,
    documentNumber: unfill(fields.number),
    birthDate: fields.birth.slice(0, 6),
    sex: sexOf(two.slice(7, 8)),
    expiryDate: fields.expiry.slice(0, 6),
    nationality: unfill(two.slice(15, 18)),
    optional: [unfill(one.slice(15)), unfill(two.slice(18, 29))],
    ...names(three),
    citizenNumber: citizen?.number ?? null,
    failedChecks,
  };
};

const parseTwoLines = (format: "TD2" | "TD3", text: string): Mrz => {
  const { width } = SHAPES[format];
  const [one, two] = [text.slice(0, width), text.slice(width)];
  // TD3 has a check digit of its own behind the optional data; in TD2 the composite follows at once.
  const optional = two.slice(28, format === "TD3" ? 42 : 35);
  const fields: Fields = {
    number: two.slice(0, 9),
    numberDigit: two.slice(9, 10),
    birth: two.slice(13, 20),
    expiry: two.slice(21, 28),
    composite: two.slice(0, 10) + two.slice(13, 20) + two.slice(21, width - 1),
    compositeDigit: two.slice(width - 1),
  };
  const failedChecks = commonChecks(fields);
  if (format === "TD3" && !holdsOrEmpty(optional, two.slice(42, 43))) failedChecks.push("optional data");
  return {
    format,
    documentCode: unfill(one.slice(0, 2)),
    issuer: unfill(one.slice(2, 5)),
    documentNumber: unfill(fields.number),
    birthDate: fields.birth.slice(0, 6),
    sex: sexOf(two.slice(20, 21)),
    expiryDate: fields.expiry.slice(0, 6),
    nationality: unfill(two.slice(10, 13)),
    optional: [unfill(optional)],
    ...names(one.slice(5)),
    citizenNumber: null,
    failedChecks,
  };
};

/**
 * Reads a zone of any of the three formats, given with or without line breaks. A check digit that does not hold is
 * told in `failedChecks`; only a zone that is no zone throws "card.unreadable".
 */
export const parseMrz = (text: string): Mrz => {
  const { format, joined } = toLines(text);
  return format === "TD1" ? parseTd1(joined) : parseTwoLines(format, joined);
};

/** A Vietnamese name in the letters of the MRZ: no marks, Đ as D (9303-3 clause 6 table A). */
export const transliterate = (name: string): string =>
  name
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[đĐ]/g, "D")
    .toUpperCase()
    .replaceAll(/[^A-Z]+/g, " ")
    .trim();
