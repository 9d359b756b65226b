// Which key and which claims does a machine-readable zone give that a camera read?

import { parseCitizenNumber } from "../core/citizen-number.js";
import { parseMrzDate } from "../core/dates.js";
import type { CardField } from "../procedures/procedure.js";
import { type AccessKey, accessKeyFromMrz } from "./access/keys.js";
import { NO_EXPIRY_MRZ } from "./age-rule.js";
import { repairMrz, type ZoneGuesses } from "./mrz-repair.js";

export interface ZoneKey {
  readonly key: AccessKey;
  /** Dates yyyy-MM-dd. The name is left out: the zone has no marks. */
  readonly citizen: Readonly<Partial<Record<CardField, string>>>;
}

/** `null`: no citizen card, or letters that the check digits leave in doubt. */
export const zoneKey = (zone: ZoneGuesses): ZoneKey | null => {
  const mrz = repairMrz(zone)?.mrz;
  if (mrz === undefined || mrz.citizenNumber === null) return null;
  const number = parseCitizenNumber(mrz.citizenNumber);
  const birth = parseMrzDate(mrz.birthDate, "2099-12-31");
  if (number === null || birth === null) return null;
  const expiry = mrz.expiryDate === NO_EXPIRY_MRZ ? null : parseMrzDate(mrz.expiryDate, "2099-12-31");
  return {
    // All twelve digits, so that a chip with the same last nine is told apart.
    key: { ...accessKeyFromMrz(mrz), documentNumber: mrz.citizenNumber },
    citizen: {
      number: mrz.citizenNumber,
      birthDate: `${number.birthYear}${birth.slice(4)}`,
      sex: number.sex,
      ...(expiry === null ? {} : { expiryDate: expiry }),
    },
  };
};
