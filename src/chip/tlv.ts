// How is a BER-TLV structure taken apart and put together without trusting its lengths?
//
// Tags of at most three bytes and definite lengths of at most three bytes after the length byte (ISO/IEC
// 7816-4 clause 5.2.2); everything else in a card file is an attack or a defect and is refused.
import { FaultError } from "../core/faults.js";

export interface Tlv {
  /** The tag bytes as one number: 0x61, 0x5f1f. */
  readonly tag: number;
  readonly value: Uint8Array;
  /** Tag, length and value together: what a hash or a signature covers. */
  readonly raw: Uint8Array;
}

export interface TlvHeader {
  readonly tag: number;
  readonly headerBytes: number;
  readonly valueBytes: number;
}

/** No object of the citizen card is nested deeper or has more members; more is refused. */
const MAX_CHILDREN = 1024;

/** The one error for bytes of a card that break their format. */
export const malformed = (detail: string): FaultError => new FaultError("card.unreadable", detail);

const readTag = (
  bytes: Uint8Array,
  offset: number,
): { readonly tag: number; readonly size: number } | null => {
  const first = bytes[offset];
  if (first === undefined) return null;
  if ((first & 0x1f) !== 0x1f) return { tag: first, size: 1 };
  let tag = first;
  for (let size = 2; size <= 3; size += 1) {
    const next = bytes[offset + size - 1];
    if (next === undefined) return null;
    tag = (tag << 8) | next;
    if ((next & 0x80) === 0) return { tag, size };
  }
  throw malformed("TLV: a tag of more than three bytes");
};

/** Reads tag and length; `null` when more bytes are needed to know them. */
export const readTlvHeader = (bytes: Uint8Array, offset = 0): TlvHeader | null => {
  const tag = readTag(bytes, offset);
  if (tag === null) return null;
  const lengthAt = offset + tag.size;
  const first = bytes[lengthAt];
  if (first === undefined) return null;
  if (first < 0x80) return { tag: tag.tag, headerBytes: tag.size + 1, valueBytes: first };
  const count = first & 0x7f;
  if (count === 0) throw malformed("TLV: an indefinite length");
  if (count > 3) throw malformed(`TLV: a length of ${count} bytes`);
  let valueBytes = 0;
  for (let index = 1; index <= count; index += 1) {
    const next = bytes[lengthAt + index];
    if (next === undefined) return null;
    valueBytes = (valueBytes << 8) | next;
  }
  return { tag: tag.tag, headerBytes: tag.size + 1 + count, valueBytes };
};

/** Reads the object that starts at `offset`. Throws "card.unreadable" when it does not fit. */
export const readTlv = (bytes: Uint8Array, offset = 0): Tlv => {
  const header = readTlvHeader(bytes, offset);
  if (header === null) throw malformed("TLV: cut off in its tag or length");
  const start = offset + header.headerBytes;
  const end = start + header.valueBytes;
  if (end > bytes.length) {
    throw malformed(
      `TLV ${hexTag(header.tag)}: says ${header.valueBytes} bytes, ${bytes.length - start} are there`,
    );
  }
  return { tag: header.tag, value: bytes.subarray(start, end), raw: bytes.subarray(offset, end) };
};

/** Reads the objects that fill `bytes` to the last byte. */
export const readTlvs = (bytes: Uint8Array): readonly Tlv[] => {
  const found: Tlv[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    if (found.length === MAX_CHILDREN) throw malformed(`TLV: more than ${MAX_CHILDREN} members`);
    const next = readTlv(bytes, offset);
    found.push(next);
    offset += next.raw.length;
  }
  return found;
};

/** The one object with `tag` that `bytes` starts with; `what` names it in the error. */
export const expectTlv = (bytes: Uint8Array, tag: number, what: string): Tlv => {
  const found = readTlv(bytes);
  if (found.tag !== tag) throw malformed(`${what}: tag ${hexTag(found.tag)} where ${hexTag(tag)} belongs`);
  return found;
};

/** The first member with `tag`; `what` names the structure in the error. */
export const childOf = (members: readonly Tlv[], tag: number, what: string): Tlv => {
  const found = members.find((member) => member.tag === tag);
  if (found === undefined) throw malformed(`${what}: no ${hexTag(tag)} in it`);
  return found;
};

export const hexTag = (tag: number): string => tag.toString(16).toUpperCase().padStart(2, "0");

const tagBytes = (tag: number): number[] => {
  if (tag > 0xffff) return [tag >> 16, (tag >> 8) & 0xff, tag & 0xff];
  return tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
};

const lengthBytes = (length: number): number[] => {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff];
  return [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
};

/** Writes one object whose value is the parts in order; the length is in its shortest form (DER). */
export const writeTlv = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const value = concatBytes(...parts);
  return concatBytes(Uint8Array.from([...tagBytes(tag), ...lengthBytes(value.length)]), value);
};

export const concatBytes = (...parts: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
};

export const equalBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
