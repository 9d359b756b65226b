// What may stand in a field of numbers and codes, and how is it written for the form?
import { asDigits, digitsOrMended, MENDED, trimmed, type Validator, type Value } from "./value.js";

/** Twelve digits, blanks and dots forgiven. */
export const personalNumber: Validator = (text) =>
  digitsOrMended(
    text,
    (given) => /(?<!\d)(?:\d[\s.]?){11}\d(?!\d)/.exec(given)?.[0]?.replaceAll(/\D/g, "") ?? null,
  );

/** Twelve digits, or the nine of the identity cards before 2016. */
export const identityNumber: Validator = (text) =>
  personalNumber(text) ??
  digitsOrMended(
    text,
    (given) => /(?<!\d)(?:\d[\s.]?){8}\d(?!\d)/.exec(given)?.[0]?.replaceAll(/\D/g, "") ?? null,
  );

/** "127/GXN-UBND", "223/2012", "B 1234567": blanks only around separators and between groups of digits. */
export const documentNumber: Validator = (text) => {
  const found = /[A-Za-zĐ]{0,3}\s?\d(?:\s?[/.-]\s?[0-9A-Za-zĐ]|[0-9A-Za-zĐ]|\s\d)*/.exec(trimmed(text))?.[0];
  return found === undefined ? null : { value: trimmed(found), trust: 1 };
};

const digitsBefore = (found: string): string => {
  const [head = "", ...rest] = found.split("/");
  return [asDigits(head).replaceAll(/\s/g, ""), ...rest].join("/");
};

/** "70/2009": the number in the book and the book's year. */
export const bookNumber: Validator = (text) => {
  const given = trimmed(text);
  const found = /(?<![\d/])(\d{1,4})\s?\/\s?((?:19|20)\d{2})(?!\d)/.exec(given);
  if (found !== null) return { value: `${found[1]}/${found[2]}`, trust: 1 };
  const mended = /(?<![\dOoIl|SB/])([\dOoIl|SB]{1,4})\s?\/\s?((?:19|20)\d{2})(?!\d)/.exec(given);
  return mended === null ? null : { value: `${asDigits(mended[1] ?? "")}/${mended[2]}`, trust: MENDED };
};

