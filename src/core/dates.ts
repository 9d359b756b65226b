// Is this a real calendar day, and how does it read in the card's other notations?
//
// Inside the program a day is "yyyy-MM-dd", compared as text; no time zone ever touches it.

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");

/** "yyyy-MM-dd", or `null` when there is no such day. */
export const isoDate = (year: number, month: number, day: number): string | null => {
  const days = (DAYS_IN_MONTH[month - 1] ?? 0) + (month === 2 && isLeapYear(year) ? 1 : 0);
  if (![year, month, day].every(Number.isInteger) || year < 1 || year > 9999 || day < 1 || day > days)
    return null;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
};

export const parseIsoDate = (text: string): string | null => {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return match === null ? null : isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
};

const dayFirst = (text: string, pattern: RegExp): string | null => {
  const match = pattern.exec(text);
  return match === null ? null : isoDate(Number(match[3]), Number(match[2]), Number(match[1]));
};

/** ddMMyyyy, as in the QR. */
export const parseCompactDate = (text: string): string | null => dayFirst(text, /^(\d\d)(\d\d)(\d{4})$/);

/** dd/MM/yyyy, as printed and in DG13. */
export const parsePrintedDate = (text: string): string | null => dayFirst(text, /^(\d\d)\/(\d\d)\/(\d{4})$/);

/**
 * yyMMdd of the MRZ with the century found by a limit: the latest such day that is not after `latest`.
 * `null` when there is no such day (month 13) or part of it is filler.
 */
export const parseMrzDate = (text: string, latest: string): string | null => {
  const match = /^(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (match === null) return null;
  const century = Number(latest.slice(0, 2)) * 100;
  for (const base of [century, century - 100]) {
    const date = isoDate(base + Number(match[1]), Number(match[2]), Number(match[3]));
    if (date !== null && date <= latest) return date;
  }
  return null;
};

export const toMrzDate = (iso: string): string => iso.slice(2).replaceAll("-", "");
export const toCompactDate = (iso: string): string => iso.split("-").reverse().join("");
export const toPrintedDate = (iso: string): string => iso.split("-").reverse().join("/");

/** The same day `years` later. A 29 February becomes the 28th where the year has none. */
export const addYears = (iso: string, years: number): string => {
  const [year = 0, month = 0, day = 0] = iso.split("-").map(Number);
  return (
    isoDate(year + years, month, day) ?? isoDate(year + years, month, day - 1) ?? isoDate(9999, 12, 31) ?? iso
  );
};
