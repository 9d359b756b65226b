// How are a citizen's number, a telephone number and a sum of money written, and which of them exist?
//
// What is never written so is refused; what no authority gives out costs, so that plain strokes still win: a wrong
// number on a form is read as it stands there.
import { PROVINCES } from "../../core/provinces.js";
import { type Constraint, madeOf } from "./constraints.js";

/** Natural logarithms of how rare each is among what people write. */
const [NO_PROVINCE, ABROAD, NO_CENTURY, NO_PREFIX, LEADING_ZERO] = [-5, -4, -5, -3, -3];

const digitsIn = (text: string): string => text.replaceAll(/\D/g, "");

/** The state is the text so far: what may follow depends on little of it, and it is short. */
const written = (rules: {
  readonly letters: string;
  readonly begins: (text: string) => boolean;
  readonly ends: (text: string) => boolean;
  readonly gain?: (from: string, to: string) => number;
  readonly endGain?: (text: string) => number;
}): Constraint<string> => ({
  start: "",
  next: (text, letter) => (rules.begins(text + letter) ? text + letter : null),
  ends: rules.ends,
  letters: new Set(rules.letters),
  gain: (from, _, to) => rules.gain?.(from, to) ?? 0,
  endGain: (text) => rules.endGain?.(text) ?? 0,
});

/** Decree 137/2015/NĐ-CP article 13: who lives was born in the twentieth century or in this one. */
const headGain = (digits: string): number => {
  const place = digits.slice(0, 3);
  const placeGain = PROVINCES.has(place) ? 0 : place < "100" ? NO_PROVINCE : ABROAD;
  return placeGain + (digits.charAt(3) <= "3" ? 0 : NO_CENTURY);
};

/** What parts the digits of a number, or does not: boxes, blanks and dots say nothing. */
export const BETWEEN_DIGITS: ReadonlySet<string> = new Set(" .");

/** Any digits. */
export const runOfDigits = (): Constraint<true> => ({ ...madeOf("0123456789"), silent: BETWEEN_DIGITS });

/** Twelve digits; with `old` also the nine of the cards before 2016, which tell nothing of their own. */
export const citizenNumber = ({ old }: { readonly old: boolean }): Constraint<string> => {
  /** With this digit the number can only be one of twelve. */
  const telling = old ? 10 : 4;
  return {
    ...written({
      letters: "0123456789",
      begins: ({ length }) => length <= 12,
      ends: ({ length }) => length === 12 || (old && length === 9),
      gain: (_, to) => (to.length === telling ? headGain(to) : 0),
    }),
    silent: BETWEEN_DIGITS,
  };
};

const PHONE_SIGNS = " .-";
const PHONE_BEGINS = /^\(?\+?(?:\d+\)?(?:[ .-]?\d)*[ .-]?)?$/;
/** National numbers by their first digits: fixed lines 02, mobile ones 03, 05, 07, 08, 09 (Circular 22/2014/TT-BTTTT). */
const PHONE_PREFIX = /^0[235789]/;

/** With the country's number before it the nought is left out. */
const nationalOf = (text: string): string =>
  /^\(?\+/.test(text) ? digitsIn(text).replace(/^84/, "0") : digitsIn(text);

/** Ten digits of a mobile number, eleven of a fixed line; others, such as hotlines, are rare. */
export const phoneNumber = (): Constraint<string> =>
  written({
    letters: `0123456789${PHONE_SIGNS}+()`,
    begins: (text) => PHONE_BEGINS.test(text) && digitsIn(text).length <= 12,
    ends: (text) => /\d$/.test(text) && text.includes("(") === text.includes(")"),
    endGain: (text) => {
      const national = nationalOf(text);
      const whole = national.length === 10 || (national.length === 11 && /^0[12]/.test(national));
      return whole && PHONE_PREFIX.test(national) ? 0 : NO_PREFIX;
    },
  });

const SUM = /^\d{1,12}$|^\d{1,3}(?:\.\d{3})+$|^\d{1,3}(?:,\d{3})+$|^\d{1,3}(?: \d{3})+$/;
const SUM_BEGINS =
  /^\d{0,12}$|^\d{1,3}(?:\.\d{3})*\.\d{0,2}$|^\d{1,3}(?:,\d{3})*,\d{0,2}$|^\d{1,3}(?: \d{3})* \d{0,2}$/;
const UNITS = ["đ", "Đ", "đồng", "VNĐ", "VND", "vnđ", "vnd", "Vnđ", "triệu đồng", "nghìn đồng"];
const PERIODS = ["", "/tháng", "/năm"];
const TAILS: readonly string[] = [
  "",
  ...UNITS.flatMap((unit) => PERIODS.flatMap((period) => [`${unit}${period}`, ` ${unit}${period}`])),
];

/** Thousands apart by one sign throughout, and the unit behind them or none. */
export const sumOfMoney = (): Constraint<string> => {
  const parted = (text: string): readonly [sum: string, tail: string] => {
    const sum = /^[\d., ]*\d/.exec(text)?.[0] ?? "";
    return [sum, text.slice(sum.length)];
  };
  return written({
    letters: `0123456789., ${TAILS.join("")}`,
    begins: (text) => {
      if (SUM_BEGINS.test(text) || SUM.test(text)) return true;
      const [sum, tail] = parted(text);
      return SUM.test(sum) && TAILS.some((whole) => whole.startsWith(tail));
    },
    ends: (text) => {
      const [sum, tail] = parted(text);
      return SUM.test(sum) && TAILS.includes(tail);
    },
    gain: (from, to) => (from === "" && to === "0" ? LEADING_ZERO : 0),
  });
};
