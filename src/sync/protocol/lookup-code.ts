// Which code on the slip finds the application again?
import { createHash, randomBytes } from "node:crypto";

/** Crockford's base 32: no I, L, O, U, so that nobody reads one sign for another. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SIGNS = 16;
const GROUP = 4;

/** Tells a reader of any code that this is one of ours; need not be typed. */
export const LOOKUP_PREFIX = "MC1:";

/** 80 random bits, "MC1:XXXX-XXXX-XXXX-XXXX": whoever holds the slip may look, nobody can guess. */
export const newLookupCode = (): string =>
  LOOKUP_PREFIX +
  [...randomBytes(SIGNS)]
    .map((byte, place) => `${place > 0 && place % GROUP === 0 ? "-" : ""}${ALPHABET[byte % 32] ?? ""}`)
    .join("");

/** Forgives case, spaces, dashes and the signs that look alike. */
const normalise = (code: string): string =>
  code
    .toUpperCase()
    .replace(/[\s-]/g, "")
    .replace(LOOKUP_PREFIX, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");

/** Lower-case hex SHA-256; the only form in which the code is kept or sent. */
export const hashLookupCode = (code: string): string =>
  createHash("sha256")
    .update(`motcua lookup ${normalise(code)}`)
    .digest("hex");

/**
 * Lower-case hex SHA-256 of code and citizen number (12 digits): shows that the asker has both. Told over the wire
 * it gives away neither, since 80 bits of the code are random and travel nowhere else in the clear.
 */
export const hashHolder = (code: string, number: string): string =>
  createHash("sha256")
    .update(`${normalise(code)}\n${number.replace(/\s/g, "")}`)
    .digest("hex");