/** "127/GXN-UBND", "4/TLKS-BS": number, kind and authority in capitals (Decree 30/2020, annex III). */
export const officialNumber: Validator = (text) => {
  const given = trimmed(text).replaceAll("–", "-");
  const found =
    /[\dOoIl|SB]{1,5}\s?(?:\/\s?(?:19|20)\d{2}\s?)?\/\s?[A-ZĐ]{1,6}(?:\s?-\s?[A-ZĐ]{1,8}){0,3}/.exec(
      given,
    )?.[0];
  if (found === undefined) return null;
  const value = digitsBefore(found.replaceAll(/\s/g, ""));
  const known = KINDS.has(value.split("/").at(-1)?.split("-")[0] ?? "");
  return { value, trust: known && /^\d+\//.test(found) ? 1 : MENDED };
};

/** What numbers of administrative papers name: letter, decision, confirmation, excerpt … */
const KINDS: ReadonlySet<string> = new Set(
  "GXN XN QĐ TLKS TLKH TB CV GM BB TTr KH BC CT HD NQ GCN GP XNCT TLKT".split(" "),
);

/** Either of the two. */
export const registryNumber: Validator = (text) => bookNumber(text) ?? officialNumber(text);

/** "B 3971857", "QN249995", "AA 01234567": capitals and six to eight digits. */
export const serialNumber: Validator = (text) => {
  const found = /(?<![\p{L}\d])([A-ZĐ]{1,3})\s?(\d{6,8})(?!\d)/u.exec(text);
  if (found !== null) return { value: trimmed(found[0]), trust: 1 };
  const mended = /(?<![\p{L}\d])([A-ZĐ]{1,3})\s([\dOoIl|SB]{6,8})(?![\p{L}\d])/u.exec(text);
  return mended === null ? null : { value: `${mended[1]} ${asDigits(mended[2] ?? "")}`, trust: MENDED };
};

/** The serial number of a land-use certificate: two letters and six or eight digits. */
export const landSerial: Validator = (text) => {
  const found = /^\W*([A-Z]{2})\s?(\d{6}|\d{8})\W*$/.exec(text);
  // Nothing on the page confirms it, not even a label: a person looks.
  return found === null ? null : { value: `${found[1]} ${found[2]}`, trust: 0.8 };
};

/** "CS 01234", "H 00512": the number in the register of land-use certificates. */
export const registerNumber: Validator = (text) => {
  const found = /(?<![\p{L}\d])([A-ZĐ]{1,4})\s?[.-]?\s?(\d{3,8})(?!\d)/u.exec(text);
  return found === null ? null : { value: `${found[1]} ${found[2]}`, trust: 1 };
};

/** A whole number of up to `most` digits, alone. */
export const wholeNumber =
  (most: number): Validator =>
  (text) =>
    digitsOrMended(trimmed(text), (given) => {
      const found = /^\W*(\d+)(?!\d)/.exec(given)?.[1];
      return found === undefined || found.length > most ? null : found;
    });

/** Vietnamese writing: dots between thousands, a comma before the fraction. */
const plainNumber = (found: string): string => {
  const [whole = "", part = ""] = found.split(",");
  return String(Number(`${whole.replaceAll(".", "")}.${part || "0"}`));
};

/** "1.234,5 m²" gives "1234.5"; the sign of square metres, which is read as many things, tells it from the rest. */
export const area: Validator = (text) => {
  const found = /(?<![\d.,])(\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d{1,7}(?:,\d{1,2})?)\s?m(?![\p{L}])/iu.exec(
    text,
  );
  if (found !== null) return { value: plainNumber(found[1] ?? ""), trust: 1 };
  // The unit is small and raised, and sometimes not read at all.
  const bare = /^\W*(\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d{1,7}(?:,\d{1,2})?)\W*$/u.exec(text);
  return bare === null ? null : { value: plainNumber(bare[1] ?? ""), trust: MENDED };
};

/** "1.500.000 đồng", "350.000đ" gives "1500000". */
export const money: Validator = (text) => {
  const found = /(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d{1,12})\s?(?:đ|VNĐ|VND)/iu.exec(text);
  return found === null ? null : { value: plainNumber(found[1] ?? ""), trust: 1 };
};

/** "14 giờ 05 phút", "7h30", "07:30" gives HH:mm. */
export const hours: Validator = (text) => {
  const found = /(?<!\d)(\d{1,2})\s?(?:giờ|gio|h|:)\s?(\d{2})?(?!\d)/iu.exec(text);
  if (found === null) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  if (hour > 23 || minute > 59) return null;
  return { value: `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`, trust: 1 };
};

/** Until 2024 (Circular 12/2017) and since (Law 36/2024/QH15 article 57). */
const CLASSES: ReadonlySet<string> = new Set(
  "A A1 A2 A3 A4 B B1 B2 BE C C1 C1E CE D D1 D1E D2 D2E DE E FB2 FC FD FE".split(" "),
);

/** Classes of driving licences, one or several. */
export const licenceClass: Validator = (text) => {
  const given = trimmed(text).replaceAll("Ð", "D").replaceAll("Đ", "D");
  const parts = given.split(/[\s,;]+/).filter((part) => part !== "");
  const [first = ""] = parts;
  if (CLASSES.has(first)) {
    const all = parts.slice(0, parts.findIndex((part) => !CLASSES.has(part)) >>> 0);
    return { value: all.join(", "), trust: 1 };
  }
  // Alone at the end of a short word a one is read as anything upright.
  const mended = first
    .replace(/[Ilit|!†‡\]]$/, "1")
    .replace(/[Zz]$/, "2")
    .replace(/^8/, "B");
  return CLASSES.has(mended) ? { value: mended, trust: MENDED } : null;
};

const plate = (given: string): string | null => {
  const found =
    /(?<![\dA-Z])(\d{2})\s?-?\s?([A-ZĐ]\d?|[A-Z]{2})\s?[-.\s]?\s?(\d{3})[.,\s]?(\d{2})(?!\d)/u.exec(given);
  const old =
    found === null ? /(?<![\dA-Z])(\d{2})\s?-?\s?([A-ZĐ]\d?)\s?[-.\s]\s?(\d{4})(?!\d)/u.exec(given) : null;
  if (found !== null) {
    const [, place = "", series = "", head = "", tail = ""] = found;
    return `${place}${series.length === 2 && /\d$/.test(series) ? "-" : ""}${series}${/\d$/.test(series) ? " " : "-"}${head}.${tail}`;
  }
  return old === null ? null : `${old[1]}${old[2]}-${old[3]}`;
};

