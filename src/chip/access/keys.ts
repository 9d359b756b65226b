// How do the printed data of a card become keys? (Doc 9303-11 clauses 4.3.1 and 9.7.2)
import { createHash } from "node:crypto";
import { FaultError } from "../../core/faults.js";
import { checkDigit, type Mrz } from "../../core/mrz.js";
import { malformed } from "../tlv.js";

/** What opens the chip: printed on the card, never stored on the kiosk. */
export interface AccessKey {
  /** All twelve digits or the last nine; another document's number as its MRZ has it. */
  readonly documentNumber: string;
  /** yyMMdd */
  readonly birthDate: string;
  /** yyMMdd, in the order to be tried; two at most. */
  readonly expiryDates: readonly string[];
  /** The six digits of the card access number, for PACE alone; with it the other fields may be empty. */
  readonly can?: string;
}

export const MAX_EXPIRY_DATES = 2;

export const accessKeyFromMrz = (mrz: Mrz): AccessKey => ({
  documentNumber: mrz.documentNumber,
  birthDate: mrz.birthDate,
  expiryDates: [mrz.expiryDate],
});

export const isCan = (text: string): boolean => /^\d{6}$/.test(text);

/** For who has nothing but the card access number. Throws "card.wrongKey" for what is none. */
export const accessKeyFromCan = (can: string): AccessKey => {
  if (!isCan(can)) throw new FaultError("card.wrongKey", "a card access number has six digits");
  return { documentNumber: "", birthDate: "", expiryDates: [], can };
};

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

/** What PACE derives its key from under the MRZ: the whole hash (clause 9.7.3). */
export const mrzSecret = (information: string): Uint8Array =>
  Uint8Array.from(sha1(new TextEncoder().encode(information)));

/** What PACE derives its key from under the card access number: its digits (clause 9.7.3). */
export const canSecret = (can: string): Uint8Array => new TextEncoder().encode(can);

/** Kseed of BAC: the first 16 bytes of SHA-1 over the MRZ information. */
export const bacSeed = (information: string): Uint8Array => mrzSecret(information).slice(0, 16);
