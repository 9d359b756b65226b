// What more do the optional groups say of the holder and of the document? (DG11 and DG12, Doc 9303-10 clauses 4.7.11, 4.7.12)
import { isoDate } from "../../core/dates.js";
import { expectTlv, malformed, readTlvs, type Tlv } from "../tlv.js";

/** Additional personal details. Personal; absent fields are "". */
export interface Dg11 {
  /** In the holder's own letters, where the card has them. */
  readonly fullName: string;
  readonly otherNames: readonly string[];
  readonly personalNumber: string;
  /** yyyy-MM-dd */
  readonly birthDate: string;
  readonly placeOfBirth: string;
  readonly address: string;
  readonly telephone: string;
  readonly profession: string;
  readonly title: string;
  readonly personalSummary: string;
  readonly otherDocumentNumbers: string;
  readonly custody: string;
  /** Tags without a meaning here; kept by number, never an error. */
  readonly unknownTags: readonly number[];
}

/** Additional details of the document. */
export interface Dg12 {
  readonly issuingAuthority: string;
  /** yyyy-MM-dd */
  readonly issueDate: string;
  readonly endorsements: string;
  readonly taxOrExit: string;
  readonly personalisationTime: string;
  readonly personalisationSystem: string;
  readonly unknownTags: readonly number[];
}

const TAG_LIST = 0x5c;
const OTHER_PERSONS = 0xa0;
const OTHER_NAME = 0x5f0f;
const PICTURES: ReadonlySet<number> = new Set([0x5f16, 0x5f1d, 0x5f1e]);

const DG11_TEXTS = {
  fullName: 0x5f0e,
  personalNumber: 0x5f10,
  placeOfBirth: 0x5f11,
  telephone: 0x5f12,
  profession: 0x5f13,
  title: 0x5f14,
  personalSummary: 0x5f15,
  otherDocumentNumbers: 0x5f17,
  custody: 0x5f18,
  address: 0x5f42,
} as const;
const DG11_BIRTH = 0x5f2b;
const DG12_TEXTS = {
  issuingAuthority: 0x5f19,
  endorsements: 0x5f1b,
  taxOrExit: 0x5f1c,
  personalisationSystem: 0x5f56,
} as const;
const DG12_ISSUED = 0x5f26;
const DG12_PERSONALISED = 0x5f55;

/** Filler stands between the parts of a name and of a place: "<<" between, "<" for a space. */
const textOf = ({ value }: Tlv, what: string): string => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(value);
    return text.normalize("NFC").replaceAll(/<+/g, " ").trim();
  } catch {
    throw malformed(`${what}: a text that is not UTF-8`);
  }
};

/** Eight digits as text, or packed into four bytes, as early documents have them. */
const dateOf = ({ value }: Tlv): string => {
  const digits =
    value.length === 4 ? Buffer.from(value).toString("hex") : Buffer.from(value).toString("latin1");
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(digits) ?? [];
  return isoDate(Number(year), Number(month), Number(day)) ?? "";
};

const objectsIn = (file: Uint8Array, tag: number, what: string): ReadonlyMap<number, Tlv> => {
  const objects = readTlvs(expectTlv(file, tag, what).value);
  return new Map(objects.map((object) => [object.tag, object]));
};

const unknownIn = (objects: ReadonlyMap<number, Tlv>, known: readonly number[]): readonly number[] =>
  [...objects.keys()].filter(
    (tag) => tag !== TAG_LIST && tag !== OTHER_PERSONS && !PICTURES.has(tag) && !known.includes(tag),
  );

const texts = <Name extends string>(
  objects: ReadonlyMap<number, Tlv>,
  tags: Readonly<Record<Name, number>>,
  what: string,
): Readonly<Record<Name, string>> => {
  const found: Partial<Record<Name, string>> = {};
  for (const name of Object.keys(tags) as Name[]) {
    const object = objects.get(tags[name]);
    found[name] = object === undefined ? "" : textOf(object, what);
  }
  return found as Readonly<Record<Name, string>>;
};

const dateIn = (objects: ReadonlyMap<number, Tlv>, tag: number): string => {
  const object = objects.get(tag);
  return object === undefined ? "" : dateOf(object);
};

/** Throws "card.unreadable" when the structure breaks. */
export const parseDg11 = (file: Uint8Array): Dg11 => {
  const objects = objectsIn(file, 0x6b, "DG11");
  const others = objects.get(OTHER_PERSONS);
  const names = others === undefined ? [] : readTlvs(others.value).filter(({ tag }) => tag === OTHER_NAME);
  return {
    ...texts(objects, DG11_TEXTS, "DG11"),
    otherNames: names.map((name) => textOf(name, "DG11")),
    birthDate: dateIn(objects, DG11_BIRTH),
    unknownTags: unknownIn(objects, [...Object.values(DG11_TEXTS), DG11_BIRTH]),
  };
};

/** Throws "card.unreadable" when the structure breaks. */
export const parseDg12 = (file: Uint8Array): Dg12 => {
  const objects = objectsIn(file, 0x6c, "DG12");
  const time = objects.get(DG12_PERSONALISED);
  const packed = time?.value.length === 7;
  return {
    ...texts(objects, DG12_TEXTS, "DG12"),
    issueDate: dateIn(objects, DG12_ISSUED),
    personalisationTime:
      time === undefined
        ? ""
        : packed
          ? Buffer.from(time.value).toString("hex")
          : Buffer.from(time.value).toString("latin1"),
    unknownTags: unknownIn(objects, [...Object.values(DG12_TEXTS), DG12_ISSUED, DG12_PERSONALISED]),
  };
};
