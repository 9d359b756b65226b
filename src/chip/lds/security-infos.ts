// Which protocols does the chip say that it has? (SecurityInfos, Doc 9303-11 clause 9.2)
import { expectTlv, malformed, readTlvs, type Tlv } from "../tlv.js";

/** SEQUENCE { protocol, required data, optional data }: kept whatever the protocol is. */
export interface SecurityInfo {
  /** Dotted: "0.4.0.127.0.7.2.2.4.2.2". */
  readonly oid: string;
  /** Value octets of the object identifier, as MSE:Set AT repeats them. */
  readonly oidBytes: Uint8Array;
  /** What follows the object identifier. */
  readonly members: readonly Tlv[];
  readonly raw: Uint8Array;
}

const SET = 0x31;
const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const INTEGER = 0x02;
const MAX_OID_BYTES = 32;

/** Dotted form of an object identifier's value octets (X.690 clause 8.19). */
export const dottedOid = (value: Uint8Array): string => {
  if (value.length === 0 || value.length > MAX_OID_BYTES || ((value.at(-1) ?? 0) & 0x80) !== 0) {
    throw malformed("SecurityInfos: an object identifier that is none");
  }
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of value) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...rest] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...rest].join(".");
};

const infoOf = (info: Tlv): SecurityInfo => {
  if (info.tag !== SEQUENCE) throw malformed("SecurityInfos: a member that is no sequence");
  const [protocol, ...members] = readTlvs(info.value);
  if (protocol?.tag !== OBJECT_IDENTIFIER) throw malformed("SecurityInfos: a member without its protocol");
  return { oid: dottedOid(protocol.value), oidBytes: protocol.value, members, raw: info.raw };
};

/** The members of the SET that `bytes` starts with, unknown ones included. Throws "card.unreadable". */
export const parseSecurityInfos = (bytes: Uint8Array): readonly SecurityInfo[] =>
  readTlvs(expectTlv(bytes, SET, "SecurityInfos").value).map(infoOf);

/** A member that is a small non-negative INTEGER: versions and identifiers; `null` when it is something else. */
export const smallInteger = (member: Tlv | undefined): number | null => {
  if (member?.tag !== INTEGER) return null;
  const [first, second, more] = member.value;
  if (first === undefined || more !== undefined || (first & 0x80) !== 0) return null;
  return second === undefined ? first : (first << 8) | second;
};
