// Where in the biometric template is the portrait, and is it JPEG or JPEG 2000?
//
// DG2 wraps ISO/IEC 7816-11 templates (Doc 9303-10 clause 4.7.2) around an ISO/IEC 19794-5:2005 face record:
// facial header 14 bytes, facial information 20, feature points 8 each, image information 12, then the image.
import { childOf, expectTlv, malformed, readTlvs } from "../tlv.js";

/** What stands before the image in its record: numbers of ISO/IEC 19794-5 clause 5.5 to 5.7. Personal. */
export interface FaceHeader {
  readonly gender: number;
  readonly eyeColour: number;
  readonly hairColour: number;
  readonly featureMask: number;
  readonly expression: number;
  /** Yaw, pitch and roll as the record codes them. */
  readonly pose: readonly [number, number, number];
  /** x, y and type of the marked points of the face. */
  readonly points: readonly { readonly type: number; readonly x: number; readonly y: number }[];
  readonly imageType: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly quality: number;
}

export interface Portrait {
  readonly format: "jpeg" | "jpeg2000";
  readonly bytes: Uint8Array;
  readonly header: FaceHeader;
}

const HEADER_BYTES = 14;
const INFORMATION_BYTES = 20;
const POINT_BYTES = 8;
const IMAGE_INFORMATION_BYTES = 12;
const FORMAT_IDENTIFIER = "FAC\0";
/** Biometric templates in a group (9303-10 clause 4.7.2), and faces in a record, at most. */
const MAX_FACES = 9;

const MAGIC: readonly { readonly format: Portrait["format"]; readonly bytes: readonly number[] }[] = [
  { format: "jpeg", bytes: [0xff, 0xd8, 0xff] },
  { format: "jpeg2000", bytes: [0x00, 0x00, 0x00, 0x0c, 0x6a, 0x50, 0x20, 0x20] },
  // A bare codestream without the JP2 boxes.
  { format: "jpeg2000", bytes: [0xff, 0x4f, 0xff, 0x51] },
];

const formatOf = (image: Uint8Array): Portrait["format"] | null =>
  MAGIC.find(({ bytes }) => bytes.every((byte, index) => image[index] === byte))?.format ?? null;

/** The records of all templates: most cards have one with one face. */
const faceRecords = (file: Uint8Array): readonly Uint8Array[] => {
  const group = readTlvs(childOf(readTlvs(expectTlv(file, 0x75, "DG2").value), 0x7f61, "DG2").value);
  childOf(group, 0x7f60, "DG2");
  return group
    .filter(({ tag }) => tag === 0x7f60)
    .slice(0, MAX_FACES)
    .map(({ value }) => {
      const template = readTlvs(value);
      return (template.find(({ tag }) => tag === 0x5f2e) ?? childOf(template, 0x7f2e, "DG2")).value;
    });
};

const pointsIn = (view: DataView, at: number, count: number): FaceHeader["points"] =>
  Array.from({ length: count }, (_, index) => {
    const start = at + index * POINT_BYTES;
    return { type: view.getUint8(start + 1), x: view.getUint16(start + 2), y: view.getUint16(start + 4) };
  });

/** The header of the face block that starts at `at`, whose image information starts at `imageAt`. */
const headerOf = (view: DataView, at: number, imageAt: number): FaceHeader => ({
  gender: view.getUint8(at + 6),
  eyeColour: view.getUint8(at + 7),
  hairColour: view.getUint8(at + 8),
  featureMask: view.getUint32(at + 8) & 0xffffff,
  expression: view.getUint16(at + 12),
  pose: [view.getUint8(at + 14), view.getUint8(at + 15), view.getUint8(at + 16)],
  points: pointsIn(view, at + INFORMATION_BYTES, view.getUint16(at + 4)),
  imageType: view.getUint8(imageAt),
  widthPixels: view.getUint16(imageAt + 2),
  heightPixels: view.getUint16(imageAt + 4),
  quality: view.getUint16(imageAt + 10),
});

interface Block {
  readonly portrait: Portrait;
  readonly end: number;
}

const blockAt = (record: Uint8Array, view: DataView, at: number): Block => {
  if (at + INFORMATION_BYTES + IMAGE_INFORMATION_BYTES > record.length)
    throw malformed("DG2: the face record is shorter than its headers");
  const blockBytes = view.getUint32(at);
  const points = view.getUint16(at + 4);
  const informationAt = at + INFORMATION_BYTES + points * POINT_BYTES;
  const imageAt = informationAt + IMAGE_INFORMATION_BYTES;
  const end = at + blockBytes;
  if (end > record.length || imageAt >= end) {
    throw malformed(`DG2: a face block of ${blockBytes} bytes with ${points} points does not fit the record`);
  }
  const bytes = record.slice(imageAt, end);
  const format = formatOf(bytes);
  if (format === null) throw malformed("DG2: the image is neither JPEG nor JPEG 2000");
  return { portrait: { format, bytes, header: headerOf(view, at, informationAt) }, end };
};

const facesIn = (record: Uint8Array): readonly Portrait[] => {
  if (record.length < HEADER_BYTES + INFORMATION_BYTES + IMAGE_INFORMATION_BYTES) {
    throw malformed("DG2: the face record is shorter than its headers");
  }
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (new TextDecoder("latin1").decode(record.subarray(0, 4)) !== FORMAT_IDENTIFIER) {
    throw malformed("DG2: the record is not an ISO/IEC 19794-5 face record");
  }
  const count = view.getUint16(12);
  if (count < 1 || count > MAX_FACES) throw malformed(`DG2: the record says it has ${count} faces`);
  const faces: Portrait[] = [];
  for (let at = HEADER_BYTES; faces.length < count; ) {
    const { portrait, end } = blockAt(record, view, at);
    faces.push(portrait);
    at = end;
  }
  return faces;
};

/**
 * Every face image of the group, the portrait first. The first bytes of an image decide its format; the record's own
 * type byte is known to lie. Throws "card.unreadable" for a record that does not hold together.
 */
export const parseFaces = (file: Uint8Array): readonly [Portrait, ...Portrait[]] => {
  const [first, ...more] = faceRecords(file).flatMap(facesIn);
  if (first === undefined) throw malformed("DG2: no face in it");
  return [first, ...more];
};

/** The portrait: the first face image of the group. */
export const parseDg2 = (file: Uint8Array): Portrait => parseFaces(file)[0];
