// What did somebody sign, and who says that they did? (CMS SignedData of RFC 5652, as EF.SOD and EF.CardSecurity hold it)
//
// asn1js and pkijs take the structure apart. What is hashed or verified stays the very bytes of the file: nothing
// that was encoded again by a library is ever checked in their place.
import * as asn1js from "asn1js";
import { type Attribute, ContentInfo, IssuerAndSerialNumber, SignedData, type SignerInfo } from "pkijs";
import { type HashName, hashByOid, type SignatureScheme, schemeOf } from "../signature.js";
import { malformed } from "../tlv.js";
import { type Asn1, guarded, magnitudeOf, membersOf, octetsOf, oidOf, parseDer, rawOf } from "./der.js";

/** How the signer names its certificate: both ways of RFC 5652 clause 5.3. */
export type SignerName =
  /** DER of the issuer's name; the serial number without leading zeros, lower-case hex. */
  | { readonly kind: "issuerAndSerial"; readonly issuer: Uint8Array; readonly serial: string }
  | { readonly kind: "keyIdentifier"; readonly keyIdentifier: Uint8Array };

export interface SignedObject {
  /** What the message digest is over. */
  readonly content: Uint8Array;
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
}

/** What has to have been signed, and how its file is called in errors. */
export interface Wanted {
  readonly contentType: string;
  readonly what: string;
}

const OID = {
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
} as const;

/** The one value of the one attribute of this type (RFC 5652 clause 11: neither may be there twice). */
const onlyValue = (attributes: readonly Attribute[], type: string, name: string): Asn1 | null => {
  const [found, second] = attributes.filter((attribute) => attribute.type === type);
  if (found === undefined) return null;
  const [value, more] = found.values as readonly Asn1[];
  if (second !== undefined || value === undefined || more !== undefined) {
    throw malformed(`CMS: the ${name} is not there exactly once`);
  }
  return value;
};

const timeIn = (value: Asn1 | null): Date | null => {
  if (value === null) return null;
  if (value instanceof asn1js.UTCTime || value instanceof asn1js.GeneralizedTime) {
    const time = value.toDate();
    if (!Number.isNaN(time.getTime())) return time;
  }
  throw malformed("CMS: a signing time that is no time");
};

const nameIn = (info: SignerInfo): SignerName => {
  const sid: unknown = info.sid;
  if (sid instanceof IssuerAndSerialNumber) {
    const serial = magnitudeOf(sid.serialNumber as Asn1);
    if (serial === null) throw malformed("CMS: a serial number that is none");
    const issuer = new Uint8Array(sid.issuer.valueBeforeDecode);
    return { kind: "issuerAndSerial", issuer, serial: Buffer.from(serial).toString("hex") };
  }
  if (sid instanceof asn1js.OctetString)
    return { kind: "keyIdentifier", keyIdentifier: new Uint8Array(sid.getValue()) };
  // [0] IMPLICIT OCTET STRING comes as a primitive object of its own class.
  if (sid instanceof asn1js.Primitive)
    return { kind: "keyIdentifier", keyIdentifier: Uint8Array.from(sid.valueBlock.valueHexView) };
  throw malformed("CMS: the signer names no certificate");
};

/** The content type has to be there and be that of what was signed (RFC 5652 clauses 5.3 and 5.6). */
const signerIn = (info: SignerInfo, { contentType, what }: Wanted): SignedObject["signer"] => {
  const signed = info.signedAttrs;
  if (signed === undefined) throw malformed(`${what}: the signer has no signed attributes`);
  const { attributes } = signed;
  const type = onlyValue(attributes, OID.contentType, "content type");
  if (oidOf(type ?? undefined) !== contentType) {
    throw malformed(`${what}: the signed content type is not that of what was signed`);
  }
  const messageDigest = octetsOf(onlyValue(attributes, OID.messageDigest, "message digest") ?? undefined);
  if (messageDigest === null) throw malformed(`${what}: no message digest among the signed attributes`);
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

/** The [0] member of SignedData: certificates as they stand in the file. */
const certificatesIn = (signedData: Asn1): readonly Uint8Array[] => {
  const set = membersOf(signedData).find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0);
  return membersOf(set)
    .filter((node) => node instanceof asn1js.Sequence)
    .map(rawOf);
};

/** Throws "card.unreadable" for anything but one well-formed object of the wanted type with one signer. */
export const parseSignedData = (der: Uint8Array, wanted: Wanted): SignedObject => {
  const { what, contentType } = wanted;
  const outer = parseDer(der, what);
  return guarded(what, () => {
    const info = new ContentInfo({ schema: outer });
    if (info.contentType !== OID.signedData) throw malformed(`${what}: not CMS SignedData`);
    const signedData = info.content as Asn1;
    const signed = new SignedData({ schema: signedData });
    const { eContentType, eContent } = signed.encapContentInfo;
    if (eContentType !== contentType || eContent === undefined) {
      throw malformed(`${what}: the signed content is of another type`);
    }
    const [signer, second] = signed.signerInfos;
    if (signer === undefined || second !== undefined) throw malformed(`${what}: not exactly one signer`);
    return {
      content: new Uint8Array(eContent.getValue()),
      certificates: certificatesIn(signedData),
      signer: signerIn(signer, wanted),
    };
  });
};
