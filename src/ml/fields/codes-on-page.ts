// What do the QR and the machine-readable rows of a page say about its fields?
//
// The contents of these codes differ from paper to paper and from year to year. What all have in common: values
// written out, parted by a sign. A part that is exactly what a field holds confirms it; a part that a misread
// field is nearly, and that no other field holds, mends it, and the field says so.
import type { PageCode, ReadField } from "../reader.js";
import { editDistance } from "./match.js";
import type { FieldRule, PaperRule } from "./rule.js";
import type { Value } from "./value.js";

const CONFIRMED = 0.97;
/** Only values whose own form says what they are; a street's name can be part of anything. */
const LEAST_LENGTH = 6;
const NEAR = 2;

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

const judged = (field: ReadField, rule: FieldRule, code: PageCode, taken: ReadonlySet<string>): ReadField => {
  const said = partsOf(code.text).flatMap((part) => valueIn(rule, part) ?? []);
  if (said.some(({ value }) => same(value, field.value)))
    return { ...field, confidence: Math.max(field.confidence, CONFIRMED) };
  const near = said
    .filter(({ trust }) => trust === 1)
    .map(({ value }) => value)
    .filter((value) => !taken.has(value))
    .filter((value) => editDistance(value.toLowerCase(), field.value.toLowerCase(), NEAR) <= NEAR);
  const [only] = new Set(near);
  if (only === undefined || new Set(near).size > 1) return field;
  const by = code.kind === "mrz" ? "mrz" : "qr";
  return { ...field, value: only, confidence: CONFIRMED, source: by, correction: { from: field.value, by } };
};

/** Fields confirmed or mended by the page's own codes. */
export const confirmByCodes = (
  fields: readonly ReadField[],
  paper: PaperRule,
  codes: readonly PageCode[],
): readonly ReadField[] => {
  const telling = codes.filter(({ kind }) => kind === "qr" || kind === "mrz");
  const taken = new Set(fields.map(({ value }) => value));
  return fields.map((field) => {
    const rule = paper.fields.find(({ key }) => key === field.key);
    if (rule === undefined || field.source !== "print") return field;
    return telling.reduce((current, code) => judged(current, rule, code, taken), field);
  });
};
