// What does the QR on the card, or shown by VNeID, claim?
//
// One record of UTF-8: id|old id or empty|full name|ddMMyyyy|Nam or Nữ|address|ddMMyyyy issued. The 2024 card
// adds fields after these; they are left alone. A QR can be photographed: it identifies, it proves nothing.

import { parseCitizenNumber, type Sex } from "../core/citizen-number.js";
import { parseCompactDate, toMrzDate } from "../core/dates.js";
import { FaultError } from "../core/faults.js";
import type { AccessKey } from "./access/keys.js";
import { expiryCandidates } from "./age-rule.js";

export interface CardQr {
  readonly number: string;
  /** Nine digits of the old identity card, "" when there was none. */
  readonly oldNumber: string;
  readonly fullName: string;
  /** yyyy-MM-dd */
  readonly birthDate: string;
  readonly sex: Sex;
  readonly address: string;
  /** yyyy-MM-dd */
  readonly issueDate: string;
}

/** A QR holds 2953 bytes at most (version 40, level L). */
const MAX_CHARACTERS = 2953;

const bad = (detail: string): FaultError => new FaultError("card.badQr", detail);

/** The text without control characters and stray spaces, composed. */
const clean = (text: string): string =>
  text
    .normalize("NFC")
    .replaceAll(/\p{Cc}/gu, "")
    .trim();

const sexOf = (text: string): Sex | null => {
  const word = text.toLocaleLowerCase("vi");
  if (word === "nam") return "Nam";
  return word === "nữ" ? "Nữ" : null;
};

/** Throws "card.badQr" naming the field that is wrong, never its value. */
export const parseCardQr = (text: string): CardQr => {
  if (text.length > MAX_CHARACTERS) throw bad(`${text.length} characters are more than a QR holds`);
  const fields = text.split("|").map(clean);
  const [number = "", oldNumber = "", fullName = "", born = "", sexText = "", address = "", issued = ""] =
    fields;
  if (fields.length < 7) throw bad(`${fields.length} fields where at least 7 belong`);
  if (parseCitizenNumber(number) === null) throw bad("the first field is not a number of 12 digits");
  if (!/^(\d{9}|\d{12})?$/.test(oldNumber))
    throw bad("the second field is not an old number of 9 digits or empty");
  if (!/\p{L}/u.test(fullName)) throw bad("the third field is not a name");
  const birthDate = parseCompactDate(born);
  if (birthDate === null) throw bad("the fourth field is not a birth date ddMMyyyy");
  const sex = sexOf(sexText);
  if (sex === null) throw bad("the fifth field is neither Nam nor Nữ");
  const issueDate = parseCompactDate(issued);
  if (issueDate === null) throw bad("the seventh field is not an issue date ddMMyyyy");
  if (issueDate < birthDate) throw bad("issued before birth");
  return { number, oldNumber, fullName, birthDate, sex, address, issueDate };
};

/** The key to the chip as far as the QR and the age rule give it. */
export const accessKeyFromQr = (qr: CardQr): AccessKey => ({
  documentNumber: qr.number,
  birthDate: toMrzDate(qr.birthDate),
  expiryDates: expiryCandidates(qr.birthDate, qr.issueDate),
});
