// Where in the biometric template is the portrait, and is it JPEG or JPEG 2000?
//
// DG2 wraps ISO/IEC 7816-11 templates (Doc 9303-10 clause 4.7.2) around an ISO/IEC 19794-5:2005 face record:
// facial header 14 bytes, facial information 20, feature points 8 each, image information 12, then the image.
import { childOf, expectTlv, malformed, readTlvs } from "../tlv.js";

export interface Portrait {
  readonly format: "jpeg" | "jpeg2000";
  readonly bytes: Uint8Array;
}

const HEADER_BYTES = 14;
const INFORMATION_BYTES = 20;
const POINT_BYTES = 8;
const IMAGE_INFORMATION_BYTES = 12;
const FORMAT_IDENTIFIER = "FAC\0";

const MAGIC: readonly { readonly format: Portrait["format"]; readonly bytes: readonly number[] }[] = [
  { format: "jpeg", bytes: [0xff, 0xd8, 0xff] },
  { format: "jpeg2000", bytes: [0x00, 0x00, 0x00, 0x0c, 0x6a, 0x50, 0x20, 0x20] },
  // A bare codestream without the JP2 boxes.
  { format: "jpeg2000", bytes: [0xff, 0x4f, 0xff, 0x51] },
];

const formatOf = (image: Uint8Array): Portrait["format"] | null =>
  MAGIC.find(({ bytes }) => bytes.every((byte, index) => image[index] === byte))?.format ?? null;

const faceRecord = (file: Uint8Array): Uint8Array => {
  const group = readTlvs(childOf(readTlvs(expectTlv(file, 0x75, "DG2").value), 0x7f61, "DG2").value);
  // The first template is the portrait; more may follow (up to nine).
  const template = readTlvs(childOf(group, 0x7f60, "DG2").value);
  const data = template.find(({ tag }) => tag === 0x5f2e) ?? childOf(template, 0x7f2e, "DG2");
  return data.value;
};

/**
 * The first face image of the group. The first bytes of the image decide its format; the record's own type byte is
 * known to lie. Throws "card.unreadable" for a record that does not hold together.
 */
export const parseDg2 = (file: Uint8Array): Portrait => {
  const record = faceRecord(file);
  if (record.length < HEADER_BYTES + INFORMATION_BYTES + IMAGE_INFORMATION_BYTES) {
    throw malformed("DG2: the face record is shorter than its headers");
  }
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (new TextDecoder("latin1").decode(record.subarray(0, 4)) !== FORMAT_IDENTIFIER) {
    throw malformed("DG2: the record is not an ISO/IEC 19794-5 face record");
  }
  if (view.getUint16(12) < 1) throw malformed("DG2: the record says it has no face");
  const blockBytes = view.getUint32(HEADER_BYTES);
  const points = view.getUint16(HEADER_BYTES + 4);
  const imageAt = HEADER_BYTES + INFORMATION_BYTES + points * POINT_BYTES + IMAGE_INFORMATION_BYTES;
  const end = HEADER_BYTES + blockBytes;
  if (end > record.length || imageAt >= end) {
    throw malformed(`DG2: a face block of ${blockBytes} bytes with ${points} points does not fit the record`);
  }
  const bytes = record.slice(imageAt, end);
  const format = formatOf(bytes);
  if (format === null) throw malformed("DG2: the image is neither JPEG nor JPEG 2000");
  return { format, bytes };
};
