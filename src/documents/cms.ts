// What does a signature's CMS say, and how is it made with a key that perhaps never leaves its token?
//
// ETSI EN 319 142-1, 6.3 (PAdES B-B) over RFC 5652: detached, content-type, message-digest and
// signing-certificate-v2 signed, no signing-time (the dictionary's /M claims it). B-T adds an RFC 3161 token over the
// signature's value as an unsigned attribute.
import { createHash, X509Certificate } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { type Fault, FaultError, toFault } from "../core/faults.js";
import { bufferOf, derOf, OID, parseCertificate } from "./asn1.js";
import type { SealingKey } from "./scan.js";
import type { BuiltCms, Timestamper } from "./signing.js";

const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(data).digest());

const attribute = (type: string, value: asn1js.BaseBlock): pkijs.Attribute =>
  new pkijs.Attribute({ type, values: [value] });

/** RFC 5035: SHA-256 is the default and therefore not named. */
const signingCertificate = (leaf: Uint8Array): pkijs.Attribute => {
  const essCertId = new asn1js.Sequence({
    value: [new asn1js.OctetString({ valueHex: bufferOf(sha256(leaf)) })],
  });
  const list = new asn1js.Sequence({ value: [essCertId] });
  return attribute(OID.signingCertificateV2, new asn1js.Sequence({ value: [list] }));
};

/** DER sorts a SET OF by its encoded members (X.690, 11.6). */
const sorted = (attributes: readonly pkijs.Attribute[]): pkijs.Attribute[] =>
  attributes
    .map((item) => ({ item, der: Buffer.from(derOf(item)) }))
    .sort((a, b) => Buffer.compare(a.der, b.der))
    .map(({ item }) => item);

const signedAttributes = (digest: Uint8Array, leaf: Uint8Array): pkijs.Attribute[] =>
  sorted([
    attribute(OID.contentType, new asn1js.ObjectIdentifier({ value: OID.data })),
    attribute(OID.messageDigest, new asn1js.OctetString({ valueHex: bufferOf(digest) })),
    signingCertificate(leaf),
  ]);

/** r ‖ s → SEQUENCE of two INTEGERs (RFC 3279, 2.2.3). */
const ecdsaDer = (raw: Uint8Array): Uint8Array => {
  const integer = (bytes: Uint8Array): asn1js.Integer => {
    const from = bytes.findIndex((byte) => byte !== 0);
    const trimmed = bytes.subarray(from < 0 ? bytes.length - 1 : from);
    const padded = (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), trimmed]) : trimmed;
    return new asn1js.Integer({ valueHex: bufferOf(padded) });
  };
  const value = [integer(raw.subarray(0, 32)), integer(raw.subarray(32))];
  return new Uint8Array(new asn1js.Sequence({ value }).toBER());
};

const ALGORITHMS = {
  "ecdsa-p256-sha256": () => new pkijs.AlgorithmIdentifier({ algorithmId: OID.ecdsaSha256 }),
  "rsa-pkcs1-sha256": () =>
    new pkijs.AlgorithmIdentifier({ algorithmId: OID.rsaSha256, algorithmParams: new asn1js.Null() }),
} as const;

const signatureValue = async (key: SealingKey, data: Uint8Array): Promise<Uint8Array> => {
  const value = await key.sign(data);
  if (key.algorithm === "rsa-pkcs1-sha256") return value;
  if (value.length !== 64)
    throw new FaultError("keys.unusable", "the key's ECDSA signature has not 64 bytes");
  return ecdsaDer(value);
};

interface Stamped {
  readonly token: pkijs.Attribute | null;
  readonly fault: Fault | null;
}

const stamped = async (signature: Uint8Array, timestamp: Timestamper | undefined): Promise<Stamped> => {
  if (timestamp === undefined) return { token: null, fault: null };
  try {
    const token = await timestamp(sha256(signature));
    return { token: attribute(OID.timestampToken, asn1js.fromBER(bufferOf(token)).result), fault: null };
  } catch (error) {
    return { token: null, fault: toFault(error, "timestamp.unavailable") };
  }
};

/**
 * The CMS over a SHA-256 digest. When `timestamp` fails the signature is B-B all the same, and the answer says why.
 * Throws `FaultError` "keys.unusable".
 */
export const buildCms = async (
  digest: Uint8Array,
  key: SealingKey,
  { timestamp }: { readonly timestamp?: Timestamper } = {},
): Promise<BuiltCms> => {
  const [leaf] = key.certificates;
  if (leaf === undefined) throw new FaultError("keys.unusable", "the key has no certificate");
  const certificate = parseCertificate(leaf);
  const attributes = signedAttributes(digest, leaf);
  const toSign = new Uint8Array(new asn1js.Set({ value: attributes.map((item) => item.toSchema()) }).toBER());
  const signature = await signatureValue(key, toSign);
  const { token, fault } = await stamped(signature, timestamp);
  const digestAlgorithm = new pkijs.AlgorithmIdentifier({ algorithmId: OID.sha256 });
  const signer = new pkijs.SignerInfo({
    version: 1,
    sid: new pkijs.IssuerAndSerialNumber({
      issuer: certificate.issuer,
      serialNumber: certificate.serialNumber,
    }),
    digestAlgorithm,
    signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes }),
    signatureAlgorithm: ALGORITHMS[key.algorithm](),
    signature: new asn1js.OctetString({ valueHex: bufferOf(signature) }),
    ...(token === null
      ? {}
      : { unsignedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 1, attributes: [token] }) }),
  });
  const signedData = new pkijs.SignedData({
    version: 1,
    digestAlgorithms: [digestAlgorithm],
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: OID.data }),
    certificates: key.certificates.filter(isNoRoot).map(parseCertificate),
    signerInfos: [signer],
  });
  const info = new pkijs.ContentInfo({ contentType: OID.signedData, content: signedData.toSchema(true) });
  return {
    cms: derOf(info),
    level: token === null ? "B-B" : "B-T",
    ...(fault === null ? {} : { withoutTimestamp: fault }),
  };
};

/** Who verifies has the roots; a root that comes along proves nothing. A leaf that is its own root stays. */
const isNoRoot = (der: Uint8Array, index: number): boolean => {
  const { subject, issuer } = new X509Certificate(der);
  return index === 0 || subject !== issuer;
};

/** Attributes, names, algorithms and a signature of RSA-4096. */
const CMS_FRAME = 1_700;

/** Bytes for the seal's CMS: a single small page should not carry ten times its seal in zeros. */
export const sealRoom = ({ certificates }: SealingKey): number =>
  CMS_FRAME + certificates.reduce((sum, { length }) => sum + length, 0);
