// What does the Vietnamese data group 13 say of its holder?
//
// Layout as found on cards, not published: 6D { SEQUENCE { …, SET { SEQUENCE { INTEGER n, value … } … } } }.
// An n that is not known here is kept: later cards may say more, and refusing them would help nobody.

import { parsePrintedDate } from "../../core/dates.js";
import type { CardField } from "../../procedures/procedure.js";
import { expectTlv, malformed, readTlv, readTlvs, type Tlv } from "../tlv.js";

export interface Dg13 {
  /** Known fields; dates as yyyy-MM-dd. Personal. */
  readonly fields: Readonly<Partial<Record<CardField, string>>>;
  readonly identifyingMarks: string;
  /** True when the card says in words that it has no expiry. */
  readonly withoutExpiry: boolean;
  /** Every text under an index without a known meaning, in order. Personal. */
  readonly unknown: ReadonlyMap<number, readonly string[]>;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const MAX_DEPTH = 6;

const TEXT_FIELDS: ReadonlyMap<number, CardField> = new Map([
  [1, "number"],
  [2, "fullName"],
  [4, "sex"],
  [5, "nationality"],
  [6, "ethnicity"],
  [7, "religion"],
  [8, "placeOfOrigin"],
  [9, "placeOfResidence"],
]);
const DATE_FIELDS: ReadonlyMap<number, CardField> = new Map([
  [3, "birthDate"],
  [11, "issueDate"],
  [12, "expiryDate"],
]);
const MARKS = 10;
const PARENTS = 13;
const SPOUSE = 14;
/** The old number stands at 15 on most cards and at 16 on some; nine digits tell it from 16's other use. */
const OLD_NUMBER = [15, 16] as const;

/** UTF8, Numeric, Printable, T61, IA5, Visible: all are read as UTF-8, of which ASCII is a part. */
const TEXT_TAGS: ReadonlySet<number> = new Set([0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a]);
const BMP_STRING = 0x1e;

const decodeText = (leaf: Tlv): string => {
  const decoder = new TextDecoder(leaf.tag === BMP_STRING ? "utf-16be" : "utf-8", { fatal: true });
  try {
    return decoder.decode(leaf.value).normalize("NFC").trim();
  } catch (error) {
    throw malformed(`DG13: a text that is not UTF-8 (${error instanceof Error ? error.name : "unknown"})`);
  }
};

/** All texts under `members` in order; constructed objects are opened. */
const textsIn = (members: readonly Tlv[], depth: number): readonly string[] => {
  if (depth > MAX_DEPTH) throw malformed("DG13: nested deeper than any card's");
  return members.flatMap((member) => {
    if (TEXT_TAGS.has(member.tag) || member.tag === BMP_STRING) return [decodeText(member)];
    return (member.tag & 0x20) === 0x20 ? textsIn(readTlvs(member.value), depth + 1) : [];
  });
};

/** The first SET whose members are numbered; versions and identifiers before it are passed over. */
const numberedSet = (members: readonly Tlv[], depth: number): readonly Tlv[] | null => {
  if (depth > MAX_DEPTH) throw malformed("DG13: nested deeper than any card's");
  for (const member of members) {
    if (member.tag === SET) {
      const entries = readTlvs(member.value);
      const numbered = entries.filter(
        (entry) => entry.tag === SEQUENCE && entry.value.length > 0 && readTlv(entry.value).tag === INTEGER,
      );
      if (numbered.length > 0 && numbered.length === entries.length) return numbered;
    }
    if (member.tag !== SEQUENCE && member.tag !== SET) continue;
    const inside = numberedSet(readTlvs(member.value), depth + 1);
    if (inside !== null) return inside;
  }
  return null;
};

const indexOf = (entry: Tlv): { readonly index: number; readonly texts: readonly string[] } => {
  const [first, ...values] = readTlvs(entry.value);
  const [index, more] = first?.value ?? [];
  if (index === undefined || more !== undefined) throw malformed("DG13: a field index that is not one byte");
  return { index, texts: textsIn(values, 0) };
};

const isOldNumber = (text: string | undefined): text is string => /^\d{9}$/.test(text ?? "");

const fieldsOf = (texts: ReadonlyMap<number, readonly string[]>): Partial<Record<CardField, string>> => {
  const fields: Partial<Record<CardField, string>> = {};
  const put = (field: CardField, value: string | null | undefined) => {
    if (value !== null && value !== undefined && value !== "") fields[field] = value;
  };
  for (const [index, field] of TEXT_FIELDS) put(field, texts.get(index)?.[0]);
  for (const [index, field] of DATE_FIELDS) put(field, parsePrintedDate(texts.get(index)?.[0] ?? ""));
  const [father, mother] = texts.get(PARENTS) ?? [];
  put("fatherName", father);
  put("motherName", mother);
  put("spouseName", texts.get(SPOUSE)?.[0]);
  put("oldNumber", OLD_NUMBER.map((index) => texts.get(index)?.[0]).find(isOldNumber));
  return fields;
};

/** Throws "card.unreadable" when the structure breaks; fields that are absent are only absent. */
export const parseDg13 = (file: Uint8Array): Dg13 => {
  const entries = numberedSet(readTlvs(expectTlv(file, 0x6d, "DG13").value), 0);
  if (entries === null) throw malformed("DG13: no set of numbered fields in it");
  const texts = new Map<number, readonly string[]>();
  for (const entry of entries) {
    const { index, texts: values } = indexOf(entry);
    if (!texts.has(index)) texts.set(index, values);
  }
  const known = new Set([...TEXT_FIELDS.keys(), ...DATE_FIELDS.keys(), MARKS, PARENTS, SPOUSE]);
  const fields = fieldsOf(texts);
  const isKnown = (index: number, values: readonly string[]) =>
    known.has(index) || (values[0] === fields.oldNumber && fields.oldNumber !== undefined);
  return {
    fields,
    identifyingMarks: texts.get(MARKS)?.[0] ?? "",
    withoutExpiry: /\p{L}/u.test(texts.get(12)?.[0] ?? ""),
    unknown: new Map([...texts].filter(([index, values]) => !isKnown(index, values))),
  };
};
