// What did the issuer sign? (EF.SOD, Doc 9303-10 clause 4.6.2: CMS SignedData of RFC 5652 in tag 77)
//
// asn1js and pkijs take the structure apart. What is hashed or verified stays the very bytes of the file: nothing
// that was encoded again by a library is ever checked in their place.
import * as asn1js from "asn1js";
import { type Attribute, ContentInfo, IssuerAndSerialNumber, SignedData, type SignerInfo } from "pkijs";
import { type HashName, hashByOid, type SignatureScheme, schemeOf } from "../signature.js";
import { expectTlv, malformed } from "../tlv.js";
import {
  type Asn1,
  guarded,
  magnitudeOf,
  membersOf,
  octetsOf,
  oidOf,
  parseDer,
  rawOf,
  smallInteger,
} from "./der.js";

/** How the signer names its certificate: both ways of RFC 5652 clause 5.3. */
export type SignerName =
  /** DER of the issuer's name; the serial number without leading zeros, lower-case hex. */
  | { readonly kind: "issuerAndSerial"; readonly issuer: Uint8Array; readonly serial: string }
  | { readonly kind: "keyIdentifier"; readonly keyIdentifier: Uint8Array };

export interface SecurityObject {
  /** 1 carries the LDS and Unicode versions inside what is signed. */
  readonly version: 0 | 1;
  /** "0108" in version 1. */
  readonly ldsVersion: string | null;
  /** `null` for an algorithm that is not known here; `hashOid` names it. */
  readonly hash: HashName | null;
  readonly hashOid: string;
  /** By data group number. */
  readonly groupHashes: ReadonlyMap<number, Uint8Array>;
  /** DER certificates that came along, the signer's among them. */
  readonly certificates: readonly Uint8Array[];
  readonly signer: {
    readonly name: SignerName;
    /** The signed attributes in the form that is signed (a SET). */
    readonly signedBytes: Uint8Array;
    /** `null` when not known here. */
    readonly digest: HashName | null;
    readonly messageDigest: Uint8Array;
    readonly scheme: SignatureScheme;
    readonly signature: Uint8Array;
    /** When it says that it signed; authentic, being among the signed attributes. */
    readonly signingTime: Date | null;
  };
  /** What the message digest is over. */
  readonly content: Uint8Array;
}

const WHAT = "EF.SOD";
const OID = {
  signedData: "1.2.840.113549.1.7.2",
  ldsSecurityObject: "2.23.136.1.1.1",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
} as const;
/** Data groups are numbered 1 to 16 (9303-10 table 37). */
const MAX_GROUP = 16;

/** The one value of the one attribute of this type (RFC 5652 clause 11: neither may be there twice). */
const onlyValue = (attributes: readonly Attribute[], type: string, name: string): Asn1 | null => {
  const [found, second] = attributes.filter((attribute) => attribute.type === type);
  if (found === undefined) return null;
  const [value, more] = found.values as readonly Asn1[];
  if (second !== undefined || value === undefined || more !== undefined) {
    throw malformed(`${WHAT}: the ${name} is not there exactly once`);
  }
  return value;
};

const timeIn = (value: Asn1 | null): Date | null => {
  if (value === null) return null;
  if (value instanceof asn1js.UTCTime || value instanceof asn1js.GeneralizedTime) {
    const time = value.toDate();
    if (!Number.isNaN(time.getTime())) return time;
  }
  throw malformed(`${WHAT}: a signing time that is no time`);
};

const nameIn = (info: SignerInfo): SignerName => {
  const sid: unknown = info.sid;
  if (sid instanceof IssuerAndSerialNumber) {
    const serial = magnitudeOf(sid.serialNumber as Asn1);
    if (serial === null) throw malformed(`${WHAT}: a serial number that is none`);
    const issuer = new Uint8Array(sid.issuer.valueBeforeDecode);
    return { kind: "issuerAndSerial", issuer, serial: Buffer.from(serial).toString("hex") };
  }
  if (sid instanceof asn1js.OctetString)
    return { kind: "keyIdentifier", keyIdentifier: new Uint8Array(sid.getValue()) };
  // [0] IMPLICIT OCTET STRING comes as a primitive object of its own class.
  if (sid instanceof asn1js.Primitive)
    return { kind: "keyIdentifier", keyIdentifier: Uint8Array.from(sid.valueBlock.valueHexView) };
  throw malformed(`${WHAT}: the signer names no certificate`);
};

/** The content type has to be there and be that of what was signed (RFC 5652 clauses 5.3 and 5.6). */
const signerIn = (info: SignerInfo): SecurityObject["signer"] => {
  const signed = info.signedAttrs;
  if (signed === undefined) throw malformed(`${WHAT}: the signer has no signed attributes`);
  const { attributes } = signed;
  const type = onlyValue(attributes, OID.contentType, "content type");
  if (oidOf(type ?? undefined) !== OID.ldsSecurityObject) {
    throw malformed(`${WHAT}: the signed content type is not that of an LDS security object`);
  }
  const messageDigest = octetsOf(onlyValue(attributes, OID.messageDigest, "message digest") ?? undefined);
  if (messageDigest === null) throw malformed(`${WHAT}: no message digest among the signed attributes`);
  const digest = hashByOid(info.digestAlgorithm.algorithmId);
  return {
    name: nameIn(info),
    signedBytes: new Uint8Array(signed.encodedValue),
    digest,
    messageDigest,
    scheme: schemeOf(info.signatureAlgorithm, digest),
    signature: new Uint8Array(info.signature.getValue()),
    signingTime: timeIn(onlyValue(attributes, OID.signingTime, "signing time")),
  };
};

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

/** The [0] member of SignedData: certificates as they stand in the file. */
const certificatesIn = (signedData: Asn1): readonly Uint8Array[] => {
  const set = membersOf(signedData).find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0);
  return membersOf(set)
    .filter((node) => node instanceof asn1js.Sequence)
    .map(rawOf);
};

/** Throws "card.unreadable" for anything but one well-formed LDS security object with one signer. */
export const parseSod = (file: Uint8Array): SecurityObject => {
  const outer = parseDer(expectTlv(file, 0x77, WHAT).value, WHAT);
  return guarded(WHAT, () => {
    const info = new ContentInfo({ schema: outer });
    if (info.contentType !== OID.signedData) throw malformed(`${WHAT}: not CMS SignedData`);
    const signedData = info.content as Asn1;
    const signed = new SignedData({ schema: signedData });
    const { eContentType, eContent } = signed.encapContentInfo;
    if (eContentType !== OID.ldsSecurityObject || eContent === undefined) {
      throw malformed(`${WHAT}: the signed content is no LDS security object`);
    }
    const [signer, second] = signed.signerInfos;
    if (signer === undefined || second !== undefined) throw malformed(`${WHAT}: not exactly one signer`);
    const content = new Uint8Array(eContent.getValue());
    return {
      ...objectIn(content),
      content,
      certificates: certificatesIn(signedData),
      signer: signerIn(signer),
    };
  });
};
