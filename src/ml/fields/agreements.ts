// What do the values of one paper say about each other, and how far can they be trusted then?
import { parseCitizenNumber } from "../../core/citizen-number.js";
import { dateFromWords } from "../checks/date-words.js";
import type { ReadField } from "../reader.js";
import { locate, type Page } from "./locate.js";
import { fold } from "./match.js";
import type { Agreement, PaperRule } from "./rule.js";
import { place } from "./values.js";

type Fields = Map<string, ReadField>;

/** Two independent readings that agree are rarely both wrong. */
const AGREED_DOUBT = 0.25;
/** One of those that contradict each other is wrong, and nobody knows which: below what the screen trusts. */
const CONTRADICTED = 0.6;

const raise = (fields: Fields, key: string): void => {
  const field = fields.get(key);
  if (field === undefined || field.source !== "print" || field.value === "") return;
  fields.set(key, { ...field, confidence: Number((1 - (1 - field.confidence) * AGREED_DOUBT).toFixed(3)) });
};

const doubt = (fields: Fields, ...keys: readonly string[]): void => {
  for (const key of keys) {
    const field = fields.get(key);
    if (field !== undefined)
      fields.set(key, { ...field, confidence: Math.min(field.confidence, CONTRADICTED) });
  }
};

const valueAt = (fields: Fields, key: string | undefined): string | null => {
  const value = key === undefined ? undefined : fields.get(key)?.value;
  return value === undefined || value === "" ? null : value;
};

const yearOf = (value: string | null): number | null => {
  const found = value === null ? null : /^\d{4}/.exec(value)?.[0];
  return found === null || found === undefined ? null : Number(found);
};

const citizenNumber = (fields: Fields, rule: Extract<Agreement, { kind: "citizenNumber" }>): void => {
  const number = parseCitizenNumber(valueAt(fields, rule.number) ?? "");
  if (number === null) return;
  const year = yearOf(valueAt(fields, rule.birth));
  const sex = rule.knownSex ?? valueAt(fields, rule.sex);
  const yearDiffers = year !== null && year !== number.birthYear;
  const sexDiffers = sex !== null && sex !== number.sex;
  if (yearDiffers) doubt(fields, rule.number, rule.birth);
  if (sexDiffers) doubt(fields, rule.number, ...(rule.sex === undefined ? [] : [rule.sex]));
  if (number.province === null) doubt(fields, rule.number);
  if (yearDiffers || sexDiffers) return;
  if (sex !== null && rule.sex !== undefined) raise(fields, rule.sex);
};

/** The words of the date after one of its labels; null when they are not there or name no day. */
const wordsAfter = (page: Page, labels: readonly string[]): string | null => {
  const phrases = labels.map(fold);
  for (const at of page.labels.filter(({ label }) => phrases.includes(label.phrase))) {
    const rule = { key: "", label: { vi: "", en: "" }, validate: () => null, moreLines: 1 };
    const text = locate(page, at, rule)
      ?.tokens.map((token) => token.text)
      .join(" ");
    const day = text === undefined ? null : dateFromWords(text);
    if (day !== null) return day;
  }
  return null;
};

const dateInWords = (fields: Fields, rule: Extract<Agreement, { kind: "dateInWords" }>, page: Page): void => {
  const [digits, words] = [valueAt(fields, rule.date), wordsAfter(page, rule.labels)];
  if (digits === null || words === null) return;
  if (digits === words) raise(fields, rule.date);
  else doubt(fields, rule.date);
};

const yearInNumber = (fields: Fields, rule: Extract<Agreement, { kind: "yearInNumber" }>): void => {
  const number = /(?<!\d)(?:19|20)\d{2}(?!\d)/.exec(valueAt(fields, rule.number) ?? "")?.[0];
  const year = yearOf(valueAt(fields, rule.date));
  if (number !== undefined && year !== null && Number(number) !== year) doubt(fields, rule.number, rule.date);
};

const order = (fields: Fields, rule: Extract<Agreement, { kind: "order" }>): void => {
  const [earlier, later] = [valueAt(fields, rule.earlier), valueAt(fields, rule.later)];
  const areDates = [earlier, later].every((value) => value !== null && /^\d{4}-/.test(value));
  if (areDates && (earlier ?? "") > (later ?? "")) doubt(fields, rule.earlier, rule.later);
};

const years = (fields: Fields, rule: Extract<Agreement, { kind: "years" }>): void => {
  const [from, to] = [yearOf(valueAt(fields, rule.from)), yearOf(valueAt(fields, rule.to))];
  if (from === null || to === null) return;
  if (to - from < rule.least || to - from > rule.most) doubt(fields, rule.from, rule.to);
};

const partsOfPlace = (value: string): readonly string[] =>
  value
    .split(",")
    .map((part) => part.trim().normalize("NFC").toLocaleLowerCase("vi"))
    .filter((part) => part.includes(" "));

/**
 * "xã Chiêng Ngần" here and "xã Chiềng Ngần" there: papers repeat their places, a mark gets lost, and both readings
 * are Vietnamese.
 */
const samePlaces = (fields: Fields, rule: PaperRule): void => {
  const written = new Map<string, { readonly key: string; readonly part: string }[]>();
  for (const { key, validate } of rule.fields)
    for (const part of validate === place ? partsOfPlace(valueAt(fields, key) ?? "") : [])
      written.set(fold(part), [...(written.get(fold(part)) ?? []), { key, part }]);
  for (const all of written.values())
    if (new Set(all.map(({ part }) => part)).size > 1) doubt(fields, ...all.map(({ key }) => key));
};

/** The same fields with confidences that know of each other. */
export const agree = (rule: PaperRule, page: Page, given: readonly ReadField[]): readonly ReadField[] => {
  const fields: Fields = new Map(given.map((field) => [field.key, field]));
  for (const agreement of rule.agreements ?? [])
    switch (agreement.kind) {
      case "citizenNumber":
        citizenNumber(fields, agreement);
        break;
      case "dateInWords":
        dateInWords(fields, agreement, page);
        break;
      case "yearInNumber":
        yearInNumber(fields, agreement);
        break;
      case "order":
        order(fields, agreement);
        break;
      case "years":
        years(fields, agreement);
        break;
    }
  samePlaces(fields, rule);
  return [...fields.values()];
};
