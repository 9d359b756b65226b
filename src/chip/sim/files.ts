// Which bytes stand in the files of a made-up person's card?
import { toPrintedDate } from "../dates.js";
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

/** Face record of ISO/IEC 19794-5:2005 around one JPEG, without feature points. */
const faceRecord = (jpeg: Uint8Array): Uint8Array => {
  const blockBytes = 20 + 12 + jpeg.length;
  const header = concatBytes(ascii("FAC\x00010\x00"), bytes(...uint(14 + blockBytes, 4), ...uint(1, 2)));
  const information = bytes(...uint(blockBytes, 4), ...uint(0, 2), ...new Array<number>(14).fill(0));
  const image = bytes(1, 0, ...uint(413, 2), ...uint(531, 2), 1, 0, ...uint(0, 2), ...uint(0, 2));
  return concatBytes(header, information, image, jpeg);
};

export const writeDg2 = (jpeg: Uint8Array): Uint8Array => {
  const header = writeTlv(
    0xa1,
    writeTlv(0x80, bytes(1, 1)),
    writeTlv(0x81, bytes(2)),
    writeTlv(0x87, bytes(1, 1)),
    writeTlv(0x88, bytes(0, 8)),
  );
  return writeTlv(
    0x75,
    writeTlv(0x7f61, writeTlv(0x02, bytes(1)), writeTlv(0x7f60, header, writeTlv(0x5f2e, faceRecord(jpeg)))),
  );
};

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
