// How do the printed data of a card become keys? (Doc 9303-11 clauses 4.3.1 and 9.7)
import { createHash } from "node:crypto";
import { checkDigit, type Mrz } from "../mrz.js";
import { concatBytes, malformed } from "../tlv.js";

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

/** Counters of the key derivation function: what the derived key is for. */
export const KEY_FOR = { encryption: 1, mac: 2, pace: 3 } as const;

/** Sets the parity bit of every byte to odd, as DES keys want (the cipher ignores it; the standard prints it). */
const withOddParity = (key: Uint8Array): Uint8Array =>
  key.map((byte) => {
    let ones = 0;
    for (let bit = 1; bit < 8; bit += 1) ones += (byte >> bit) & 1;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });

/** KDF for two-key triple DES (clause 9.7.1.1). */
export const deriveTdesKey = (seed: Uint8Array, purpose: number): Uint8Array =>
  withOddParity(sha1(concatBytes(seed, Uint8Array.from([0, 0, 0, purpose]))).slice(0, 16));
