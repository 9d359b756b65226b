// How is a DER structure of a card or a certificate folder opened by the ASN.1 library without trusting it?
//
// The library has its own limits on depth, nodes and length; what it throws becomes this room's one error.
import * as asn1js from "asn1js";
import { FaultError } from "../../core/faults.js";
import { malformed } from "../tlv.js";

export type Asn1 = ReturnType<typeof asn1js.fromBER>["result"];

/** Runs `open`; anything that a library throws at hostile bytes becomes "card.unreadable" naming `what`. */
export const guarded = <T>(what: string, open: () => T): T => {
  try {
    return open();
  } catch (error) {
    if (error instanceof FaultError) throw error;
    throw malformed(`${what}: ${error instanceof Error ? error.message : "not what its schema says"}`);
  }
};

/** The one object that fills `bytes` to the last byte. */
export const parseDer = (bytes: Uint8Array, what: string): Asn1 =>
  guarded(what, () => {
    const { offset, result } = asn1js.fromBER(bytes, { parseEmbedded: false });
    if (offset === -1) throw malformed(`${what}: ${result.error}`);
    if (offset !== bytes.length) throw malformed(`${what}: ${bytes.length - offset} bytes behind its end`);
    return result;
  });

/** Members of a constructed object; none of a primitive one. */
export const membersOf = (node: Asn1 | undefined): readonly Asn1[] => {
  if (node === undefined || !("value" in node.valueBlock)) return [];
  const { value } = node.valueBlock;
  return Array.isArray(value) ? (value as readonly Asn1[]) : [];
};

/** The bytes as they stood in the input. */
export const rawOf = (node: Asn1): Uint8Array => Uint8Array.from(node.valueBeforeDecodeView);

/** "1.2.840.…", or `null` when the node is no object identifier. */
export const oidOf = (node: Asn1 | undefined): string | null =>
  node instanceof asn1js.ObjectIdentifier ? node.valueBlock.toString() : null;

/** A small non-negative integer, or `null`. */
export const smallInteger = (node: Asn1 | undefined): number | null => {
  if (!(node instanceof asn1js.Integer)) return null;
  const bytes = node.valueBlock.valueHexView;
  const [first = 0x80] = bytes;
  if (bytes.length > 4 || first > 0x7f) return null;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
};

/** Magnitude of a non-negative INTEGER without its leading zero; `null` when it is none. */
export const magnitudeOf = (node: Asn1 | undefined): Uint8Array | null => {
  if (!(node instanceof asn1js.Integer)) return null;
  const bytes = node.valueBlock.valueHexView;
  if ((bytes[0] ?? 0x80) > 0x7f) return null;
  const start = bytes.findIndex((byte) => byte !== 0);
  return start === -1 ? Uint8Array.of(0) : Uint8Array.from(bytes.subarray(start));
};

/** Content of an OCTET STRING; `null` when it is none. */
export const octetsOf = (node: Asn1 | undefined): Uint8Array | null =>
  node instanceof asn1js.OctetString ? new Uint8Array(node.getValue()) : null;
