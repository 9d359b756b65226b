// Until when is a card valid, if only the birth and the issue date are known?
//
// Law on Identification 26/2023/QH15, article 21: (1) the card is renewed on reaching 14, 25, 40 and 60 years;
// (2) a card issued, renewed or reissued within two years before one of these ages stays valid until the next
// one. The Law on Citizen Identification 59/2014/QH13, article 21, said the same for 25, 40 and 60, and gave
// nobody under 14 a card, so one rule covers both generations. The card says the birthday itself as its last day.
import { addYears, parseIsoDate, toMrzDate } from "../core/dates.js";
import { malformed } from "./tlv.js";

export const RENEWAL_AGES = [14, 25, 40, 60] as const;
const CARRY_YEARS = 2;

/**
 * What stands as expiry in the MRZ of a card without one: 31 December 9999 cut to six digits. Seen on cards;
 * no published rule says so, which is why an MRZ or a typed date always goes before it.
 */
export const NO_EXPIRY_MRZ = "991231";

/** "yyyy-MM-dd", or "" for a card without an end. */
export const expiryByAge = (birthDate: string, issueDate: string): string => {
  const age = RENEWAL_AGES.find((years) => issueDate < addYears(birthDate, years - CARRY_YEARS));
  return age === undefined ? "" : addYears(birthDate, age);
};

const mrzOf = (expiry: string): string => (expiry === "" ? NO_EXPIRY_MRZ : toMrzDate(expiry));

/**
 * Expiry dates to try, yyMMdd, the likelier first, never more than two: a wrong secret costs the citizen seconds
 * and some chips slow down after each.
 *
 * The second one is only offered where the first is in real doubt: a card issued in the two years before a
 * renewal age (an office may have given the nearer date), and a birth on 29 February (the anniversary is the
 * 28th or 1 March). Dates are "yyyy-MM-dd"; throws "card.unreadable" when one is no day or they are reversed.
 */
export const expiryCandidates = (birthDate: string, issueDate: string): readonly string[] => {
  if (parseIsoDate(birthDate) === null || parseIsoDate(issueDate) === null || issueDate < birthDate) {
    throw malformed("age rule: birth and issue date are no two days in order");
  }
  const byRule = expiryByAge(birthDate, issueDate);
  const nearer = RENEWAL_AGES.map((years) => addYears(birthDate, years)).find((day) => issueDate < day);
  const candidates = [mrzOf(byRule)];
  if (nearer !== undefined && nearer !== byRule) candidates.push(toMrzDate(nearer));
  if (birthDate.endsWith("-02-29") && byRule.endsWith("-02-28")) {
    candidates.push(toMrzDate(`${byRule.slice(0, 4)}-03-01`));
  }
  return candidates.slice(0, 2);
};
