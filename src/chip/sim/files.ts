// Which bytes stand in the files of a made-up person's card?
import { toPrintedDate } from "../../core/dates.js";
import { concatBytes, writeTlv } from "../tlv.js";
import { type MadeUpPerson, mrzLines } from "./people.js";

const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const utf8 = (text: string): Uint8Array => writeTlv(0x0c, Uint8Array.from(Buffer.from(text, "utf8")));
const printable = (text: string): Uint8Array => writeTlv(0x13, ascii(text));
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** Tags of the data groups in the order that EF.COM lists them. */
export const writeCom = (groupTags: readonly number[]): Uint8Array =>
  writeTlv(
    0x60,
    writeTlv(0x5f01, ascii("0107")),
    writeTlv(0x5f36, ascii("040000")),
    writeTlv(0x5c, bytes(...groupTags)),
  );

export const writeDg1 = (person: MadeUpPerson): Uint8Array =>
  writeTlv(0x61, writeTlv(0x5f1f, ascii(mrzLines(person).join(""))));

const uint = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => (value >>> (8 * (size - 1 - index))) & 0xff);

/** One face block of ISO/IEC 19794-5:2005: information, the feature points, image information, the image. */
const faceBlock = (image: Uint8Array, points: number): Uint8Array => {
  const blockBytes = 20 + 8 * points + 12 + image.length;
  const information = bytes(...uint(blockBytes, 4), ...uint(points, 2), ...new Array<number>(14).fill(0));
  const marked = Array.from({ length: points }, (_, index) => [
    1,
    index + 1,
    ...uint(100 + index, 2),
    ...uint(200, 2),
    0,
    0,
  ]);
  const header = bytes(1, 0, ...uint(413, 2), ...uint(531, 2), 1, 0, ...uint(0, 2), ...uint(0, 2));
  return concatBytes(information, bytes(...marked.flat()), header, image);
};

const faceRecord = (images: readonly Uint8Array[], points: number): Uint8Array => {
  const blocks = concatBytes(...images.map((image) => faceBlock(image, points)));
  const header = concatBytes(
    ascii("FAC\x00010\x00"),
    bytes(...uint(14 + blocks.length, 4), ...uint(images.length, 2)),
  );
  return concatBytes(header, blocks);
};

/** One template with these face images, the portrait first. */
export const writeFaces = (images: readonly Uint8Array[], points = 0): Uint8Array => {
  const header = writeTlv(
    0xa1,
    writeTlv(0x80, bytes(1, 1)),
    writeTlv(0x81, bytes(2)),
    writeTlv(0x87, bytes(1, 1)),
    writeTlv(0x88, bytes(0, 8)),
  );
  const template = writeTlv(0x7f60, header, writeTlv(0x5f2e, faceRecord(images, points)));
  return writeTlv(0x75, writeTlv(0x7f61, writeTlv(0x02, bytes(1)), template));
};

export const writeDg2 = (image: Uint8Array): Uint8Array => writeFaces([image]);

const text = (tag: number, value: string): Uint8Array =>
  writeTlv(tag, Uint8Array.from(Buffer.from(value, "utf8")));
const compact = (iso: string): string => iso.replaceAll("-", "");

/** Additional personal details, with another name and the birth date packed as early documents have it. */
export const writeDg11 = (person: MadeUpPerson): Uint8Array => {
  const tags = bytes(0x5f, 0x0e, 0x5f, 0x0f, 0x5f, 0x10, 0x5f, 0x2b, 0x5f, 0x11, 0x5f, 0x42);
  return writeTlv(
    0x6b,
    writeTlv(0x5c, tags),
    text(0x5f0e, person.fullName.replaceAll(" ", "<")),
    writeTlv(0xa0, writeTlv(0x02, bytes(1)), text(0x5f0f, `${person.fullName} khác`)),
    text(0x5f10, person.number),
    writeTlv(0x5f2b, Uint8Array.from(Buffer.from(compact(person.birthDate), "hex"))),
    text(0x5f11, person.placeOfOrigin),
    text(0x5f42, person.placeOfResidence),
  );
};

export const writeDg12 = (person: MadeUpPerson): Uint8Array =>
  writeTlv(
    0x6c,
    writeTlv(0x5c, bytes(0x5f, 0x19, 0x5f, 0x26)),
    text(0x5f19, "Cục Cảnh sát (bịa)"),
    text(0x5f26, compact(person.issueDate)),
  );

/** SecurityInfos in tag 6E. */
export const writeDg14 = (infos: readonly Uint8Array[]): Uint8Array =>
  writeTlv(0x6e, writeTlv(0x31, ...infos));

/** The public key of active authentication in tag 6F. */
export const writeDg15 = (publicKey: Uint8Array): Uint8Array => writeTlv(0x6f, publicKey);

const field = (index: number, ...values: readonly Uint8Array[]): Uint8Array =>
  writeTlv(0x30, writeTlv(0x02, bytes(index)), ...values);

/** The layout of facts found on cards; an empty spouse is `30 03 02 01 0E`, index 16 has an unknown meaning. */
export const writeDg13 = (person: MadeUpPerson): Uint8Array => {
  const expiry = person.expiryDate === "" ? "Không thời hạn" : toPrintedDate(person.expiryDate);
  const fields = [
    field(1, printable(person.number)),
    // Some cards hold their text decomposed; every made-up one does, so that readers have to compose it.
    field(2, utf8(person.fullName.normalize("NFD"))),
    field(3, printable(toPrintedDate(person.birthDate))),
    field(4, utf8(person.sex)),
    field(5, utf8(person.nationality)),
    field(6, utf8(person.ethnicity)),
    field(7, utf8(person.religion)),
    field(8, utf8(person.placeOfOrigin)),
    field(9, utf8(person.placeOfResidence)),
    field(10, utf8(person.identifyingMarks)),
    field(11, printable(toPrintedDate(person.issueDate))),
    field(12, utf8(expiry)),
    field(13, writeTlv(0x30, utf8(person.fatherName)), writeTlv(0x30, utf8(person.motherName))),
    person.spouseName === "" ? field(14) : field(14, writeTlv(0x30, utf8(person.spouseName))),
    field(15, printable(person.oldNumber)),
    field(16, printable(`9999${person.number}`)),
  ];
  return writeTlv(0x6d, writeTlv(0x30, writeTlv(0x02, bytes(1)), writeTlv(0x31, ...fields)));
};
