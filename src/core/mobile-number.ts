// Is this a Vietnamese mobile number, and how is it written for a gateway?
//
// Ten digits from 03, 05, 07, 08 or 09 (the numbering plan of Circular 22/2014/TT-BTTTT with the change of 2018);
// land lines (02…) take no SMS.

/** Of a code that goes to a phone. */
export const PHONE_CODE_DIGITS = 6;

const LOCAL = /^0[35789]\d{8}$/;
const SEPARATORS = /[\s.-]/g;

/** E.164, e.g. "+84912345678", of "0912 345 678", "84912345678" or "+84 912 345 678"; null: it is none. */
export const toMobileE164 = (given: string): string | null => {
  const digits = given
    .trim()
    .replace(SEPARATORS, "")
    .replace(/^(\+|00)?84(?=[35789]\d{8}$)/, "0");
  return LOCAL.test(digits) ? `+84${digits.slice(1)}` : null;
};
