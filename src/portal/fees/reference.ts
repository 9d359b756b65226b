// By which word is a payment known in a bank's statement?
//
// The payer's app puts it into the words of the transfer, where people and banks change case, put spaces in and write
// more around it. Crockford's signs (no I, L, O, U) and a check sign at the end: a word that only looks like one of
// ours, or was typed wrongly, is found out before any table is asked.
import { randomInt } from "node:crypto";

const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 45 bits: nobody hits another's by chance. */
const RANDOM_SIGNS = 9;
const LENGTH = RANDOM_SIGNS + 1;

/** Luhn's sum with 32 signs (ISO/IEC 7812-1, annex B, with N = 32): finds each wrong sign and most swapped pairs. */
const checkSign = (signs: string): string => {
  const base = SIGNS.length;
  const sum = [...signs].reverse().reduce((total, sign, place) => {
    const doubled = SIGNS.indexOf(sign) * (place % 2 === 0 ? 2 : 1);
    return total + Math.floor(doubled / base) + (doubled % base);
  }, 0);
  return SIGNS[(base - (sum % base)) % base] ?? "";
};

export const newReference = (prefix: string): string => {
  const signs = Array.from({ length: RANDOM_SIGNS }, () => SIGNS[randomInt(SIGNS.length)]).join("");
  return prefix + signs + checkSign(signs);
};

const isWhole = (signs: string): boolean =>
  signs.length === LENGTH &&
  [...signs].every((sign) => SIGNS.includes(sign)) &&
  checkSign(signs.slice(0, -1)) === signs.at(-1);

/** Every reference that the words of a transfer may hold, in their order. */
export const referencesIn = (words: string, prefix: string): readonly string[] => {
  const plain = words.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const found: string[] = [];
  for (let at = plain.indexOf(prefix); at >= 0; at = plain.indexOf(prefix, at + 1)) {
    const signs = plain.slice(at + prefix.length, at + prefix.length + LENGTH);
    if (isWhole(signs)) found.push(prefix + signs);
  }
  return found;
};
