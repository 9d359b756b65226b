// Can this JPEG stand in a PDF as it is? (ITU-T T.81; ISO 32000-1, 7.4.8)
import { FaultError } from "../../core/faults.js";

export interface JpegHead {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly components: 1 | 3;
}

const fail: (what: string) => never = (what) => {
  throw new FaultError("document.notMade", `a page's picture ${what}`);
};

/** SOF markers: 0–2 are baseline, extended and progressive Huffman; the rest DCTDecode need not know. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const hasNoLength = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/** Throws "document.notMade" for what is no 8-bit grey or colour JPEG, or ends early. */
export const readJpegHead = (bytes: Uint8Array): JpegHead => {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return fail("is no JPEG");
  // The last scan's data ends with EOI; encoders may pad behind it.
  if (
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf("ffd9", undefined, "hex") <
    bytes.length - 64
  )
    return fail("is cut off");
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return fail("is a damaged JPEG");
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (hasNoLength(marker)) at += 2;
    else if (isFrame(marker)) return frameAt(bytes, at, marker);
    else if (marker === 0xda || marker === 0xd9) return fail("is a JPEG without a frame");
    else at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }
  return fail("is a JPEG without a frame");
};

const frameAt = (bytes: Uint8Array, at: number, marker: number): JpegHead => {
  if (marker > 0xc2) return fail("is a JPEG of a rare kind (lossless or arithmetic)");
  const [precision, components] = [bytes[at + 4], bytes[at + 9]];
  const heightPx = ((bytes[at + 5] ?? 0) << 8) | (bytes[at + 6] ?? 0);
  const widthPx = ((bytes[at + 7] ?? 0) << 8) | (bytes[at + 8] ?? 0);
  if (precision !== 8) return fail("has not eight bits a sample");
  if (widthPx === 0 || heightPx === 0) return fail("has no size");
  if (components !== 1 && components !== 3)
    return fail(`has ${components ?? 0} colour components, not one or three`);
  return { widthPx, heightPx, components };
};