/** "29A-123.45" on cars, "92-H1 123.45" on motorcycles, "29X-1234" on old plates (Circular 79/2024). */
export const plateNumber: Validator = (text) => {
  const value = plate(text.toUpperCase());
  return value === null ? null : { value, trust: 1 };
};

const CHASSIS = /^[A-HJ-NPR-Z0-9]{17}$/;
const run = (text: string): string =>
  trimmed(text)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, "");

/** The 17 signs of ISO 3779, which has no I, O and Q; older frames have 6 to 16. */
export const chassisNumber: Validator = (text) => {
  const value = run(text);
  if (CHASSIS.test(value)) return { value, trust: 1 };
  const mended = value.replaceAll("O", "0").replaceAll("Q", "0").replaceAll("I", "1");
  if (CHASSIS.test(mended)) return { value: mended, trust: MENDED };
  return value.length >= 6 && value.length <= 20 && /\d{4}/.test(value) ? { value, trust: MENDED } : null;
};

export const engineNumber: Validator = (text) => {
  const value = run(text);
  return value.length >= 5 && value.length <= 20 && /\d{4}/.test(value) ? { value, trust: 1 } : null;
};

/** Groups of the insured (Decision 1351/QĐ-BHXH, article 2). */
const GROUPS: ReadonlySet<string> = new Set(
  [
    "DN HX CH NN TK HC XK HT TB NO CT XB TN CS QN CA CY XN MS CC CK CB KC HD TE BT HN DT DK XD TS TC TQ TA TY",
    "HG LS PV HS SV GB GD ND TH TV TD TU BA",
  ].flatMap((row) => row.split(" ")),
);

/** The 15 signs until 2020 ("GD 4 01 0123456789") or the ten digits of the social insurance number since. */
export const insuranceNumber: Validator = (text) => {
  const long = /([A-ZĐ]{2})\s?([1-5])\s?(\d{2})\s?((?:\d\s?){9}\d)(?!\d)/.exec(text.toUpperCase());
  if (long !== null) {
    const value = long.slice(1).join("").replaceAll(/\s/g, "");
    return { value, trust: GROUPS.has(long[1] ?? "") ? 1 : MENDED };
  }
  return digitsOrMended(text, (given) => {
    const ten = /(?<![\dA-Z])(?:\d\s?){9}\d(?!\s?\d)/.exec(given)?.[0];
    return ten === undefined ? null : ten.replaceAll(/\s/g, "");
  });
};

/** One digit of what is paid, 1 … 5. */
export const benefitCode: Validator = (text) => {
  const found = /^\W*([1-5])(?!\d)/.exec(text)?.[1];
  return found === undefined ? null : { value: found, trust: 1 };
};

/** K1, K2 or K3: where the insured lives. */
export const areaCode: Validator = (text): Value | null => {
  const found = /(?<![\p{L}\d])[Kk]\s?([123])(?!\d)/u.exec(text)?.[1];
  if (found !== undefined) return { value: `K${found}`, trust: 1 };
  return /^\W*[Kk]\s?[Iil|!†‡\]]\W*$/u.test(text) ? { value: "K1", trust: MENDED } : null;
};

/** "1496", "109,1 cm³": cubic centimetres. */
export const capacity: Validator = (text) => {
  const found = /(?<![\d.,])(\d{2,5})(?:[.,]\d{1,2})?(?!\d)/.exec(trimmed(text))?.[1];
  return found === undefined ? null : { value: found, trust: 1 };
};

/** "123", "45a": a parcel or a map sheet. */
export const parcelNumber: Validator = (text) => {
  const found = /^\W*(\d{1,5}[a-z]?)(?![\p{L}\d])/iu.exec(trimmed(text))?.[1];
  return found === undefined ? null : { value: found, trust: 1 };
};
