// What may stand in a field, and how is it written for the form?

export interface Value {
  readonly value: string;
  /** 1 when the text has exactly the form that the field wants; less when it was mended or is odd. */
  readonly trust: number;
}

export type Validator = (text: string) => Value | null;

const trimmed = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/^[\s.:,;_·…-]+|[\s.:,;_·…-]+$/g, "")
    .trim();

/** Letters that OCR puts for digits. */
const asDigits = (text: string): string =>
  text
    .replaceAll(/[OoQD]/g, "0")
    .replaceAll(/[Il|]/g, "1")
    .replaceAll("S", "5")
    .replaceAll("B", "8");

const isDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && year <= 2100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

const iso = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

/** dd/MM/yyyy, or "ngày d tháng M năm yyyy"; gives yyyy-MM-dd. */
export const date: Validator = (text) => {
  const digits = /(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})/.exec(asDigits(text));
  const words = /ng[àa]y\s*(\d{1,2})\s*th[áa]ng\s*(\d{1,2})\s*n[ăa]m\s*(\d{4})/i.exec(text);
  const found = digits ?? words;
  if (found === null) return null;
  const [day, month, year] = [Number(found[1]), Number(found[2]), Number(found[3])];
  return isDay(year, month, day) ? { value: iso(year, month, day), trust: 1 } : null;
};

/** "ngày 5 tháng 8 năm 2021", as under a signature; digits with slashes are other dates. */
export const dateInSentence: Validator = (text) => {
  const found = /ng[àa]y\s*\d{1,2}\s*th[áa]ng\s*\d{1,2}\s*n[ăa]m\s*\d{4}/i.exec(text)?.[0];
  return found === undefined ? null : date(found);
};

export const year: Validator = (text) => {
  const found = /\b(19|20)\d{2}\b/.exec(asDigits(text))?.[0];
  return found === undefined ? null : { value: found, trust: 1 };
};

/** Twelve digits, spaces forgiven. */
export const personalNumber: Validator = (text) => {
  const found = /\d{12}/.exec(asDigits(text).replaceAll(/[\s.]/g, ""))?.[0];
  return found === undefined ? null : { value: found, trust: 1 };
};

/** Two words or more of letters, without digits. */
export const name: Validator = (text) => {
  const clean = trimmed(text.replaceAll(/[0-9|_]+/g, " "));
  const words = clean.split(" ").filter((word) => /^\p{L}[\p{L}'’-]*$/u.test(word));
  if (words.length < 2 || words.length > 8) return null;
  return { value: words.join(" "), trust: words.join(" ") === trimmed(text) ? 1 : 0.75 };
};

export const sex: Validator = (text) => {
  // \b knows only ASCII letters.
  const found = /(?<!\p{L})(nam|nữ|nu)(?!\p{L})/iu.exec(text)?.[0]?.toLowerCase();
  if (found === undefined) return null;
  return { value: found === "nam" ? "Nam" : "Nữ", trust: found === "nu" ? 0.8 : 1 };
};

export const words: Validator = (text) => {
  const clean = trimmed(text);
  return clean.length < 2 || !/\p{L}/u.test(clean) ? null : { value: clean, trust: 1 };
};

/** "127/GXN-UBND", "223/2012", "B 1234567": blanks only around separators and between groups of digits. */
export const documentNumber: Validator = (text) => {
  const found = /[A-Za-zĐ]{0,3}\s?\d(?:\s?[/.-]\s?[0-9A-Za-zĐ]|[0-9A-Za-zĐ]|\s\d)*/.exec(trimmed(text))?.[0];
  return found === undefined ? null : { value: trimmed(found), trust: 1 };
};
