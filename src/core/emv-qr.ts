// How is a payment written into a QR code, field by field, by EMVCo's merchant-presented mode?
//
// "EMV QR Code Specification for Payment Systems: Merchant-Presented Mode" 1.1: data objects of a two-digit id, a
// two-digit length and a value, in a row; a template's value is such a row again. Lengths count characters, so only
// signs of ASCII are taken: then characters are bytes, for every reader.

export interface DataObject {
  /** Two digits. */
  readonly id: string;
  /** 1 … 99 signs of printable ASCII. */
  readonly value: string;
}

export class PaymentCodeError extends Error {
  override readonly name = "PaymentCodeError";
}

/** Section 4.7.1: the format comes first, the checksum last; the checksum's own id and length are summed too. */
export const FORMAT_ID = "00";
export const CRC_ID = "63";
const CRC_HEAD = `${CRC_ID}04`;

const PRINTABLE = /^[\x20-\x7e]{1,99}$/;
const HEAD = /^(\d\d)(\d\d)$/;

const POLYNOMIAL = 0x1021;

/** CRC-16/CCITT-FALSE (ISO/IEC 13239 with start 0xFFFF, section 4.7.3) of the UTF-8 bytes; four upper-case hex digits. */
export const checksum = (text: string): string => {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ POLYNOMIAL) & 0xffff : crc << 1;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
};

/** Throws `PaymentCodeError` for a value that has no place in a code. */
export const writeObjects = (objects: readonly DataObject[]): string =>
  objects
    .map(({ id, value }) => {
      if (!PRINTABLE.test(value)) throw new PaymentCodeError(`field ${id}: 1 to 99 signs of ASCII, please`);
      return `${id}${String(value.length).padStart(2, "0")}${value}`;
    })
    .join("");

/** The row closed by its checksum. */
export const sealObjects = (objects: readonly DataObject[]): string => {
  const summed = writeObjects(objects) + CRC_HEAD;
  return summed + checksum(summed);
};

/** `where` names the row in an error. Each id may be there once. Throws `PaymentCodeError`. */
export const readObjects = (text: string, where: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const [, id, length] = HEAD.exec(text.slice(at, at + 4)) ?? [];
    if (id === undefined || length === undefined)
      throw new PaymentCodeError(`${where}: no id and length at ${at}`);
    const value = text.slice(at + 4, at + 4 + Number(length));
    if (value.length !== Number(length) || !PRINTABLE.test(value))
      throw new PaymentCodeError(`${where}: field ${id} is cut off, empty or not ASCII`);
    if (found.has(id)) throw new PaymentCodeError(`${where}: field ${id} is there twice`);
    found.set(id, value);
    at += 4 + value.length;
  }
  return found;
};

/** A whole code, checked from its first to its last field. Throws `PaymentCodeError`. */
export const openObjects = (text: string): ReadonlyMap<string, string> => {
  const summed = text.slice(0, -4);
  if (!summed.endsWith(CRC_HEAD) || checksum(summed) !== text.slice(-4))
    throw new PaymentCodeError("the checksum is missing or wrong");
  const objects = readObjects(text, "code");
  const ids = [...objects.keys()];
  if (ids[0] !== FORMAT_ID || ids.at(-1) !== CRC_ID)
    throw new PaymentCodeError("the format must come first and the checksum last");
  return objects;
};
