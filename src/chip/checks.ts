// Do the card's own data agree with each other and with the calendar?
//
// Evidence is for officers and logs: it says which comparison failed and never a value of the holder.
import { NO_EXPIRY_MRZ } from "./age-rule.js";
import type { CardReading, CheckVerdict } from "./citizen-card.js";
import { toMrzDate } from "./dates.js";
import type { Dg13 } from "./lds/dg13.js";
import { type Mrz, transliterate } from "./mrz.js";
import { contradictions, parseCitizenNumber, type Sex } from "./number.js";

export type Check = CardReading["checks"][number];

/** The names that `CardReading.checks` can hold. */
export const CHECK_NAMES = [
  "mrzCheckDigits",
  "mrzAgainstDg13",
  "numberAgainstHolder",
  "expiry",
  "groupHashes",
  "sodSignature",
  "certificatePath",
  "passiveAuthentication",
  "chipAuthentication",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

const check = (name: CheckName, verdict: CheckVerdict, evidence: string): Check => ({
  name,
  verdict,
  evidence,
});

export const checkMrzDigits = (mrz: Mrz): Check =>
  mrz.failedChecks.length === 0
    ? check("mrzCheckDigits", "passed", "every check digit holds")
    : check("mrzCheckDigits", "failed", `wrong: ${mrz.failedChecks.join(", ")}`);

/** A long name is cut to fit its line, so what the MRZ has must be the beginning of the whole one. */
const sameName = (mrz: Mrz, fullName: string): boolean => {
  const short = `${mrz.surname} ${mrz.givenNames}`.trim().replaceAll(/\s+/g, "");
  const whole = transliterate(fullName).replaceAll(" ", "");
  const lineIsFull = mrz.surname.length + mrz.givenNames.length >= 27;
  return short.length > 0 && (lineIsFull ? whole.startsWith(short) : whole === short);
};

const MRZ_SEX: Readonly<Record<string, Mrz["sex"]>> = { nam: "M", nữ: "F" };

export const checkMrzAgainstDg13 = (mrz: Mrz, dg13: Dg13 | null): Check => {
  const name = "mrzAgainstDg13";
  if (dg13 === null) return check(name, "notSupported", "the card has no DG13");
  const { fields } = dg13;
  const differing: string[] = [];
  const compare = (what: string, known: string | undefined, same: (value: string) => boolean) => {
    if (known !== undefined && !same(known)) differing.push(what);
  };
  compare("number", fields.number, (value) => value === mrz.citizenNumber);
  compare("name", fields.fullName, (value) => sameName(mrz, value));
  compare("birth date", fields.birthDate, (value) => toMrzDate(value) === mrz.birthDate);
  compare("sex", fields.sex, (value) => MRZ_SEX[value.toLocaleLowerCase("vi")] === mrz.sex);
  compare("expiry date", fields.expiryDate, (value) => toMrzDate(value) === mrz.expiryDate);
  if (dg13.withoutExpiry && mrz.expiryDate !== NO_EXPIRY_MRZ) differing.push("expiry date");
  if (differing.length > 0) return check(name, "failed", `differ: ${differing.join(", ")}`);
  if (fields.number === undefined) return check(name, "failed", "DG13 has no number");
  return check(name, "passed", "number, name, dates and sex agree");
};

const SEX_OF_MRZ: Readonly<Record<Mrz["sex"], Sex | null>> = { M: "Nam", F: "Nữ", "<": null };

export const checkNumber = (mrz: Mrz, birthDate: string | null): Check => {
  const name = "numberAgainstHolder";
  const number = mrz.citizenNumber === null ? null : parseCitizenNumber(mrz.citizenNumber);
  if (number === null) return check(name, "notSupported", "the MRZ has no number of twelve digits");
  if (birthDate === null) return check(name, "notDone", "the birth date is no calendar day");
  const found = contradictions(number, { birthDate, sex: SEX_OF_MRZ[mrz.sex] });
  return found.length === 0
    ? check(name, "passed", "place code, sex and year of birth agree")
    : check(name, "failed", found.join("; "));
};

/** `expiryDate` is "" for a card without one; `today` is `null` when the clock cannot be believed. */
export const checkExpiry = (expiryDate: string | null, today: string | null): Check => {
  if (expiryDate === null) return check("expiry", "failed", "the expiry date is no calendar day");
  if (expiryDate === "") return check("expiry", "passed", "the card has no expiry");
  if (today === null) return check("expiry", "notDone", "the kiosk's clock is not trusted");
  return today <= expiryDate
    ? check("expiry", "passed", "not expired")
    : check("expiry", "failed", "the card has expired");
};
