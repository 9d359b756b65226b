// How do the printed data of a card become keys? (Doc 9303-11 clauses 4.3.1 and 9.7.2)
import { createHash } from "node:crypto";
import { checkDigit, type Mrz } from "../mrz.js";
import { malformed } from "../tlv.js";

/** What opens the chip: printed on the card, never stored on the kiosk. */
export interface AccessKey {
  /** All twelve digits or the last nine; another document's number as its MRZ has it. */
  readonly documentNumber: string;
  /** yyMMdd */
  readonly birthDate: string;
  /** yyMMdd, in the order to be tried; two at most. */
  readonly expiryDates: readonly string[];
}

export const MAX_EXPIRY_DATES = 2;

export const accessKeyFromMrz = (mrz: Mrz): AccessKey => ({
  documentNumber: mrz.documentNumber,
  birthDate: mrz.birthDate,
  expiryDates: [mrz.expiryDate],
});

const DATE = /^[0-9<]{6}$/;

/** Number, birth date and expiry, each with its check digit: what BAC and PACE derive the secret from. */
export const mrzInformation = (key: AccessKey, expiryDate: string): string => {
  const number = /^\d{12}$/.test(key.documentNumber) ? key.documentNumber.slice(3) : key.documentNumber;
  const field = number.toUpperCase().padEnd(9, "<");
  if (!/^[A-Z0-9<]{9,22}$/.test(field))
    throw malformed("key: the document number has a form that no MRZ has");
  if (!DATE.test(key.birthDate)) throw malformed("key: the birth date is not yyMMdd");
  if (!DATE.test(expiryDate)) throw malformed("key: the expiry date is not yyMMdd");
  return [field, key.birthDate, expiryDate].map((text) => text + checkDigit(text)).join("");
};

const sha1 = (data: Uint8Array): Uint8Array => createHash("sha1").update(data).digest();

/** Kseed of BAC: the first 16 bytes of SHA-1 over the MRZ information. */
export const bacSeed = (information: string): Uint8Array =>
  sha1(new TextEncoder().encode(information)).slice(0, 16);
