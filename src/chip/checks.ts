// Do the card's own data agree with each other and with the calendar?
//
// Evidence is for officers and logs: it says which comparison failed and never a value of the holder.

import { contradictions, parseCitizenNumber, type Sex } from "../core/citizen-number.js";
import { toMrzDate } from "../core/dates.js";
import { type Mrz, transliterate } from "../core/mrz.js";
import { NO_EXPIRY_MRZ } from "./age-rule.js";
import type { CardQr } from "./card-qr.js";
import type { CardReading, CheckVerdict } from "./citizen-card.js";
import type { Dg13 } from "./lds/dg13.js";
import type { Dg14 } from "./lds/dg14.js";
import { parseSecurityInfos, type SecurityInfo } from "./lds/security-infos.js";
import { equalBytes } from "./tlv.js";

export type Check = CardReading["checks"][number];

/** The names that `CardReading.checks` can hold. */
export const CHECK_NAMES = [
  "mrzCheckDigits",
  "mrzAgainstDg13",
  "qrAgainstChip",
  "numberAgainstHolder",
  "expiry",
  "cardAccess",
  "groupHashes",
  "sodSignature",
  "certificatePath",
  "revocation",
  "passiveAuthentication",
  "chipAuthentication",
  "activeAuthentication",
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

/** What the chip says of the holder, as far as the QR says it too. */
export interface ChipHolder {
  readonly mrz: Mrz;
  readonly dg13: Dg13 | null;
  readonly birthDate: string | null;
}

/**
 * The printed QR against the chip. The address is left out: VNeID shows the one of today, the chip that of the day
 * of issue.
 */
export const checkQr = (qr: CardQr, { mrz, dg13, birthDate }: ChipHolder): Check => {
  const fields = dg13?.fields ?? {};
  const differing: string[] = [];
  const compare = (what: string, same: boolean) => {
    if (!same) differing.push(what);
  };
  const orAbsent = (known: string | undefined, printed: string) => known === undefined || known === printed;
  const name = fields.fullName;
  compare("number", mrz.citizenNumber === qr.number && orAbsent(fields.number, qr.number));
  compare("name", name === undefined ? sameName(mrz, qr.fullName) : sameWords(name, qr.fullName));
  compare("birth date", birthDate === null || birthDate === qr.birthDate);
  compare("sex", (fields.sex ?? SEX_OF_MRZ[mrz.sex] ?? qr.sex) === qr.sex);
  compare("issue date", orAbsent(fields.issueDate, qr.issueDate));
  // A card that says nothing of an old number contradicts nothing.
  compare("old number", qr.oldNumber === "" || orAbsent(fields.oldNumber, qr.oldNumber));
  return differing.length === 0
    ? check("qrAgainstChip", "passed", "number, name, dates and sex agree")
    : check("qrAgainstChip", "failed", `differ: ${differing.join(", ")}`);
};

/** Letter for letter but for case and spaces: printers write names in capitals. */
const sameWords = (one: string, other: string): boolean => {
  const plain = (text: string) =>
    text.normalize("NFC").toLocaleUpperCase("vi").replaceAll(/\s+/g, " ").trim();
  return plain(one) === plain(other);
};

/** bsi-de protocols(2) smartcard(2) 4: PACE and its parameters. */
const PACE_INFO = /^0\.4\.0\.127\.0\.7\.2\.2\.4(\.|$)/;

const paceIn = (infos: readonly SecurityInfo[]): readonly SecurityInfo[] =>
  infos.filter(({ oid }) => PACE_INFO.test(oid));

/**
 * EF.CardAccess is read before anything protects it; DG14 repeats it under the issuer's signature (9303-11 clause
 * 9.2.11), so that an offer that was weakened on the way is noticed.
 */
export const checkCardAccess = (cardAccess: Uint8Array | null, dg14: Dg14 | null): Check => {
  const name = "cardAccess";
  if (cardAccess === null) return check(name, "notSupported", "the card gave no EF.CardAccess");
  if (dg14 === null) return check(name, "notSupported", "no DG14 that would repeat EF.CardAccess");
  const signed = paceIn(dg14.infos);
  if (signed.length === 0) return check(name, "notSupported", "DG14 does not repeat EF.CardAccess");
  try {
    const offered = paceIn(parseSecurityInfos(cardAccess));
    const same =
      offered.length === signed.length &&
      signed.every(({ raw }) => offered.some((other) => equalBytes(raw, other.raw)));
    return same
      ? check(name, "passed", "as DG14 repeats it")
      : check(name, "failed", "EF.CardAccess offers other protocols than DG14 says");
  } catch {
    return check(name, "failed", "EF.CardAccess is malformed");
  }
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
