// What did the issuer sign? (EF.SOD, Doc 9303-10 clause 4.6.2: an LDS security object in CMS SignedData in tag 77)
import * as asn1js from "asn1js";
import { type HashName, hashByOid } from "../signature.js";
import { expectTlv, malformed } from "../tlv.js";
import { type Asn1, membersOf, octetsOf, oidOf, parseDer, smallInteger } from "./der.js";
import { parseSignedData, type SignedObject } from "./signed-data.js";

export interface SecurityObject extends SignedObject {
  /** 1 carries the LDS and Unicode versions inside what is signed. */
  readonly version: 0 | 1;
  /** "0108" in version 1. */
  readonly ldsVersion: string | null;
  /** `null` for an algorithm that is not known here; `hashOid` names it. */
  readonly hash: HashName | null;
  readonly hashOid: string;
  /** By data group number. */
  readonly groupHashes: ReadonlyMap<number, Uint8Array>;
}

const LDS_SECURITY_OBJECT = { contentType: "2.23.136.1.1.1", what: "EF.SOD" } as const;
/** Data groups are numbered 1 to 16 (9303-10 table 37). */
const MAX_GROUP = 16;

const hashesIn = (list: Asn1 | undefined): ReadonlyMap<number, Uint8Array> => {
  const found = new Map<number, Uint8Array>();
  for (const entry of membersOf(list)) {
    const [number, value, more] = membersOf(entry);
    const [group, hash] = [smallInteger(number), octetsOf(value)];
    if (group === null || group < 1 || group > MAX_GROUP || hash === null || more !== undefined) {
      throw malformed("LDS security object: a malformed hash");
    }
    if (found.has(group)) throw malformed(`LDS security object: two hashes of DG${group}`);
    found.set(group, hash);
  }
  if (found.size === 0) throw malformed("LDS security object: an empty list of hashes");
  return found;
};

const textOf = (node: Asn1 | undefined): string | null =>
  node instanceof asn1js.PrintableString ? node.getValue() : null;

/** LDSSecurityObject { version, hashAlgorithm, hashes, [ldsVersionInfo in version 1] } (9303-10 clause 4.6.2.2). */
const objectIn = (
  content: Uint8Array,
): Pick<SecurityObject, "version" | "ldsVersion" | "hash" | "hashOid" | "groupHashes"> => {
  const [version, algorithm, list, versions] = membersOf(parseDer(content, "LDS security object"));
  const number = smallInteger(version);
  if (number !== 0 && number !== 1) throw malformed("LDS security object: a version that is neither 0 nor 1");
  const ldsVersion = textOf(membersOf(versions)[0]);
  if ((number === 1) !== (ldsVersion !== null)) {
    throw malformed(
      `LDS security object: version ${number} ${number === 1 ? "without" : "with"} version numbers`,
    );
  }
  const hashOid = oidOf(membersOf(algorithm)[0]);
  if (hashOid === null) throw malformed("LDS security object: no hash algorithm");
  return { version: number, ldsVersion, hash: hashByOid(hashOid), hashOid, groupHashes: hashesIn(list) };
};

/** Throws "card.unreadable" for anything but one well-formed LDS security object with one signer. */
export const parseSod = (file: Uint8Array): SecurityObject => {
  const object = parseSignedData(expectTlv(file, 0x77, "EF.SOD").value, LDS_SECURITY_OBJECT);
  return { ...object, ...objectIn(object.content) };
};
