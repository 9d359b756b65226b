// How does what a citizen typed become the key to the chip?

import { contradictions, parseCitizenNumber } from "../core/citizen-number.js";
import { parseIsoDate, toMrzDate } from "../core/dates.js";
import { FaultError } from "../core/faults.js";
import type { AccessKey } from "./access/keys.js";

/**
 * From the 12 digits and dates as yyyy-MM-dd. Throws "card.wrongKey" for what no card can have, before the
 * chip is asked: chips slow down after wrong keys.
 */
export const typedAccessKey = (number: string, birthDate: string, expiryDate: string): AccessKey => {
  const digits = number.replaceAll(/\s/g, "");
  const citizen = parseCitizenNumber(digits);
  if (citizen === null) throw new FaultError("card.wrongKey", "the typed number does not have 12 digits");
  if (parseIsoDate(birthDate) === null)
    throw new FaultError("card.wrongKey", "the typed birth date is no date");
  if (parseIsoDate(expiryDate) === null)
    throw new FaultError("card.wrongKey", "the typed expiry date is no date");
  const [wrong] = contradictions(citizen, { birthDate, sex: null });
  if (wrong !== undefined)
    throw new FaultError("card.wrongKey", `typed number and birth date disagree: ${wrong}`);
  return { documentNumber: digits, birthDate: toMrzDate(birthDate), expiryDates: [toMrzDate(expiryDate)] };
};
