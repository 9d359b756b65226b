// What did the issuer sign? (EF.SOD, Doc 9303-10 clause 4.6.2: CMS SignedData of RFC 5652 in tag 77)
//
// Taken apart with this room's own TLV reader: signatures and certificate hashes are over the very bytes of the
// file, and pkijs stumbles over the explicit curve parameters that issuers of passports use.
import { childOf, equalBytes, expectTlv, malformed, readTlv, readTlvs, type Tlv, writeTlv } from "../tlv.js";

export type HashName = "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

export type SignatureScheme =
  | { readonly kind: "rsa" | "ecdsa"; readonly hash: HashName }
  | { readonly kind: "rsaPss"; readonly hash: HashName; readonly saltBytes: number };

export interface SecurityObject {
  readonly hash: HashName;
  /** By data group number. */
  readonly groupHashes: ReadonlyMap<number, Uint8Array>;
  /** DER certificates that came along, the signer's among them. */
  readonly certificates: readonly Uint8Array[];
  readonly signer: {
    /** The signed attributes in the form that is signed (a SET). */
    readonly signedBytes: Uint8Array;
    readonly digest: HashName;
    readonly messageDigest: Uint8Array;
    readonly scheme: SignatureScheme;
    readonly signature: Uint8Array;
    readonly serialNumber: Uint8Array | null;
  };
  /** What the message digest is over. */
  readonly content: Uint8Array;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const OCTETS = 0x04;
const OID = 0x06;
const CONTEXT_0 = 0xa0;

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Values of object identifiers, DER in hex. */
const SIGNED_DATA = "2a864886f70d010702";
const LDS_SECURITY_OBJECT = "678108010101";
const MESSAGE_DIGEST = "2a864886f70d010904";
const RSA = "2a864886f70d010101";
const RSA_PSS = "2a864886f70d01010a";
const HASHES: ReadonlyMap<string, HashName> = new Map([
  ["2b0e03021a", "sha1"],
  ["608648016503040204", "sha224"],
  ["608648016503040201", "sha256"],
  ["608648016503040202", "sha384"],
  ["608648016503040203", "sha512"],
]);
const SCHEMES: ReadonlyMap<string, SignatureScheme> = new Map<string, SignatureScheme>([
  ["2a864886f70d010105", { kind: "rsa", hash: "sha1" }],
  ["2a864886f70d01010e", { kind: "rsa", hash: "sha224" }],
  ["2a864886f70d01010b", { kind: "rsa", hash: "sha256" }],
  ["2a864886f70d01010c", { kind: "rsa", hash: "sha384" }],
  ["2a864886f70d01010d", { kind: "rsa", hash: "sha512" }],
  ["2a8648ce3d0401", { kind: "ecdsa", hash: "sha1" }],
  ["2a8648ce3d040301", { kind: "ecdsa", hash: "sha224" }],
  ["2a8648ce3d040302", { kind: "ecdsa", hash: "sha256" }],
  ["2a8648ce3d040303", { kind: "ecdsa", hash: "sha384" }],
  ["2a8648ce3d040304", { kind: "ecdsa", hash: "sha512" }],
]);

const oidOf = (algorithm: Tlv): string => hexOf(expectTlv(algorithm.value, OID, "EF.SOD algorithm").value);

const hashOf = (algorithm: Tlv): HashName => {
  const found = HASHES.get(oidOf(algorithm));
  if (found === undefined) throw malformed("EF.SOD: a hash algorithm that is not known here");
  return found;
};

/** RSASSA-PSS-params: [0] hash (SHA-1 when absent), [2] salt length (20 when absent). */
const pssScheme = (algorithm: Tlv): SignatureScheme => {
  const parameters = readTlvs(algorithm.value)[1];
  const members = parameters === undefined ? [] : readTlvs(parameters.value);
  const hash = members.find(({ tag }) => tag === CONTEXT_0);
  const salt = members.find(({ tag }) => tag === 0xa2);
  return {
    kind: "rsaPss",
    hash: hash === undefined ? "sha1" : hashOf(readTlv(hash.value)),
    saltBytes: salt === undefined ? 20 : Number.parseInt(hexOf(readTlv(salt.value).value) || "0", 16),
  };
};

const schemeOf = (algorithm: Tlv, digest: HashName): SignatureScheme => {
  const oid = oidOf(algorithm);
  if (oid === RSA) return { kind: "rsa", hash: digest };
  if (oid === RSA_PSS) return pssScheme(algorithm);
  const found = SCHEMES.get(oid);
  if (found === undefined) throw malformed("EF.SOD: a signature algorithm that is not known here");
  return found;
};

/** Members of the SignedData: ContentInfo { OID, [0] { SEQUENCE { … } } }. */
const signedDataIn = (file: Uint8Array): readonly Tlv[] => {
  const contentInfo = expectTlv(expectTlv(file, 0x77, "EF.SOD").value, SEQUENCE, "EF.SOD");
  const [type, explicit] = readTlvs(contentInfo.value);
  if (type?.tag !== OID || hexOf(type.value) !== SIGNED_DATA || explicit?.tag !== CONTEXT_0) {
    throw malformed("EF.SOD: not CMS SignedData");
  }
  return readTlvs(expectTlv(explicit.value, SEQUENCE, "EF.SOD SignedData").value);
};

const contentOf = (encapsulated: Tlv): Uint8Array => {
  const [type, explicit] = readTlvs(encapsulated.value);
  if (type?.tag !== OID || hexOf(type.value) !== LDS_SECURITY_OBJECT || explicit?.tag !== CONTEXT_0) {
    throw malformed("EF.SOD: the signed content is no LDS security object");
  }
  return expectTlv(explicit.value, OCTETS, "EF.SOD content").value;
};

const groupHashesOf = (content: Uint8Array): Pick<SecurityObject, "hash" | "groupHashes"> => {
  const [, algorithm, list] = readTlvs(expectTlv(content, SEQUENCE, "LDS security object").value);
  if (algorithm === undefined || list?.tag !== SEQUENCE)
    throw malformed("LDS security object: no list of hashes");
  const groupHashes = new Map<number, Uint8Array>();
  for (const entry of readTlvs(list.value)) {
    const [number, hash] = readTlvs(entry.value);
    const group = number?.tag === INTEGER && number.value.length === 1 ? number.value[0] : undefined;
    if (group === undefined || hash?.tag !== OCTETS) throw malformed("LDS security object: a malformed hash");
    if (groupHashes.has(group)) throw malformed(`LDS security object: two hashes of DG${group}`);
    groupHashes.set(group, hash.value);
  }
  if (groupHashes.size === 0) throw malformed("LDS security object: an empty list of hashes");
  return { hash: hashOf(algorithm), groupHashes };
};

/** SignerInfo { version, sid, digestAlgorithm, [0] signedAttrs, signatureAlgorithm, signature, … }. */
const signerOf = (signers: Tlv): SecurityObject["signer"] => {
  const [, sid, digestAlgorithm, attributes, algorithm, signature] = readTlvs(
    expectTlv(signers.value, SEQUENCE, "EF.SOD signer").value,
  );
  if (sid === undefined || digestAlgorithm === undefined || algorithm === undefined) {
    throw malformed("EF.SOD: a signer without all its parts");
  }
  // RFC 5652 clause 5.3: attributes have to be there as the content is not plain data.
  if (attributes?.tag !== CONTEXT_0) throw malformed("EF.SOD: the signer has no signed attributes");
  if (signature?.tag !== OCTETS) throw malformed("EF.SOD: the signer has no signature");
  const digest = hashOf(digestAlgorithm);
  const serial = sid.tag === SEQUENCE ? readTlvs(sid.value)[1] : undefined;
  return {
    signedBytes: writeTlv(SET, attributes.value),
    digest,
    messageDigest: messageDigestIn(attributes),
    scheme: schemeOf(algorithm, digest),
    signature: signature.value,
    serialNumber: serial?.value ?? null,
  };
};

const messageDigestIn = (attributes: Tlv): Uint8Array => {
  const wanted = Buffer.from(MESSAGE_DIGEST, "hex");
  for (const attribute of readTlvs(attributes.value)) {
    const [type, values] = readTlvs(attribute.value);
    if (type !== undefined && values?.tag === SET && equalBytes(type.value, wanted)) {
      return expectTlv(values.value, OCTETS, "EF.SOD message digest").value;
    }
  }
  throw malformed("EF.SOD: no message digest among the signed attributes");
};

/** Throws "card.unreadable" for anything but one well-formed LDS security object with one signer. */
export const parseSod = (file: Uint8Array): SecurityObject => {
  const [, , encapsulated, ...rest] = signedDataIn(file);
  if (encapsulated === undefined) throw malformed("EF.SOD: nothing signed in it");
  const content = contentOf(encapsulated);
  const certificates = rest.find(({ tag }) => tag === CONTEXT_0);
  return {
    ...groupHashesOf(content),
    content,
    certificates: certificates === undefined ? [] : readTlvs(certificates.value).map(({ raw }) => raw),
    signer: signerOf(childOf(rest, SET, "EF.SOD")),
  };
};
