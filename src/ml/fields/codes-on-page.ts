// What do the QR and the machine-readable rows of a page say about its fields?
//
// The contents of these codes differ from paper to paper and from year to year. What all have in common: values
// written out, parted by a sign. A part that is exactly what a field holds confirms it. A part that a field nearly is,
// and that no other field holds, mends it where the recogniser was in doubt, and the field says so; where it was
// sure, paper and code contradict each other, and that is for a person.
import type { PageCode, ReadField } from "../reader.js";
import { editDistance } from "./match.js";
import type { FieldRule, PaperRule } from "./rule.js";
import type { Value } from "./value.js";

const CONFIRMED = 0.97;
/** What a code put in a doubtful word's place: its letters are certain, that it is this field's is not quite. */
const MENDED_BY_CODE = 0.9;
/** Print that was read surely and a code that says otherwise: one of them was changed, and a person looks. */
const CONTRADICTED = 0.6;
/** From here the recogniser's letters stand for the print; it is the threshold of the screen. */
const SURELY_READ = 0.8;
/** Only values whose own form says what they are; a street's name can be part of anything. */
const LEAST_LENGTH = 6;
/** Slips that are forgiven, and from what length a second one is: six digits have too many neighbours. */
const NEAR_SHORT = 1;
const NEAR_LONG = 2;
const LONG = 10;

/** "01011990" as cards write dates. */
const dateParts = (part: string): readonly string[] => {
  const found = /^(\d{2})(\d{2})((?:19|20)\d{2})$/.exec(part);
  return found === null ? [] : [`${found[1]}/${found[2]}/${found[3]}`];
};

/** Vietnamese health cards write names as hexadecimal UTF-8. */
const hexParts = (part: string): readonly string[] => {
  if (!/^(?:[0-9a-f]{2}){4,200}$/i.test(part) || /^\d{1,15}$/.test(part)) return [];
  const text = Buffer.from(part, "hex").toString("utf8").normalize("NFC");
  return text.includes("\uFFFD") ? [] : [text];
};

const MOST_PARTS = 64;
const partsOf = (text: string): readonly string[] =>
  text
    .slice(0, 4_000)
    .split(/[|;\n\r\t$]+/)
    .slice(0, MOST_PARTS)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .flatMap((part) => [part, ...dateParts(part), ...hexParts(part)]);

/** What the part says if it is all of such a value. */
const valueIn = (rule: FieldRule, part: string): Value | null => {
  const value = rule.validate(part);
  if (value === null || value.value.length < LEAST_LENGTH) return null;
  return /\d{6}|\d{4}-\d\d-\d\d/.test(value.value) || / /.test(value.value) ? value : null;
};

const same = (a: string, b: string): boolean => a.toLocaleLowerCase("vi") === b.toLocaleLowerCase("vi");

/** Two days of one paper often differ by a digit or two, as issue and expiry do: a date is confirmed, never mended. */
const isDate = (value: string): boolean => /^\d{4}-\d\d-\d\d$/.test(value);

/** The one value of the code that the field's is a slip of; null when there is none, or a choice. */
const nearest = (field: ReadField, said: readonly Value[], taken: ReadonlySet<string>): string | null => {
  if (isDate(field.value)) return null;
  const most = field.value.length >= LONG ? NEAR_LONG : NEAR_SHORT;
  const near = said
    .filter(({ value, trust }) => trust === 1 && !isDate(value) && !taken.has(value))
    .filter(({ value }) => editDistance(value.toLowerCase(), field.value.toLowerCase(), most) <= most);
  const [only, other] = new Set(near.map(({ value }) => value));
  return only === undefined || other !== undefined ? null : only;
};

const judged = (field: ReadField, rule: FieldRule, code: PageCode, taken: Set<string>): ReadField => {
  const said = partsOf(code.text).flatMap((part) => valueIn(rule, part) ?? []);
  if (said.some(({ value }) => same(value, field.value)))
    return { ...field, confidence: Math.max(field.confidence, CONFIRMED) };
  const meant = nearest(field, said, taken);
  if (meant === null) return field;
  // A digit that somebody changed on the paper is read surely: it must reach the checks as it stands.
  if (field.confidence >= SURELY_READ) return { ...field, confidence: CONTRADICTED };
  taken.add(meant);
  const by = code.kind === "mrz" ? "mrz" : "qr";
  return {
    ...field,
    value: meant,
    confidence: MENDED_BY_CODE,
    source: by,
    correction: { from: field.value, by },
  };
};

/** Fields confirmed, mended or put in doubt by the page's own codes. */
export const confirmByCodes = (
  fields: readonly ReadField[],
  paper: PaperRule,
  codes: readonly PageCode[],
): readonly ReadField[] => {
  const telling = codes.filter(({ kind }) => kind === "qr" || kind === "mrz");
  const taken = new Set(fields.map(({ value }) => value));
  return fields.map((field) => {
    const rule = paper.fields.find(({ key }) => key === field.key);
    if (rule === undefined || field.source !== "print" || field.value === "") return field;
    return telling.reduce((current, code) => judged(current, rule, code, taken), field);
  });
};
