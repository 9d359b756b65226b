// What do the twelve digits of a citizen say, and do they agree with the birth date and the sex?
//
// Decree 137/2015/NĐ-CP article 13 and Circular 59/2021/TT-BCA article 4: three digits of the place of birth
// registration, one of century and sex, two of the year of birth, six drawn at random.
import { PROVINCES } from "./provinces.js";

export type Sex = "Nam" | "Nữ";

export interface CitizenNumber {
  readonly provinceCode: string;
  /** `null` for a code that no province has, or a country's. */
  readonly province: string | null;
  readonly sex: Sex;
  readonly birthYear: number;
}

/** `null` when it is not twelve digits. */
export const parseCitizenNumber = (text: string): CitizenNumber | null => {
  if (!/^\d{12}$/.test(text)) return null;
  const provinceCode = text.slice(0, 3);
  const centuryAndSex = Number(text[3]);
  return {
    provinceCode,
    province: PROVINCES.get(provinceCode) ?? null,
    sex: centuryAndSex % 2 === 0 ? "Nam" : "Nữ",
    birthYear: 1900 + 100 * Math.floor(centuryAndSex / 2) + Number(text.slice(4, 6)),
  };
};

/** What contradicts the number, in words without personal values; empty when nothing does. */
export const contradictions = (
  number: CitizenNumber,
  holder: { readonly birthDate: string; readonly sex: Sex | null },
): readonly string[] => {
  const found: string[] = [];
  if (number.birthYear !== Number(holder.birthDate.slice(0, 4))) found.push("year of birth differs");
  if (holder.sex !== null && number.sex !== holder.sex) found.push("sex differs");
  if (number.province === null && Number(number.provinceCode) < 100) found.push("no province has its code");
  return found;
};
